"""What is done with sealed files: to check, to verify, to edit and to rotate them, and to render what they hold."""
