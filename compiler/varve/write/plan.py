"""What has to change under `build/` so that it contains the artifacts of a build and no other files of varve's."""

from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import compress, filterfalse
from operator import ne
from typing import NamedTuple, SupportsBytes

from varve.model.artifact import Build
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.snapshot import below

STRANGER = Rule(
    "write/stranger",
    "A file under build/ is not varve's",
    "`build/` belongs to varve, which replaces and removes what git tracks there and what it wrote itself. A file "
    "that is neither may be somebody's work, so varve leaves it alone and reports it. Move it out of `build/`, or "
    "delete it.",
)
STALE_ARTIFACT = Rule(
    "write/stale-artifact",
    "An artifact does not match the sources",
    "What is deployed is what is in `build/`, so it must be exactly what the sources compile to. Either a source was "
    "changed and `build/` was not compiled again, or the artifact was edited by hand, which the next build undoes: "
    "make the change in a source. Run `varve build` and commit what it writes.",
)
MISSING_ARTIFACT = Rule(
    "write/missing-artifact",
    "An artifact is missing",
    "A source was added or changed, but what it compiles to was not committed with it, so it would not be deployed. "
    "Run `varve build` and commit what it writes; if nothing changes, check whether `.gitignore` covers `build/`.",
)
LEFT_OVER_ARTIFACT = Rule(
    "write/left-over-artifact",
    "An artifact has no source any more",
    "Its service, tenant or environment is gone, but the file would still be deployed, and its alerts would still "
    "fire. Run `varve build`, which removes it, and commit that.",
)

_REMEDY = "run `varve build` and commit what it writes"
_SHOWN = 9


class Standing(NamedTuple):
    """The files under `build/` now: blob ids by path, the paths that git tracks, and the ids that varve wrote."""

    ids: Mapping[str, str]
    tracked: Container[str]
    written: frozenset[str]

    def may_replace(self, path: str) -> bool:
        """Whether varve may replace or remove the file at `path`."""
        return path in self.tracked or self.ids[path] in self.written


class Write(NamedTuple):
    """One artifact to be written, with its blob id; `replaces` says whether it replaces a file of varve's."""

    path: str
    content: SupportsBytes
    id: str
    replaces: bool

    @property
    def data(self) -> bytes:
        """The content as bytes."""
        return bytes(self.content)


class Stranger(NamedTuple):
    """A file under `build/` that is not varve's, and the artifact that cannot be written because of it, if any."""

    path: str
    blocks: str = ""


class Plan(NamedTuple):
    """What to do, in this order, each part sorted by path.

    `clear` are files of varve's that have to go first, because an artifact needs a folder at their path, or a file at
    the path of their folder; `delete` are all others that no source produces any more. `refused` are strangers, and
    `known` the ids that varve wrote and that still exist.
    """

    clear: tuple[str, ...] = ()
    write: tuple[Write, ...] = ()
    delete: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[Stranger, ...] = ()
    known: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether `build/` can stay as it is."""
        return not (self.clear or self.write or self.delete)


def plan(build: Build, standing: Standing) -> Plan:
    """The changes that turn `standing` into the artifacts of a build; those that it keeps are left as they are."""
    # Nearly all of tens of thousands of artifacts are up to date, so none of these may cost a step of Python code.
    idle = set(filterfalse(build.made.__contains__, standing.ids)) - build.kept
    strangers = {path: "" for path in idle if not standing.may_replace(path)}
    clear, write = set(), []
    there = sorted(standing.ids)
    wanted = sorted(compress(build.made, map(ne, build.made.values(), map(standing.ids.get, build.made))))
    others = idle.union(wanted, build.kept - build.made.keys())
    for path in wanted:
        obstacles = set(_obstacles(path, standing.ids, there))
        foreign = {each for each in obstacles if each not in idle or each in strangers}
        if path in standing.ids and not standing.may_replace(path):
            foreign.add(path)
        strangers |= dict.fromkeys(foreign, path)
        if not foreign:
            clear |= obstacles
            write.append(Write(path, build.artifacts[path].content, build.made[path], path in standing.ids))
    return Plan(
        tuple(sorted(clear)),
        tuple(write),
        tuple(sorted(idle - clear - strangers.keys())),
        tuple(filterfalse(others.__contains__, there)),
        tuple(Stranger(path, strangers[path]) for path in sorted(strangers)),
        standing.written.intersection(standing.ids.values()),
    )


def _above(path: str) -> Iterator[str]:
    end = path.rfind("/")
    while end > 0:
        yield path[:end]
        end = path.rfind("/", 0, end)


def _obstacles(path: str, standing: Mapping[str, str], there: Sequence[str]) -> Iterator[str]:
    """The existing files at the folders above a path, and those below it; `there` are the sorted existing paths."""
    yield from (folder for folder in _above(path) if folder in standing)
    yield from below(path, there)


def refuse(plan: Plan, report: Report) -> None:
    """Report the strangers of a plan."""
    for stranger in plan.refused:
        why = f", and `{stranger.blocks}` cannot be written" if stranger.blocks not in {"", stranger.path} else ""
        report.add(
            STRANGER,
            f"`{stranger.path}` is not varve's{why}",
            Place(stranger.path),
            hint=f"move it {'out of `build/`' if '/' in stranger.path else 'away'}, or delete it",
        )


def judge(plan: Plan, unread: Container[str], report: Report) -> None:
    """Report where `build/` differs from what the sources compile to, with one diagnostic for all files of a kind.

    Files in `unread` exist but could not be read, which has been reported already, so they do not count as missing.
    """
    stale = [write.path for write in plan.write if write.replaces]
    missing = [write.path for write in plan.write if not write.replaces and write.path not in unread]
    _report_paths(STALE_ARTIFACT, stale, "does not match the sources", report)
    _report_paths(MISSING_ARTIFACT, missing, "is missing", report)
    _report_paths(LEFT_OVER_ARTIFACT, sorted((*plan.clear, *plan.delete)), "has no source any more", report)
    refuse(plan, report)


def _report_paths(rule: Rule, paths: list[str], wrong: str, report: Report) -> None:
    if not paths:
        return
    first, *others = paths
    number = "1 other" if len(others) == 1 else f"{len(others)} others"
    many = f"; the same is true of {number}" if others else ""
    notes = [Note("the same is true here", Place(path)) for path in others[:_SHOWN]]
    if others[_SHOWN:]:
        notes.append(Note(f"and of {len(others) - _SHOWN} more"))
    report.add(rule, f"`{first}` {wrong}{many}", Place(first), *notes, hint=_REMEDY)
