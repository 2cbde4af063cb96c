"""Who wrote a line, and when."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

from varve.model.diagnostic import Place, Report, Rule, Severity
from varve.world.git.command import Git, GitError, MissingError
from varve.world.git.repository import REFETCH, Repository
from varve.world.snapshot.views import Commit, Index, View

SHALLOW_CLONE = Rule(
    "world/shallow-clone",
    "The clone is too shallow to say who wrote a line",
    "A shallow clone has only the newest commits. git would name the oldest of them as the author of every older "
    "line, so varve names nobody; neither does it where a clone with a filter lacks earlier contents of the file. Run "
    "`git fetch --unshallow` or `git fetch --refetch --no-filter`, or clone with the whole history.",
    Severity.WARNING,
)

_ZONE: Final = re.compile(r"([+-])([01][0-9]|2[0-3])([0-5][0-9])")
_LATEST: Final = 253402214399  # the last second but a day of the year 9999, which each zone has
_DIGITS: Final = 13


@dataclass(frozen=True, slots=True)
class Change:
    """The commit that last changed a line or a file: its id, its author's name, and the author date."""

    id: str
    author: str
    date: datetime


def blame(
    repository: Repository,
    file: str,
    lines: Iterable[int],
    view: View,
    report: Report,
) -> Mapping[int, Change]:
    """The commits that last changed `lines` of `file`, by line number from 1.

    Lines that are not committed yet or do not exist are left out; so are, which is reported, those whose commit the
    clone does not reach.
    """
    numbers = sorted(set(lines))
    try:
        found = _blamed(repository, file, numbers, view) if numbers else {}
    except MissingError:
        _report_shallow(file, REFETCH, report)
        return {}
    except GitError:
        return {}
    border = edge(repository)
    if any(change.id in border for change in found.values()):
        _report_shallow(file, "run `git fetch --unshallow`", report)
    return {line: change for line, change in found.items() if change.id.strip("0") and change.id not in border}


def _report_shallow(file: str, hint: str, report: Report) -> None:
    report.add(SHALLOW_CLONE, f"the clone does not reach back to when `{file}` was written", Place(file), hint=hint)


def _blamed(repository: Repository, file: str, lines: list[int], view: View) -> dict[int, Change]:
    git = Git(repository.root, index_file=repository.staged if isinstance(view, Index) else None)
    options = ["--line-porcelain", "--no-textconv", *(f"-L{line},{line}" for line in lines)]
    content = b""
    match view:
        case Index():
            content = git.run("cat-file", "blob", f":./{file}")
            options += ["--contents", "-"]
        case Commit(revision):
            named = git.run("rev-parse", "--verify", "--end-of-options", revision + "^{commit}")
            options.append(named.decode().strip())
    return _parsed(git.run("blame", *options, "--", file, given=content).decode("utf-8", "replace"))


def _parsed(porcelain: str) -> dict[int, Change]:
    found: dict[int, Change] = {}
    head: list[str] = []
    headers: dict[str, str] = {}
    for line in porcelain.split("\n"):
        if line.startswith("\t"):
            found[int(head[2])] = Change(
                head[0], headers["author"], dated(headers["author-time"], headers["author-tz"])
            )
            head, headers = [], {}
        elif not head:
            head = line.split(" ")
        else:
            name, _, value = line.partition(" ")
            headers[name] = value
    return found


def dated(seconds: str, zone: str) -> datetime:
    """The author date of a commit, which may contain any numbers.

    A time that is too late becomes the latest possible one, and an invalid zone becomes UTC.
    """
    parsed = _ZONE.fullmatch(zone)
    minutes = int(parsed[2]) * 60 + int(parsed[3]) if parsed else 0
    offset = timedelta(minutes=-minutes if zone.startswith("-") else minutes)
    # git prints a number with arbitrarily many digits if it could not parse the date itself.
    number = min(int(seconds[:_DIGITS]), _LATEST)
    return datetime.fromtimestamp(number, timezone(offset))


def edge(repository: Repository) -> frozenset[str]:
    """The commits at which a shallow clone ends: git attributes all changes of their ancestors to them."""
    if not repository.shallow:
        return frozenset()
    git = Git(repository.root)
    listed = git.folder / git.run("rev-parse", "--git-path", "shallow").decode().strip()
    return frozenset(listed.read_text("ascii").split())
