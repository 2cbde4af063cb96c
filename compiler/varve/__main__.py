"""`python -m varve`, which imports nothing from the folder that it is started in."""

import os
import sys

# Python puts that folder first in `sys.path`, and it may be a repository with a `yaml.py` in it.
try:
    here = os.path.realpath(os.curdir)
    sys.path[:] = [path for path in sys.path if os.path.realpath(path) != here]
except FileNotFoundError:
    # The folder was deleted: nothing can be imported from it, and its entry in `sys.path` is relative.
    sys.path[:] = filter(os.path.isabs, sys.path)

from varve.cli.start import main

main()
