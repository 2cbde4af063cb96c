"""XML without what makes it dangerous or ambiguous: elements are keys, and text has the types that it has in YAML.

A child element is a key: `<tier>gold</tier>`. Children called `item` form a list. `<entry key="any text">` is for keys
that are not element names, or are called `item` or `entry`. The root may have any name. Text means what it would mean
unquoted in YAML, without the white space around it; `type="str"` keeps it as text, with the white space. `<a/>` is
null, `<a type="str"/>` the empty text, `<a type="map"/>` the empty mapping, `<a type="list"/>` the empty list; an empty
root is an empty mapping. Comments and CDATA are allowed. Refused are: other attributes, text beside elements, items
beside keys, processing instructions, namespaces, every DOCTYPE.
"""

import pyexpat
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from varve.model.diagnostic import Note, Place, Report, Rule, Span
from varve.model.source import Value
from varve.read import plain
from varve.read.mark import START, Lines, Mark, Marked, Repeat, StopError, add_repeat
from varve.read.scalar import scalar

DOCTYPE = Rule(
    "read/doctype",
    "An XML source has a DOCTYPE",
    "A DOCTYPE can define entities, and entities can read files, open connections and multiply without bound. "
    "Sources need none: remove it, and write the text itself instead of an entity.",
)

ATTRIBUTE = Rule(
    "read/unknown-attribute",
    "An XML element has an attribute that is not allowed",
    "Values are elements, never attributes: write `<tier>gold</tier>` inside the element. The only attributes are "
    '`type="str"`, `type="map"` and `type="list"`, which say what an element holds, and `key` on `<entry>`, which '
    "needs it.",
)

MIXED_CONTENT = Rule(
    "read/mixed-content",
    "An XML element mixes two kinds of content",
    "An element contains either text, or elements that are keys, or `<item>` elements that form a list. Put what does "
    'not belong into an element of its own; a key that is really called `item` is written `<entry key="item">`.',
)

INSTRUCTION = Rule(
    "read/processing-instruction",
    "An XML source has a processing instruction",
    "Processing instructions are meant for particular programs, and the compiler is not one of them, so they would "
    "have no effect. Remove it; only the XML declaration is allowed, at the start of the file.",
)

NAMESPACE = Rule(
    "read/namespace",
    "An XML source uses a namespace",
    "Keys are plain names; with a namespace one name could be written in many ways. Remove the prefix and the "
    '`xmlns`, and write `<entry key="a:b">` for a key with a colon.',
)

ENCODING = Rule(
    "read/declared-encoding",
    "An XML declaration names an encoding other than UTF-8",
    "Every source is UTF-8, and this one was read as such; with another declaration, other readers see different "
    "characters. Declare `UTF-8`, or nothing.",
)

_TAG: Final = re.compile(r"""<[^\s/>]*+(?:[^>"']|"[^"]*+"|'[^']*+'|)*+>?+""")
_DOCTYPE: Final = "<!DOCTYPE"
_TYPES: Final = ("str", "map", "list")
_UNCLOSED: Final = tuple(
    pyexpat.errors.codes[each] for each in (pyexpat.errors.XML_ERROR_TAG_MISMATCH, pyexpat.errors.XML_ERROR_NO_ELEMENTS)
)


@dataclass(slots=True)
class _Element:
    """An element that is still open: its name in its parent, and its content so far."""

    name: str | int
    mark: Mark
    type: str | None = None
    collection: Value = None
    texts: list[str] = field(default_factory=list)
    begin: int | None = None


