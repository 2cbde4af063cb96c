"""To build, or only to check, after every change."""
