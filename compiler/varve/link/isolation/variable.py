"""Whether the queries of a dashboard stay bounded to one tenant with every value that it sets for its variables."""

import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from varve.language.fault import Fault, quote
from varve.language.grafana import interpolation
from varve.language.grafana.dashboard import listed
from varve.language.grafana.interpolation import Use
from varve.language.promql import LABEL
from varve.link.isolation.evidence import Breach
from varve.link.isolation.shape import maps, under
from varve.model.source import Keys, Map, Value

_LEADING: Final = re.compile(r"\$\{\w+[.:]")
_WELL_WRITTEN: Final = re.compile(r"\$\{\w+(?:\.[\w.]{1,200})?(?::[\w:,. /+-]{1,200})?\}", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)

_WORD: Final = frozenset(string.ascii_letters + string.digits + "_:")
_DIGITS: Final = re.compile(r"(?:-?\d+(?:\.\d+)?)?|\$__(?:interval_ms|range_ms|range_s|from|to)", re.ASCII)
_SPAN: Final = re.compile(r"(?:\d++(?>ms|[smhdwyM]|)|)*+", re.ASCII)
_TIME: Final = re.compile(
    r"\$\{__(?:interval|range|rate_interval)\}|\$__(?:interval|range|rate_interval|auto_interval_\w+|auto(?!\w))(?!\w)",
    re.ASCII,
)
_HARMLESS: Final = re.compile(
    rf"{_TIME.pattern}|\$__(?:interval_ms|range_ms|range_s|from|to)(?!\w)|\\[!#%&(-Z\\-_a-~]", re.ASCII
)
_NESTED: Final = re.compile(r"\$[\w{]|\[\[\w", re.ASCII)
_ENDING: Final = frozenset("\"'`\\\n\r")

_BREAKS: Final = frozenset("\n\r\u2028\u2029")
_UNQUOTED: Final = frozenset({"name", "label", "number", "duration"})
_PIPED: Final = frozenset({"regex", "pipe"})
_SINGLE: Final = _PIPED | {"", "raw", "text", "csv"}
_TEXTS: Final = _SINGLE | {"glob", "percentencode"}
_OWN_WORDS: Final = frozenset({"__dashboard", "__name", "__org", "__timezone", "__user"})
_SETTINGS: Final = frozenset(
    {
        "allFormat",
        "allowCustomValue",
        "auto",
        "auto_count",
        "auto_min",
        "datasource",
        "definition",
        "description",
        "error",
        "global",
        "hide",
        "id",
        "includeAll",
        "index",
        "label",
        "loading",
        "multi",
        "multiFormat",
        "name",
        "query",
        "refresh",
        "regex",
        "regexApplyTo",
        "rootStateKey",
        "selected",
        "skipUrlSync",
        "sort",
        "state",
        "staticOptionsOrder",
        "tagValuesQuery",
        "tags",
        "tagsQuery",
        "type",
        "useTags",
        "valuesFormat",
    }
)
_BOUNDS: Final[Mapping[str, str]] = {
    "name": "/^[A-Za-z0-9_:]+$/",
    "label": "/^[A-Za-z0-9_:]+$/",
    "number": r"/^-?[0-9]+(?:\.[0-9]+)?$/",
    "duration": "/^[0-9]+(?:ms|[smhdwy])?$/",
}
_BRACKETED: Final = re.compile(r"\[((?:A-Z|a-z|0-9|\\[dw.]|[\w:.])+)\]", re.ASCII)
_AROUND: Final = r"(?:[^\[\]()|\\]|\\[^\[\]()|]|\[[^\[\]()\\]*\])*"
_GROUP: Final = re.compile(rf"/{_AROUND}\(([^()]*)\)(?![?*{{]){_AROUND}/")
_WHOLE: Final = re.compile(r"/\^([^()|]*)(?:\((?:\?:)?([^()]*)\)([^()|]*))?\$/")
_OPERATORS: Final = frozenset({"=", "!=", "=~", "!~", "=|", "!=|", "<", ">", "<=", ">="})


class _Text(NamedTuple):
    """A text that a variable can hold, or that is `shown` in place of its value, and its keys below the variable."""

    text: str
    keys: Keys
    shown: bool


class _Variable(NamedTuple):
    """The settings of a variable, and the keys that lead to them."""

    settings: Map
    keys: Keys


