"""Files in, numbers out: what a recording is. No Qt, no database."""
