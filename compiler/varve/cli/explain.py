"""`varve explain`: the history of a value, or of all values of a unit."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from varve.cli import opening, saying
from varve.cli.opening import Opening
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.pack import Pack
from varve.model.source import Keys, Map, Value
from varve.model.unit import Unit

if TYPE_CHECKING:
    from varve.render.history import Line
    from varve.resolve.history import Voice
    from varve.resolve.merge import Strategy
    from varve.world.history import Change

FORMATS: Final = ("text", "json")


class _Explained(NamedTuple):
    """A unit or an environment whose values are to be explained: its stack, what the stack gives, and the packs."""

    opening: Opening
    stack: Stack
    strategy: "Strategy"
    value: Map
    packs: Mapping[str, Pack]


@click.command
@click.argument("tenant")
@click.argument("environment")
@click.argument("path", required=False)
@click.option("--rev", metavar="REV", help="Explain the values of a commit.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    envvar="VARVE_EXPLAIN_FORMAT",
    help="How to say it.",
)
def explain(tenant: str, environment: str, path: str | None, rev: str | None, format_: str) -> None:
    """Say where a value was written, whom it overrode, and who wrote it; without PATH, where every value comes from."""
    from varve.language import name

    keys = name.keys(path) if path else ()
    if keys is None:
        raise click.UsageError(f"`{path}` is no path; write it like `services.checkout.slos`")
    report = Report()
    snapshot = saying.NOTHING
    with opening.asking_git(report):
        opened = _opened(rev, report)
        snapshot = opened.snapshot if opened else snapshot
        explained = _explained(opened, Unit(tenant, environment), keys, report) if opened else None
        if explained is not None:
            click.echo(_told(explained, keys, format_, report), nl=False)
    saying.say(report, snapshot)
    saying.end(report)


def _told(explained: _Explained, keys: Keys, format_: str, report: Report) -> str:
    from varve.render import history

    lines = _lines(explained, keys, report)
    if format_ == "json":
        return history.json(explained.value, keys, lines)
    if lines:
        return history.text(explained.value, keys, lines)
    return history.nobody(explained.value, keys, explained.stack, explained.packs)


def _opened(rev: str | None, report: Report) -> Opening | None:
    from varve.world.git import Commit, WorkTree

    repository = opening.find(report)
    view = WorkTree() if rev is None else Commit(rev)
    return opening.open_view(repository, view, report) if repository else None


def _explained(opened: Opening, unit: Unit, keys: Keys, report: Report) -> _Explained | None:
    """A unit, or where it is the platform's own settings that are asked for, its environment."""
    from varve import pipeline
    from varve.check import source
    from varve.check.kind import strategy
    from varve.model.unit import Selection
    from varve.read import repository as shape
    from varve.resolve.merge import Strategy

    compiling = pipeline.open_repository(opened.snapshot, report)
    if compiling is None:
        return None
    if not shape.is_selectable(Selection(unit.environment, unit.tenant), compiling.settings, compiling.tenants, report):
        return None
    packs, of_unit = compiling.kit.packs, strategy("unit")
    if keys[:1] == ("platform",):
        environment = pipeline.resolve_environment(compiling, unit.environment, report)
        of_platform = Strategy(inside={"platform": strategy("platform")})
        platform: Map = {"platform": environment.platform} if environment else {}
        return _Explained(opened, environment.stack, of_platform, platform, packs) if environment else None
    stack = pipeline.stack_unit(compiling, unit, report)
    # A file that is not sound may hold a secret where a reference belongs, and nothing of it is shown.
    if stack is None or not source.layers(stack, compiling.reading, compiling.judged):
        return None
    return _Explained(opened, stack, of_unit, pipeline.merge_unit(compiling, unit, stack, report), packs)


def _lines(explained: _Explained, keys: Keys, report: Report) -> list["Line"]:
    """The history of a scalar or a list; for a map, what was last said of each value in it."""
    from varve.resolve.merge import look

    value = look(explained.value, keys)
    if isinstance(value, dict) and value:
        found = [(leaf, voice) for leaf in _leaves(value, keys) for voice in _voices(explained, leaf)[:1]]
    else:
        found = [(keys, voice) for voice in _voices(explained, keys)]
    return list(_written(explained, found, report))


def _voices(explained: _Explained, keys: Keys) -> tuple["Voice", ...]:
    from varve.resolve.history import history

    strategy = explained.strategy
    for key in keys:
        strategy = strategy.at(key)
    return history(explained.stack, keys, strategy)


def _leaves(value: Value, at: Keys) -> Iterator[Keys]:
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from _leaves(each, (*at, key))
    else:
        yield at


def _written(explained: _Explained, found: list[tuple[Keys, "Voice"]], report: Report) -> Iterator["Line"]:
    """Each voice with the line it stands on, and the commit that line comes from; one look at git for each file."""
    from varve.read.locate import locator
    from varve.render.history import Commit, Line
    from varve.world import history

    opened = explained.opening
    places = [voice.place for _, voice in found]
    locate = {file: locator(opened.snapshot.source(file)) for file in {place.file for place in places}}
    spans = [locate[place.file](place.keys, place.on) for place in places]
    lines: dict[str, set[int]] = {}
    for place, span in zip(places, spans, strict=True):
        lines.setdefault(place.file, set()).add(span.line)
    changes: Mapping[str, Mapping[int, Change]] = {
        file: history.blame(opened.repository, file, numbers, opened.view, report) for file, numbers in lines.items()
    }
    beyond = {each.place.file for each in report if each.place and each.rule is history.SHALLOW_CLONE}
    for (keys, voice), place, span in zip(found, places, spans, strict=True):
        change = changes[place.file].get(span.line)
        commit = Commit(change.id, change.author, change.date) if change else None
        yield Line(keys, voice, span, commit, place.file in beyond)
