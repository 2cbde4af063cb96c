"""How a snapshot is taken of a commit, of the index or of the work tree, and what a look need not ask again."""
