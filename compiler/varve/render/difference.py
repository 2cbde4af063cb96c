"""Says what a change means: a line for each thing that differs, below the units in which it does, and JSON."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from varve.language.name import listed
from varve.model.difference import THERE, Change, Difference, Kind, Lines, Said, Thing
from varve.model.unit import Unit
from varve.render.document import document
from varve.render.escape import escape

_SHARED: Final = "what all share"
_SECTIONS: Final[dict[Kind, str]] = {
    "unit": "units",
    "value": "values",
    "secret": "secrets",
    "alert": "alerts",
    "recording": "recordings",
    "route": "routes",
    "artifact": "artifacts",
}
_STATES: Final = {
    (None, "sound"): "+ new",
    ("sound", None): "- gone",
    (None, "broken"): "~ new but broken: nothing of it is built",
    ("broken", None): "- gone, and was broken",
    ("broken", "sound"): "~ no longer broken",
    ("sound", "broken"): "~ broken now: its artifacts stay as they are",
    ("broken", "broken"): "~ broken, as before: its artifacts stay as they are",
}
_ANOTHER: Final[dict[Kind, str]] = {"secret": "sealed again", "route": "is reached differently"}
_PLAIN: Final = re.compile(r'(?:[^\s<>`"]|<tenant>)+|"[^\s<>`"]*"')
"""What nobody takes for more or less than one side of an arrow."""
_NOTHING: Final = "nothing changes\n"


def text(differences: Sequence[Difference]) -> str:
    """What differs, in lines that begin as those of a patch do, and a line of sums."""
    if not differences:
        return _NOTHING
    told = ("".join(f"{line}\n" for line in _lines(each)) for each in differences)
    return "\n".join((*told, _sums(differences)))


def json(differences: Iterable[Difference]) -> str:
    """Each change of each thing with its units, as a JSON list; `tenant` is null for what tenants share."""
    said = (each for difference in differences for each in difference.changes)
    return document([_record(each.change, thing) for each in said for thing in each.things])


def _record(change: Change, thing: Thing) -> dict[str, object]:
    return {
        "kind": change.kind,
        "subject": thing.subject or None,
        "where": thing.where or None,
        "part": change.part or None,
        "before": change.before,
        "after": change.after,
        "lines": thing.lines._asdict() if thing.lines else None,
        "units": [{"tenant": each.tenant or None, "environment": each.environment} for each in thing.units],
    }


def _lines(difference: Difference) -> Iterator[str]:
    yield escape(_whose(difference.units))
    for kind, those in groupby(difference.changes, lambda each: each.change.kind):
        if kind != "unit":
            yield f"  {_SECTIONS[kind]}"
        yield from (f"{sign} {escape(line)}" for each in those for sign, line in _said(each))


def _whose(units: Iterable[Unit]) -> str:
    """The environments, and the tenants that have the change in just these; where they differ one after the other."""
    environments: dict[str, list[str]] = defaultdict(list)
    for unit in units:
        environments[unit.tenant].append(unit.environment)
    tenants: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for tenant, those in environments.items():
        tenants[tuple(those)].append(tenant)
    return "; ".join(f"{', '.join(those)}: {_named(names)}" for those, names in tenants.items())


def _named(names: Sequence[str]) -> str:
    return _few(name or _SHARED for name in names)


def _few(names: Iterable[str]) -> str:
    return listed(names).replace("`", "")


def _said(said: Said) -> Iterator[tuple[str, str]]:
    change = said.change
    match change.kind:
        case "unit":
            sign, _, told = _STATES[change.before, change.after].partition(" ")
            yield sign, told
        case "artifact":
            yield _sign(change), _artifact(said)
        case "value":
            where = f" ({_few(said.where)})" if said.where else ""
            yield _sign(change), f"{_few(said.subjects)}: {_told(change)}{where}"
        case _:
            where = f" in {_few(said.where)}" if said.where else ""
            told = _told(change)
            yield _sign(change), f"{_few(said.subjects)}{where}{f': {told}' if told else ''}"


def _told(change: Change) -> str:
    return " ".join(filter(None, (change.part, _sides(change))))


def _sign(change: Change) -> str:
    if change.part or (change.before is None) == (change.after is None):
        return "~"
    return "+" if change.before is None else "-"


def _sides(change: Change) -> str:
    if change.part or (change.before is not None and change.after is not None):
        sides = change.before, change.after
        if sides == (THERE, THERE):
            return _ANOTHER.get(change.kind, "is another text")
        plain = change.kind == "route" or all(each is None or _PLAIN.fullmatch(each) for each in sides)
        return " -> ".join("none" if each is None else each if plain else f"`{each}`" for each in sides)
    only = change.after or change.before or ""
    # Of a value all is said, and it may be just that word.
    return "" if only == THERE and change.kind != "value" else only


def _artifact(said: Said) -> str:
    lines = said.lines or Lines(0, 0, 0)
    folder, *_ = said.subjects or ("",)
    much = f"+{lines.added} -{lines.removed}" if lines.added or lines.removed else "lines in another order"
    if len(said.where) == 1:
        files = f" in {lines.files:,} files" if lines.files > 1 else ""
        was = f"{said.change.before} -> " if said.change.part else ""
        return f"{folder}{was}{said.where[0]} {much}{files}"
    return f"{folder} {much} in {lines.files:,} files: {_few(said.where)}".lstrip()


def _sums(differences: Iterable[Difference]) -> str:
    units = {each for difference in differences for each in difference.units}
    said = [each for difference in differences for each in difference.changes]
    tenants = {each.tenant for each in units if each.tenant}
    number = sum(bool(each.tenant) for each in units)
    whose = f"{_count(number, 'unit')} of {_count(len(tenants), 'tenant')}" if tenants else _SHARED
    numbers = {kind: _number(each for each in said if each.change.kind == kind) for kind in _SECTIONS}
    what = ", ".join(_count(number, kind) for kind, number in numbers.items() if number and kind != "unit")
    return f"{whose}: {what}\n" if what else f"{whose}\n"


def _number(those: Iterable[Said]) -> int:
    """How many things changed, in however many ways; of artifacts each one counts."""
    those = list(those)
    files = sum(each.lines.files for each in those if each.lines)
    return files or len({(thing.subject, thing.where) for each in those for thing in each.things})


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
