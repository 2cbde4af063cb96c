"""The entry point of `varve`: an interruption ends it without a traceback, even during imports."""

import sys

from varve.cli import exit_code


def main() -> None:
    """Run the command line, which ends the process."""
    try:
        from varve.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(exit_code.INTERRUPTED)
