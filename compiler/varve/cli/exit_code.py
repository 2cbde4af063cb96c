"""The exit codes of commands."""

SUCCESS = 0
USER_ERROR = 1
INTERNAL_ERROR = 3
INTERRUPTED = 130
