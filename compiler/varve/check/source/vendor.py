"""Whether Prometheus would load a vendor's rule file, and its alerts would remain its tenant's."""

import re
from collections.abc import Collection, Iterator
from typing import Final, cast

from varve.check.shape import schema
from varve.language import name
from varve.language.name import dotted
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.source import Document, Keys, Value
from varve.read.repository import report_bad_id
from varve.resolve import vendor

MOST: Final = 2000
_PATTERN: Final = re.compile(r"[=!]~|\b(?:match|reReplaceAll)\b")

REPEATED_GROUP = Rule(
    "check/repeated-group",
    "Group name is used twice in a rule file",
    "Prometheus tells the groups of a file apart by their names, and refuses a file in which two have the same name.",
)
TOO_MANY_RULES = Rule(
    "check/too-many-rules",
    "Rule file has too many rules or regular expressions",
    f"One file holds at most {MOST} groups and rules together, and as many regular expressions. Each is checked "
    "before it may reach a Prometheus that others share, and that takes time; the largest files that vendors "
    "publish hold a few hundred. Split the file: each part is a file of its own in `rules/`.",
)


def check(id_: str, document: Document, report: Report, taken: Collection[str] = ()) -> bool:
    """Whether the rule file `id_` can be used; mistakes are reported. `taken` are the names of all rule files."""
    before = len(report)
    if not name.is_id(id_):
        report_bad_id(report, "rule file", id_, Place(document.path), taken)
    if _refuse_too_many(document, report):
        return False
    if schema.check("rules", document.value, lambda keys, on: (Place(document.path, keys, on), ()), report):
        _refuse_repeated(document, report)
    return len(report) == before


def _refuse_too_many(document: Document, report: Report) -> bool:
    """Whether the file has too much for the other checks, which is reported; it may still have any shape."""
    groups = _items(document.value, "groups")
    rules = len(groups) + sum(len(_items(group, "rules")) for group in groups)
    patterns = sum(len(_PATTERN.findall(text)) for text in _texts(document.value))
    for count, what in ((rules, "groups and rules"), (patterns, "regular expressions")):
        if count > MOST:
            message = f"the file has {count} {what} but at most {MOST} are allowed"
            report.add(TOO_MANY_RULES, message, Place(document.path), hint="split the file")
    return max(rules, patterns) > MOST


def _items(value: Value, key: str) -> list[Value]:
    items = value.get(key) if isinstance(value, dict) else None
    return items if isinstance(items, list) else []


def _texts(value: Value) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict() | list():
            for each in value.values() if isinstance(value, dict) else value:
                yield from _texts(each)


def _refuse_repeated(document: Document, report: Report) -> None:
    seen: dict[str, Keys] = {}
    for at, group in vendor.groups(document):
        keys = (*at, "name")
        name_ = cast("str", group["name"])
        first = seen.setdefault(name_, keys)
        if first != keys:
            note = Note("the first of that name", Place(document.path, first))
            message = f"`{dotted(keys)}` is `{name_}`, which is already used"
            report.add(REPEATED_GROUP, message, Place(document.path, keys), note, hint="rename one of them")
