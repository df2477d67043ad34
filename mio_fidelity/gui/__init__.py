"""The windows. Nothing below this package knows Qt."""
