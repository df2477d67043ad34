"""Ratings from elsewhere."""
