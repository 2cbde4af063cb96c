"""Work on a program's own data, without any repository."""
