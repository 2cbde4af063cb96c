"""From layers to one answer."""
