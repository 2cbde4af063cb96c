"""`python -m varve`, which imports nothing of the folder that it is started in."""

import os
import sys

# Python looks there first, and the folder may be a repository with a `yaml.py` in it.
try:
    here = os.path.realpath(os.curdir)
    sys.path[:] = [path for path in sys.path if os.path.realpath(path) != here]
except FileNotFoundError:
    # The folder was deleted: nothing can be imported of it, and Python has left it without a name.
    sys.path[:] = filter(os.path.isabs, sys.path)

from varve.cli.start import main

main()
