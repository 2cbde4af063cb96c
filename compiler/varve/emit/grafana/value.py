"""Checks that the values of variables in a tenant's dashboard, as far as it sets them, fit its queries."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias, cast

from varve.language.fault import quote
from varve.language.grafana.dashboard import SOURCE, listed
from varve.language.grafana.interpolation import GLOBAL, Kind, Use
from varve.language.promql import LABEL
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.source import Keys, Map, Value

FOREIGN_VALUE = Rule(
    "emit/foreign-value",
    "Dashboard variable could extend a query to other tenants",
    "Grafana pastes the value of a variable into a query as text: if `$x` is used as a name, the value `up) or "
    "sum(b` would read everybody's series. So every value that a dashboard sets for a variable must fit each place "
    "where it is used: a name, a number or a duration, and in strings no quote, no backslash that could end one, and "
    "no other variable. Several values at once belong in strings. What Prometheus returns for a variable's query is "
    "confined by the variable's `regex`, which varve adds if there is none.",
)

Used: TypeAlias = Mapping[Use, Keys]
"""All uses of a dashboard's variables, each with the first query that it occurs in."""

_NOUNS: Final[Mapping[Kind, str]] = {
    "name": "a name",
    "label": "names of labels",
    "number": "a number",
    "duration": "a duration",
    "string": "a text without quotes, line breaks and variables",
    "comment": "a text of one line",
}
_TIME_VARIABLES: Final = (
    r"\$__(?:interval|range|rate_interval|auto(?:_interval_\w+)?)(?!\w)|\$\{__(?:interval|range|rate_interval)\}"
)
_NUMBER_VARIABLES: Final = r"\$__(?:interval_ms|range_ms|range_s|from|to)(?!\w)"
# A backslash consumes the character after it, so that it cannot escape the quote that ends the string.
_TEXT: Final = r"""(?:[^"'`\\\n\r$\[]|\\[!#%&(-Z\\-_a-~]|\$(?![\w{])|\[(?!\[\w))"""
_FITS: Final[Mapping[Kind, str]] = {
    "name": r"[A-Za-z0-9_:]*+",
    "label": r"[A-Za-z0-9_:, ]*+",
    "number": rf"-?[0-9]++(?:\.[0-9]++)?|{_NUMBER_VARIABLES}|",
    "duration": rf"(?:[0-9]++(?:ms|[smhdwyM])?|)*+|{_TIME_VARIABLES}",
    "string": rf"(?:{_TEXT}|{_TIME_VARIABLES}|{_NUMBER_VARIABLES}|)*+",
    "comment": r"[^\n\r]*+",
}

_BAR_FORMATS: Final = frozenset({"regex", "pipe"})
_SINGLE_FORMATS: Final = frozenset({"", "raw", "text", "csv", *_BAR_FORMATS})
_STRING_FORMATS: Final = frozenset({*_SINGLE_FORMATS, "glob", "percentencode"})
_LIST_FORMATS: Final = frozenset({"", "raw", "csv", *_BAR_FORMATS})
_OUTSIDE: Final = frozenset({"name", "label", "number", "duration"})
_TEXT_BUILTINS: Final = frozenset({"__dashboard", "__name", "__org", "__timezone", "__user"})
_TIME_BUILTINS: Final = frozenset({"__from", "__to"})
_FILTER_TYPES: Final = frozenset({"adhoc", "groupby"})

