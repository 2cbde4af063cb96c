"""For programs that bring their own data: nothing is asked of any repository."""