class _Builder:
    """Handles the parser's events and keeps the open elements; at the end, `value` is that of the root."""

    __slots__ = ("_cdata", "_file", "_lines", "_open", "_parser", "_report", "_text", "repeats", "root", "value")

    def __init__(self, text: str, file: str, report: Report) -> None:
        self._text, self._file, self._report = text, file, report
        self._lines = Lines(text)
        self._open: list[_Element] = []
        self._cdata: int | None = None
        self._parser = pyexpat.ParserCreate("utf-8")
        self.repeats: list[Repeat] = []
        self.root = Mark(START, START)
        self.value: Value = None

    def build(self) -> None:
        """Parse the whole text; raises `StopError` or `ExpatError` where it has to stop."""
        parser = self._parser
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ProcessingInstructionHandler = self._instruction
        parser.StartElementHandler = self._start
        parser.CharacterDataHandler = self._characters
        parser.StartCdataSectionHandler = self._start_cdata
        parser.EndCdataSectionHandler = self._end_cdata
        parser.EndElementHandler = self._end
        parser.Parse(self._text.encode(), True)  # noqa: FBT003 - the parser takes no keywords

    def innermost(self) -> list[Span]:
        """The place of the innermost element that is not closed, unless that is the root."""
        return [self._open[-1].mark.key] if len(self._open) > 1 else []

    def _index(self) -> int:
        return self._lines.index(self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)

    def _diagnose(self, rule: Rule, message: str, span: Span, hint: str = "") -> None:
        self._report.add(rule, message, Place(self._file, span=span), hint=hint)

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "us-ascii"):
            span = self._lines.span(0, self._text.find(">") + 1)
            self._diagnose(ENCODING, f"the declaration names `{plain.show(encoding)}`", span, "write `UTF-8`")

    def _doctype(self, *_names: object) -> None:
        # The parser has consumed the name already.
        at = self._text.rfind(_DOCTYPE, 0, self._index())
        self._diagnose(DOCTYPE, "the file has a DOCTYPE", self._lines.span(at, at + len(_DOCTYPE)), "remove it")
        raise StopError

    def _instruction(self, target: str, _data: str) -> None:
        at = self._index()
        span = self._lines.span(at, self._text.find("?>", at) + 2)
        self._diagnose(INSTRUCTION, f"`<?{plain.show(target)}` is a processing instruction", span, "remove it")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        at = self._index()
        span = self._lines.span(at + 1, at + 1 + len(tag))
        empty = attributes.get("type") in ("map", "list")
        if len(self._open) + empty > plain.DEPTH:
            self._diagnose(plain.TOO_DEEP, plain.TOO_DEEP_MESSAGE, span, plain.FLATTEN)
            raise StopError
        self._check_names(tag, attributes, at, span)
        if not self._open:
            self._open.append(_Element("", self.root, attributes.get("type")))
            return
        parent = self._open[-1]
        self._check_kind(parent, tag, span)
        name, key = self._key(parent, tag, attributes, at, span)
        mark = Mark(key, key)
        first = parent.mark.children.setdefault(name, mark)
        if first is not mark:
            add_repeat(self.repeats, Repeat(str(name), first.key, key))
        self._open.append(_Element(name, mark, attributes.get("type")))

    def _key(
        self, parent: _Element, tag: str, attributes: dict[str, str], at: int, span: Span
    ) -> tuple[str | int, Span]:
        if tag == "item":
            return len(parent.mark.children), span
        if tag != "entry":
            return tag, span
        if "key" not in attributes:
            self._diagnose(ATTRIBUTE, "an `<entry>` has no `key`", span, 'write `<entry key="name">`')
            return "", span
        return attributes["key"], self._attribute("key", at)

    def _check_names(self, tag: str, attributes: dict[str, str], at: int, span: Span) -> None:
        if ":" in tag:
            self._diagnose(NAMESPACE, f"`{plain.show(tag)}` has a namespace", span, "write the name without a prefix")
        for name, value in attributes.items():
            known = name == "type" or (name == "key" and tag == "entry" and self._open)
            if not known or (name == "type" and value not in _TYPES):
                self._diagnose_attribute(name, value, self._attribute(name, at))
                return

    def _diagnose_attribute(self, name: str, value: str, span: Span) -> None:
        shown = plain.show(name)
        if name == "type":
            hint = 'write "str", "map" or "list", or nothing'
            self._diagnose(ATTRIBUTE, f"`{plain.show(value)}` is not a type", span, hint)
        elif name == "xmlns" or ":" in name:
            self._diagnose(NAMESPACE, f"`{shown}` refers to a namespace", span, "remove it")
        else:
            self._diagnose(
                ATTRIBUTE, f"the attribute `{shown}` is not allowed here", span, f"write `<{shown}>` as an element"
            )

    def _attribute(self, name: str, at: int) -> Span:
        """The value, as written, of an attribute of the tag that begins at `at`."""
        tag = _TAG.match(self._text, at)
        found = re.search(rf"""[\s"']{re.escape(name)}\s*=\s*("[^"]*"|'[^']*')""", tag[0] if tag else "")
        return self._lines.span(at + found.start(1), at + found.end(1)) if found else self._lines.span(at, at + 1)

    def _check_kind(self, parent: _Element, tag: str, span: Span) -> None:
        kind = "list" if tag == "item" else "map"
        if parent.collection is None:
            parent.collection = [] if kind == "list" else {}
        if isinstance(parent.collection, list) != (kind == "list") or parent.type not in (None, kind):
            expected = parent.type or ("list" if isinstance(parent.collection, list) else "map")
            message = f"`<{plain.show(tag)}>` is not allowed in {_HOLDERS.get(expected, _HOLDERS['str'])}"
            self._diagnose(MIXED_CONTENT, message, span, 'a key called `item` is written `<entry key="item">`')

    def _characters(self, chunk: str) -> None:
        element = self._open[-1]
        element.texts.append(chunk)
        if element.begin is None and not chunk.isspace():
            blanks = len(chunk) - len(chunk.lstrip())
            element.begin = self._index() + blanks if self._cdata is None else self._cdata

    def _start_cdata(self) -> None:
        self._cdata = self._index()

    def _end_cdata(self) -> None:
        self._cdata = None

    def _end(self, _tag: str) -> None:
        element = self._open.pop()
        value = self._value(element, self._index())
        if not self._open:
            self.value = {} if value is None and element.begin is None else value
            return
        parent = self._open[-1].collection
        if isinstance(parent, list):
            parent.append(value)
        elif isinstance(parent, dict):
            parent.setdefault(str(element.name), value)

    def _value(self, element: _Element, end: int) -> Value:
        """The value of an element that has just ended."""
        text = "".join(element.texts)
        if element.begin is not None:
            written = self._lines.span(element.begin, element.begin + len(self._text[element.begin : end].rstrip()))
            if element.collection is not None or element.type in ("map", "list"):
                shown = plain.show(text.strip())
                message = f"the text `{shown}` is found where elements are expected"
                self._diagnose(MIXED_CONTENT, message, written, "give it an element of its own")
            else:
                element.mark.value = written
        if element.collection is not None:
            return element.collection
        match element.type:
            case "str":
                return text
            case "map":
                return {}
            case "list":
                return []
            case _:
                return scalar(text.strip())


