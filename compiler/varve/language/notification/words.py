"""The words of a language for the states and the severities of alerts."""

from varve.language.fault import Fault, quote
from varve.language.notification.name import WORDS
from varve.model.source import Map


def fault(said: Map) -> Fault | None:
    """Why `said` is not a text for each of the words."""
    strange = sorted(said.keys() - set(WORDS))
    if strange:
        return Fault(f"{quote(strange[0])} is not one of the required words")
    missing = [word for word in WORDS if not isinstance(said.get(word), str) or not str(said[word]).strip()]
    return Fault(f"there is no text for `{missing[0]}`") if missing else None
