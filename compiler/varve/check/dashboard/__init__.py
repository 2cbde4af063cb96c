"""Is a tenant's own dashboard one that Grafana would show, and one that shows the tenant's series and nothing else."""

import re
from collections.abc import Iterator
from typing import Final, cast

from varve.check import schema
from varve.check.dashboard import panel
from varve.check.locate import in_document
from varve.language import name
from varve.language.name import dotted, nearest
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
    "Every panel asks Prometheus whenever somebody looks, for all tenants that share it. The bounds are 150 panels and "
    "20,000 values in all. Part the dashboard.",
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
BAD_LINK = Rule(
    "check/bad-dashboard-link",
    "A link of a dashboard leads to something that is no page",
    "Links may lead to pages (`https://…`, `http://…`) and to places within Grafana (`/d/…`, `?…`). "
    "Everything else could run a program in the browser of whoever looks at the dashboard.",
)
SCRIPT = Rule(
    "check/dashboard-script",
    "A dashboard that holds HTML or a script",
    "Text panels in the mode `html`, and texts with scripts or frames in them, run in the browsers of all who look, "
    "wherever Grafana is told not to clean them. Write text panels in Markdown.",
)

_RESOURCE: Final = ("apiVersion", "kind", "spec", "elements", "layout")
_RESERVED: Final = ("environment:", "service:", "tenant:")
_MOST_PANELS: Final = 150
_MOST_VALUES: Final = 20_000
_SCHEME: Final = re.compile(r"\s*+(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*+):|//|\\)")
_SCRIPT: Final = re.compile(
    r"<\s*+/?\s*+(?:script|iframe|object|embed)\b|javascript\s*+:|data:text/html", re.IGNORECASE
)
_VARIABLE: Final = "datasource"


def check(named: str, document: Document, report: Report) -> bool:
    """Whether the dashboard, which is called `named`, can be taken in; what is wrong is reported."""
    before = len(report)
    if not name.is_id(named):
        say_bad_id(report, "dashboard", named, Place(document.path))
    value = document.value or {}
    if _is_classic(document, value, report) and schema.check("dashboard", value, in_document(document), report):
        _contents(document, value, report)
    return len(report) == before


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


def _contents(document: Document, value: Map, report: Report) -> None:
    panels = list(panel.every(value))
    size = _size(value)
    if len(panels) > _MOST_PANELS or size > _MOST_VALUES:
        many = f"{len(panels)} panels" if len(panels) > _MOST_PANELS else f"{size} values"
        message = f"the dashboard has {many}"
        report.say(LARGE_DASHBOARD, message, Place(document.path, ("panels",), "key"), hint="part it")
        return
    known = _variables(document, value, report)
    panel.check(document, panels, report)
    _queries(document, value, known, report)
    _tags(document, value, report)
    _texts(document, value, report)


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
        if called == _VARIABLE and each["type"] != _VARIABLE:
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
    return frozenset(seen) | {str(each["name"]) for each in cast("list[Map]", value.get("__inputs") or [])}


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


def _texts(document: Document, value: Map, report: Report) -> None:
    for keys, text in _walk(value, ()):
        place = Place(document.path, keys)
        if keys[-1] == "mode" and text == "html":
            report.say(SCRIPT, "`html` is no mode of a text panel here", place, hint="write Markdown")
        elif found := _SCRIPT.search(text):
            report.say(SCRIPT, f"`{found[0]}` stands in `{dotted(keys)}`", place, hint="take it out")
        elif keys[-1] == "url" and (scheme := _SCHEME.match(text)) and not _is_web(scheme["scheme"]):
            report.say(BAD_LINK, f"`{dotted(keys)}` leads to no page", place, hint="begin with `https://` or `/`")


def _is_web(scheme: str | None) -> bool:
    return scheme is not None and scheme.lower() in ("http", "https")


def _walk(value: Value, at: Keys) -> Iterator[tuple[Keys, str]]:
    """Every text of the dashboard but its title and the keys, with its path."""
    match value:
        case str() if at:
            yield at, value
        case dict():
            for key, each in value.items():
                yield from _walk(each, (*at, key))
        case list():
            for index, each in enumerate(value):
                yield from _walk(each, (*at, index))
