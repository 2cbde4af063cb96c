"""The trusted commit: its name must be unambiguous; and the commits at which a change left its history."""

import re
from typing import Final

from varve.model.diagnostic import Note, Report, Rule
from varve.world.git.command import Git, GitError
from varve.world.git.listing import shown
from varve.world.git.repository import Repository
from varve.world.snapshot.views import UNKNOWN_REVISION, resolve

AMBIGUOUS_REVISION = Rule(
    "world/ambiguous-revision",
    "The name of the trusted commit is ambiguous",
    "git takes a tag before a branch of the same name, and a branch before the short id of a commit, so whoever may "
    "push a tag or a branch could decide by which commit a change is judged, or what is not checked. Name the commit "
    "by its whole id, or the branch in full, as in `refs/remotes/origin/main`.",
)
NO_COMMON_COMMIT = Rule(
    "world/no-common-commit",
    "The start of a change is not known",
    "A change begins at the newest commit that it shares with the trusted one. The two may share none; or the clone "
    "is shallow, as is usual in CI, and does not reach back to it. Then it is unknown who changed what, and that is "
    "not a success. Fetch the whole history.",
)

_WHOLE_ID: Final = re.compile(r"[0-9a-fA-F]{40}(?:[0-9a-fA-F]{24})?")
_SHORT_ID: Final = re.compile(r"(?:.+-g)?[0-9a-fA-F]{4,64}")
"""Optionally after a prefix as in the output of `git describe`, which git ignores."""

_STEP: Final = re.compile(r"[~^]|@\{")
_MEANINGS: Final = ("refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")
_PSEUDO: Final = re.compile(r"@|[A-Z]+(?:_[A-Z]+)*")


def trusted(repository: Repository, revision: str, report: Report) -> str | None:
    """The id of the commit that `revision` names, if nobody can change its meaning by pushing a branch or a tag.

    None, with the reason reported, if that is possible or there is no such commit. Raises `GitError`.
    """
    name = _STEP.split(revision, maxsplit=1)[0]
    if ":" in revision or "\0" in revision:
        # `:/text` means the newest commit with that text, whoever wrote it, and `name:path` is no commit.
        report.add(UNKNOWN_REVISION, f"`{shown(revision)}` is not a commit", hint="name a commit or a branch")
        return None
    meanings = [] if _WHOLE_ID.fullmatch(name) else _meanings(Git(repository.root), name)
    if len(meanings) > 1:
        notes = (Note(f"it can mean `{shown(each)}`") for each in meanings)
        hint = "name the commit by its whole id, or the branch in full"
        report.add(AMBIGUOUS_REVISION, f"`{shown(name)}` means more than one thing", None, *notes, hint=hint)
        return None
    return resolve(repository, revision, report)


def _meanings(git: Git, name: str) -> list[str]:
    """What git could take `name` for, in git's order of preference."""
    names = [name, *(meaning.format(name) for meaning in _MEANINGS)]
    found = {ref for ref in git.run("for-each-ref", "--format=%(refname)", "--", *names).decode().split("\n") if ref}
    refs = [each for each in names if each in found]
    if refs and refs[0] == name:
        # A full name has precedence over everything else.
        return [name]
    if name.startswith("refs/"):
        return [name, *refs]
    other = "a commit's short id" if _SHORT_ID.fullmatch(name) else name if _PSEUDO.fullmatch(name) else ""
    return [*refs, other] if other and refs else refs


def beginnings(repository: Repository, base: str, head: str, report: Report) -> list[str]:
    """The newest common ancestors of `base` and `head`, usually one; none, with the reason reported, if unknown."""
    try:
        found = Git(repository.root).run("merge-base", "--all", base, head).decode().split()
    except GitError:
        found = []
    # A shallow clone may hide a newer common ancestor, unless `base` itself is the one.
    if found and (found == [base] or not repository.shallow):
        return found
    hint = "run `git fetch --unshallow`" if repository.shallow else "name a commit that the change is based on"
    message = "this clone does not show where the change left the trusted commit"
    report.add(NO_COMMON_COMMIT, message, hint=hint)
    return []
