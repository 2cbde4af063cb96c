"""`varve explain`: the history of a value, or of all values of a unit."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import click

from varve.cli import opening, saying
from varve.cli.opening import Opening
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.pack import Pack
from varve.model.source import Keys, Map, Value
from varve.model.unit import Unit

if TYPE_CHECKING:
    from varve.resolve.history import Voice
    from varve.world.history import Change

FORMATS: Final = ("text", "json")


class _Explained(NamedTuple):
    """A unit or an environment whose values are to be explained: its stack, what the stack gives, and the packs."""

    opening: Opening
    stack: Stack
    value: Map
    packs: Mapping[str, Pack]


class _Line(NamedTuple):
    """One voice in the history of a path, with its place in the text and the commit it comes from.

    There is no commit yet, or it lies `beyond` what a shallow clone holds.
    """

    keys: Keys
    voice: "Voice"
    where: str
    change: "Change | None"
    beyond: bool


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
        explained = _explained(Unit(tenant, environment), keys, rev, report)
        if explained is not None:
            snapshot = explained.opening.snapshot
            click.echo((_json if format_ == "json" else _text)(explained, keys, _lines(explained, keys, report)))
    saying.say(report, snapshot)
    saying.end(report)


def _json(explained: _Explained, keys: Keys, lines: list[_Line]) -> str:
    from varve.language.name import dotted

    history = [_record(line) for line in lines]
    said = {"path": dotted(keys), "value": _at(explained, keys), "history": history}
    return json.dumps(said, ensure_ascii=False, indent=2)


def _text(explained: _Explained, keys: Keys, lines: list[_Line]) -> str:
    return (_told(explained, keys, lines) if lines else _nobody(explained, keys)).removesuffix("\n")


def _explained(unit: Unit, keys: Keys, rev: str | None, report: Report) -> _Explained | None:
    """A unit, or where it is the platform's own settings that are asked for, its environment."""
    from varve import pipeline
    from varve.check import source
    from varve.model.unit import Selection
    from varve.read import repository as shape
    from varve.world.git import Commit, WorkTree

    repository = opening.find(report)
    opened = opening.open_view(repository, Commit(rev) if rev else WorkTree(), report) if repository else None
    compiling = pipeline.open_repository(opened.snapshot, report) if opened else None
    if opened is None or compiling is None:
        return None
    if not shape.is_selectable(Selection(unit.environment, unit.tenant), compiling.settings, compiling.tenants, report):
        return None
    packs = compiling.kit.packs
    if keys[:1] == ("platform",):
        environment = pipeline.resolve_environment(compiling, unit.environment, report)
        platform: Map = {"platform": environment.platform} if environment else {}
        return _Explained(opened, environment.stack, platform, packs) if environment else None
    stack = pipeline.stack_unit(compiling, unit, report)
    # A file that is not sound may hold a secret where a reference belongs, and nothing of it is shown.
    if stack is None or not source.layers(stack, compiling.reading, compiling.judged):
        return None
    return _Explained(opened, stack, pipeline.merge_unit(compiling, unit, stack, report), packs)


def _at(explained: _Explained, keys: Keys) -> Value:
    from varve.resolve.merge import look, says

    return look(explained.value, keys) if says(explained.value, keys) else None  # type: ignore[return-value]


def _lines(explained: _Explained, keys: Keys, report: Report) -> list[_Line]:
    """The history of a scalar or a list; for a map, what was last said of each value in it."""
    from varve.resolve.history import history

    value = _at(explained, keys)
    if isinstance(value, dict) and value:
        found = [(leaf, voice) for leaf in _leaves(value, keys) for voice in history(explained.stack, leaf)[:1]]
    else:
        found = [(keys, voice) for voice in history(explained.stack, keys)]
    return list(_written(explained, found, report))


def _leaves(value: Value, at: Keys) -> Iterator[Keys]:
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from _leaves(each, (*at, key))
    else:
        yield at


def _written(explained: _Explained, found: list[tuple[Keys, "Voice"]], report: Report) -> Iterator[_Line]:
    """Each voice with the line it stands on, and the commit that line comes from; one look at git for each file."""
    from varve.read.locate import locator
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
        where, change = f"{place.file}:{span.line}:{span.column}", changes[place.file].get(span.line)
        yield _Line(keys, voice, where, change, place.file in beyond)


def _told(explained: _Explained, keys: Keys, lines: list[_Line]) -> str:
    from varve.language.name import dotted
    from varve.render.table import table
    from varve.resolve.history import brief
    from varve.resolve.merge import says

    value = _at(explained, keys)
    if isinstance(value, dict) and value:
        return table(
            [
                (dotted(line.keys), brief(_at(explained, line.keys)), line.voice.layer.name, line.where, _who(line))
                for line in lines
            ]
        )
    said = brief(value) if says(explained.value, keys) else "not there"
    if isinstance(value, list):
        said = json.dumps(value, ensure_ascii=False)
    head = f"{dotted(keys)} is {said}\n" if keys else ""
    return head + table(
        [(_word(line.voice), line.voice.verdict, line.voice.layer.name, line.where, _who(line)) for line in lines]
    )


def _word(voice: "Voice") -> str:
    """What a layer says of a path, in a few words: nothing, where it only takes something away."""
    from varve.resolve.history import brief

    return "" if voice.verdict in ("deletes", "replaces") and voice.value is None else brief(voice.value)


def _who(line: _Line) -> str:
    if line.change:
        return f"{line.change.id[:10]} {line.change.date:%Y-%m-%d} {line.change.author}"
    return "unknown" if line.beyond else "not committed yet"


def _nobody(explained: _Explained, keys: Keys) -> str:
    from varve.language.name import dotted
    from varve.render.escape import escape

    path = escape(dotted(keys))
    if keys in (("environment",), ("tenant", "id")):
        return f"{path} is {_at(explained, keys)}: varve itself says it, after the folder or the environment\n"
    match keys:
        case ("services", str(), "packs", str() as name, str() as parameter) if name in explained.packs:
            properties = cast("dict[str, Map]", explained.packs[name].parameters.get("properties", {}))
            if "default" in properties.get(parameter, {}):
                default = json.dumps(properties[parameter]["default"], ensure_ascii=False)
                return f"{path} is {default}: the default of the pack, in {explained.packs[name].folder}/pack.yaml\n"
    layers = "".join(f"  {layer.name:<12} {layer.file}\n" for layer in reversed(explained.stack.layers))
    return f"{path}: none of these layers says it\n{layers}{_correction(keys, explained.value)}"


def _correction(keys: Keys, value: Map) -> str:
    from varve.resolve.merge import says
    from varve.resolve.reference import advice

    said = "" if says(value, keys) else advice(keys, value)
    return f"{said}\n" if said.startswith("did you mean") else ""


def _record(line: _Line) -> dict[str, object]:
    from varve.language.name import dotted

    file, row, column = line.where.rsplit(":", 2)
    change = line.change
    return {
        "path": dotted(line.keys),
        "layer": line.voice.layer.name,
        "priority": line.voice.layer.priority,
        "owner": line.voice.layer.owner,
        "verdict": line.voice.verdict,
        "value": line.voice.value,
        "file": file,
        "line": int(row),
        "column": int(column),
        "commit": change.id if change else None,
        "author": change.author if change else None,
        "date": change.date.isoformat() if change else None,
    }
