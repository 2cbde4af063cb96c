"""Files that are sources: whether each can be used, found out once however many units have it."""