_NO_VALUES: Final = frozenset(
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
"""The fields of a variable that Grafana never pastes; it may paste unknown ones, so all of these must fit."""

_PART: Final = re.compile(r"(?:\\,|[^,])+")
# Never wider than Grafana's own: a text in which only Grafana finds a label must fit as a whole.
_LABELLED: Final = re.compile(r"(?P<text>[^\n\r\u2028\u2029]+)[ \t]:[ \t](?P<value>[^\n\r\u2028\u2029]+)")
_ALL: Final = "$__all"
_FILTER_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*+")
_OPERATORS: Final = frozenset({"=", "!=", "=~", "!~", "=|", "!=|", "<", ">", "<=", ">="})

_CONFINING: Final[Mapping[frozenset[str], str]] = {
    frozenset({"name"}): "/^[A-Za-z0-9_:]+$/",
    frozenset({"number"}): r"/^-?[0-9]+(?:\.[0-9]+)?$/",
    frozenset({"duration"}): "/^[0-9]+(?:ms|[smhdwy])?$/",
}
_CONFINING_ALL: Final = "/^[0-9]+$/"


def _confined(atom: str) -> str:
    """A pattern of regular expressions that only pass characters of `atom`: as a whole match, or as the one group."""
    many = rf"(?:{atom}[+*?]?|)*+"
    whole = rf"\^{many}(?:\((?:\?:)?{many}(?:\|{many}|)*+\){many})?\$"
    other = r"(?:[^\[\]()|\\]|\\[^\[\]()|]|\[[^\[\]()\\]*+\])*"
    return rf"/(?:{whole}|{other}\({many}(?:\|{many}|)*+\)(?![?*{{]){other})/"


_WORD_REGEX: Final = _confined(r"(?:[\w:]|\\[dw]|\[(?!\])(?:A-Z|a-z|0-9|\\[dw]|[\w:]|)*+\])")
_DIGIT_REGEX: Final = _confined(r"(?:[0-9]|\\[d.]|\[(?!\])(?:0-9|\\[d.]|[0-9.]|)*+\])")


class _PossibleValue(NamedTuple):
    """A possible value of a variable, with its place below the variable; a label is shown instead of a value."""

    keys: Keys
    text: str
    is_label: bool


class _Variable(NamedTuple):
    """A variable, its place, and its possible values."""

    settings: Map
    at: Keys
    values: tuple[_PossibleValue, ...]


class _Reporter(NamedTuple):
    """The file of a dashboard, and the report for its mistakes."""

    path: str
    report: Report

    def add(self, message: str, at: Keys, uses: tuple[Keys, ...], hint: str) -> None:
        notes = (Note("it is used in this query", Place(self.path, each)) for each in uses)
        self.report.add(FOREIGN_VALUE, message, Place(self.path, at), *notes, hint=hint)


def check(path: str, value: Map, used: Used, report: Report) -> None:
    """Report values of variables in the dashboard of the file at `path` that do not fit where they are used."""
    reporter, variables = _Reporter(path, report), _variables(value)
    checked: set[tuple[str, Kind, bool]] = set()
    for use, at in used.items():
        key_of_use = (use.name, use.kind, use.form == "text" or bool(use.field))
        if use.name not in variables:
            _check_builtin(use, at, value, reporter)
        elif _is_writable(variables[use.name], use, at, reporter) and key_of_use not in checked:
            _check_values(variables[use.name], use, at, reporter)
            checked.add(key_of_use)
    for each in variables.values():
        if each.settings["type"] in _FILTER_TYPES:
            _check_filters(each, reporter)


def confined(value: Map, used: Used) -> Map:
    """The dashboard with a `regex` for each query variable that is used outside of strings and has none.

    The regex confines what Prometheus returns to what is allowed there.
    """
    kinds: dict[str, set[str]] = {}
    for use in used:
        if use.kind in _OUTSIDE:
            kinds.setdefault(use.name, set()).add("name" if use.kind == "label" else use.kind)
    if not kinds:
        return value
    variables = [_with_regex(each, kinds) for each in _variable_list(value)]
    templating = cast("Map", value.get("templating") or {})
    return {**value, "templating": {**templating, "list": cast("list[Value]", variables)}}


def _with_regex(variable: Map, kinds: Mapping[str, set[str]]) -> Map:
    name = str(variable["name"])
    if not _is_query(variable) or variable.get("regex") or name not in kinds:
        return variable
    return {**variable, "regex": _CONFINING.get(frozenset(kinds[name]), _CONFINING_ALL)}


def _variable_list(value: Map) -> list[Map]:
    return cast("dict[str, list[Map]]", value.get("templating") or {}).get("list") or []


def _is_query(variable: Map) -> bool:
    return variable["type"] == "query"


def _variables(value: Map) -> dict[str, _Variable]:
    return {
        str(each["name"]): _Variable(each, ("templating", "list", index), tuple(_possible_values(each)))
        for index, each in enumerate(_variable_list(value))
        if each["type"] != SOURCE
    }


def _possible_values(variable: Map) -> Iterator[_PossibleValue]:
    query = variable.get("query")
    if isinstance(query, str) and not _is_query(variable):
        yield from _offered_values(variable, query)
    elif not _is_query(variable):
        yield from _leaves(query, ("query",))
    for key, each in variable.items():
        if key not in _NO_VALUES:
            yield from _leaves(each, (key,))


def _offered_values(variable: Map, query: str) -> Iterator[_PossibleValue]:
    """The values that a written-out query offers: a list, with a label before a value if it has one."""
    if variable.get("valuesFormat") == "json":
        yield from (each._replace(keys=("query",)) for each in _leaves(listed(query), ()))
        return
    if variable["type"] not in ("custom", "interval"):
        yield _PossibleValue(("query",), query, is_label=False)
        return
    for part in _PART.findall(query):
        plain = part.replace("\\,", ",")
        found = _LABELLED.fullmatch(plain)
        if found:
            yield _PossibleValue(("query",), found["text"].strip(), is_label=True)
        yield _PossibleValue(("query",), (found["value"] if found else plain).strip(), is_label=False)


def _leaves(value: Value, at: Keys) -> Iterator[_PossibleValue]:
    match value:
        case dict():
            for key, each in value.items():
                if key != "selected" or not isinstance(each, bool):
                    yield from _leaves(each, (*at, key))
        case list():
            for index, each in enumerate(value):
                yield from _leaves(each, (*at, index))
        case None:
            return
        case bool():
            yield _PossibleValue(at, str(value).lower(), is_label=False)
        case _:
            yield _PossibleValue(at, str(value), is_label="text" in at)


def _is_writable(variable: _Variable, use: Use, at: Keys, reporter: _Reporter) -> bool:
    """Whether Grafana writes the variable in a predictable way; reported if not."""
    allowed = _forms(variable.settings, use)
    if use.form in allowed and not (use.field and use.kind in _OUTSIDE):
        if use.kind not in _OUTSIDE or not _is_query(variable.settings) or _is_confined(variable.settings, use.kind):
            return True
        message = f"`regex` allows more than {_NOUNS[use.kind]}, as which `{use.name}` is used"
        regex = _CONFINING.get(frozenset({use.kind}), _CONFINING[frozenset({"name"})])
        reporter.add(message, (*variable.at, "regex"), (at,), f"set `{regex}`, or use the variable only in strings")
        return False
    if variable.settings["type"] in _FILTER_TYPES:
        message, hint = (
            f"`{use.name}` is not a text that a query can contain",
            "leave it out: Grafana adds it itself",
        )
    elif use.form and use.form not in (_STRING_FORMATS if use.kind == "string" else _SINGLE_FORMATS):
        message, hint = f"`{use.name}` is written in the format `{use.form}`", "leave the format out"
    elif use.field:
        message, hint = f"a field of `{use.name}` is used as {_NOUNS[use.kind]}", "leave the field out"
    else:
        message, hint = f"several values of `{use.name}` are used as {_NOUNS[use.kind]}", "use it only in strings"
    reporter.add(message, at, (), hint)
    return False


def _forms(variable: Map, use: Use) -> frozenset[str]:
    """The formats in which several values fit if each of them does."""
    if variable["type"] in _FILTER_TYPES:
        return frozenset()
    if use.kind in ("string", "comment"):
        return _STRING_FORMATS
    if use.kind == "label":
        return _LIST_FORMATS
    if variable.get("multi") or variable.get("includeAll"):
        return _BAR_FORMATS | {""}
    current = variable.get("current")
    value = current.get("value") if isinstance(current, dict) else current
    return _BAR_FORMATS if isinstance(value, list) else _SINGLE_FORMATS


def _is_confined(variable: Map, kind: Kind) -> bool:
    """Whether only results of this kind pass the variable's regex, or the one that is added if it has none."""
    if variable.get("regexApplyTo", "value") != "value":
        return False
    regex = variable.get("regex") or _CONFINING_ALL
    if regex in _CONFINING.values():
        return regex == _CONFINING[frozenset({"name" if kind == "label" else kind})]
    form = _WORD_REGEX if kind in ("name", "label") else _DIGIT_REGEX
    return isinstance(regex, str) and re.fullmatch(form, regex, re.ASCII) is not None


def _fits(kind: Kind, text: str) -> bool:
    return re.fullmatch(_FITS[kind], text, re.ASCII) is not None


def _check_values(variable: _Variable, use: Use, at: Keys, reporter: _Reporter) -> None:
    """Report values that do not fit, once for each place: a list may have many on its one line."""
    reported: set[Keys] = set()
    for value in variable.values:
        is_pasted = value.text != _ALL and (not value.is_label or use.form == "text" or bool(use.field))
        if is_pasted and value.keys not in reported and not _fits(use.kind, value.text):
            reported.add(value.keys)
            message = f"{quote(value.text)} is not {_NOUNS[use.kind]}, as which `{use.name}` is used"
            reporter.add(message, (*variable.at, *value.keys), (at,), f"make it {_NOUNS[use.kind]}")


def _check_builtin(use: Use, at: Keys, value: Map, reporter: _Reporter) -> None:
    """Report misused built-in variables: times come from Grafana, the title and the timezone from the dashboard."""
    if use.name not in GLOBAL:
        return
    is_outside = use.kind in _OUTSIDE
    if (
        use.form.partition(":")[0] == "date"
        and use.name in _TIME_BUILTINS
        and (not is_outside or use.form == "date:seconds")
    ):
        return
    if use.form not in (_SINGLE_FORMATS if is_outside else _STRING_FORMATS):
        reporter.add(f"`{use.name}` is written in the format `{use.form}`", at, (), "leave the format out")
    elif use.name in _TEXT_BUILTINS and is_outside:
        reporter.add(f"`{use.name}` is used as {_NOUNS[use.kind]}", at, (), "use it only in strings")
    key = {"__dashboard": "title", "__timezone": "timezone"}.get(use.name, "")
    if key in value and not _fits(use.kind, str(value[key])):
        noun = _NOUNS[use.kind]
        reporter.add(f"{quote(str(value[key]))} is not {noun}", (key,), (at,), f"make it {noun}")


def _check_filters(variable: _Variable, reporter: _Reporter) -> None:
    """Report unsafe filters, which Grafana adds to every query: a label, an operator, and a value in quotes."""
    for value in variable.values:
        if variable.settings["type"] == "groupby" and value.is_label:
            continue
        key, keys = value.keys[-1], (*variable.at, *value.keys)
        if variable.settings["type"] == "groupby" or key == "key":
            fits, what = _is_label(value.text), f"a label other than `{LABEL}`"
        elif key == "operator":
            fits, what = value.text in _OPERATORS, "an operator"
        else:
            fits, what = _fits("string", value.text), _NOUNS["string"]
        if not fits:
            reporter.add(f"{quote(value.text)} is not {what} but is added to every query", keys, (), f"make it {what}")


def _is_label(text: str) -> bool:
    return not text or text == _ALL or (text != LABEL and _FILTER_KEY.fullmatch(text) is not None)
