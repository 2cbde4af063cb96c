"""Whether every sealed file of a repository is sealed correctly, and for the recipients that the platform names."""

from collections.abc import Sequence

from varve.check.secrets import creation, custody
from varve.model.diagnostic import Report
from varve.model.unit import Environment
from varve.read.reading import Reading


def check(reading: Reading, environments: Sequence[Environment], report: Report, *, complete: bool) -> None:
    """Report every file that is not sealed correctly or has wrong recipients, and creation rules with wrong recipients.

    Recipients are checked only if the `environments` are `complete`, that is all of them.
    """
    paths = list(reading.all_sealed())
    files = [each for path in paths if (each := reading.sealed(path, report)) is not None]
    if complete:
        for each in files:
            custody.check(each, environments, report)
        creation.check(reading, paths, environments, report)
