"""`python -m varve`."""

from varve.cli.main import main

main()
