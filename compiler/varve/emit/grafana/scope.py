"""A tenant's own dashboard with every query kept to the tenant: of panels, of annotations and of variables."""

import re
from typing import Final, NamedTuple, cast

from varve.emit.grafana import value as values
from varve.emit.kit import Task
from varve.emit.scope import say_foreign
from varve.language import promql
from varve.language.fault import Fault, quote
from varve.language.grafana import interpolation
from varve.language.literal import write
from varve.model.diagnostic import Place, Report
from varve.model.source import Keys, Map, Value
from varve.resolve.datasource import asks_grafana

_VALUES: Final = re.compile(
    r"(?P<before>\s*+label_values\(\s*+)(?:(?P<of>.*),\s*+)?(?P<after>[\w$\[\]{}:]+\s*\)\s*)", re.DOTALL
)
_RESULT: Final = re.compile(r"(?P<before>\s*+query_result\()(?P<of>.*)(?P<after>\)\s*)", re.DOTALL)
_LISTS: Final = re.compile(r"\s*+(?:metrics|label_names)\(.*\)\s*", re.DOTALL)
_FILTERING: Final = frozenset({"adhocfilters", "expr", "groupbykeys", "scope", "scopes"})
_ASKED: Final = frozenset({"query", "qryType", "refId"})
_NUMBER: Final = re.compile(r"\s*+(?>[^,:]*+:\s|)\s*+-?[0-9]+(?:\.[0-9]+)?\s*+")
_WRITTEN: Final = frozenset({"constant", "custom", "textbox"})


class _Keeping(NamedTuple):
    """Whose the queries are to be, the variables that hold numbers, where faults go to, and which variables are used.

    `used` grows with every query that is kept, so that none is kept whose variables are not looked at.
    """

    tenant: str
    numbers: frozenset[str]
    path: str
    report: Report
    used: dict[interpolation.Use, Keys]

    def query(self, text: str, at: Keys) -> str:
        if not text.strip():
            return text
        said = interpolation.scope(text, self.tenant, self.numbers)
        if isinstance(said, Fault):
            return self.refused(said, text, at)
        self.uses(said.uses, at)
        return said.text

    def uses(self, found: frozenset[interpolation.Use], at: Keys) -> None:
        for each in sorted(found):
            self.used.setdefault(each, at)

    def refused(self, wrong: Fault, text: str, at: Keys) -> str:
        say_foreign(wrong, Place(self.path, at), self.report)
        return text


def scoped(task: Task, path: str, value: Map) -> Map:
    """The dashboard of the file at `path`, with its inputs filled in, kept to the unit's tenant; reports what cannot.

    Nothing but texts differs from the file, and what would filter a query later is gone, so keys lead to the same
    places.
    """
    keeping = _Keeping(task.unit.unit.tenant, _numbers(value), path, task.report, {})
    kept: Map = {"panels": _panels(keeping, cast("list[Map]", value["panels"]), ("panels",))}
    for key, each in (("annotations", _annotation), ("templating", _variable)):
        if said := cast("dict[str, list[Map]]", value.get(key) or {}).get("list"):
            listed = [each(keeping, item, (key, "list", index)) for index, item in enumerate(said)]
            kept[key] = {**cast("Map", value[key]), "list": cast("list[Value]", listed)}
    values.check(path, value, keeping.used, task.report)
    return values.confined({**value, **kept}, keeping.used)


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
            _plain(each)
            if asks_grafana(value.get("datasource"), each.get("datasource"))
            else _target(keeping, each, place)
            for index, each in enumerate(targets)
            for place in [(*at, "targets", index)]
        ]
    return kept


def _plain(value: Map) -> Map:
    """A query for Grafana itself: it has its panel's source also where it says an empty one, and no other."""
    return {key: each for key, each in value.items() if key != "datasource" or each}


def _target(keeping: _Keeping, value: Map, at: Keys) -> Map:
    """A target without what Grafana would put into its query afterwards, in the place of the tenant too.

    Grafana's server does not tell capitals from small letters in the keys that it reads.
    """
    kept = {key: each for key, each in value.items() if key == "expr" or key.casefold() not in _FILTERING}
    expr = value.get("expr")
    return {**kept, "expr": keeping.query(expr, (*at, "expr"))} if isinstance(expr, str) else kept


def _annotation(keeping: _Keeping, value: Map, at: Keys) -> Map:
    """An annotation asks what its target says, and where that says nothing, what stands beside it."""
    if asks_grafana(value.get("datasource"), None):
        return value
    kept, target = _target(keeping, value, at), value.get("target")
    return {**kept, "target": _target(keeping, target, (*at, "target"))} if isinstance(target, dict) else kept


def _variable(keeping: _Keeping, value: Map, at: Keys) -> Map:
    query = value.get("query")
    if value["type"] != "query" or asks_grafana(value.get("datasource"), None):
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
    if "after" in found.re.groupindex:
        keeping.uses(interpolation.uses(found["after"], "name"), at)
    if found["of"] is None:
        return f"{found['before']}{{{promql.LABEL}={write(keeping.tenant)}}}, {found['after']}"
    return f"{found['before']}{keeping.query(found['of'], at)}{text[found.end('of') :]}"
