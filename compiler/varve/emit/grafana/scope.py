"""A tenant's own dashboard with all queries scoped to the tenant: of panels, of annotations and of variables."""

import re
from typing import Final, NamedTuple, cast

from varve.emit.grafana import value as values
from varve.emit.kit import Task
from varve.emit.scope import report_foreign
from varve.language import promql
from varve.language.fault import Fault, quote
from varve.language.grafana import interpolation
from varve.language.literal import write
from varve.model.diagnostic import Place, Report
from varve.model.source import Keys, Map, Value
from varve.resolve.datasource import is_grafana_query

_VALUES: Final = re.compile(
    r"(?P<before>\s*+label_values\(\s*+)(?:(?P<of>.*),\s*+)?(?P<after>[\w$\[\]{}:]+\s*\)\s*)", re.DOTALL
)
_RESULT: Final = re.compile(r"(?P<before>\s*+query_result\()(?P<of>.*)(?P<after>\)\s*)", re.DOTALL)
_LISTS: Final = re.compile(r"\s*+(?:metrics|label_names)\(.*\)\s*", re.DOTALL)
_FILTERING: Final = frozenset({"adhocfilters", "expr", "groupbykeys", "scope", "scopes"})
_QUERY_FIELDS: Final = frozenset({"query", "qryType", "refId"})
_NUMBER: Final = re.compile(r"\s*+(?>[^,:]*+:\s|)\s*+-?[0-9]+(?:\.[0-9]+)?\s*+")
_STATIC: Final = frozenset({"constant", "custom", "textbox"})


class _Scoping(NamedTuple):
    """The tenant, the variables with numbers, the dashboard's path and the report, and the uses of variables so far.

    Scoping a query adds its variables to `used`, so that none is forgotten when they are checked.
    """

    tenant: str
    numbers: frozenset[str]
    path: str
    report: Report
    used: dict[interpolation.Use, Keys]

    def query(self, text: str, at: Keys) -> str:
        if not text.strip():
            return text
        result = interpolation.scope(text, self.tenant, self.numbers)
        if isinstance(result, Fault):
            return self.refuse(result, text, at)
        self.add_uses(result.uses, at)
        return result.text

    def add_uses(self, uses: frozenset[interpolation.Use], at: Keys) -> None:
        for each in sorted(uses):
            self.used.setdefault(each, at)

    def refuse(self, wrong: Fault, text: str, at: Keys) -> str:
        report_foreign(wrong, Place(self.path, at), self.report)
        return text


def scoped(task: Task, path: str, value: Map) -> Map:
    """The dashboard of the file at `path`, its inputs filled in, scoped to the unit's tenant; reports what cannot be.

    Only texts differ from the file, and fields that would filter a query later are removed, so keys lead to the same
    places.
    """
    scoping = _Scoping(task.unit.unit.tenant, _numeric_variables(value), path, task.report, {})
    kept: Map = {"panels": _panels(scoping, cast("list[Map]", value["panels"]), ("panels",))}
    for key, scope_entry in (("annotations", _annotation), ("templating", _variable)):
        if entries := cast("dict[str, list[Map]]", value.get(key) or {}).get("list"):
            scoped_entries = [scope_entry(scoping, entry, (key, "list", index)) for index, entry in enumerate(entries)]
            kept[key] = {**cast("Map", value[key]), "list": cast("list[Value]", scoped_entries)}
    values.check(path, value, scoping.used, task.report)
    return values.confined({**value, **kept}, scoping.used)


def _numeric_variables(value: Map) -> frozenset[str]:
    """The variables whose possible values are all numbers."""
    variables = cast("dict[str, list[Map]]", value.get("templating") or {}).get("list") or []
    return frozenset(
        str(each["name"]) for each in variables if each["type"] in _STATIC and _is_numeric(each.get("query"))
    )


def _is_numeric(query: Value) -> bool:
    return isinstance(query, str) and all(_NUMBER.fullmatch(each) for each in query.split(","))


def _panels(scoping: _Scoping, panels: list[Map], at: Keys) -> list[Value]:
    return [_panel(scoping, each, (*at, index)) for index, each in enumerate(panels)]


def _panel(scoping: _Scoping, value: Map, at: Keys) -> Map:
    kept = dict(value)
    if "panels" in value:
        kept["panels"] = _panels(scoping, cast("list[Map]", value["panels"]), (*at, "panels"))
    if targets := cast("list[Map]", value.get("targets") or []):
        kept["targets"] = [
            _plain(each)
            if is_grafana_query(value.get("datasource"), each.get("datasource"))
            else _target(scoping, each, place)
            for index, each in enumerate(targets)
            for place in [(*at, "targets", index)]
        ]
    return kept


def _plain(value: Map) -> Map:
    """A query for Grafana itself: an empty data source is removed, so that the panel's applies."""
    return {key: each for key, each in value.items() if key != "datasource" or each}


def _target(scoping: _Scoping, value: Map, at: Keys) -> Map:
    """A target without the fields from which Grafana would add to its query later, even in place of the tenant.

    Grafana's server ignores case in the keys that it reads.
    """
    kept = {key: each for key, each in value.items() if key == "expr" or key.casefold() not in _FILTERING}
    expr = value.get("expr")
    return {**kept, "expr": scoping.query(expr, (*at, "expr"))} if isinstance(expr, str) else kept


def _annotation(scoping: _Scoping, value: Map, at: Keys) -> Map:
    """An annotation with the query of its target scoped, and its own, which applies if the target has none."""
    if is_grafana_query(value.get("datasource"), None):
        return value
    kept, target = _target(scoping, value, at), value.get("target")
    return {**kept, "target": _target(scoping, target, (*at, "target"))} if isinstance(target, dict) else kept


def _variable(scoping: _Scoping, value: Map, at: Keys) -> Map:
    query = value.get("query")
    if value["type"] != "query" or is_grafana_query(value.get("datasource"), None):
        return value
    definition: Map = {}
    if isinstance(query, dict):
        query_text = _variable_query(scoping, query.get("query"), (*at, "query", "query"))
        kept: Value = {**{key: each for key, each in query.items() if key in _QUERY_FIELDS}, "query": query_text}
    else:
        kept = query_text = _variable_query(scoping, query, (*at, "query"))
    if "definition" in value:
        definition = {"definition": query_text}
    return {**value, "query": kept, **definition}


def _variable_query(scoping: _Scoping, text: Value, at: Keys) -> str:
    """The query of a variable: one of Grafana's functions around PromQL, or PromQL."""
    if not isinstance(text, str) or not text.strip():
        return ""
    if _LISTS.fullmatch(text):
        message = f"{quote(text)} lists the names of everybody's series"
        return scoping.refuse(Fault(message), text, at)
    found = _VALUES.fullmatch(text) or _RESULT.fullmatch(text)
    if found is None:
        return scoping.query(text, at)
    if "after" in found.re.groupindex:
        scoping.add_uses(interpolation.uses(found["after"], "name"), at)
    if found["of"] is None:
        return f"{found['before']}{{{promql.LABEL}={write(scoping.tenant)}}}, {found['after']}"
    return f"{found['before']}{scoping.query(found['of'], at)}{text[found.end('of') :]}"
