"""A language has five words, each a text."""

import pytest

from varve.language.notification.words import fault
from varve.model.source import Map

WORDS: Map = {"firing": "a", "resolved": "b", "critical": "c", "warning": "d", "info": "e"}
REFUSED: dict[str, tuple[Map, str]] = {
    "one that nobody needs": ({**WORDS, "page": "f"}, "`page` is not one of the required words"),
    "one too few": ({key: each for key, each in WORDS.items() if key != "info"}, "there is no text for `info`"),
    "no text": ({**WORDS, "firing": 5}, "there is no text for `firing`"),
    "an empty text": ({**WORDS, "firing": " "}, "there is no text for `firing`"),
}


def test_all_five_words_are_required() -> None:
    assert fault(WORDS) is None


@pytest.mark.parametrize(("texts", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(texts: Map, message: str) -> None:
    found = fault(texts)
    assert found is not None
    assert found.message == message
