"""Whether every sealed file of a repository is sealed as it should be, and for whom the platform says."""

from collections.abc import Sequence

from varve.check.secrets import creation, custody
from varve.model.diagnostic import Report
from varve.model.unit import Environment
from varve.read.reading import Reading


def check(desk: Reading, environments: Sequence[Environment], report: Report, *, complete: bool) -> None:
    """Report every file that is not sealed as it should be, nor for whom the platform says, nor would be again.

    For whom a file is sealed can be judged where the `environments` are `complete`, all there are.
    """
    paths = list(desk.all_sealed())
    files = [each for path in paths if (each := desk.sealed(path, report)) is not None]
    if complete:
        for each in files:
            custody.check(each, environments, report)
        creation.check(desk, paths, environments, report)
