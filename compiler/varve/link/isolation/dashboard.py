"""A dashboard of a tenant: its uid is its own, its data source the tenant's, and every query is kept to the tenant."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple, cast

from varve.language.fault import quote
from varve.language.grafana.uid import uid
from varve.language.same import Same
from varve.link.isolation.evidence import Breach, Facts, File, Name, Proof
from varve.link.isolation.expression import foreign_query
from varve.link.isolation.panel import drawn
from varve.link.isolation.shape import MAP, TEXT, TRUTH, Shape, maps, misshapen, under
from varve.link.isolation.variable import breaches, numeric
from varve.model.source import Keys, Map, Value
from varve.resolve.datasource import own, shared

_PANEL: Final[dict[str, Shape]] = {"type": TEXT, "targets": [MAP], "*": None}
_PANEL["panels"] = [_PANEL]
_SHAPE: Final[Shape] = {
    "uid": TEXT,
    "title": TEXT,
    "editable": TRUTH,
    "schemaVersion": TEXT,
    "panels": [_PANEL],
    "templating": {"list": [{"type": TEXT, "name": TEXT, "*": None}], "*": None},
    "annotations": {"list": [MAP], "*": None},
    "links": [MAP],
    **dict.fromkeys(("tags", "time", "timepicker", "timezone", "refresh", "weekStart", "description")),
    **dict.fromkeys(("fiscalYearStartMonth", "graphTooltip", "liveNow", "preload")),
}
_MODELS: Final = range(16, 101)
"""The models in which `panels` hold what is drawn: an older one has `rows`, which Grafana would bring up to date."""

_SOURCE: Final[Map] = {"type": "prometheus", "uid": "${datasource}"}
_OF_GRAFANA: Final = frozenset({"grafana", "datasource", "__expr__", "-100"})
_MIXED: Final = "-- Mixed --"
_ASKING: Final = frozenset({"query", "adhoc", "groupby"})
_ADDING: Final = frozenset({"adhocfilters", "groupbykeys", "scope", "scopes"})
_REPEATED: Final = frozenset({"repeatIteration", "repeatPanelId", "scopedVars"})
_EDITED: Final = frozenset({"query", "qryType", "refId"})
_CALL: Final = re.compile(
    r"\s*(?:label_values\((?:(?P<matched>.*),)?\s*[\w$\[\]{}:]+\s*|query_result\((?P<result>.*)|(?:metrics|label_names)\(.*)\)\s*",
    re.DOTALL,
)
_FIXED: Final[Map] = {"hide": 2, "skipUrlSync": True, "multi": False, "includeAll": False, "query": "prometheus"}


class _Query(NamedTuple):
    """A text that Grafana asks Prometheus with, and the keys that lead to it."""

    text: str
    keys: Keys


def prove(file: File, facts: Facts) -> Proof:
    """What is proven of a dashboard, or what in it leads out of the tenant."""
    said = file.value
    asked = _sound(Same(said["panels"]), facts.panels) if isinstance(said, dict) and said.get("panels") else None
    if asked is None:
        return _proven(file, facts, said, ())
    return _proven(file, facts, {**cast("Map", said), "panels": []}, asked)


# The environments of a tenant come one after another, and draw the same panels.
@lru_cache(maxsize=32)
def _sound(panels: Same[Value], granted: frozenset[str]) -> tuple[_Query, ...] | None:
    """The queries of panels of which nothing leads out by itself; None where something does, or may."""
    value: Map = {"panels": panels.value}
    if misshapen(value, _SHAPE) or not _is_sourced(value):
        return None
    shown, at = maps(value, "panels"), ("panels",)
    wrong = (*drawn(shown, at, granted), *_sourceless(value), *_added(value))
    return None if wrong else tuple(_of_panels(shown, at))


def _proven(file: File, facts: Facts, said: Value, asked: tuple[_Query, ...]) -> Proof:
    """The same of what a dashboard says beside panels that are sound, which ask what is `asked`."""
    if wrong := misshapen(said, _SHAPE):
        return Proof(wrong)
    value = cast("Map", said or {})
    panels = maps(value, "panels")
    queries = [*asked, *_of_panels(panels, ("panels",)), *_of_annotations(value), *_of_variables(value)]
    found = (
        *_identity(file, facts, value),
        *_modelled(value),
        *drawn(panels, ("panels",), facts.panels),
        *(() if _is_sourced(value) else _sources(value, ())),
        *_sourceless(value),
        *_unasked(value),
        *_added(value),
        *_foreign(queries, file.tenant, numeric(value)),
        *breaches(value, queries, [*_labels(value)]),
    )
    return Proof(found, (Name("uid", str(value.get("uid")), ("uid",)),), queries=len(queries))


def _identity(file: File, facts: Facts, value: Map) -> Iterator[Breach]:
    """What of a dashboard is not this tenant's: its uid follows from its path, its data source from the tenant."""
    name, raw = file.inside[-1].removesuffix(".json"), "raw" in file.inside[1:-1]
    named = ("raw", name) if raw else ("tenant",) if name == "_tenant" else ("service", name)
    if value.get("uid") != uid(facts.environment, file.tenant, *named):
        yield Breach("the uid of a dashboard is not its own", ("uid",))
    if value.get("editable") is not False:
        yield Breach("a dashboard can be edited by its viewers", ("editable",))
    every = maps(under(value, "templating"), "list")
    if len([each for each in every if each.get("type") == "datasource"]) != 1:
        yield Breach("a dashboard does not have the one variable that holds its data source", ("templating",))
    for index, each in enumerate(every):
        if each.get("type") == "datasource" and not _is_fixed(each, file, facts):
            yield Breach("a dashboard reads from a data source that is not the tenant's", ("templating", "list", index))


