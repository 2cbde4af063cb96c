"""What programs and the command line call: repositories to open, and configuration to read."""
