from collections.abc import Iterator
from typing import Any

import pytest

from tests.inquire.blame.asked import CHECKOUT, RULES, asked, lines
from varve.check.shape.kind import strategy
from varve.inquire.blame.remake import supposing
from varve.inquire.blame.search import try_document, try_words
from varve.inquire.blame.trial import Trial
from varve.inquire.blame.word import Spot, Word, words
from varve.model.diagnostic import Report
from varve.model.source import Document, Keys, Map, Value
from varve.model.unit import Unit
from varve.pipeline.opening import Opened
from varve.pipeline.unit import resolve_unit

pytestmark = pytest.mark.usefixtures("one_kit")

QUEUE = ("services", "checkout", "alerts", "QueueStuck")


def _trial(text: str) -> Trial:
    said = lines(RULES)
    return Trial(
        asked(RULES).opened, asked(RULES).remake, said, next(at for at, line in enumerate(said) if text in line)
    )


def _words() -> list[Word]:
    resolved = resolve_unit(asked(RULES).opened, Unit("acme", "production"), Report())
    assert resolved is not None
    return words(resolved.stack, resolved.value, strategy("unit"))


def test_a_word_whose_text_stands_in_the_line_says_it() -> None:
    (touch,) = try_words(_trial("for: 10m"), _words())
    assert (touch.relation, touch.word.keys, touch.reach) == ("appears", (*QUEUE, "for"), 1)


def test_a_map_is_to_blame_where_nothing_in_it_is() -> None:
    (touch,) = try_words(_trial("alert: QueueStuck"), _words())
    assert (touch.relation, touch.word.keys, touch.word.whole) == ("produces", QUEUE, True)
    assert touch.reach > 5


def test_a_word_that_cannot_be_tried_is_named_where_its_text_stands() -> None:
    trial = _trial("contact:")
    stuck = Trial(trial.opened, lambda *_: None, trial.said, trial.at)
    found = try_words(stuck, [Word(("contact", "slack"), "#acme-alerts", (Spot(CHECKOUT, ("owner",)),))])
    assert [each.relation for each in found] == ["untried"]
    assert try_words(stuck, [Word(("contact", "slack"), "#others", (Spot(CHECKOUT, ("owner",)),))]) == []


@pytest.mark.parametrize("said", ["#acme-alerts", "#%{tenant.id}-acme-alerts"])
def test_what_stands_there_as_a_part_of_what_says_or_shapes_the_line_is_not_named(said: str) -> None:
    trial = _trial("contact:")
    spots = (Spot(CHECKOUT, ("owner",)),)
    whole, part = Word(("contact", "slack"), said, spots), Word(("contact", "email"), "acme", spots)

    def remake(opened: Opened, _: Report) -> bytes | None:
        said = (opened.reading.document(CHECKOUT).value or {}).get("owner")
        # Of the part nothing can be tried.
        return None if said is None or "acme-alerts" not in str(said) else b"other\n"

    stuck = Trial(trial.opened, remake, trial.said, trial.at)
    assert [each.word for each in try_words(stuck, [whole, part])] == [whole]
    assert [each.relation for each in try_words(stuck, [part])] == ["untried"]


def test_of_a_file_that_is_taken_as_it_is_only_what_matters_is_looked_into() -> None:
    document = asked(RULES).opened.reading.document(CHECKOUT)
    asked_for = []

    def remake(opened: Opened, _: Report) -> bytes:
        said = opened.reading.document(CHECKOUT).value or {}
        asked_for.append(said)
        return f"{said.get('owner')}\nend\n".encode()

    trial = Trial(asked(RULES).opened, remake, ["payments", "end"], 0)
    (touch,) = try_document(trial, Document(CHECKOUT, document.value))
    assert (touch.word.keys, touch.relation) == (("owner",), "appears")
    # Each of the four that it says at its top, the two that are no map in two ways, and nothing of the alerts.
    assert len(asked_for) <= 8


@pytest.mark.parametrize(
    ("said", "blamed"),
    [
        ({"notify": {"receivers": {"a": True}, "hours": {"b": True}}}, ("notify", "hours", "b")),
        ({"notify": {"receivers": {"a": True, "b": True}}}, ("notify", "receivers")),
    ],
)
def test_of_a_map_in_which_no_word_is_alone_to_blame_the_least_is_looked_into(said: Map, blamed: Keys) -> None:
    def remake(opened: Opened, _: Report) -> bytes:
        left: Any = (opened.reading.document(CHECKOUT).value or {}).get("notify") or {}
        return b"head\nline\n" if any(left.values()) else b"head\n"

    def found(value: Value, at: Keys) -> Iterator[Word]:
        for key, each in (value if isinstance(value, dict) else {}).items():
            yield Word((*at, key), each, (Spot(CHECKOUT, (*at, key)),), whole=isinstance(each, dict))
            yield from found(each, (*at, key))

    before = supposing(asked(RULES).opened, {CHECKOUT: said}, Report())
    touches = try_words(Trial(before, remake, ["head", "line"], 1), list(found(said, ())))
    assert [(each.relation, each.word.keys) for each in touches] == [("produces", blamed)]
