"""To build and to check a whole repository, by one run of the compiler, or by none where nothing has changed."""
