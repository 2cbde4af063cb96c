"""Access to the disk: file operations, atomic writes, and notifications of saved files."""
