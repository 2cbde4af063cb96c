"""Whether a change may be made: whose it is, and what it makes of what is not its own."""
