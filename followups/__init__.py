"""What we send, and whether we may."""
