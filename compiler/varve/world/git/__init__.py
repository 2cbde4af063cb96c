"""git itself: how it is called, where a repository is, which files it lists, their attributes and contents."""
