"""The one way to write YAML and JSON, so that the same value has the same bytes everywhere.

Keys stay in the order given. A string is quoted exactly when a reader of YAML 1.1 or 1.2 could take it for something
else, and what cannot be seen is escaped. `ValueError` and `TypeError` mean a bug of the compiler: what has been read
holds no NaN, no half of a surrogate pair and no private character (U+E000, U+E001: where a template puts a value).
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import NamedTuple

from varve.language.same import Same
from varve.model.source import Map, Value

# Controls, line breaks of YAML 1.1, marks that have no shape or turn the text around, halves of surrogate pairs, the
# private characters of templates, and what is no character. Written out: Python's own tables change between versions.
_CONTROLS = "\\x00-\\x1f"
_UNSEEN = (
    f"{_CONTROLS}\\x7f-\\x9f\\xad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f"
    "\\ud800-\\udfff\\ue000\\ue001\\ufeff\\ufff9-\\ufffb\\ufffe\\uffff"
)
_INDICATORS = r"\-?:,\[\]{}#&*!|>'\"%@`"

_HIDDEN = re.compile(f"[{_UNSEEN}]")
_ESCAPED = re.compile(f'[{_UNSEEN}"\\\\]')
_PLAIN = re.compile(f"[^ {_UNSEEN}{_INDICATORS}](?:[^ :{_UNSEEN}]++|:(?=[^ ])| ++(?!#)|)*+(?<! )")
_TAKEN = re.compile(
    r"y|n|yes|no|on|off|true|false|null|~|=|<<"
    r"|[+.]*(?:nan|inf|infinity)"
    # Numbers, versions, dates and times: nothing but the characters that these are made of.
    r"|(?:[0-9.]|\+[0-9._])[0-9_,.:etz+\- ]*|\+?0[xob][0-9a-fp_.+\-]*",
    re.IGNORECASE | re.ASCII,
)
_FIRST_OF_TAKEN = frozenset("yYnNoOtTfFiI~=<+.0123456789")
# What is looked for in few texts only is compiled when the first one comes.
_LOOSE = f"[ \\t](?:\\n|\\Z)|(?![\\n\\t])[{_UNSEEN}]"
_LINE = re.compile(r"\n(?!\n)")
_HIDDEN_IN_JSON = f"[{_UNSEEN.removeprefix(_CONTROLS)}]"  # controls are escaped there already

# What no reader of ours lets pass: all that is hidden but tabs and line breaks, and marks that belong to the character
# before them, which only a whole text tells. Nearly no text has any, so those that do are simply read again.
_DOUBTED = re.compile(
    f"(?![\\t\\n])[{_UNSEEN}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U00013430-\U0001343f\U000e0000-\U000e0fff]"
)

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_REFUSED = r"[\ud800-\udfff\ue000\ue001]"

_STEP = "  "
_LONGEST_KEY = 1000  # readers give up on a key without `?` after 1024 characters
_REMEMBERED = 200  # longer strings are not worth the memory
_EXACT = 2.0**53  # beyond, a float no longer tells neighbouring integers apart
_LARGEST = 1 << 63
_DEEPEST = 64 * len(_STEP)
_ATOMS = frozenset({str, int, bool, type(None)})


class Said(NamedTuple):
    """The bytes of a document, and the map that reading them gives; None where only reading tells."""

    data: bytes
    value: Map | None


@dataclass(slots=True)
class _Page:
    """The pieces of a text, and whether reading it gives the very value that it was made of.

    Under the keys of `shared` are lists whose maps are given again and again.
    """

    pieces: list[str] = field(default_factory=list)
    is_exact: bool = True
    shared: Collection[str] = ()


def yaml(value: Value, header: Sequence[str] = ()) -> bytes:
    """`value` as one YAML document in block style, UTF-8, below one comment for each line of `header`."""
    return comments(header) + _whole(value).encode()


def yaml_said(value: Map, header: Sequence[str] = (), shared: Collection[str] = ()) -> Said:
    """The same, with the value where reading what was written gives just that, its types included.

    A map in a list under a key of `shared` is written once while it is remembered: nobody may change it any more.
    """
    page = _Page(shared=shared)
    _node(value, "", page)
    data = comments(header) + "".join(page.pieces)[1:].encode()
    return Said(data, value if page.is_exact else None)


def _whole(value: Value) -> str:
    page = _Page()
    # A block at column 0 could hold a line that ends the document.
    _node(value, "" if isinstance(value, dict | list) else _STEP, page)
    return "".join(page.pieces)[1:]


def comments(header: Sequence[str]) -> bytes:
    """What stands above a YAML document: one comment for each line of `header`."""
    return _commented(tuple(header))


@lru_cache(maxsize=64)
def _commented(header: tuple[str, ...]) -> bytes:
    return "".join(f"# {_HIDDEN.sub(_escape, line)}".rstrip() + "\n" for line in header).encode()


def json(value: Value, *, is_sorted: bool = False) -> bytes:
    """`value` as JSON, UTF-8, indented by two spaces, with a final newline; `is_sorted` sorts the keys of every map."""
    _look([value])
    data = _dumped(value, is_sorted=is_sorted)
    return _shown(data) if _is_hiding(data) else data


def json_said(value: Map, *, is_sorted: bool = False, shared: Collection[str] = ()) -> Said:
    """The same, with the value where reading what was written gives just that, in whatever order its keys are.

    What a key of `shared` holds is given again and again: nobody may change it any more.
    """
    for key in shared:
        if key in value:
            _look_once(Same(value[key]))
    _look([each for key, each in value.items() if key not in shared])
    data = _dumped(value, is_sorted=is_sorted)
    return Said(_shown(data), None) if _is_hiding(data) else Said(data, value)


def _dumped(value: Value, *, is_sorted: bool) -> bytes:
    import orjson

    form = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | (orjson.OPT_SORT_KEYS if is_sorted else 0)
    try:
        return orjson.dumps(value, option=form)
    except TypeError as error:  # half of a surrogate pair, more than 64 bits
        raise ValueError(f"what JSON cannot express must not reach an artifact: {error}") from error


def _shown(data: bytes) -> bytes:
    return re.sub(_HIDDEN_IN_JSON, _escape, data.decode()).encode()


def said(data: bytes) -> Value:
    """What `data` says where it is JSON exactly as `json` writes it; None of any other, whatever it says.

    So no key stands there twice, and the bytes can mean nothing else to anybody.
    """
    import orjson

    try:
        value: Value = orjson.loads(data)
        written = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except (orjson.JSONDecodeError, TypeError):
        return None
    return value if written == data and not _is_hiding(data) else None


def size(value: Value) -> int | None:
    """How many bytes `value` takes as JSON without blanks; None where JSON cannot say it."""
    data = compact(value)
    return None if data is None else len(data)


def compact(value: Value) -> bytes | None:
    """`value` as JSON without blanks, its keys in their order; None where JSON cannot say it."""
    import orjson

    try:
        return orjson.dumps(value)
    except TypeError:
        return None


def exact(value: Value) -> bytes | None:
    """The same; None too where a whole number in it is so large that not everybody has it as it is."""
    import orjson

    try:
        return orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER)
    except TypeError:
        return None


def _is_hiding(data: bytes) -> bool:
    """Whether JSON holds what `json` would have escaped."""
    if data.isascii():
        return b"\x7f" in data
    text = data.decode()
    # The usual case, several times faster; some languages write numbers with blanks that do not break.
    if text.replace("\n", "").replace("\xa0", "").replace("\u202f", "").isprintable():
        return False
    return re.search(_HIDDEN_IN_JSON, text) is not None


@lru_cache(maxsize=32)
def _look_once(value: Same[Value]) -> None:
    _look([value.value])


def _look(values: Iterable[Value]) -> None:
    """Refuse what orjson would write as something else: NaN and infinity as null, dates and the like as text."""
    for value in values:
        kind = value.__class__
        if kind in _ATOMS:
            continue
        if kind is dict:
            _look(value.values())  # type: ignore[union-attr]
        elif kind is list:
            _look(value)  # type: ignore[arg-type]
        else:
            _atom(value)


def _node(value: Value, pad: str, page: _Page) -> None:
    """What stands after `key:` or `-`; `pad` is where lines below it begin."""
    kind = value.__class__
    if kind is str:
        line = _line(value) if len(value) <= _REMEMBERED else ""  # type: ignore[arg-type]
        page.pieces.append(line or _odd_line(value, pad, page))  # type: ignore[arg-type]
    elif kind is dict or kind is list:
        if not value:
            page.pieces.append(" {}\n" if kind is dict else " []\n")
            return
        page.pieces.append("\n")
        if kind is dict:
            _map(value, pad, pad, page)  # type: ignore[arg-type]
        else:
            _list(value, pad, page)  # type: ignore[arg-type]
    elif isinstance(value, str | dict | list):
        page.is_exact = False
        _node(_plain(value), pad, page)
    else:
        page.pieces.append(f" {_number(value, page)}\n")


def _plain(value: str | Map | list[Value]) -> Value:
    """The same as what it is written as."""
    return str(value) if isinstance(value, str) else dict(value) if isinstance(value, dict) else list(value)


def _map(value: Map, lead: str, pad: str, page: _Page) -> None:
    """The entries at `pad`, except that the first comes after `lead`, which may hold the dash of a list."""
    add, below = page.pieces.append, pad + _STEP
    if len(below) > _DEEPEST:
        page.is_exact = False
    for key, item in value.items():
        name = _name(key) or _odd_name(key, pad, page)
        kind = item.__class__
        if kind is str:  # the usual case, without a detour
            line = _line(item) if len(item) <= _REMEMBERED else ""  # type: ignore[arg-type]
            add(f"{lead}{name}{line or _odd_line(item, below, page)}")  # type: ignore[arg-type]
        elif kind is dict and item:
            add(f"{lead}{name}\n")
            _map(item, below, below, page)  # type: ignore[arg-type]
        elif kind is list and item:
            add(f"{lead}{name}\n")
            (_list if key not in page.shared else _shared)(item, below, page)  # type: ignore[arg-type]
        else:
            add(f"{lead}{name}")
            _node(item, below, page)
        lead = pad


def _list(value: list[Value], pad: str, page: _Page) -> None:
    """The items of a list that has any."""
    below = pad + _STEP
    if len(below) > _DEEPEST:
        page.is_exact = False
    for item in value:
        if item.__class__ is dict and item:
            _map(item, f"{pad}- ", below, page)
        else:
            page.pieces.append(f"{pad}-")
            _node(item, below, page)


def _shared(value: list[Value], pad: str, page: _Page) -> None:
    """The same, of maps that may have been written before."""
    for item in value:
        if item.__class__ is dict and item:
            text, is_exact = _item(Same(item), pad)
            page.pieces.append(text)
            page.is_exact &= is_exact
        else:
            _list([item], pad, page)


@lru_cache(maxsize=1 << 10)
def _item(value: Same[Map], pad: str) -> tuple[str, bool]:
    page = _Page()
    _list([value.value], pad, page)
    return "".join(page.pieces), page.is_exact


@lru_cache(maxsize=1 << 12)
def _name(key: str) -> str:
    """A key with its colon; nothing where it is not written in one line, or reading it is more than that."""
    written = _scalar(key)
    return f"{written}:" if len(written) < _LONGEST_KEY and key.isascii() and not _DOUBTED.search(key) else ""


def _odd_name(key: str, pad: str, page: _Page) -> str:
    page.is_exact = False
    written = _scalar(key)
    return f"{written}:" if len(written) < _LONGEST_KEY else f"? {written}\n{pad}:"


@lru_cache(maxsize=1 << 12)
def _line(text: str) -> str:
    """A text of one line, after what stands before it; nothing where it has more, or reading it is more than that."""
    return "" if "\n" in text or _is_doubted(text) else f" {_scalar(text)}\n"


def _is_doubted(text: str) -> bool:
    return not (text.isascii() and text.isprintable()) and _DOUBTED.search(text) is not None


def _odd_line(text: str, pad: str, page: _Page) -> str:
    """A text of several lines, or one that is long, or in doubt."""
    if _is_doubted(text.replace("\n", "")):
        page.is_exact = False
    if "\n" in text and _is_block(text):
        body = text.removesuffix("\n")
        mark = "|-" if len(body) == len(text) else "|"
        # Empty lines get no padding: it would be blanks at the end of a line.
        lines = _LINE.sub(f"\n{pad}", body) if "\n\n" in body else body.replace("\n", f"\n{pad}")
        return f" {mark}\n{pad}{lines}\n"
    return f" {_scalar(text)}\n"


def _is_block(text: str) -> bool:
    """Whether a literal block gives `text` back to every reader, and to one who trims lines."""
    if text[0] in " \t\n" or text.endswith("\n\n"):
        return False
    if text.isascii() and text.replace("\n", "").isprintable():  # the usual case, several times faster
        return " \n" not in text and text[-1] != " "
    return re.search(_LOOSE, text) is None


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and not (text[0] in _FIRST_OF_TAKEN and _TAKEN.fullmatch(text)):
        return text
    if ('"' in text or "\\" in text) and not _HIDDEN.search(text):
        return "'" + text.replace("'", "''") + "'"
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if re.match(_REFUSED, character):
        message = f"U+{ord(character):04X} must not reach an artifact"
        raise ValueError(message)
    return _SHORT.get(character) or f"\\u{ord(character):04x}"


def _number(value: Value, page: _Page) -> str:
    """Anything that is neither a string nor a collection, as it is read back."""
    kind = value.__class__
    if kind is float:
        is_read_back = not value.is_integer() or abs(value) >= _EXACT  # type: ignore[union-attr,arg-type]
    else:
        is_read_back = kind in _ATOMS and (kind is not int or -_LARGEST <= value < _LARGEST)  # type: ignore[operator]
    page.is_exact &= is_read_back
    return _atom(value)


def _atom(value: object) -> str:
    """Anything that is neither a string nor a collection."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return _float(value)
    message = f"`{type(value).__name__}` is not plain data"
    raise TypeError(message)


def _float(value: float) -> str:
    if not isfinite(value):
        message = f"{value} must not reach an artifact"
        raise ValueError(message)
    if value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return mantissa
    # YAML 1.1 knows a float by its point and by the sign of its exponent.
    point = mantissa if "." in mantissa else f"{mantissa}.0"
    return f"{point}e{int(exponent):+d}"
