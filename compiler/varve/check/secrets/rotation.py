"""How old data keys are, and how old they may become."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from varve.language.time import duration
from varve.model.diagnostic import Place, Report, Rule
from varve.model.sealing import Sealing
from varve.model.unit import Environment
from varve.read.sealed.file import Sealed
from varve.resolve import custody

OVERDUE_ROTATION = Rule(
    "check/overdue-rotation",
    "Data key is too old",
    "`platform.secrets.rotation` sets how old the data key of a sealed file may become; the default is 90 days. A "
    "key is as old as the oldest value that it encrypted and that is still in the file, by the dates of git's "
    "commits. `varve secrets rotate` has SOPS create a new one and encrypt everything with it; `sops updatekeys` "
    "keeps the old one.",
)
UNKNOWN_ROTATION = Rule(
    "check/unknown-rotation",
    "Age of a data key is unknown",
    "The age of a data key comes from git's history. A shallow clone, as CI services make them, does not reach back "
    "far enough, and a date in the future is of no use. An unknown age does not pass: fetch the whole history (`git "
    "fetch --unshallow`, or `fetch-depth: 0`), and correct the clock of whoever wrote a date in the future.",
)

_DAY: Final = 86_400_000
_TOLERANCE: Final = timedelta(days=1)
"""How far in the future a date may be, because clocks and time zones differ."""


def check(
    sealed: Sealed,
    environments: Sequence[Environment],
    sealings: Mapping[str, Sealing],
    today: date,
    report: Report,
) -> None:
    """Report a data key that is too old `today` for the environments that read the file, or of unknown age.

    `sealings` says when ciphertexts were first committed; those that it does not contain are not committed yet.
    """
    readers = custody.environments_of(sealed.holder, environments) if sealed.holder else []
    if not readers:
        return
    place = Place(sealed.path, ("sops",), "key", sealed=True)
    if sealed.modified.date() > today + _TOLERANCE:
        message = f"`{sealed.path}` was written at a time in the future, as it records itself"
        report.add(UNKNOWN_ROTATION, message, place, hint="correct the clock, and run `varve secrets rotate`")
    known = [sealings[mark] for mark in sealed.marks if mark in sealings]
    if not known:
        return
    oldest = min(each.date for each in known).date()
    limit = custody.shortest_rotation(readers)
    max_days = duration.lasts(limit) // _DAY
    if (today - oldest).days > max_days:
        message = f"the data key of `{sealed.path}` dates from {oldest} but may be at most {max_days} days old"
        report.add(OVERDUE_ROTATION, message, place, hint="run `varve secrets rotate --due`")
    elif any(each.edge for each in known):
        message = f"the clone does not reach back to when `{sealed.path}` got its data key"
        report.add(UNKNOWN_ROTATION, message, place, hint="run `git fetch --unshallow`")
    elif oldest > today + _TOLERANCE:
        message = f"the commit that sealed `{sealed.path}` has a date in the future"
        report.add(UNKNOWN_ROTATION, message, place, hint="correct the clock, and commit it again")
