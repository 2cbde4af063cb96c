"""varve as it is installed: which compiler it is, what it ships, and where it may remember things."""