_MEND: Final = "close each element by its own name; in a text write `&lt;` for `<`, and `&amp;` for `&`"
_HOLDERS: Final = {
    "list": "a list, which takes `<item>` only",
    "map": "a mapping, which takes keys only",
    "str": "a text, which takes no elements",
}


def read(text: str, file: str, report: Report) -> Value:
    """The value of `text`; if an error is reported, the value is meaningless."""
    builder = _Builder(text, file, report)
    try:
        builder.build()
    except pyexpat.ExpatError as error:
        lines = Lines(text)
        start = lines.index(error.lineno, error.offset + 1)
        place = Place(file, span=lines.span(start, start + 1))
        open_ = builder.innermost() if error.code in _UNCLOSED else []
        notes = [Note("the element that is open begins here", Place(file, span=each)) for each in open_]
        hint = plain.syntax_hint(text, start, _MEND)
        report.add(plain.SYNTAX, f"this is not XML: {pyexpat.ErrorString(error.code)}", place, *notes, hint=hint)
    except StopError:
        pass
    plain.report_repeats(builder.repeats, file, report)
    return builder.value


def mark(text: str) -> Marked:
    """The marks of `text`; for a broken one, those before the error."""
    builder = _Builder(text, "", Report())
    with suppress(pyexpat.ExpatError, StopError):
        builder.build()
    builder.root.key = builder.root.value = START
    return Marked(builder.root, builder.repeats)
