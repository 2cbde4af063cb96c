"""Renders the answers of `varve blame`: which words are to blame for a line, or which files an artifact rests on."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from varve.language.name import dotted
from varve.model.source import Value
from varve.model.unit import Unit
from varve.render.document import document
from varve.render.escape import escape
from varve.render.history import Commit, Line, origin, record, shown, who
from varve.render.table import table

_LONGEST_SHOWN: Final = 200
"""How many characters of a line are shown."""
_SHIPPED: Final = "  shipped with varve"
_UNTRIED: Final = "untried: its text is in the line, but the unit was not sound with any other value"


class Row(NamedTuple):
    """A word that is to blame for a line.

    `relation` is how it causes the line: `appears`, `affects`, `produces` or `untried`.
    """

    relation: str
    line: Line


class Through(NamedTuple):
    """The artifact of a tenant through which a line got into a shared one.

    `line` is its number there, if it is the same text; `only` is false if other artifacts bring the same line.
    """

    path: str
    line: int | None
    only: bool


class Default(NamedTuple):
    """A parameter's default that a pack applied, with its file, and whether varve ships that file."""

    file: str
    parameter: str
    value: Value
    shipped: bool


class LineBlame(NamedTuple):
    """A line of an artifact, its number counted from 1, and what it comes from.

    `templates` says of each template whether varve ships it.
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
    """A file on which an artifact rests, and the last commit that changed it.

    Without a commit, the file is not committed yet, or its commit is `beyond` what a shallow clone contains.
    """

    path: str
    commit: Commit | None
    beyond: bool = False


class ArtifactBlame(NamedTuple):
    """The files on which an artifact rests, by kind, and its templates, each with whether varve ships it."""

    artifact: str
    unit: Unit
    sources: Mapping[str, Sequence[Source]]
    templates: Mapping[str, bool]


def line_text(answer: LineBlame) -> str:
    """A line of an artifact and what is to blame for it, for a terminal."""
    return "".join(f"{each}\n" for each in _of_line(answer))


def _of_line(answer: LineBlame) -> Iterator[str]:
    yield f"{escape(answer.artifact)}:{answer.number}, of {_owner(answer.unit)}"
    yield f"  {escape(answer.text if len(answer.text) <= _LONGEST_SHOWN else answer.text[: _LONGEST_SHOWN - 1] + '…')}"
    if answer.through:
        at = f":{answer.through.line}" if answer.through.line else ""
        others = "" if answer.through.only else ", and not by it alone"
        yield f"brought by {escape(answer.through.path)}{at}{others}"
    yield ""
    if answer.rows:
        yield table([_row(row) for row in answer.rows]).removesuffix("\n")
    else:
        yield f"not from a source: {_other_cause(answer)}"
    yield from (f"default  {escape(_default(each))}{_SHIPPED if each.shipped else ''}" for each in answer.defaults)
    yield from (f"template  {escape(path)}{_SHIPPED if shipped else ''}" for path, shipped in answer.templates.items())
    if any(row.relation == "untried" for row in answer.rows):
        yield _UNTRIED


def _row(row: Row) -> tuple[str, ...]:
    contribution = row.line.contribution
    return row.relation, dotted(row.line.keys), shown(contribution.value), contribution.layer.name, *origin(row.line)


def _owner(unit: Unit) -> str:
    return escape(f"{unit.tenant} in {unit.environment}" if unit.tenant else f"all who share {unit.environment}")


def _other_cause(answer: LineBlame) -> str:
    if answer.defaults:
        return "the default of a pack sets it"
    return "a template contains it" if answer.templates else "varve writes it by itself"


def _default(default: Default) -> str:
    return f"{default.file}  {default.parameter}: {shown(default.value)}"


def artifact_text(answer: ArtifactBlame) -> str:
    """The files on which an artifact rests, kind by kind, for a terminal."""
    return "".join(f"{each}\n" for each in _of_artifact(answer))


def _of_artifact(answer: ArtifactBlame) -> Iterator[str]:
    yield f"{escape(answer.artifact)}, of {_owner(answer.unit)}"
    files = ((name, each) for name, those in answer.sources.items() for each in those)
    rows = [(name, each.path, who(each.commit, beyond=each.beyond)) for name, each in files]
    rows += [("template", path, _SHIPPED.lstrip() if shipped else "") for path, shipped in answer.templates.items()]
    if rows:
        yield table(rows).removesuffix("\n")


def line_json(answer: LineBlame) -> str:
    """The same as `line_text`, as one JSON document."""
    way = answer.through
    return document(
        {
            "artifact": answer.artifact,
            "line": answer.number,
            "text": answer.text,
            **_unit(answer.unit),
            "through": {"artifact": way.path, "line": way.line, "only": way.only} if way else None,
            "words": [{"relation": row.relation, **_word(row.line)} for row in answer.rows],
            "defaults": [each._asdict() for each in answer.defaults],
            "templates": _shipped(answer.templates),
        }
    )


def _word(line: Line) -> dict[str, object]:
    return {key: each for key, each in record(line).items() if key != "verdict"}


def artifact_json(answer: ArtifactBlame) -> str:
    """The same as `artifact_text`, as one JSON document."""
    files = ((name, each) for name, those in answer.sources.items() for each in those)
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
    unit, templates = _unit(answer.unit), _shipped(answer.templates)
    return document({"artifact": answer.artifact, **unit, "sources": sources, "templates": templates})


def _unit(unit: Unit) -> dict[str, object]:
    return {"tenant": unit.tenant or None, "environment": unit.environment}


def _shipped(templates: Mapping[str, bool]) -> list[dict[str, object]]:
    return [{"file": path, "shipped": shipped} for path, shipped in templates.items()]
