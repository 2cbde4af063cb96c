"""YAML 1.2 from libyaml's events: only plain data is accepted, and each surprising feature is refused by a rule."""

import re
from dataclasses import dataclass, field
from typing import Final, NoReturn

from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.source import Map, Value
from varve.read import comment, plain
from varve.read.events import (
    AliasEvent,
    Event,
    Events,
    MappingEndEvent,
    MappingStartEvent,
    MarkedYAMLError,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
    YAMLError,
    events,
)
from varve.read.mark import START, Lines, StopError
from varve.read.scalar import FIRST, NULLS, scalar

EXPANSION: Final = 10_000
"""The maximum number of values to which the aliases of a file may expand."""

ALIAS_EXPANSION = Rule(
    "read/alias-expansion",
    "The aliases of a file expand to too many values",
    "An alias repeats everything below its anchor, and aliases of aliases multiply: a few hundred bytes can expand to "
    "billions of values. The aliases of one file may expand to 10,000 values together. What many places share belongs "
    "in a weaker layer or into a pack.",
)

ALIAS_CYCLE = Rule(
    "read/alias-cycle",
    "An alias is inside the value that it repeats",
    "Such a value would be infinite. Use an anchor whose value ends before the alias, or write the value out.",
)

UNDEFINED_ALIAS = Rule(
    "read/undefined-alias",
    "An alias has no anchor",
    "`*name` repeats the value that `&name` marked earlier in the same file; anchors do not reach from one file to "
    "another. Mark the value first, or quote the text if the `*` is meant literally.",
)

TAG = Rule(
    "read/tag",
    "A value has an explicit tag",
    "Tags choose the type that a program gives to a value, and readers disagree about them; sources hold plain data "
    "only. Remove the tag: quote what is text, leave numbers and `true` and `false` unquoted. A text that begins with "
    "`!` needs quotes.",
)

DIRECTIVE = Rule(
    "read/directive",
    "A source begins with a %directive",
    "`%YAML` and `%TAG` change how the rest of a file is read, and readers disagree about them. Every source is read "
    "as YAML 1.2. Remove the line; a value that begins with `%` needs quotes.",
)

SEVERAL_DOCUMENTS = Rule(
    "read/several-documents",
    "A file holds several YAML documents",
    "One file is one source with one mapping; some readers ignore a second document, and others read nothing else. "
    "Put it into a file of its own, or remove the `---`.",
)

KEY_NOT_A_NAME = Rule(
    "read/key-not-a-name",
    "A key is not text",
    "Keys are names: they appear in paths, references and labels. A list, a mapping, an alias or null cannot be "
    "one. Numbers and words like `true` are read as the text they are written in; an empty key or the word null "
    "needs quotes.",
)

MERGE_VALUE = Rule(
    "read/merge-value",
    "`<<` merges something that is not a mapping",
    "The merge key takes a mapping, or a list of mappings, mostly by alias: `<<: *defaults` or `<<: [*one, *two]`. "
    "A key that is really called `<<` needs quotes.",
)

TOO_MANY_MERGES = Rule(
    "read/too-many-merges",
    "A file merges too many mappings with `<<`",
    "Each merge hides what a mapping contains, and nobody can follow more than 100 of them in one file. What many "
    "services share belongs in a weaker layer or in a pack.",
)

_MERGE_KEY: Final = "<<"
_RARE_KEYS: Final = NULLS | {_MERGE_KEY}
_DIRECTIVE: Final = re.compile(r"(?:[ \t]*+(?:#[^\n]*+)?\r?\n|)*+%")

_TAG: Final = re.compile(r"![^\s,\[\]{}]*+")

_SHARE: Final = "move what is shared into a weaker layer, or into a pack"

_COMMENTED: Final = re.compile(r"[:,\[{][ \t]+(#[^\s#]\S*)")

_HINTS: Final = {
    "\t": "indent with spaces, not with tabs",
    "%": "quote the value: a plain one cannot begin with `%`",
    "@": "quote the value: a plain one cannot begin with `@`",
    "`": "quote the value: a plain one cannot begin with a backquote",
    "mapping values are not allowed in this context": "quote a value that contains `: `, or fix the indentation",
    "could not find expected ':'": "a key ends with a colon and a space; a text of several lines needs `|` or quotes",
    "did not find expected key": "quote the whole value if it goes on after a closing quote, or fix the indentation",
    "did not find expected ',' or '}'": "close the brace, or quote a value that contains braces or a colon",
    "did not find expected ',' or ']'": "close the bracket, or quote a value that contains brackets or a colon",
    "found unexpected end of stream": "close the quote",
    "did not find expected alphabetic or numeric character": "quote the value: `*` begins an alias, and `&` an anchor",
}


