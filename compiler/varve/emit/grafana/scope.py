"""A tenant's own dashboard with every query kept to the tenant: of panels, of annotations and of variables."""

import re
from typing import Final, NamedTuple, cast

from varve.emit.kit import Task
from varve.emit.scope import say_foreign
from varve.language import grafana, promql
from varve.language.fault import Fault, quote
from varve.language.literal import write
from varve.model.diagnostic import Place, Report
from varve.model.source import Keys, Map, Value
from varve.resolve.datasource import is_built_in, reference

_VALUES: Final = re.compile(
    r"(?P<before>\s*+label_values\(\s*+)(?:(?P<of>.*),\s*+)?(?P<after>[\w$\[\]{}:]+\s*\)\s*)", re.DOTALL
)
_RESULT: Final = re.compile(r"(?P<before>\s*+query_result\()(?P<of>.*)(?P<after>\)\s*)", re.DOTALL)
_LISTS: Final = re.compile(r"\s*+(?:metrics|label_names)\(.*\)\s*", re.DOTALL)
_ASKED: Final = frozenset({"query", "qryType", "refId"})
_MIXED: Final = "-- Mixed --"
_NUMBER: Final = re.compile(r"\s*+(?:[^,:]*+:\s)?+\s*+-?[0-9]+(?:\.[0-9]+)?\s*+")
_WRITTEN: Final = frozenset({"constant", "custom", "textbox"})


class _Keeping(NamedTuple):
    """Whose the queries are to be, the variables that hold numbers, and the file and the report that faults go to."""

    tenant: str
    numbers: frozenset[str]
    path: str
    report: Report

    def query(self, text: str, at: Keys) -> str:
        said = grafana.scope(text, self.tenant, self.numbers) if text.strip() else text
        return self.refused(said, text, at) if isinstance(said, Fault) else said

    def refused(self, wrong: Fault, text: str, at: Keys) -> str:
        say_foreign(wrong, Place(self.path, at), self.report)
        return text


def scoped(task: Task, path: str, value: Map) -> Map:
    """The dashboard of the file at `path`, with its inputs filled in, kept to the unit's tenant; reports what cannot.

    Nothing but texts differs from the file, so that keys lead to the same places.
    """
    keeping = _Keeping(task.unit.unit.tenant, _numbers(value), path, task.report)
    kept: Map = {"panels": _panels(keeping, cast("list[Map]", value["panels"]), ("panels",))}
    for key, each in (("annotations", _annotation), ("templating", _variable)):
        if said := cast("dict[str, list[Map]]", value.get(key) or {}).get("list"):
            listed = [each(keeping, item, (key, "list", index)) for index, item in enumerate(said)]
            kept[key] = {**cast("Map", value[key]), "list": cast("list[Value]", listed)}
    return {**value, **kept}


def _numbers(value: Map) -> frozenset[str]:
    """The variables that hold numbers, whatever is chosen."""
    said = cast("dict[str, list[Map]]", value.get("templating") or {}).get("list") or []
    return frozenset(str(each["name"]) for each in said if each["type"] in _WRITTEN and _is_numeric(each.get("query")))


def _is_numeric(query: Value) -> bool:
    return isinstance(query, str) and all(_NUMBER.fullmatch(each) for each in query.split(","))


def _panels(keeping: _Keeping, panels: list[Map], at: Keys) -> list[Value]:
    return [_panel(keeping, each, (*at, index)) for index, each in enumerate(panels)]


def _panel(keeping: _Keeping, value: Map, at: Keys) -> Map:
    kept = dict(value)
    if "panels" in value:
        kept["panels"] = _panels(keeping, cast("list[Map]", value["panels"]), (*at, "panels"))
    if targets := cast("list[Map]", value.get("targets") or []):
        kept["targets"] = [
            each if _asks_grafana(each.get("datasource", value.get("datasource"))) else _target(keeping, each, place)
            for index, each in enumerate(targets)
            for place in [(*at, "targets", index)]
        ]
    return kept


def _asks_grafana(source: Value) -> bool:
    return is_built_in(source) and reference(source)[1] != _MIXED


def _target(keeping: _Keeping, value: Map, at: Keys) -> Map:
    expr = value.get("expr")
    return {**value, "expr": keeping.query(expr, (*at, "expr"))} if isinstance(expr, str) else value


def _annotation(keeping: _Keeping, value: Map, at: Keys) -> Map:
    """An annotation asks what its target says, and where that says nothing, what stands beside it."""
    if _asks_grafana(value.get("datasource")):
        return value
    kept, target = _target(keeping, value, at), value.get("target")
    return {**kept, "target": _target(keeping, target, (*at, "target"))} if isinstance(target, dict) else kept


def _variable(keeping: _Keeping, value: Map, at: Keys) -> Map:
    query = value.get("query")
    if value["type"] != "query" or _asks_grafana(value.get("datasource")):
        return value
    shown: Map = {}
    if isinstance(query, dict):
        asked = _asked(keeping, query.get("query"), (*at, "query", "query"))
        kept: Value = {**{key: each for key, each in query.items() if key in _ASKED}, "query": asked}
    else:
        kept = asked = _asked(keeping, query, (*at, "query"))
    if "definition" in value:
        shown = {"definition": asked}
    return {**value, "query": kept, **shown}


def _asked(keeping: _Keeping, text: Value, at: Keys) -> str:
    """The query of a variable: a function of Grafana's around PromQL, or PromQL."""
    if not isinstance(text, str) or not text.strip():
        return ""
    if _LISTS.fullmatch(text):
        said = f"{quote(text)} lists the names of everybody's series"
        return keeping.refused(Fault(said), text, at)
    found = _VALUES.fullmatch(text) or _RESULT.fullmatch(text)
    if found is None:
        return keeping.query(text, at)
    if found["of"] is None:
        return f"{found['before']}{{{promql.LABEL}={write(keeping.tenant)}}}, {found['after']}"
    return f"{found['before']}{keeping.query(found['of'], at)}{text[found.end('of') :]}"
