"""With which exit code a command ends."""

FINE = 0
YOURS = 1
OURS = 3
INTERRUPTED = 130
