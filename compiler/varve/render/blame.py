"""Says who is to blame for a line of an artifact, and on which sources an artifact rests."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from varve.language.name import dotted
from varve.model.source import Value
from varve.model.unit import Unit
from varve.render.document import document
from varve.render.escape import escape
from varve.render.history import Commit, Line, origin, record, shown, who
from varve.render.table import table

_ROOM: Final = 200
"""So many characters of a line are shown."""
_SHIPPED: Final = "  shipped with varve"
_UNTRIED: Final = "stands: its text is here, but it cannot be tried: the unit was not sound with any other value"


class Row(NamedTuple):
    """A word that is to blame, and how: it `says` or `shapes` the line, `brings` it, or its text `stands` there."""

    relation: str
    line: Line


class Through(NamedTuple):
    """The artifact of a tenant by which a line got into a shared one, and which line it is there, if it is the same.

    It is not the only one where others would bring the line too.
    """

    path: str
    line: int | None
    only: bool


class Default(NamedTuple):
    """What a pack takes for a parameter that nobody says, in which file, and whether varve ships that."""

    file: str
    parameter: str
    value: Value
    shipped: bool


class OfLine(NamedTuple):
    """A line of an artifact, counted from 1, with its text: whose it is, the words, the defaults, and the templates.

    Of templates that varve ships it is told that they are.
    """

    artifact: str
    number: int
    text: str
    unit: Unit
    rows: tuple[Row, ...]
    templates: Mapping[str, bool]
    through: Through | None = None
    defaults: tuple[Default, ...] = ()


class Source(NamedTuple):
    """A file on which an artifact rests, and the commit that was the last to change it, where one is known.

    There is no commit yet, or it lies `beyond` what a shallow clone holds.
    """

    path: str
    commit: Commit | None
    beyond: bool = False


class OfArtifact(NamedTuple):
    """The files on which an artifact rests, by whose they are, and the templates; of those shipped it is told."""

    artifact: str
    unit: Unit
    sources: Mapping[str, Sequence[Source]]
    templates: Mapping[str, bool]


def line_text(told: OfLine) -> str:
    """A line, who is to blame for it, and how."""
    return "".join(f"{each}\n" for each in _of_line(told))


def _of_line(told: OfLine) -> Iterator[str]:
    yield f"{escape(told.artifact)}:{told.number}, of {_whose(told.unit)}"
    yield f"  {escape(told.text if len(told.text) <= _ROOM else told.text[: _ROOM - 1] + '…')}"
    if told.through:
        at = f":{told.through.line}" if told.through.line else ""
        others = "" if told.through.only else ", and not by it alone"
        yield f"brought by {escape(told.through.path)}{at}{others}"
    yield ""
    if told.rows:
        yield table([_row(row) for row in told.rows]).removesuffix("\n")
    else:
        yield f"not from a source: {_instead(told)}"
    yield from (f"default  {escape(_default(each))}{_SHIPPED if each.shipped else ''}" for each in told.defaults)
    yield from (f"template  {escape(path)}{_SHIPPED if shipped else ''}" for path, shipped in told.templates.items())
    if any(row.relation == "stands" for row in told.rows):
        yield _UNTRIED


def _row(row: Row) -> tuple[str, ...]:
    voice = row.line.voice
    return row.relation, dotted(row.line.keys), shown(voice.value), voice.layer.name, *origin(row.line)


def _whose(unit: Unit) -> str:
    return escape(f"{unit.tenant} in {unit.environment}" if unit.tenant else f"all who share {unit.environment}")


def _instead(told: OfLine) -> str:
    if told.defaults:
        return "the default of a pack sets it"
    return "a template contains it" if told.templates else "varve writes it by itself"


def _default(default: Default) -> str:
    return f"{default.file}  {default.parameter}: {shown(default.value)}"


def artifact_text(told: OfArtifact) -> str:
    """The files on which an artifact rests, group by group."""
    return "".join(f"{each}\n" for each in _of_artifact(told))


def _of_artifact(told: OfArtifact) -> Iterator[str]:
    yield f"{escape(told.artifact)}, of {_whose(told.unit)}"
    files = ((name, each) for name, those in told.sources.items() for each in those)
    rows = [(name, each.path, who(each.commit, beyond=each.beyond)) for name, each in files]
    rows += [("template", path, _SHIPPED.lstrip() if shipped else "") for path, shipped in told.templates.items()]
    if rows:
        yield table(rows).removesuffix("\n")


def line_json(told: OfLine) -> str:
    """The same as one JSON document."""
    way = told.through
    return document(
        {
            "artifact": told.artifact,
            "line": told.number,
            "text": told.text,
            **_unit(told.unit),
            "through": {"artifact": way.path, "line": way.line, "only": way.only} if way else None,
            "words": [{"relation": row.relation, **_word(row.line)} for row in told.rows],
            "defaults": [each._asdict() for each in told.defaults],
            "templates": _shipped(told.templates),
        }
    )


def _word(line: Line) -> dict[str, object]:
    return {key: each for key, each in record(line).items() if key != "verdict"}


def artifact_json(told: OfArtifact) -> str:
    """The same as one JSON document."""
    files = ((name, each) for name, those in told.sources.items() for each in those)
    sources = [
        {
            "file": each.path,
            "of": name,
            "commit": each.commit.id if each.commit else None,
            "author": each.commit.author if each.commit else None,
            "date": each.commit.date.isoformat() if each.commit else None,
        }
        for name, each in files
    ]
    unit, templates = _unit(told.unit), _shipped(told.templates)
    return document({"artifact": told.artifact, **unit, "sources": sources, "templates": templates})


def _unit(unit: Unit) -> dict[str, object]:
    return {"tenant": unit.tenant or None, "environment": unit.environment}


def _shipped(templates: Mapping[str, bool]) -> list[dict[str, object]]:
    return [{"file": path, "shipped": shipped} for path, shipped in templates.items()]
