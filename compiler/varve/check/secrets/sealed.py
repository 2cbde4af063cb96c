"""Whether all secrets of a repository are sealed correctly, and for the recipients that the platform names."""

from collections.abc import Sequence

from varve.check.secrets import creation, custody, typed, unsealed
from varve.model.diagnostic import Report
from varve.model.unit import Environment
from varve.read.reading import Reading


def check(reading: Reading, environments: Sequence[Environment], report: Report, *, complete: bool) -> None:
    """Report every file that is not sealed correctly, as text and for the right recipients, and wrong creation rules.

    That includes files that are among sealed files without the name of one.

    Recipients are checked only if the `environments` are `complete`, that is all of them.
    """
    for path in reading.all_unsealed():
        unsealed.check(reading, path, report)
    paths = list(reading.all_sealed())
    files = [each for path in paths if (each := reading.sealed(path, report)) is not None]
    for each in files:
        typed.check(each, report)
    if complete:
        for each in files:
            custody.check(each, environments, report)
        creation.check(reading, paths, environments, report)
