"""The entry point of `varve`: an interruption ends it without a traceback, even during imports."""

import gc
import sys

from varve.cli import exit_code

GC_THRESHOLD = 500_000
"""How many new objects trigger a search for reference cycles; nearly all memory is freed without it."""


def main() -> None:
    """Run the command line, which ends the process."""
    try:
        # Before the imports, most of whose objects stay.
        gc.set_threshold(GC_THRESHOLD)
        from varve.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(exit_code.INTERRUPTED)
