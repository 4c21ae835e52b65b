"""The story of one person's request to come back, and the staff desk."""
