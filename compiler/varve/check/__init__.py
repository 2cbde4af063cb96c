"""Is it sound, is it allowed: checks speak, and change nothing."""
