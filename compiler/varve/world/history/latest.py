"""The last commit that changed a file."""

from collections.abc import Collection, Iterator, Mapping

from varve.world.git.command import Git, GitError, MissingError
from varve.world.git.repository import Repository
from varve.world.history.blame import Change, dated, edge
from varve.world.snapshot.views import Commit, View

_BEGUN = "\x01"


def latest(repository: Repository, paths: Collection[str], view: View) -> Mapping[str, Change | None]:
    """The last commit that changed each of these files, by path, found with one `git log`.

    The value is None if the clone does not reach back to that commit. Files with uncommitted changes are left out.
    """
    if not paths:
        return {}
    git = Git(repository.root)
    revision = view.revision if isinstance(view, Commit) else "HEAD"
    wanted = sorted(paths)
    form = f"--format={_BEGUN}%H%x00%an%x00%ad"
    options = ("-z", "--name-only", "--no-renames", "--relative", "--diff-merges=first-parent", "--date=raw", form)
    try:
        named = git.run("rev-parse", "--verify", "--end-of-options", revision + "^{commit}").decode().strip()
        records = git.records("log", *options, named, "--", *wanted)
        altered = () if isinstance(view, Commit) else git.records("diff", "-z", "--name-only", "--relative", named)
    except MissingError:
        return dict.fromkeys(paths)
    except GitError:
        return {}
    found = _found(records)
    for path in altered:
        found.pop(path, None)
    border = edge(repository)
    return {path: None if change.id in border else change for path, change in found.items()}


def _found(records: Iterator[str]) -> dict[str, Change]:
    """The newest commit of each path in git's log, which lists the newest commits first."""
    found: dict[str, Change] = {}
    change: Change | None = None
    for record in records:
        line = record.strip("\n")
        if line.startswith(_BEGUN):
            author, date = next(records), next(records)
            change = Change(line[1:], author, dated(*date.split(" ")))
        elif change:
            found.setdefault(line, change)
    return found
