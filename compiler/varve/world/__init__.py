"""Everything outside varve: git, the disk, the environment and processes."""
