"""The study folder: the only door to stored data."""
