"""Why an expression failed, in terms of templates: Python's errors name types that template authors do not know."""

import re
from collections.abc import Collection
from itertools import islice
from typing import Final

from varve.emit.template.given import show

_FEW: Final = 5
_KINDS: Final = {
    "GoTemplate": "a Go template",
    "Message": "a message",
    "NoneType": "null",
    "bool": "true or false",
    "dict": "a map",
    "float": "a number",
    "int": "a number",
    "list": "a list",
    "str": "a text",
    "tuple": "a list",
}
_WORDS: Final = (
    (r"'(\S+)' not supported between instances of '(\w+)' and '(\w+)'", "`{}` cannot compare {} with {}"),
    (r"argument of type '(\w+)' is not .*", "`in` cannot search {}"),
    (r"'in <string>' requires string as left operand, not (\w+)", "`in` cannot search a text for {}"),
    (r"bad operand type for unary (.): '(\w+)'", "`{}` cannot be applied to {}"),
    (r"'(\w+)' object is not subscriptable", "{} has no items"),
    (r"cannot unpack non-iterable (\w+) object", "{} cannot be unpacked into several values"),
    (r"not enough values to unpack .*", "there are fewer values than names"),
    (r"too many values to unpack .*", "there are more values than names"),
)


def words(error: Exception) -> str:
    """What an error of Python or Jinja2 means for the author of a template."""
    if isinstance(error, ZeroDivisionError):
        return "division by zero"
    text = str(error)
    if text.startswith("macro "):
        return text
    for pattern, wording in _WORDS:
        if match := re.fullmatch(pattern, text, re.DOTALL):
            return wording.format(*(_KINDS.get(each, each) for each in match.groups()))
    return "its values do not fit"


def mismatch(what: str, values: Collection[object]) -> str:
    """The message that `what` does not accept the values it was called with, the first few of which are shown."""
    if not values:
        return f"{what} cannot be called without arguments"
    more = [f"{len(values) - _FEW} more"] if len(values) > _FEW else []
    return f"{what} cannot be called with {' and '.join([*map(show, islice(values, _FEW)), *more])}"
