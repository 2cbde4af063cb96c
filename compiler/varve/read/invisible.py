"""Invisible characters: a text may contain none, except the few that affect how their neighbours are displayed."""

import re
from typing import Final

# These are compiled only when such a character is found.
BIDIRECTIONAL: Final = "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
CONTROL: Final = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ue000\ue001\ufeff\ufffe\uffff]"

# Scripts in which a letter has several forms or joins its neighbour, and a joiner selects the form: Arabic and Syriac
# and related scripts, Mongolian, the scripts of India, Sri Lanka, Burma and Cambodia. Digits and signs have one form.
_JOINING_SCRIPTS: Final = (
    "\u0620-\u065f\u066e-\u06d3\u06d5\u06dc\u06df-\u06e8\u06ea-\u06ef\u06fa-\u06ff\u0710-\u074a\u074d-\u07bf\u07ca-\u07f5"
    "\u0840-\u085b\u0860-\u086a\u0870-\u0887\u0889-\u088e\u0898-\u08e1\u08e3-\u0963\u0970-\u09e3\u09f0-\u0a65\u0a70-\u0ae3"
    "\u0af9-\u0b63\u0b70-\u0be5\u0c00-\u0c63\u0c80-\u0ce3\u0cf0-\u0d63\u0d7a-\u0de5\u0df0-\u0df3\u1000-\u103f\u1050-\u108f"
    "\u1780-\u17b3\u17b6-\u17d3\u1820-\u18aa"
)
_EMOJI: Final = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030"
    "\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ue000\ue001\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U00013430-\U0001343f\U000e0000-\U000e0fff]",
)
_FORBIDDEN: Final = (
    rf"(?!\r\n|[\u180b-\u180f\u200c\u200d\ufe0e\ufe0f]){_INVISIBLE.pattern}"
    rf"|(?<![{_JOINING_SCRIPTS}])[\u180b-\u180f\u200c]"
    rf"|(?<![{_JOINING_SCRIPTS}{_EMOJI}\ufe0f])\u200d|(?<=[{_EMOJI}\ufe0f])\u200d(?![{_EMOJI}])"
    rf"|(?<![{_EMOJI}])(?<![0-9#*](?=\ufe0f\u20e3))[\ufe0e\ufe0f]"
)
_CONTEXTUAL: Final = frozenset("\u180b\u180c\u180d\u180e\u180f\u200c\u200d\ufe0e\ufe0f")


def find(text: str) -> re.Match[str] | None:
    """The first character of `text` that is not allowed at its position."""
    return re.search(_FORBIDDEN, text) if _INVISIBLE.search(text) else None


def find_in_name(text: str) -> re.Match[str] | None:
    """The first invisible character of a name: even a joiner would distinguish two names that look alike."""
    return _INVISIBLE.search(text)


def depends_on_context(character: str) -> bool:
    """Whether the character is allowed in some contexts."""
    return character in _CONTEXTUAL