def _modelled(value: Map) -> Iterator[Breach]:
    """What Grafana would read otherwise than it is read here: an older model, and one of two variables of a name."""
    if value.get("schemaVersion") not in _MODELS:
        yield Breach("a dashboard uses a model that varve does not write", ("schemaVersion",))
    seen: set[str] = set()
    for index, each in enumerate(maps(under(value, "templating"), "list")):
        name = str(each.get("name"))
        if name in seen:
            yield Breach(f"two variables are named {quote(name)}", ("templating", "list", index, "name"))
        seen.add(name)


def _is_fixed(variable: Map, file: File, facts: Facts) -> bool:
    """Whether a variable finds one data source, which is the tenant's, and neither viewer nor address can change it."""
    held = own(facts.environment, file.tenant), shared(facts.environment)
    allowed = held[:1] if file.strict else held
    current, named = variable.get("current"), variable.get("name") == "datasource"
    found = (current.get("value") if isinstance(current, dict) else None, variable.get("regex"))
    is_own = found in [(each.uid, f"/^{each.name}$/") for each in allowed]
    return named and is_own and all(variable.get(key) == held for key, held in _FIXED.items())


def _is_sourced(value: Map) -> bool:
    """Whether every data source that is said is the tenant's or Grafana's own; no keys are made on the way."""
    waiting: list[Value] = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if "datasource" in each and not _is_allowed(each["datasource"]):
                return False
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return True


def _is_allowed(source: Value) -> bool:
    return source == _SOURCE or _is_grafana(source)


def _sources(value: Value, at: Keys) -> Iterator[Breach]:
    """The data sources that are said anywhere, and are neither the tenant's nor Grafana's own."""
    match value:
        case dict():
            for key, each in value.items():
                if key == "datasource" and not _is_allowed(each):
                    yield Breach("a dashboard names a data source that is not the tenant's", (*at, key))
                if isinstance(each, dict | list):
                    yield from _sources(each, (*at, key))
        case list():
            for index, each in enumerate(value):
                if isinstance(each, dict | list):
                    yield from _sources(each, (*at, index))


def _is_grafana(source: Value) -> bool:
    """Whether a data source is Grafana itself, other panels, a mixture or an expression, which read no series."""
    called = source.get("uid") if isinstance(source, dict) else source
    return isinstance(called, str) and (called.startswith("-- ") or called in _OF_GRAFANA)


def _is_asked(panel: Map, target: Map) -> bool:
    """Whether a query of a panel reaches a data source of series.

    Grafana heeds the source of a query in a panel of mixed ones only; elsewhere that of the panel decides.
    """
    usual = panel.get("datasource")
    return _asks(target.get("datasource", usual)) or (not _is_mixed(usual) and _asks(usual))


def _asks(source: Value) -> bool:
    """Whether a data source is asked for series; the parts of a mixture say for themselves whom they ask."""
    return _is_mixed(source) or not _is_grafana(source)


def _is_mixed(source: Value) -> bool:
    return source == _MIXED or (isinstance(source, dict) and source.get("uid") == _MIXED)


