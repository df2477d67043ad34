"""Reliability coefficients: arrays in, estimates out. No Qt, no database."""
