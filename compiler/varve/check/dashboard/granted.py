"""Whether the platform grants what a dashboard needs beyond Grafana: panels of plugins, and hosts to fetch from."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, cast

from varve.check.dashboard import panel
from varve.check.dashboard.panel import FOREIGN_SOURCE, Placed
from varve.check.shape.format import FORMATS
from varve.language import address
from varve.language.grafana.dashboard import PANELS, filled
from varve.language.name import dotted, nearest
from varve.model.diagnostic import Place, Report, Rule
from varve.model.source import Document, Keys, Map, Value
from varve.resolve.datasource import reference

UNKNOWN_PANEL = Rule(
    "check/unknown-panel",
    "Panel type is not available",
    "A panel of a plugin is drawn only where the plugin is installed, and panels that show news or other sites fetch "
    "from outside. Use one of the types that every Grafana has; the platform can allow others for an environment "
    "under `platform.grafana.panels`.",
)
OUTSIDE_CONTENT = Rule(
    "check/outside-content",
    "Dashboard makes browsers fetch from another site",
    "Pictures in a text, pictures of a canvas and layers of a map are fetched by the viewer's browser at once, "
    "without a click: whoever runs that host learns who looks, when, and the value of any variable in the address. "
    "Serve it from Grafana itself, or from a host that the platform lists under `platform.grafana.allow`. A link "
    "that people click may point anywhere.",
)

_GRAFANA: Final = "grafana"
_HARMLESS: Final = frozenset({"", "randomWalk", "snapshot", "timeRegions"})
_FETCHING: Final = frozenset({"canvas", "geomap"})
_CLICKED: Final = frozenset({"actions", "dataLinks", "links", "oneClickLinks"})
_PICTURE: Final = re.compile(r"!\[(?:[^\[\]]|\[[^\[\]]*+\]|)*+\]\(\s*+<?\s*+([^\s)>]*+)")
_TARGET: Final = re.compile(r"\](?:\(|:)\s*+<?\s*+([^\s)>]*+)")
_BLANK: Final = re.compile(r"[\s\x00-\x1f\x7f]+")
_ABSOLUTE: Final = re.compile(r"[a-z][a-z0-9+.-]*+:|//", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"\$|\[\[")
_ORIGIN: Final = re.compile(r"https?://[^/?#]*+", re.IGNORECASE)
_DATA_IMAGE: Final = re.compile(r"data:image/", re.IGNORECASE)


class _Granted(NamedTuple):
    """What the platform allows in tenants' dashboards: panel types and host patterns; `home` is Grafana's own host."""

    panels: list[str]
    hosts: list[str]
    home: str


def check(document: Document, grafana: Map, report: Report) -> None:
    """Report panels that this `platform.grafana` does not allow, and content that they fetch from hosts not allowed."""
    granted, value = _granted(grafana), filled(document.value or {})
    for each in panel.every(value):
        _check_kind(document, each, granted, report)
        _check_queries(document, each, report)
    for keys, url in _fetched(value, granted):
        if not _is_allowed(url, granted):
            message = f"`{dotted(keys)}` is fetched from another site"
            hint = f"use a host of {', '.join(granted.hosts)}" if granted.hosts else "make it a link, or remove it"
            report.add(OUTSIDE_CONTENT, message, Place(document.path, keys), hint=hint)


def _granted(grafana: Map) -> _Granted:
    settings = cast("dict[str, list[str]]", grafana)
    home = address.of_url(str(grafana["url"])).host if "url" in grafana else ""
    return _Granted(settings.get("panels", []), settings.get("allow", []), home)


def _check_kind(document: Document, each: Placed, granted: _Granted, report: Report) -> None:
    kind = cast("str", each.value["type"])
    if kind not in PANELS and kind not in granted.panels:
        meant = nearest(kind, {*PANELS, *granted.panels})
        hint = f"did you mean `{meant}`?" if meant else "use a type that every Grafana has"
        place = Place(document.path, (*each.keys, "type"))
        report.add(UNKNOWN_PANEL, f"`{kind}` is not one of Grafana's own panel types", place, hint=hint)


def _check_queries(document: Document, each: Placed, report: Report) -> None:
    """Report a panel's queries to Grafana itself, such as its files and live streams, except harmless ones."""
    for index, target in enumerate(cast("list[Map]", each.value.get("targets") or [])):
        kind, name = reference(target.get("datasource", each.value.get("datasource")))
        query_type = target.get("queryType") or ""
        if (kind == _GRAFANA or name in (_GRAFANA, "-- Grafana --")) and query_type not in _HARMLESS:
            keys = (*each.keys, "targets", index, "queryType")
            message = f"`{dotted(keys)}` queries Grafana itself for `{query_type}`"
            report.add(FOREIGN_SOURCE, message, Place(document.path, keys), hint="remove it, or query Prometheus")


def _fetched(value: Map, granted: _Granted) -> Iterator[tuple[Keys, str]]:
    """What browsers fetch without a click, with its place: pictures in any text, and addresses in maps and plugins."""
    for keys, text in _texts(value, ()):
        if "![" in text:
            yield from ((keys, url) for url in _pictures(text))
    for each in panel.every(value):
        kind = each.value["type"]
        if kind in _FETCHING or kind in granted.panels:
            parts: Map = {key: each.value[key] for key in ("options", "fieldConfig") if key in each.value}
            for keys, text in _texts(parts, each.keys):
                if not _CLICKED.intersection(keys[len(each.keys) :]) and _ABSOLUTE.match(_BLANK.sub("", text)):
                    yield keys, text


def _pictures(text: str) -> list[str]:
    """The addresses of the pictures in a Markdown text, or all its targets if one has an unusual form."""
    plain = text.replace("\\]", "").replace("\\[", "")
    urls = _PICTURE.findall(plain)
    return urls if len(urls) == plain.count("![") else _TARGET.findall(plain)


def _is_allowed(url: str, granted: _Granted) -> bool:
    """Whether a browser connects only to Grafana itself or an allowed host, whatever values the variables have."""
    normalised = _BLANK.sub("", url).replace("\\", "/")
    if _DATA_IMAGE.match(normalised):
        return True
    if _ABSOLUTE.match(normalised) is None:
        return _VARIABLE.match(normalised) is None
    origin = _ORIGIN.match(f"https:{normalised}" if normalised.startswith("//") else normalised)
    if origin is None or _VARIABLE.search(origin[0]) or FORMATS["http-url"].fault(origin[0]) is not None:
        return False
    host = address.of_url(origin[0].lower()).host
    return host == granted.home or any(address.matches(host, each) for each in granted.hosts)


def _texts(value: Value, at: Keys) -> Iterator[tuple[Keys, str]]:
    match value:
        case str():
            yield at, value
        case dict():
            for key, each in value.items():
                yield from _texts(each, (*at, key))
        case list():
            for index, each in enumerate(value):
                yield from _texts(each, (*at, index))