@dataclass(slots=True)
class _Reading:
    """The state of reading one file; most files never change it."""

    text: str
    file: str
    lines: Lines
    report: Report
    anchors: dict[str, Value] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    repeats: bool = False
    expanded: int = 0
    merges: int = 0

    def place(self, event: Event) -> Place:
        return Place(self.file, span=self.lines.span(event.start_mark.index, event.end_mark.index))

    def at(self, index: int) -> Place:
        return Place(self.file, span=self.lines.span(index, index + 1))

    def diagnose(self, rule: Rule, message: str, event: Event, hint: str = "") -> None:
        self.report.add(rule, message, self.place(event), hint=hint)


def read(text: str, file: str, report: Report) -> Value:
    """The value of the one document in `text`; if an error is reported, the value is meaningless.

    A text without a document, or with an empty one, is an empty mapping.
    """
    if "%" in text and (found := _DIRECTIVE.match(text)):
        span = Lines(text).span(found.end() - 1, len(text))
        report.add(DIRECTIVE, "the file begins with a %directive", Place(file, span=span), hint="remove the line")
        return None
    reading = _Reading(text, file, Lines(text), report)
    value: Value = None
    try:
        value = _document(events(text), reading)
        comment.check(text, file, report)
    except YAMLError as error:
        _report_syntax(error, reading)
    except StopError:
        pass
    if reading.repeats:
        from varve.read.yaml_marks import mark

        plain.report_repeats(mark(text).repeats, file, report)
    return value


def _document(get: Events, reading: _Reading) -> Value:
    get()
    if (event := get()).__class__ is StreamEndEvent:
        return {}
    event = get()
    value = _node(get, event, reading, 0)
    get()
    if (after := get()).__class__ is not StreamEndEvent:
        reading.diagnose(SEVERAL_DOCUMENTS, "a second document begins here", after, "give it a file of its own")
    return {} if value is None and event.start_mark.index == event.end_mark.index else value


def _node(get: Events, event: Event, reading: _Reading, depth: int) -> Value:
    """The value of any kind that begins with `event`."""
    kind = event.__class__
    if kind is AliasEvent:
        return _alias(event, reading, depth)
    if event.tag is not None:
        _report_tag(event, reading)
    anchor = event.anchor
    value: Value
    if kind is ScalarEvent:
        value = event.value if event.style else scalar(event.value)
    elif anchor is None:
        value = _collection(get, event, reading, depth + 1)
    else:
        reading.open.add(anchor)
        value = _collection(get, event, reading, depth + 1)
        reading.open.discard(anchor)
    if anchor is not None:
        reading.anchors[anchor] = value
    return value


def _collection(get: Events, event: Event, reading: _Reading, depth: int) -> Value:
    if depth > plain.DEPTH:
        _too_deep(event, reading)
    return (_mapping if event.__class__ is MappingStartEvent else _sequence)(get, reading, depth)


# The two loops below process every value of every source, so they test as little as possible of a plain scalar.


def _mapping(get: Events, reading: _Reading, depth: int) -> Map:
    found: Map = {}
    merged: list[Map] = []
    while (event := get()).__class__ is not MappingEndEvent:
        key = event.value if event.__class__ is ScalarEvent else None
        if key is None or event.tag is not None or event.anchor is not None or (key in _RARE_KEYS and not event.style):
            if key == _MERGE_KEY and not event.style:
                reading.repeats |= bool(merged)
                merged += _merge(get, reading, depth)
                continue
            key = _rare_key(get, event, reading, depth)
        event = get()
        value: Value
        if event.__class__ is ScalarEvent and event.tag is None and event.anchor is None:
            value = event.value
            if value[:1] in FIRST and not event.style:
                value = scalar(value)
        else:
            value = _node(get, event, reading, depth)
        if key in found:
            reading.repeats = True
        else:
            found[key] = value
    return _merged(found, merged) if merged else found


def _sequence(get: Events, reading: _Reading, depth: int) -> list[Value]:
    found: list[Value] = []
    while (event := get()).__class__ is not SequenceEndEvent:
        value: Value
        if event.__class__ is ScalarEvent and event.tag is None and event.anchor is None:
            value = event.value
            if value[:1] in FIRST and not event.style:
                value = scalar(value)
        else:
            value = _node(get, event, reading, depth)
        found.append(value)
    return found


