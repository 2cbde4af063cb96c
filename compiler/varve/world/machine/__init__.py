"""The machine around varve: its terminal, its users, its processors."""
