"""Building and checking a whole repository: with one run of the compiler, or none if nothing has changed."""
