"""Is a tenant's own dashboard one that Grafana would show, and one that shows the tenant's series and nothing else."""

from typing import Final, cast

from varve.check.dashboard import panel
from varve.check.shape import schema
from varve.check.shape.locate import in_document
from varve.language import name
from varve.language.grafana import dashboard
from varve.language.name import nearest
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.source import Document, Keys, Map, Value
from varve.read.repository import say_bad_id

NOT_CLASSIC = Rule(
    "check/not-a-classic-dashboard",
    "A dashboard of a model that cannot be provisioned by file",
    "Grafana has three models of dashboards, and its file provisioning reads the classic one only: `panels`, "
    "`templating`, `schemaVersion` at the top. What the newer Grafana exports as a resource (`apiVersion`, `kind`, "
    "`spec`), and what its API wraps in `dashboard`, is refused by it or shown empty. Export the dashboard again with "
    "the classic model, or take the inner map out where it is one.",
)
OLD_DASHBOARD = Rule(
    "check/old-dashboard",
    "A dashboard from before panels had places",
    "Until schema version 16 dashboards were lists of `rows`. Import the file into a Grafana, which brings it up to "
    "date, and export it again.",
)
LARGE_DASHBOARD = Rule(
    "check/large-dashboard",
    "A dashboard that no browser can bear",
    "Every panel asks Prometheus whenever somebody looks, for all tenants that share it. The bounds are 150 panels, "
    "20,000 values in all, and 1,000,000 characters once the constants of an export are filled in. Part the dashboard.",
)
REPEATED_VARIABLE = Rule(
    "check/repeated-variable",
    "Two variables of a dashboard have the same name",
    "Grafana tells variables apart by their names, and forgets one of two that are called the same. The name "
    "`datasource` belongs to varve: every dashboard gets a variable of that name, with the tenant's data source in it.",
)
UNKNOWN_VARIABLE = Rule(
    "check/unknown-dashboard-variable",
    "A query uses a variable that the dashboard does not have",
    "Grafana leaves a variable that it does not know as it stands, so that the query asks for a label value with a "
    "dollar sign in it, finds nothing, and shows an empty panel. Declare it under `templating.list`, or correct it.",
)
RESERVED_TAG = Rule(
    "check/reserved-tag",
    "A tag that says whose a dashboard is",
    "`tenant:`, `environment:` and `service:` begin the tags that varve gives to every dashboard, and the lists of "
    "dashboards follow them. A tenant that could say another's tag would put its dashboard among those of the other. "
    "Take the tag out: the right ones are added.",
)

_RESOURCE: Final = ("apiVersion", "kind", "spec", "elements", "layout")
_RESERVED: Final = ("environment:", "service:", "tenant:")
_MOST_PANELS: Final = 150
_MOST_VALUES: Final = 20_000
_MOST_CHARACTERS: Final = 1_000_000


def check(named: str, document: Document, report: Report) -> bool:
    """Whether the dashboard, which is called `named`, can be taken in; what is wrong is reported."""
    before = len(report)
    if not name.is_id(named):
        say_bad_id(report, "dashboard", named, Place(document.path))
    value = document.value or {}
    if _is_classic(document, value, report) and _is_shaped(document, value, report):
        _whole(document, value, report)
    return len(report) == before


def _is_shaped(document: Document, value: Map, report: Report) -> bool:
    return schema.check("dashboard", value, in_document(document), report)


def _whole(document: Document, value: Map, report: Report) -> None:
    """Everything is asked of the dashboard that will be written, which what is filled in may have misshapen."""
    if many := _too_many(value):
        place = Place(document.path, ("panels",), "key")
        report.say(LARGE_DASHBOARD, f"the dashboard has {many}", place, hint="part it")
        return
    made = dashboard.filled(value)
    if made is value or _is_shaped(document, made, report):
        _contents(document._replace(value=made), made, report)


def _is_classic(document: Document, value: Map, report: Report) -> bool:
    wrapped = next((key for key in (*_RESOURCE, "dashboard") if key in value), None)
    if wrapped:
        what = "wraps the dashboard" if wrapped == "dashboard" else "belongs to the model of resources"
        hint = "keep what it holds" if wrapped == "dashboard" else "export it with the classic model"
        report.say(NOT_CLASSIC, f"`{wrapped}` {what}", Place(document.path, (wrapped,), "key"), hint=hint)
    elif "rows" in value:
        message = "`rows` are older than schema version 16"
        hint = "import it into a Grafana, and export it again"
        report.say(OLD_DASHBOARD, message, Place(document.path, ("rows",), "key"), hint=hint)
    return not wrapped and "rows" not in value


def _too_many(value: Map) -> str:
    """What there is too much of, and how much; nothing where the dashboard is not too large."""
    bounds = {
        "panels": (_MOST_PANELS, sum(1 for _ in panel.every(value))),
        "values": (_MOST_VALUES, _size(value)),
        "characters": (_MOST_CHARACTERS, dashboard.length(value)),
    }
    return next((f"{number} {what}" for what, (most, number) in bounds.items() if number > most), "")


def _contents(document: Document, value: Map, report: Report) -> None:
    from varve.check.dashboard import text

    known = _variables(document, value, report)
    panel.check(document, list(panel.every(value)), report)
    _queries(document, value, known, report)
    _tags(document, value, report)
    text.check(document, report)


def _size(value: Value) -> int:
    match value:
        case dict():
            return 1 + sum(map(_size, value.values()))
        case list():
            return 1 + sum(map(_size, value))
    return 1


def _variables(document: Document, value: Map, report: Report) -> frozenset[str]:
    """The names of the dashboard's variables; each may be said once."""
    said = cast("dict[str, list[Map]]", value.get("templating") or {}).get("list") or []
    seen: dict[str, Keys] = {}
    for index, each in enumerate(said):
        keys: Keys = ("templating", "list", index, "name")
        called = cast("str", each["name"])
        if called == dashboard.SOURCE and each["type"] != dashboard.SOURCE:
            report.say(
                REPEATED_VARIABLE,
                f"`{called}` is the name of varve's own variable",
                Place(document.path, keys),
                hint="call it otherwise",
            )
        elif called in seen:
            note = Note("the first of that name", Place(document.path, seen[called]))
            message = f"`{called}` is taken"
            report.say(REPEATED_VARIABLE, message, Place(document.path, keys), note, hint="rename one of them")
        seen.setdefault(called, keys)
    return frozenset(seen) | {dashboard.SOURCE}


def _queries(document: Document, value: Map, known: frozenset[str], report: Report) -> None:
    for keys, expr in panel.queries(value):
        panel.check_query(document, keys, expr, report)
        for used in panel.unknown(expr, known):
            meant = nearest(used, known)
            hint = f"did you mean `${meant}`?" if meant else "declare it under `templating.list`"
            message = f"the dashboard has no variable `{used}`"
            report.say(UNKNOWN_VARIABLE, message, Place(document.path, keys), hint=hint)


def _tags(document: Document, value: Map, report: Report) -> None:
    for index, tag in enumerate(cast("list[str]", value.get("tags") or [])):
        if tag.casefold().startswith(_RESERVED):
            place = Place(document.path, ("tags", index))
            report.say(RESERVED_TAG, f"`{tag}` is a tag that varve gives", place, hint="take it out")
