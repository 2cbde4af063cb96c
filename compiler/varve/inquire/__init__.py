"""Questions about whole compiles: what a change affects and means, and which source words cause a line."""
