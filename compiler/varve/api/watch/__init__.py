"""Building or checking after every change of the files."""