def breaches(value: Map, queries: Iterable[tuple[str, Keys]], labels: Iterable[str]) -> Iterator[Breach]:
    """The settings of a dashboard's variables that would change `queries`, or label names in `labels`."""
    every = [_Variable(each, ("templating", "list", index)) for index, each in enumerate(_variables(value))]
    known = {str(each.settings.get("name")): each for each in reversed(every)}
    numbers = numeric(value)
    for text, at in queries:
        if any(_WELL_WRITTEN.match(text, found.start()) is None for found in _LEADING.finditer(text)):
            yield Breach(f"{quote(text)} contains what Grafana may read as another variable", at)
    uses = {use for text, _ in queries for use in _uses(text, numbers)}
    uses |= {use for text in labels for use in interpolation.uses(text, "name")}
    yield from _use_breaches(value, known, uses)
    yield from (Breach("a variable has no name of its own", each.keys) for each in every if not _is_named(each, known))
    yield from (breach for each in every for breach in _filter_breaches(each))


def _use_breaches(value: Map, known: Mapping[str, _Variable], uses: Iterable[Use]) -> Iterator[Breach]:
    seen: set[tuple[str, str, bool]] = set()
    for use in uses:
        variable = known.get(use.name)
        if variable is None:
            yield from _global_breaches(use, value)
            continue
        if variable.settings.get("type") == "datasource":
            continue
        if not _is_plain(use, variable.settings):
            yield Breach(f"the effect of `{use.name}` in a query is unknown", variable.keys)
        shown = use.form == "text" or bool(use.field)
        if (use.name, use.kind, shown) not in seen:
            seen.add((use.name, use.kind, shown))
            yield from _unfit_values(variable, use, shown=shown)


def _unfit_values(variable: _Variable, use: Use, *, shown: bool) -> Iterator[Breach]:
    fits = _FITTING[use.kind]
    for text, keys, is_shown in _texts(variable.settings):
        if (shown or not is_shown) and text != "$__all" and not fits(text):
            yield Breach(f"{quote(text)} of `{use.name}` changes a query", (*variable.keys, *keys))


def _variables(value: Map) -> list[Map]:
    return maps(under(value, "templating"), "list")


def _is_named(variable: _Variable, known: Mapping[str, _Variable]) -> bool:
    name = str(variable.settings.get("name"))
    return known[name] is variable and _NAME.fullmatch(name) is not None


@lru_cache(maxsize=1 << 11)
def _uses(text: str, numbers: frozenset[str]) -> frozenset[Use]:
    """The variables that a query uses; it is parsed only if their kinds depend on which of two readings is right."""
    if "$" not in text and "[[" not in text:
        return frozenset()
    first, second = (interpolation.substitute(text, free, numbers).uses for free in interpolation.READINGS)
    if first == second:
        return first
    read = interpolation.read(text, numbers)
    return first | second if isinstance(read, Fault) else read.uses


def numeric(value: Map) -> frozenset[str]:
    """The variables that hold numbers, whichever of their options is chosen."""
    return frozenset(
        str(each.get("name"))
        for each in _variables(value)
        if each.get("type") in ("constant", "custom", "textbox") and _is_numeric(each.get("query"))
    )


