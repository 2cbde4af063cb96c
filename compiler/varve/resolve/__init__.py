"""From layers to one resolved value."""
