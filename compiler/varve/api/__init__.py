"""What other programs call, and the command line too: repositories to open, and configuration to read."""
