"""How a snapshot is taken of a commit, the index or the work tree, and how answers of git are reused for the next."""
