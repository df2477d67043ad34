"""Playback engines behind one interface."""
