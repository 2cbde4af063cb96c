"""Files that are sources: whether each can be used, checked once however many units have it."""
