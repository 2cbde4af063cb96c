"""Whether the panels and queries of a dashboard are valid: unique ids, PromQL, and a Prometheus data source."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, cast

from varve.language.grafana import interpolation
from varve.language.name import dotted
from varve.language.promql.reading import LONGEST
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.source import Document, Keys, Map, Value
from varve.resolve.datasource import PROMETHEUS, is_built_in, is_grafana_query, is_mixed, reference

NO_PANEL_ID = Rule(
    "check/no-panel-id",
    "Panel has no id",
    "Links refer to panels by id, and Grafana would assign a new id on every load to a panel that has none. Give it "
    "a whole number of at least 1.",
)
REPEATED_PANEL = Rule(
    "check/repeated-panel",
    "Panel id is used twice",
    "Grafana tells panels apart by id, including those inside rows, and shows the wrong one when two are the same. "
    "The usual cause is a panel copied by hand: change one of the ids.",
)
NESTED_ROW = Rule(
    "check/nested-panel",
    "Panels inside a panel that is not a row",
    "Only a row can contain panels, and a row cannot contain rows. Grafana does not show anything nested deeper.",
)
LIBRARY_PANEL = Rule(
    "check/library-panel",
    "Library panel cannot be provisioned",
    "A library panel is stored in the database of one Grafana, and file provisioning does not include it: anywhere "
    "else the panel would be empty. Unlink it in Grafana and export the dashboard again.",
)
PANEL_ALERT = Rule(
    "check/panel-alert",
    "Panel defines its own alert",
    "Up to version 10 Grafana turned what a panel has under `alert` into an alert, and notified channels of the "
    "whole organisation, no matter whose they are; newer versions ignore it. Either way the sources do not control "
    "who is notified. Write the alert with the service, under `alerts`, and remove it from the panel.",
)
FOREIGN_SOURCE = Rule(
    "check/foreign-data-source",
    "Data source is not Prometheus",
    "Each tenant has one data source, the Prometheus that holds its series, and every panel of its dashboards uses "
    "it. A query for another kind of data source would be sent to Prometheus, which cannot read it. Remove the panel "
    "or the variable.",
)
NO_QUERY = Rule(
    "check/no-query",
    "Panel target has no query",
    "A panel target without `expr` shows nothing and hides that something is missing. Write the query, or remove the "
    "target.",
)
BAD_QUERY = Rule(
    "check/bad-query",
    "Dashboard query is not valid PromQL",
    "The query was parsed with each variable replaced by what it could hold, and Prometheus would refuse it whatever "
    "the values are. Correct the query.",
)

_LABEL_VALUES: Final = re.compile(r"\s*+label_values\(\s*+(?P<of>.*),\s*+[\w$\[\]{}:]+\s*\)\s*", re.DOTALL)
_QUERY_RESULT: Final = re.compile(r"\s*+query_result\((?P<of>.*)\)\s*", re.DOTALL)


class Placed(NamedTuple):
    """A panel, its keys, and the type of the panel that contains it, if any."""

    value: Map
    keys: Keys
    parent: str


def every(value: Map) -> Iterator[Placed]:
    """All panels of a dashboard, each followed by those that it contains."""
    return _every(cast("list[Map]", value["panels"]), ("panels",), "")


def _every(panels: list[Map], at: Keys, parent: str) -> Iterator[Placed]:
    for index, each in enumerate(panels):
        yield Placed(each, (*at, index), parent)
        inside = cast("list[Map]", each.get("panels") or [])
        yield from _every(inside, (*at, index, "panels"), cast("str", each["type"]))


def check(document: Document, panels: Sequence[Placed], report: Report) -> None:
    """Report panels without a unique id, in the wrong place, or with another kind of data source."""
    seen: dict[int, Keys] = {}
    for each in panels:
        _check_kind(document, each, report)
        _check_id(document, each, seen, report)
    for keys, source in _sources(document.value, ()):
        kind, _ = reference(source)
        if kind not in ("", PROMETHEUS) and not is_built_in(source):
            hint = "remove it, or query Prometheus"
            message = f"`{dotted(keys)}` {_description(source)}"
            report.add(FOREIGN_SOURCE, message, Place(document.path, keys), hint=hint)


def _description(source: Value) -> str:
    """The description of a foreign data source; one of Grafana's own kind is foreign because of its uid."""
    kind = source.get("type") if isinstance(source, dict) else source
    if not isinstance(kind, str):
        return "has a kind that is not a string"
    return f"is of the kind `{kind}`" + (", with the uid of another data source" if is_built_in({"type": kind}) else "")


