"""Is a vendor's rule file one that Prometheus would load, and one that stays with its tenant."""

from typing import cast

from varve.check import schema
from varve.language import name
from varve.language.name import dotted
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.source import Document, Map
from varve.read.repository import say_bad_id

REPEATED_GROUP = Rule(
    "check/repeated-group",
    "Two groups of one rule file have the same name",
    "Prometheus tells the groups of a file apart by their names, and refuses a file in which two are called the same.",
)


def check(named: str, document: Document, report: Report) -> bool:
    """Whether the file, which is called `named`, can be taken in; what is wrong is reported."""
    before = len(report)
    if not name.is_id(named):
        say_bad_id(report, "rule file", named, Place(document.path))
    if schema.check("rules", document.value, lambda keys, on: (Place(document.path, keys, on), ()), report):
        _refuse_repeated(document, report)
    return len(report) == before


def _refuse_repeated(document: Document, report: Report) -> None:
    groups = [cast("str", group["name"]) for group in cast("list[Map]", cast("Map", document.value)["groups"])]
    for index, name_ in enumerate(groups):
        if (first := groups.index(name_)) < index:
            keys = ("groups", index, "name")
            note = Note("the first of that name", Place(document.path, ("groups", first, "name")))
            message = f"`{dotted(keys)}` is `{name_}`, which is taken"
            report.say(REPEATED_GROUP, message, Place(document.path, keys), note, hint="rename one of them")
