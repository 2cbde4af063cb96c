"""The one way to write YAML and JSON, so that the same value has the same bytes everywhere.

Keys stay in the order given. A string is quoted exactly when a reader of YAML 1.1 or 1.2 could take it for something
else, and what cannot be seen is escaped. `ValueError` and `TypeError` mean a bug of the compiler: what has been read
holds no NaN, no half of a surrogate pair and no private character (U+E000, U+E001: where a template puts a value).
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import isfinite

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
_PLAIN = re.compile(f"[^ {_UNSEEN}{_INDICATORS}](?:[^ :{_UNSEEN}]++|:(?=[^ ])| ++(?!#))*+(?<! )")
_TAKEN = re.compile(
    r"y|n|yes|no|on|off|true|false|null|~|=|<<"
    r"|[+.]*(?:nan|inf|infinity)"
    # Numbers, versions, dates and times: nothing but the characters that these are made of.
    r"|(?:[0-9.]|\+[0-9._])[0-9_,.:etz+\- ]*|\+?0[xob][0-9a-fp_.+\-]*",
    re.IGNORECASE | re.ASCII,
)
_LOOSE = re.compile(f"[ \\t](?:\\n|\\Z)|(?![\\n\\t])[{_UNSEEN}]")
_LINE = re.compile(r"\n(?!\n)")
_HIDDEN_IN_JSON = re.compile(f"[{_UNSEEN.removeprefix(_CONTROLS)}]")  # controls are escaped there already

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_REFUSED = re.compile(r"[\ud800-\udfff\ue000\ue001]")

_STEP = "  "
_LONGEST_KEY = 1000  # readers give up on a key without `?` after 1024 characters
_REMEMBERED = 200  # longer strings are not worth the memory
_EXACT = 2.0**53  # beyond, a float no longer tells neighbouring integers apart


def yaml(value: Value, header: Sequence[str] = ()) -> bytes:
    """`value` as one YAML document in block style, UTF-8, below one comment for each line of `header`."""
    lines: list[str] = []
    # A block at column 0 could hold a line that ends the document.
    _node(value, "" if isinstance(value, dict | list) else _STEP, lines)
    return comments(header) + "".join(lines)[1:].encode()


def comments(header: Sequence[str]) -> bytes:
    """What stands above a YAML document: one comment for each line of `header`."""
    return "".join(f"# {_HIDDEN.sub(_escape, line)}".rstrip() + "\n" for line in header).encode()


def json(value: Value, *, is_sorted: bool = False) -> bytes:
    """`value` as JSON, UTF-8, indented by two spaces, with a final newline; `is_sorted` sorts the keys of every map."""
    import orjson

    _look([value])
    form = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | (orjson.OPT_SORT_KEYS if is_sorted else 0)
    try:
        data = orjson.dumps(value, option=form)
    except TypeError as error:  # half of a surrogate pair, more than 64 bits
        raise ValueError(f"what JSON cannot say must not reach an artifact: {error}") from error
    text = data.decode()
    if text.replace("\n", "").isprintable():  # the usual case, several times faster
        return data
    return _HIDDEN_IN_JSON.sub(_escape, text).encode()


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
    import orjson

    try:
        return len(orjson.dumps(value))
    except TypeError:
        return None


def _is_hiding(data: bytes) -> bool:
    """Whether JSON holds what `json` would have escaped."""
    if data.isascii():
        return b"\x7f" in data
    text = data.decode()
    return not text.replace("\n", "").isprintable() and _HIDDEN_IN_JSON.search(text) is not None


def _look(values: Iterable[Value]) -> None:
    """Refuse what orjson would write as something else: NaN and infinity as null, dates and the like as text."""
    for value in values:
        kind = value.__class__
        if kind is dict:
            _look(value.values())  # type: ignore[union-attr]
        elif kind is list:
            _look(value)  # type: ignore[arg-type]
        elif kind is not str:
            _atom(value)


def _node(value: Value, pad: str, out: list[str]) -> None:
    """What stands after `key:` or `-`; `pad` is where lines below it begin."""
    if isinstance(value, str):
        out.append(_text(value, pad))
    elif isinstance(value, dict):
        if value:
            out.append("\n")
            _map(value, pad, pad, out)
        else:
            out.append(" {}\n")
    elif isinstance(value, list):
        _list(value, pad, out)
    else:
        out.append(f" {_atom(value)}\n")


def _map(value: Map, lead: str, pad: str, out: list[str]) -> None:
    """The entries at `pad`, except that the first comes after `lead`, which may hold the dash of a list."""
    below = pad + _STEP
    for key, item in value.items():
        written = _remembered(key)
        start = f"{lead}{written}:" if len(written) < _LONGEST_KEY else f"{lead}? {written}\n{pad}:"
        if item.__class__ is str:  # the usual case, without a detour
            out.append(f"{start}{_text(item, below)}")
        else:
            out.append(start)
            _node(item, below, out)
        lead = pad


def _list(value: list[Value], pad: str, out: list[str]) -> None:
    out.append("\n" if value else " []\n")
    below = pad + _STEP
    for item in value:
        if isinstance(item, dict) and item:
            _map(item, f"{pad}- ", below, out)
        else:
            out.append(f"{pad}-")
            _node(item, below, out)


def _text(text: str, pad: str) -> str:
    if "\n" in text and _is_block(text):
        body = text.removesuffix("\n")
        mark = "|-" if len(body) == len(text) else "|"
        # Empty lines get no padding: it would be blanks at the end of a line.
        lines = _LINE.sub(f"\n{pad}", body) if "\n\n" in body else body.replace("\n", f"\n{pad}")
        return f" {mark}\n{pad}{lines}\n"
    return f" {_inline(text)}\n"


def _is_block(text: str) -> bool:
    """Whether a literal block gives `text` back to every reader, and to one who trims lines."""
    if text[0] in " \t\n" or text.endswith("\n\n"):
        return False
    if text.isascii() and text.replace("\n", "").isprintable():  # the usual case, several times faster
        return " \n" not in text and text[-1] != " "
    return _LOOSE.search(text) is None


def _inline(text: str) -> str:
    return _remembered(text) if len(text) <= _REMEMBERED else _scalar(text)


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and not _TAKEN.fullmatch(text):
        return text
    if ('"' in text or "\\" in text) and not _HIDDEN.search(text):
        return "'" + text.replace("'", "''") + "'"
    return f'"{_ESCAPED.sub(_escape, text)}"'


_remembered = lru_cache(maxsize=1 << 14)(_scalar)


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if _REFUSED.match(character):
        message = f"U+{ord(character):04X} must not reach an artifact"
        raise ValueError(message)
    return _SHORT.get(character) or f"\\u{ord(character):04x}"


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
    message = f"`{type(value).__name__}` is no plain value"
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
