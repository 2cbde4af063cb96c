"""The words of a language for the states and the severities of alerts."""

from varve.language.fault import Fault, quote
from varve.language.notification.name import WORDS
from varve.model.source import Map


def fault(texts: Map) -> Fault | None:
    """Why `texts` does not have exactly one text for each of the words, or None."""
    unknown = sorted(texts.keys() - set(WORDS))
    if unknown:
        return Fault(f"{quote(unknown[0])} is not one of the required words")
    missing = [word for word in WORDS if not isinstance(texts.get(word), str) or not str(texts[word]).strip()]
    return Fault(f"there is no text for `{missing[0]}`") if missing else None