def _is_numeric(query: Value) -> bool:
    offered = query.split(",") if isinstance(query, str) else [""]
    return all(re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", re.split(r":\s", each)[-1].strip()) for each in offered)


def _texts(variable: Map) -> Iterator[_Text]:
    query = variable.get("query")
    if variable.get("type") != "query":
        yield from _option_texts(variable, query)
    for key, each in variable.items():
        if key not in _SETTINGS:
            yield from _texts_in(each, (key,))


def _option_texts(variable: Map, query: Value) -> Iterator[_Text]:
    if not isinstance(query, str):
        yield from _texts_in(query, ("query",))
    elif variable.get("valuesFormat") == "json":
        yield from (_Text(text, ("query",), shown) for text, _, shown in _texts_in(listed(query), ()))
    elif variable.get("type") not in ("custom", "interval"):
        yield _Text(query, ("query",), shown=False)
    else:
        for each in re.findall(r"(?:\\,|[^,])+", query):
            whole = each.replace("\\,", ",")
            split = 0 if _BREAKS & set(whole) else _separator(whole)
            yield _Text(whole[split + 3 if split else 0 :].strip(), ("query",), shown=False)
            yield _Text(whole[:split].strip(), ("query",), shown=True)


def _separator(text: str) -> int:
    """The position of the last colon between blanks that separates a label from a value, from its first blank; or 0."""
    blanks = (" :", "\t:")
    ends = (len(text) - 4, 0, -1)
    return next((at for at in range(*ends) if text[at : at + 2] in blanks and text[at + 2] in " \t"), 0)


def _texts_in(value: Value, at: Keys) -> Iterator[_Text]:
    if isinstance(value, dict):
        for key, each in value.items():
            if not (key == "selected" and each in (True, False)):
                yield from _texts_in(each, (*at, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _texts_in(each, (*at, index))
    elif value is not None:
        yield _Text(str(value).lower() if isinstance(value, bool) else str(value), at, "text" in at)


def _is_plain(use: Use, variable: Map) -> bool:
    """Whether checking each value by itself covers what Grafana inserts here for all of them."""
    if variable.get("type") in ("adhoc", "groupby"):
        return False
    if use.kind not in _UNQUOTED:
        return use.form in _TEXTS
    if use.field or (variable.get("type") == "query" and not _is_bounded(variable, use.kind)):
        return False
    if use.kind == "label":
        return use.form in _SINGLE - {"text"}
    if variable.get("multi") or variable.get("includeAll"):
        return use.form in _PIPED | {""}
    return use.form in (_PIPED if isinstance(_current_value(variable), list) else _SINGLE)


def _current_value(variable: Map) -> Value:
    """The value that is selected when the dashboard is opened."""
    current = variable.get("current")
    return current.get("value") if isinstance(current, dict) else current


def _is_bounded(variable: Map, kind: str) -> bool:
    """Whether the `regex` that filters a variable's values lets only values of this kind through."""
    regex = variable.get("regex")
    if not isinstance(regex, str) or variable.get("regexApplyTo", "value") != "value":
        return False
    if regex in _BOUNDS.values():
        return regex == _BOUNDS[kind]
    digits = kind not in ("name", "label")
    if (group := _GROUP.fullmatch(regex)) and _matches_only(group[1], digits=digits):
        return True
    whole = _WHOLE.fullmatch(regex)
    return whole is not None and all(_matches_only(each, digits=digits) for each in whole.groups(""))


def _matches_only(inside: str, *, digits: bool) -> bool:
    """Whether a pattern without groups matches only characters of words, or of numbers if `digits`."""
    signs = r"[0-9]|\\[d.]" if digits else r"[\w:]|\\[dw]"
    within = r"(?:0-9|\\[d.]|[0-9.])+" if digits else r"(?:A-Z|a-z|0-9|\\[dw]|[\w:])+"
    for part in inside.split("|"):
        plain = _BRACKETED.sub(lambda each: "0" if re.fullmatch(within, each[1], re.ASCII) else "!", part)
        if not re.fullmatch(rf"(?:(?:{signs})[+*?]?)*", plain, re.ASCII):
            return False
    return True


def _global_breaches(use: Use, value: Map) -> Iterator[Breach]:
    """Breaches of Grafana's own variables, of which the dashboard sets the title and the timezone."""
    if use.name not in interpolation.GLOBAL:
        return
    loose = use.kind in _UNQUOTED
    dated = use.name in ("__from", "__to") and use.form.split(":")[0] == "date"
    if dated and (use.form == "date:seconds" or not loose):
        return
    if use.form not in (_SINGLE if loose else _TEXTS) or (loose and use.name in _OWN_WORDS):
        yield Breach(f"the effect of `{use.name}` in a query is unknown", ("panels",))
    key = "title" if use.name == "__dashboard" else "timezone" if use.name == "__timezone" else ""
    if key in value and not _FITTING[use.kind](str(value[key])):
        yield Breach(f"{quote(str(value[key]))} changes a query", (key,))


def _filter_breaches(variable: _Variable) -> Iterator[Breach]:
    """The breaches of variables that Grafana adds to every query as filters."""
    kind = variable.settings.get("type")
    for text, keys, shown in _texts(variable.settings) if kind in ("adhoc", "groupby") else ():
        if kind == "groupby" or keys[-1] == "key":
            fits = shown or text in ("", "$__all") or (text != LABEL and _NAME.fullmatch(text) is not None)
        else:
            fits = text in _OPERATORS if keys[-1] == "operator" else _stays_in_string(text)
        if not fits:
            yield Breach(f"{quote(text)} changes every query", (*variable.keys, *keys))


def _stays_in_string(text: str) -> bool:
    """Whether a text stays within a string: it does not end the string, and Grafana inserts only times into it."""
    rest = _HARMLESS.sub(" ", text)
    return _NESTED.search(rest) is None and _ENDING.isdisjoint(rest)


_FITTING: Final[Mapping[str, Callable[[str], bool]]] = {
    "name": _WORD.issuperset,
    "label": (_WORD | {",", " "}).issuperset,
    "number": lambda text: _DIGITS.fullmatch(text) is not None,
    "duration": lambda text: (_SPAN.fullmatch(text) or _TIME.fullmatch(text)) is not None,
    "string": _stays_in_string,
    "comment": lambda text: not {"\n", "\r"} & set(text),
}
