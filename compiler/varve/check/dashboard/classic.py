"""Whether a tenant's own dashboard is one that Grafana would show, with the tenant's series only."""

from collections.abc import Collection
from typing import Final, cast

from varve.check.dashboard import panel
from varve.check.shape import schema
from varve.check.shape.locate import in_document
from varve.language import name
from varve.language.grafana import dashboard
from varve.language.name import nearest
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.source import Document, Keys, Map, Value
from varve.read.repository import report_bad_id

NOT_CLASSIC = Rule(
    "check/not-a-classic-dashboard",
    "Dashboard model cannot be provisioned from a file",
    "Grafana has three models of dashboards, and its file provisioning reads only the classic one: `panels`, "
    "`templating`, `schemaVersion` at the top. A resource as newer versions of Grafana export it (`apiVersion`, "
    "`kind`, `spec`), or a dashboard that the API has wrapped in `dashboard`, is refused or shown empty. Export the "
    "dashboard again with the classic model, or keep only the inner map if it is one.",
)
OLD_DASHBOARD = Rule(
    "check/old-dashboard",
    "Dashboard uses the old `rows` layout",
    "Until schema version 16 dashboards were lists of `rows`. Import the file into Grafana, which upgrades it, and "
    "export it again.",
)
LARGE_DASHBOARD = Rule(
    "check/large-dashboard",
    "Dashboard is too large for a browser",
    "Every panel queries a Prometheus that tenants share, each time somebody opens the dashboard. The limits are 150 "
    "panels, 20,000 values in all, and 1,000,000 characters once the constants of an export are filled in. Split the "
    "dashboard.",
)
REPEATED_VARIABLE = Rule(
    "check/repeated-variable",
    "Dashboard variable name is used twice",
    "Grafana tells variables apart by their names, and drops one of two that have the same name. The name "
    "`datasource` is reserved: varve adds a variable of that name to every dashboard, with the tenant's data source "
    "in it.",
)
UNKNOWN_VARIABLE = Rule(
    "check/unknown-dashboard-variable",
    "Query uses an undefined variable",
    "Grafana leaves an unknown variable unchanged, so the query looks for a label value with a dollar sign in it, "
    "finds nothing, and the panel stays empty. Declare the variable under `templating.list`, or correct its name.",
)
RESERVED_TAG = Rule(
    "check/reserved-tag",
    "Dashboard tag is reserved",
    "`tenant:`, `environment:` and `service:` begin the tags that varve adds to every dashboard, and lists of "
    "dashboards select by them. A tenant that could set another tenant's tag would place its dashboard in that "
    "tenant's lists. Remove the tag: varve adds the right ones.",
)

_RESOURCE: Final = ("apiVersion", "kind", "spec", "elements", "layout")
_RESERVED: Final = ("environment:", "service:", "tenant:")
_MAX_PANELS: Final = 150
_MAX_VALUES: Final = 20_000
_MAX_CHARACTERS: Final = 1_000_000


def check(id_: str, document: Document, report: Report, taken: Collection[str] = ()) -> bool:
    """Whether the dashboard `id_` can be used; mistakes are reported. `taken` are the names of all dashboards."""
    before = len(report)
    if not name.is_id(id_):
        report_bad_id(report, "dashboard", id_, Place(document.path), taken)
    value = document.value or {}
    if _is_classic(document, value, report) and _is_shaped(document, value, report):
        _check_filled(document, value, report)
    return len(report) == before


def _is_shaped(document: Document, value: Map, report: Report) -> bool:
    return schema.check("dashboard", value, in_document(document), report)


def _check_filled(document: Document, value: Map, report: Report) -> None:
    """Check the dashboard as it will be written, whose shape may be broken by the constants that are filled in."""
    if excess := _excess(value):
        place = Place(document.path, ("panels",), "key")
        report.add(LARGE_DASHBOARD, f"the dashboard has {excess}", place, hint="split it")
        return
    filled = dashboard.filled(value)
    if filled is value or _is_shaped(document, filled, report):
        _check_contents(document._replace(value=filled), filled, report)


def _is_classic(document: Document, value: Map, report: Report) -> bool:
    wrapped = next((key for key in (*_RESOURCE, "dashboard") if key in value), None)
    if wrapped:
        what = "wraps the dashboard" if wrapped == "dashboard" else "belongs to the resource model"
        hint = "keep only what it contains" if wrapped == "dashboard" else "export it with the classic model"
        report.add(NOT_CLASSIC, f"`{wrapped}` {what}", Place(document.path, (wrapped,), "key"), hint=hint)
    elif "rows" in value:
        message = "`rows` are from before schema version 16"
        hint = "import it into Grafana and export it again"
        report.add(OLD_DASHBOARD, message, Place(document.path, ("rows",), "key"), hint=hint)
    return not wrapped and "rows" not in value


def _excess(value: Map) -> str:
    """What the dashboard has too much of, and how much; empty if it is not too large."""
    bounds = {
        "panels": (_MAX_PANELS, sum(1 for _ in panel.every(value))),
        "values": (_MAX_VALUES, _size(value)),
        "characters": (_MAX_CHARACTERS, dashboard.length(value)),
    }
    return next((f"{number} {what}" for what, (limit, number) in bounds.items() if number > limit), "")


def _check_contents(document: Document, value: Map, report: Report) -> None:
    from varve.check.dashboard import text

    known = _check_variables(document, value, report)
    panel.check(document, list(panel.every(value)), report)
    _check_queries(document, value, known, report)
    _check_tags(document, value, report)
    text.check(document, report)


def _size(value: Value) -> int:
    match value:
        case dict():
            return 1 + sum(map(_size, value.values()))
        case list():
            return 1 + sum(map(_size, value))
    return 1


def _check_variables(document: Document, value: Map, report: Report) -> frozenset[str]:
    """The names of the dashboard's variables; reports those that are used twice."""
    variables = cast("dict[str, list[Map]]", value.get("templating") or {}).get("list") or []
    seen: dict[str, Keys] = {}
    for index, each in enumerate(variables):
        keys: Keys = ("templating", "list", index, "name")
        name_ = cast("str", each["name"])
        if name_ == dashboard.SOURCE and each["type"] != dashboard.SOURCE:
            report.add(
                REPEATED_VARIABLE,
                f"`{name_}` is the name of varve's own variable",
                Place(document.path, keys),
                hint="choose another name",
            )
        elif name_ in seen:
            note = Note("the first of that name", Place(document.path, seen[name_]))
            message = f"`{name_}` is already used"
            report.add(REPEATED_VARIABLE, message, Place(document.path, keys), note, hint="rename one of them")
        seen.setdefault(name_, keys)
    return frozenset(seen) | {dashboard.SOURCE}


def _check_queries(document: Document, value: Map, known: frozenset[str], report: Report) -> None:
    for keys, expr in panel.queries(value):
        panel.check_query(document, keys, expr, report)
        for used in panel.unknown(expr, known):
            meant = nearest(used, known)
            hint = f"did you mean `${meant}`?" if meant else "declare it under `templating.list`"
            message = f"the dashboard has no variable `{used}`"
            report.add(UNKNOWN_VARIABLE, message, Place(document.path, keys), hint=hint)


def _check_tags(document: Document, value: Map, report: Report) -> None:
    for index, tag in enumerate(cast("list[str]", value.get("tags") or [])):
        if tag.casefold().startswith(_RESERVED):
            place = Place(document.path, ("tags", index))
            report.add(RESERVED_TAG, f"`{tag}` is a tag that varve adds itself", place, hint="remove it")
