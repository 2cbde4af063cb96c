"""The one way to write YAML and JSON, so that the same value has the same bytes everywhere.

Keys stay in the order given. A string is quoted exactly when a reader of YAML 1.1 or 1.2 could take it for something
else, and invisible characters are escaped. `ValueError` and `TypeError` mean a bug of the compiler: values from sources
contain no NaN, no half of a surrogate pair and neither of the private characters U+E000 and U+E001, which templates use
as placeholders.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import NamedTuple

from varve.language.cache_key import IdentityKey
from varve.model.source import Map, Value

# Control characters, line breaks of YAML 1.1, zero-width and bidirectional marks, halves of surrogate pairs, the
# private characters of templates, and noncharacters. Listed here because Python's tables change between versions.
_CONTROLS = "\\x00-\\x1f"
_INVISIBLE = (
    f"{_CONTROLS}\\x7f-\\x9f\\xad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f"
    "\\ud800-\\udfff\\ue000\\ue001\\ufeff\\ufff9-\\ufffb\\ufffe\\uffff"
)
_INDICATORS = r"\-?:,\[\]{}#&*!|>'\"%@`"

_INVISIBLE_CHARACTER = re.compile(f"[{_INVISIBLE}]")
_TO_ESCAPE = re.compile(f'[{_INVISIBLE}"\\\\]')
_PLAIN = re.compile(f"[^ {_INVISIBLE}{_INDICATORS}](?:[^ :{_INVISIBLE}]++|:(?=[^ ])| ++(?!#)|)*+(?<! )")
_AMBIGUOUS = re.compile(
    r"y|n|yes|no|on|off|true|false|null|~|=|<<"
    r"|[+.]*(?:nan|inf|infinity)"
    # Numbers, versions, dates and times: only characters that occur in these.
    r"|(?:[0-9.]|\+[0-9._])[0-9_,.:etz+\- ]*|\+?0[xob][0-9a-fp_.+\-]*",
    re.IGNORECASE | re.ASCII,
)
_AMBIGUOUS_FIRST = frozenset("yYnNoOtTfFiI~=<+.0123456789")
# The patterns that are strings here are needed for few texts only, and compiled on first use.
_NO_BLOCK = f"[ \\t](?:\\n|\\Z)|(?![\\n\\t])[{_INVISIBLE}]"
_LINE = re.compile(r"\n(?!\n)")
_INVISIBLE_IN_JSON = f"[{_INVISIBLE.removeprefix(_CONTROLS)}]"  # JSON escapes control characters anyway

# What varve's readers may refuse: all invisible characters but tabs and line breaks, and marks that are allowed only
# after certain characters. Texts with any are so rare that their documents are simply read again.
_SUSPECT = re.compile(
    f"(?![\\t\\n])[{_INVISIBLE}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U00013430-\U0001343f\U000e0000-\U000e0fff]"
)

_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_FORBIDDEN = r"[\ud800-\udfff\ue000\ue001]"

_INDENT = "  "
_LONGEST_KEY = 1000  # readers refuse a key of more than 1024 characters without `?`
_LONGEST_CACHED = 200  # longer strings are not worth the memory of a cache
_EXACT_BELOW = 2.0**53  # from here on, a float cannot represent every integer
_LARGEST = 1 << 63
_DEEPEST = 64 * len(_INDENT)
_ATOMS = frozenset({str, int, bool, type(None)})


class Encoded(NamedTuple):
    """The bytes of a document, and the map that reading them returns; None if only reading can tell."""

    data: bytes
    value: Map | None


@dataclass(slots=True)
class _Output:
    """The pieces of a text, and whether reading it returns exactly the value that was written.

    The keys in `shared` are those of lists whose maps are written repeatedly, and cached.
    """

    pieces: list[str] = field(default_factory=list)
    is_exact: bool = True
    shared: Collection[str] = ()


def yaml(value: Value, header: Sequence[str] = ()) -> bytes:
    """`value` as one YAML document in block style, UTF-8, below one comment for each line of `header`."""
    return comments(header) + _document(value).encode()


def encoded_yaml(value: Map, header: Sequence[str] = (), shared: Collection[str] = ()) -> Encoded:
    """Like `yaml`, but also returns `value` if reading the bytes returns exactly that, types included.

    The text of each map in a list under a key of `shared` is cached, so these maps must not change any more.
    """
    page = _Output(shared=shared)
    _node(value, "", page)
    data = comments(header) + "".join(page.pieces)[1:].encode()
    return Encoded(data, value if page.is_exact else None)


def _document(value: Value) -> str:
    page = _Output()
    # A block at column 0 could hold a line that ends the document.
    _node(value, "" if isinstance(value, dict | list) else _INDENT, page)
    return "".join(page.pieces)[1:]


def comments(header: Sequence[str]) -> bytes:
    """The comments above a YAML document: one for each line of `header`."""
    return _cached_comments(tuple(header))


@lru_cache(maxsize=64)
def _cached_comments(header: tuple[str, ...]) -> bytes:
    return "".join(f"# {_INVISIBLE_CHARACTER.sub(_escape, line)}".rstrip() + "\n" for line in header).encode()


def json(value: Value, *, is_sorted: bool = False) -> bytes:
    """`value` as JSON, UTF-8, indented by two spaces, with a final newline; `is_sorted` sorts the keys of every map."""
    _require_plain([value])
    data = _dumped(value, is_sorted=is_sorted)
    return _escaped(data) if _needs_escapes(data) else data


def encoded_json(value: Map, *, is_sorted: bool = False, shared: Collection[str] = ()) -> Encoded:
    """Like `json`, but also returns `value` if reading the bytes returns an equal one, in any order of keys.

    The check of the value under each key of `shared` is cached, so these values must not change any more.
    """
    for key in shared:
        if key in value:
            _require_plain_once(IdentityKey(value[key]))
    _require_plain([each for key, each in value.items() if key not in shared])
    data = _dumped(value, is_sorted=is_sorted)
    return Encoded(_escaped(data), None) if _needs_escapes(data) else Encoded(data, value)


def _dumped(value: Value, *, is_sorted: bool) -> bytes:
    import orjson

    form = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | (orjson.OPT_SORT_KEYS if is_sorted else 0)
    try:
        return orjson.dumps(value, option=form)
    except TypeError as error:  # half of a surrogate pair, or an integer of more than 64 bits
        raise ValueError(f"what JSON cannot express must not reach an artifact: {error}") from error


def _escaped(data: bytes) -> bytes:
    return re.sub(_INVISIBLE_IN_JSON, _escape, data.decode()).encode()


def read_json(data: bytes) -> Value:
    """The value of `data` if that is JSON exactly as `json` writes it; None otherwise, even if it is valid JSON.

    So it has no duplicate keys, and no other reader can understand it differently.
    """
    import orjson

    try:
        value: Value = orjson.loads(data)
        written = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except (orjson.JSONDecodeError, TypeError):
        return None
    return value if written == data and not _needs_escapes(data) else None


def size(value: Value) -> int | None:
    """The number of bytes of `value` as JSON without blanks; None if JSON cannot express it."""
    data = compact(value)
    return None if data is None else len(data)


def compact(value: Value) -> bytes | None:
    """`value` as JSON without blanks, its keys in their order; None if JSON cannot express it."""
    import orjson

    try:
        return orjson.dumps(value)
    except TypeError:
        return None


def exact(value: Value) -> bytes | None:
    """Like `compact`, but also None if an integer is too large for every reader to represent it exactly (53 bits)."""
    import orjson

    try:
        return orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER)
    except TypeError:
        return None


def _needs_escapes(data: bytes) -> bool:
    """Whether JSON contains characters that `json` escapes."""
    if data.isascii():
        return b"\x7f" in data
    text = data.decode()
    # The usual case, several times faster; some languages write numbers with no-break spaces.
    if text.replace("\n", "").replace("\xa0", "").replace("\u202f", "").isprintable():
        return False
    return re.search(_INVISIBLE_IN_JSON, text) is not None


@lru_cache(maxsize=32)
def _require_plain_once(value: IdentityKey[Value]) -> None:
    _require_plain([value.value])


def _require_plain(values: Iterable[Value]) -> None:
    """Raise for values that orjson would silently convert: NaN and infinity to null, dates and the like to strings."""
    for value in values:
        kind = value.__class__
        if kind in _ATOMS:
            continue
        if kind is dict:
            _require_plain(value.values())  # type: ignore[union-attr]
        elif kind is list:
            _require_plain(value)  # type: ignore[arg-type]
        else:
            _atom(value)


def _node(value: Value, pad: str, page: _Output) -> None:
    """Write what follows `key:` or `-`; `pad` is the indentation of the lines below."""
    kind = value.__class__
    if kind is str:
        line = _line(value) if len(value) <= _LONGEST_CACHED else ""  # type: ignore[arg-type]
        page.pieces.append(line or _uncached_text(value, pad, page))  # type: ignore[arg-type]
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
    """The same value without its subclass, as it is read back."""
    return str(value) if isinstance(value, str) else dict(value) if isinstance(value, dict) else list(value)


def _map(value: Map, lead: str, pad: str, page: _Output) -> None:
    """Write the entries, indented by `pad`, but the first one after `lead`, which may contain the dash of a list."""
    add, below = page.pieces.append, pad + _INDENT
    if len(below) > _DEEPEST:
        page.is_exact = False
    for key, item in value.items():
        name = _name(key) or _uncached_name(key, pad, page)
        kind = item.__class__
        if kind is str:  # the usual case, without another call
            line = _line(item) if len(item) <= _LONGEST_CACHED else ""  # type: ignore[arg-type]
            add(f"{lead}{name}{line or _uncached_text(item, below, page)}")  # type: ignore[arg-type]
        elif kind is dict and item:
            add(f"{lead}{name}\n")
            _map(item, below, below, page)  # type: ignore[arg-type]
        elif kind is list and item:
            add(f"{lead}{name}\n")
            (_list if key not in page.shared else _shared_list)(item, below, page)  # type: ignore[arg-type]
        else:
            add(f"{lead}{name}")
            _node(item, below, page)
        lead = pad


def _list(value: list[Value], pad: str, page: _Output) -> None:
    """Write the items of a list that is not empty."""
    below = pad + _INDENT
    if len(below) > _DEEPEST:
        page.is_exact = False
    for item in value:
        if item.__class__ is dict and item:
            _map(item, f"{pad}- ", below, page)
        else:
            page.pieces.append(f"{pad}-")
            _node(item, below, page)


def _shared_list(value: list[Value], pad: str, page: _Output) -> None:
    """Like `_list`, for a list whose maps may be cached."""
    for item in value:
        if item.__class__ is dict and item:
            text, is_exact = _cached_item(IdentityKey(item), pad)
            page.pieces.append(text)
            page.is_exact &= is_exact
        else:
            _list([item], pad, page)


@lru_cache(maxsize=1 << 10)
def _cached_item(value: IdentityKey[Map], pad: str) -> tuple[str, bool]:
    page = _Output()
    _list([value.value], pad, page)
    return "".join(page.pieces), page.is_exact


@lru_cache(maxsize=1 << 12)
def _name(key: str) -> str:
    """A key with its colon; empty if it is too long for that, or may not be read back as it is."""
    written = _scalar(key)
    return f"{written}:" if len(written) < _LONGEST_KEY and key.isascii() and not _SUSPECT.search(key) else ""


def _uncached_name(key: str, pad: str, page: _Output) -> str:
    page.is_exact = False
    written = _scalar(key)
    return f"{written}:" if len(written) < _LONGEST_KEY else f"? {written}\n{pad}:"


@lru_cache(maxsize=1 << 12)
def _line(text: str) -> str:
    """A text on the line of its key or dash; empty if it has several lines, or may not be read back as it is."""
    return "" if "\n" in text or _is_suspect(text) else f" {_scalar(text)}\n"


def _is_suspect(text: str) -> bool:
    return not (text.isascii() and text.isprintable()) and _SUSPECT.search(text) is not None


def _uncached_text(text: str, pad: str, page: _Output) -> str:
    """A text of several lines, or one that is long, or suspect."""
    if _is_suspect(text.replace("\n", "")):
        page.is_exact = False
    if "\n" in text and _is_block(text):
        body = text.removesuffix("\n")
        mark = "|-" if len(body) == len(text) else "|"
        # Empty lines are not indented: that would be trailing blanks.
        lines = _LINE.sub(f"\n{pad}", body) if "\n\n" in body else body.replace("\n", f"\n{pad}")
        return f" {mark}\n{pad}{lines}\n"
    return f" {_scalar(text)}\n"


def _is_block(text: str) -> bool:
    """Whether every reader gets `text` back from a literal block, even if an editor trims its lines."""
    if text[0] in " \t\n" or text.endswith("\n\n"):
        return False
    if text.isascii() and text.replace("\n", "").isprintable():  # the usual case, several times faster
        return " \n" not in text and text[-1] != " "
    return re.search(_NO_BLOCK, text) is None


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and not (text[0] in _AMBIGUOUS_FIRST and _AMBIGUOUS.fullmatch(text)):
        return text
    if ('"' in text or "\\" in text) and not _INVISIBLE_CHARACTER.search(text):
        return "'" + text.replace("'", "''") + "'"
    return f'"{_TO_ESCAPE.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if re.match(_FORBIDDEN, character):
        message = f"U+{ord(character):04X} must not reach an artifact"
        raise ValueError(message)
    return _SHORT_ESCAPES.get(character) or f"\\u{ord(character):04x}"


def _number(value: Value, page: _Output) -> str:
    """Anything that is neither a string nor a collection; notes on `page` if it is not read back as it is."""
    kind = value.__class__
    if kind is float:
        is_read_back = not value.is_integer() or abs(value) >= _EXACT_BELOW  # type: ignore[union-attr,arg-type]
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
    if value.is_integer() and abs(value) < _EXACT_BELOW:
        return str(int(value))
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return mantissa
    # YAML 1.1 requires a point, and a sign before the exponent.
    point = mantissa if "." in mantissa else f"{mantissa}.0"
    return f"{point}e{int(exponent):+d}"
