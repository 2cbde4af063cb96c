"""The installed varve: the compiler's digest, the files that it ships, and where it may keep files of its own."""
