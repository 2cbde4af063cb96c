"""Renders what a change means: a line for each thing that differs, under the units in which it does, or JSON."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from varve.language.name import listed
from varve.model.difference import PRESENT, Change, ChangedItem, Difference, Kind, Lines, SharedChange
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
_CHANGED: Final[dict[Kind, str]] = {"secret": "sealed again", "route": "is reached differently"}
_PLAIN: Final = re.compile(r'(?:[^\s<>`"]|<tenant>)+|"[^\s<>`"]*"')
"""A text that needs no quotes beside an arrow."""
_NOTHING: Final = "nothing changes\n"


def text(differences: Sequence[Difference]) -> str:
    """The differences in lines that begin like those of a patch, and a line of totals."""
    if not differences:
        return _NOTHING
    blocks = ("".join(f"{line}\n" for line in _lines(each)) for each in differences)
    return "\n".join((*blocks, _totals(differences)))


def json(differences: Iterable[Difference]) -> str:
    """Each changed thing with its units, as a JSON list; `tenant` is null for what tenants share."""
    changes = (each for difference in differences for each in difference.changes)
    return document([_record(each.change, thing) for each in changes for thing in each.items])


def _record(change: Change, thing: ChangedItem) -> dict[str, object]:
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
    yield escape(_heading(difference.units))
    for kind, those in groupby(difference.changes, lambda each: each.change.kind):
        if kind != "unit":
            yield f"  {_SECTIONS[kind]}"
        yield from (f"{sign} {escape(line)}" for each in those for sign, line in _signed_lines(each))


def _heading(units: Iterable[Unit]) -> str:
    """The environments, and the tenants with the change in exactly these; several groups if tenants differ."""
    environments: dict[str, list[str]] = defaultdict(list)
    for unit in units:
        environments[unit.tenant].append(unit.environment)
    tenants: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for tenant, those in environments.items():
        tenants[tuple(those)].append(tenant)
    return "; ".join(f"{', '.join(those)}: {_named(names)}" for those, names in tenants.items())


def _named(names: Sequence[str]) -> str:
    return _listed(name or _SHARED for name in names)


def _listed(names: Iterable[str]) -> str:
    return listed(names).replace("`", "")


def _signed_lines(shared: SharedChange) -> Iterator[tuple[str, str]]:
    change = shared.change
    match change.kind:
        case "unit":
            sign, _, state = _STATES[change.before, change.after].partition(" ")
            yield sign, state
        case "artifact":
            yield _sign(change), _artifact(shared)
        case "value":
            where = f" ({_listed(shared.where)})" if shared.where else ""
            yield _sign(change), f"{_listed(shared.subjects)}: {_description(change)}{where}"
        case _:
            where = f" in {_listed(shared.where)}" if shared.where else ""
            description = _description(change)
            yield _sign(change), f"{_listed(shared.subjects)}{where}{f': {description}' if description else ''}"


def _description(change: Change) -> str:
    return " ".join(filter(None, (change.part, _sides(change))))


def _sign(change: Change) -> str:
    if change.part or (change.before is None) == (change.after is None):
        return "~"
    return "+" if change.before is None else "-"


def _sides(change: Change) -> str:
    if change.part or (change.before is not None and change.after is not None):
        sides = change.before, change.after
        if sides == (PRESENT, PRESENT):
            return _CHANGED.get(change.kind, "is another text")
        plain = change.kind == "route" or all(each is None or _PLAIN.fullmatch(each) for each in sides)
        return " -> ".join("none" if each is None else each if plain else f"`{each}`" for each in sides)
    only = change.after or change.before or ""
    # Values are shown in full, and a value may be the very word that `PRESENT` is.
    return "" if only == PRESENT and change.kind != "value" else only


def _artifact(shared: SharedChange) -> str:
    lines = shared.lines or Lines(0, 0, 0)
    folder, *_ = shared.subjects or ("",)
    counts = f"+{lines.added} -{lines.removed}" if lines.added or lines.removed else "lines in another order"
    if len(shared.where) == 1:
        files = f" in {lines.files:,} files" if lines.files > 1 else ""
        was = f"{shared.change.before} -> " if shared.change.part else ""
        return f"{folder}{was}{shared.where[0]} {counts}{files}"
    return f"{folder} {counts} in {lines.files:,} files: {_listed(shared.where)}".lstrip()


def _totals(differences: Iterable[Difference]) -> str:
    units = {each for difference in differences for each in difference.units}
    changes = [each for difference in differences for each in difference.changes]
    tenants = {each.tenant for each in units if each.tenant}
    number = sum(bool(each.tenant) for each in units)
    owners = f"{_count(number, 'unit')} of {_count(len(tenants), 'tenant')}" if tenants else _SHARED
    numbers = {kind: _number(each for each in changes if each.change.kind == kind) for kind in _SECTIONS}
    what = ", ".join(_count(number, kind) for kind, number in numbers.items() if number and kind != "unit")
    return f"{owners}: {what}\n" if what else f"{owners}\n"


def _number(those: Iterable[SharedChange]) -> int:
    """How many things changed, each counted once; for artifacts, how many files."""
    those = list(those)
    files = sum(each.lines.files for each in those if each.lines)
    return files or len({(thing.subject, thing.where) for each in those for thing in each.items})


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