def _rare_key(get: Events, event: Event, reading: _Reading, depth: int) -> str:
    """The text of a key that is not a plain name; reports it if it cannot be a key."""
    value = _node(get, event, reading, depth)
    if event.__class__ is not ScalarEvent:
        hint = "quote it if it is meant as text: braces, brackets, `*` and `&` have another meaning in YAML"
        reading.diagnose(KEY_NOT_A_NAME, "a list, a mapping or an alias cannot be a key", event, hint)
        return ""
    if value is None:
        reading.diagnose(KEY_NOT_A_NAME, "null cannot be a key", event, "write the key, or quote it")
    return str(event.value)


def _merge(get: Events, reading: _Reading, depth: int) -> list[Map]:
    from varve.read.yaml_marks import MERGES

    event = get()
    value = _node(get, event, reading, depth)
    listed = value if isinstance(value, list) else [value]
    maps = [each for each in listed if isinstance(each, dict)]
    if len(maps) < len(listed):
        hint = "name an anchor, or quote the `<<`"
        reading.diagnose(MERGE_VALUE, "`<<` takes a mapping or a list of mappings", event, hint)
    reading.merges += len(maps)
    if reading.merges > MERGES:
        reading.diagnose(TOO_MANY_MERGES, f"more than {MERGES} mappings are merged in one file", event, _SHARE)
        raise StopError
    return maps


def _merged(found: Map, merged: list[Map]) -> Map:
    """A mapping's own keys, over those that it merges; among the latter, the first wins."""
    defaults: Map = {}
    for each in merged:
        for key, value in each.items():
            defaults.setdefault(key, value)
    return defaults | found


def _alias(event: Event, reading: _Reading, depth: int) -> Value:
    name = event.anchor
    if name in reading.open:
        reading.diagnose(ALIAS_CYCLE, f"`*{name}` is inside the value that it repeats", event, "write the value out")
        return None
    if name not in reading.anchors:
        reading.diagnose(
            UNDEFINED_ALIAS, f"`*{name}` has no anchor in this file", event, "quote the text if `*` is meant literally"
        )
        return None
    return _copy(reading.anchors[name], event, reading, depth)


def _copy(value: Value, event: Event, reading: _Reading, depth: int) -> Value:
    reading.expanded += 1
    if reading.expanded > EXPANSION:
        reading.diagnose(ALIAS_EXPANSION, f"aliases expand to more than {EXPANSION} values", event, _SHARE)
        raise StopError
    if not isinstance(value, dict | list):
        return value
    if depth >= plain.DEPTH:
        _too_deep(event, reading)
    if isinstance(value, dict):
        return {key: _copy(inner, event, reading, depth + 1) for key, inner in value.items()}
    return [_copy(inner, event, reading, depth + 1) for inner in value]


def _report_tag(event: Event, reading: _Reading) -> None:
    tag = _TAG.search(reading.text, event.start_mark.index)
    place = Place(reading.file, span=reading.lines.span(*tag.span())) if tag else reading.place(event)
    message = f"`{plain.show(tag[0] if tag else event.tag)}` is an explicit tag"
    reading.report.add(TAG, message, place, hint="remove the tag, or quote the text")


def _too_deep(event: Event, reading: _Reading) -> NoReturn:
    reading.diagnose(plain.TOO_DEEP, plain.TOO_DEEP_MESSAGE, event, plain.FLATTEN)
    raise StopError


def _hidden_value(text: str, at: int) -> str:
    """A possible value that a comment hides on the line of a syntax error or the line before it, or an empty text."""
    line = text.rfind("\n", 0, at)
    start = text.rfind("\n", 0, max(0, line)) + 1
    found = _COMMENTED.search(text, start, at + 1)
    return found[1].rstrip("}],") if found else ""


def _report_syntax(error: YAMLError, reading: _Reading) -> None:
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        reading.report.add(plain.SYNTAX, "this is not YAML", Place(reading.file, span=START), hint=plain.MEND)
        return
    at = error.problem_mark.index
    problem = error.problem or "it cannot be read"
    hint = _HINTS.get(problem) or _HINTS.get(reading.text[at : at + 1], "")
    if hidden := _hidden_value(reading.text, at):
        hint = f"quote the value if `{hidden}` is part of it: a space and `#` begin a comment"
    hint = plain.syntax_hint(reading.text, at, hint)
    notes = []
    if error.context_mark is not None and error.context_mark.index != at:
        what = (error.context or "").removeprefix("while parsing ").removeprefix("while scanning ")
        notes.append(Note(f"{what} begins here", reading.at(error.context_mark.index)))
    reading.report.add(plain.SYNTAX, f"this is not YAML: {problem}", reading.at(at), *notes, hint=hint)
