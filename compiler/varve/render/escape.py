r"""Makes any text safe to show: no source can move a terminal's cursor or send commands to the CI host.

What is not printable is written as in Python: `\x1b`, `\n`, `\u202e`; a byte that is not UTF-8 as `\xe9`. CI hosts look
for commands in the output of a step: GitHub at the start of a line (`::error::`, also after blanks), GitHub, Azure and
TeamCity anywhere in it (`##[error]`, `##vso[...]`, `##teamcity[...]`). The first character of such a command is written
as its number, `\x3a` or `\x23`: a reader still understands it, and no host does.
"""

import re

from varve.language.credential import masked

# Printable by their category, but invisible.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]",
)
_FIRST_BYTE = 0xDC00
_COMMAND = re.compile(r"^ *(:)(?=:)|(#)(?=#\w*\[)")


def escape(text: str) -> str:
    """`text` on one line, with every character visible, without credentials and without commands to a CI host."""
    return "".join(cells(masked(text)))


def cells(text: str) -> list[str]:
    """What is shown for each character of `text`."""
    shown = [_cell(character) for character in text]
    for order in _COMMAND.finditer(text):
        first = order.end() - 1
        shown[first] = f"\\x{ord(text[first]):02x}"
    return shown


def _cell(character: str) -> str:
    if character.isprintable() and not _INVISIBLE.match(character):
        return character
    if "\udc80" <= character <= "\udcff":  # how Python reads a byte that is not UTF-8
        return f"\\x{ord(character) - _FIRST_BYTE:02x}"
    return character.encode("unicode_escape").decode("ascii")
