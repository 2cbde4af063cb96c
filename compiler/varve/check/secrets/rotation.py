"""How old are data keys, and may they become so old."""

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
    "A data key is older than it may become",
    "`platform.secrets.rotation` says how old the data key of a sealed file may become; unless it does, 90 days. A key "
    "is as old as the oldest value that it encrypted and that still stands, by the dates of git's commits; `varve "
    "secrets rotate` has SOPS make a new one and encrypt everything with it; `sops updatekeys` hands on the old one.",
)
UNKNOWN_ROTATION = Rule(
    "check/unknown-rotation",
    "Nobody can tell how old a data key is",
    "How old a data key is, git's history says. A shallow clone, as CI services make them, does not reach back far "
    "enough, and a date that has not come yet says nothing. What cannot be known is no pass: fetch the whole history "
    "(`git fetch --unshallow`, or `fetch-depth: 0`), and set the clock of whoever wrote such a date.",
)

_DAY: Final = 86_400_000
_ASTRAY: Final = timedelta(days=1)
"""How far clocks and zones may lie apart before a date counts as one that has not come."""


def check(
    sealed: Sealed,
    environments: Sequence[Environment],
    sealings: Mapping[str, Sealing],
    today: date,
    report: Report,
) -> None:
    """Report a data key that is too old `today` for the environments that read the file, or of unknown age.

    `sealings` says when what is encrypted first stood in a commit; what it does not know was not committed yet.
    """
    serving = custody.served(sealed.holder, environments) if sealed.holder else []
    if not serving:
        return
    place = Place(sealed.path, ("sops",), "key", sealed=True)
    if sealed.modified.date() > today + _ASTRAY:
        message = f"`{sealed.path}` says that it was written at a time that has not come"
        report.say(UNKNOWN_ROTATION, message, place, hint="set the clock, and run `varve secrets rotate`")
    known = [sealings[mark] for mark in sealed.marks if mark in sealings]
    if not known:
        return
    oldest = min(each.date for each in known).date()
    limit = custody.shortest(serving)
    most = duration.lasts(limit) // _DAY
    if (today - oldest).days > most:
        message = f"the data key of `{sealed.path}` is of {oldest}, and may become {most} days old"
        report.say(OVERDUE_ROTATION, message, place, hint="run `varve secrets rotate --due`")
    elif any(each.edge for each in known):
        message = f"the clone does not reach back to when `{sealed.path}` got its data key"
        report.say(UNKNOWN_ROTATION, message, place, hint="run `git fetch --unshallow`")
    elif oldest > today + _ASTRAY:
        message = f"the commit that sealed `{sealed.path}` says a time that has not come"
        report.say(UNKNOWN_ROTATION, message, place, hint="set the clock, and commit it again")
