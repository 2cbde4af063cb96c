"""What should change on disk: decided here, done in `world`."""
