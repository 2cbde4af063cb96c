"""Whether a change may be made: who owns its files, and its effects on what the author does not own."""