def _check_kind(document: Document, each: Placed, report: Report) -> None:
    kind = cast("str", each.value["type"])
    if each.parent and (each.parent != "row" or kind == "row"):
        message = f"a `{kind}` is nested in a `{each.parent}`"
        report.add(NESTED_ROW, message, Place(document.path, each.keys), hint="move it out")
    if "libraryPanel" in each.value:
        place = Place(document.path, (*each.keys, "libraryPanel"), "key")
        report.add(LIBRARY_PANEL, "the panel is a library panel", place, hint="unlink it and export again")
    if each.value.get("alert"):
        place = Place(document.path, (*each.keys, "alert"), "key")
        report.add(PANEL_ALERT, "the panel defines its own alert", place, hint="write the alert under `alerts`")


def _check_id(document: Document, each: Placed, seen: dict[int, Keys], report: Report) -> None:
    id_ = each.value.get("id")
    if type(id_) is not int or id_ < 1:
        at = Place(document.path, (*each.keys, "id")) if "id" in each.value else Place(document.path, each.keys)
        report.add(NO_PANEL_ID, f"`{dotted(each.keys)}` has no id", at, hint="give it a whole number of at least 1")
    elif id_ in seen:
        note = Note("the first with this id", Place(document.path, (*seen[id_], "id")))
        place = Place(document.path, (*each.keys, "id"))
        report.add(REPEATED_PANEL, f"the id `{id_}` is already used", place, note, hint="change one of them")
    else:
        seen[id_] = each.keys


def _sources(value: Value, at: Keys) -> Iterator[tuple[Keys, Value]]:
    """Every data source in a dashboard, including those that variables and inputs offer."""
    match value:
        case dict():
            for key, each in value.items():
                if key == "datasource":
                    yield (*at, key), each
                else:
                    yield from _sources(each, (*at, key))
            if value.get("type") == "datasource" and ("pluginId" in value or at[:1] == ("templating",)):
                key = "pluginId" if "pluginId" in value else "query"
                yield (*at, key), {"type": value.get(key)}
        case list():
            for index, each in enumerate(value):
                yield from _sources(each, (*at, index))


def queries(value: Map) -> Iterator[tuple[Keys, str]]:
    """The Prometheus queries of a dashboard: in its panels, its annotations and its variables."""
    for each in every(value):
        for index, target in enumerate(cast("list[Map]", each.value.get("targets") or [])):
            if _queries_prometheus(each.value, target):
                yield (*each.keys, "targets", index, "expr"), cast("str", target.get("expr") or "")
    for index, note in enumerate(_listed(value, "annotations")):
        if isinstance(note.get("expr"), str):
            yield ("annotations", "list", index, "expr"), cast("str", note["expr"])
    for index, variable in enumerate(_listed(value, "templating")):
        if variable["type"] == "query":
            yield from _in_variable(("templating", "list", index, "query"), variable.get("query"))


def _queries_prometheus(panel: Map, target: Map) -> bool:
    """Whether a target needs a query, or has one that Grafana would send to Prometheus."""
    panel_source, target_source = panel.get("datasource"), target.get("datasource")
    is_internal = is_built_in(target_source) and not is_mixed(target_source)
    return not is_grafana_query(panel_source, target_source) and (not is_internal or bool(target.get("expr")))


def _in_variable(keys: Keys, query: Value) -> Iterator[tuple[Keys, str]]:
    """The PromQL in a variable's query, such as the first argument of `label_values`."""
    at, text = ((*keys, "query"), query.get("query")) if isinstance(query, dict) else (keys, query)
    match = (_LABEL_VALUES.fullmatch(text) or _QUERY_RESULT.fullmatch(text)) if isinstance(text, str) else None
    if match:
        yield at, match["of"]


def _listed(value: Map, key: str) -> list[Map]:
    return cast("dict[str, list[Map]]", value.get(key) or {}).get("list") or []


def check_query(document: Document, keys: Keys, expr: str, report: Report) -> None:
    """Report a query that is empty, or that is not PromQL whatever the values of its variables."""
    if not expr.strip():
        place = Place(document.path, keys[:-1])
        report.add(NO_QUERY, f"`{dotted(keys[:-1])}` has no query", place, hint="write one, or remove the target")
    elif fault := interpolation.fault(expr):
        message = f"`{dotted(keys)}` is not valid PromQL: {fault.message}"
        report.add(BAD_QUERY, message, Place(document.path, keys), hint="correct the query")


def unknown(expr: str, known: frozenset[str]) -> list[str]:
    """The undefined variables in a query, each once; none if the query is too long to be examined."""
    used = dict.fromkeys(interpolation.variables(expr) if len(expr) <= LONGEST else ())
    return [
        each
        for each in used
        if each not in known and each not in interpolation.GLOBAL and not each.startswith("__auto")
    ]