def _sourceless(value: Map) -> Iterator[Breach]:
    """What asks without saying whom: Grafana would ask the organisation's default, whosever that is."""
    for panel, at in _panels(maps(value, "panels"), ("panels",)):
        asking = [] if panel.get("type") == "row" else maps(panel, "targets")
        if asking and "datasource" not in panel:
            yield Breach("a panel does not set its data source", at)
        for index, target in enumerate(asking):
            if "datasource" not in target:
                yield Breach("a query of a panel does not set its data source", (*at, "targets", index))
    for section in ("annotations", "templating"):
        for index, each in enumerate(maps(under(value, section), "list")):
            if "datasource" not in each and (section == "annotations" or each.get("type") in _ASKING):
                yield Breach(f"a query under `{section}` does not set its data source", (section, "list", index))


def _panels(panels: list[Map], at: Keys) -> Iterator[tuple[Map, Keys]]:
    for index, panel in enumerate(panels):
        yield panel, (*at, index)
        yield from _panels(maps(panel, "panels"), (*at, index, "panels"))


def _of_panels(panels: list[Map], at: Keys) -> Iterator[_Query]:
    for panel, place in _panels(panels, at):
        for index, target in enumerate(maps(panel, "targets")):
            if _is_asked(panel, target):
                yield from _said(target, (*place, "targets", index))


def _said(target: Map, at: Keys) -> Iterator[_Query]:
    expr = target.get("expr")
    if isinstance(expr, str) and expr.strip():
        yield _Query(expr, (*at, "expr"))


def _of_annotations(value: Map) -> Iterator[_Query]:
    for index, each in enumerate(maps(under(value, "annotations"), "list")):
        if _asks(each.get("datasource")):
            at: Keys = ("annotations", "list", index)
            yield from _said(each, at)
            target = each.get("target")
            yield from _said(target, (*at, "target")) if isinstance(target, dict) else ()


def _of_variables(value: Map) -> Iterator[_Query]:
    """The PromQL that variables are filled by, without Grafana's function around it."""
    for text, at in _asked(value):
        found = _CALL.fullmatch(text)
        inside = text if found is None else found["matched"] if found["matched"] is not None else found["result"]
        if inside is not None:
            yield _Query(inside, at)


def _asked(value: Map) -> Iterator[tuple[str, Keys]]:
    for index, each in enumerate(maps(under(value, "templating"), "list")):
        query, at = each.get("query"), ("templating", "list", index, "query")
        text = query.get("query") if isinstance(query, dict) else query
        if each.get("type") == "query" and _asks(each.get("datasource")) and isinstance(text, str) and text.strip():
            yield text, (*at, "query") if isinstance(query, dict) else at


def _labels(value: Map) -> Iterator[str]:
    """What stands around the PromQL that variables are filled by: the label whose values are asked for."""
    for text, _ in _asked(value):
        found = _CALL.fullmatch(text)
        if found and found["result"] is None:
            yield text[: found.start("matched")] + text[found.end("matched") :] if found["matched"] else text


def _added(value: Map) -> Iterator[Breach]:
    """What Grafana puts into a query when it is asked: filters beside it, and the values of a copied panel.

    The keys of a query may be read in capitals as well.
    """
    for panel, at in _panels(maps(value, "panels"), ("panels",)):
        yield from (Breach("a panel sets the values of its variables", (*at, key)) for key in _REPEATED & panel.keys())
        for index, target in enumerate(maps(panel, "targets")):
            if _is_asked(panel, target):
                yield from _beside(target, (*at, "targets", index))
    for index, each in enumerate(maps(under(value, "annotations"), "list")):
        if _asks(each.get("datasource")):
            yield from _beside(each, ("annotations", "list", index))
            yield from _beside(each.get("target"), ("annotations", "list", index, "target"))


def _beside(target: Value, at: Keys) -> Iterator[Breach]:
    for key in target if isinstance(target, dict) else ():
        if key.casefold() in _ADDING or (key != "expr" and key.casefold() == "expr"):
            yield Breach(f"{quote(key)} is set beside a query and changes it", (*at, key))


def _unasked(value: Map) -> Iterator[Breach]:
    """Variables that list the names of everybody's series, or ask by words that are not looked at."""
    for text, at in _asked(value):
        found = _CALL.fullmatch(text)
        if found and found["matched"] is None and found["result"] is None:
            yield Breach(f"a variable lists everybody's values with {quote(text)}", at)
    for index, each in enumerate(maps(under(value, "templating"), "list")):
        query, asks = each.get("query"), each.get("type") == "query" and _asks(each.get("datasource"))
        if asks and isinstance(query, dict) and not query.keys() <= _EDITED:
            yield Breach("a variable selects by more than its query", ("templating", "list", index, "query"))


def _foreign(queries: list[_Query], tenant: str, numbers: frozenset[str]) -> Iterator[Breach]:
    for text, at in queries:
        if said := foreign_query(text, tenant, numbers):
            yield Breach(f"a query of a dashboard {said}", at)
