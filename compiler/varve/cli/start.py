"""How the `varve` command begins: an interruption ends it without a traceback also while it is being imported."""

import sys

from varve.cli import ending


def main() -> None:
    """Run the command line, which ends the process."""
    try:
        from varve.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(ending.INTERRUPTED)
