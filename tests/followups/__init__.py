"""What is sent, to whom, when, and above all what is not."""
