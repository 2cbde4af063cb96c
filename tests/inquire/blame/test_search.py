from collections.abc import Iterator
from typing import Any

import pytest

from tests.inquire.blame.example import CHECKOUT, RULES, lines, subject
from varve.check.shape.kind import strategy
from varve.inquire.blame.remake import with_changed
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
    rules = lines(RULES)
    return Trial(
        subject(RULES).opened, subject(RULES).remake, rules, next(at for at, line in enumerate(rules) if text in line)
    )


def _words() -> list[Word]:
    resolved = resolve_unit(subject(RULES).opened, Unit("acme", "production"), Report())
    assert resolved is not None
    return words(resolved.stack, resolved.value, strategy("unit"))


def test_a_word_whose_text_is_in_the_line_appears_in_it() -> None:
    (touch,) = try_words(_trial("for: 10m"), _words())
    assert (touch.relation, touch.word.keys, touch.reach) == ("appears", (*QUEUE, "for"), 1)


def test_a_map_is_to_blame_where_nothing_in_it_is() -> None:
    (touch,) = try_words(_trial("alert: QueueStuck"), _words())
    assert (touch.relation, touch.word.keys, touch.word.whole) == ("produces", QUEUE, True)
    assert touch.reach > 5


def test_an_untried_word_is_listed_if_its_text_is_in_the_line() -> None:
    trial = _trial("contact:")
    stuck = Trial(trial.opened, lambda *_: None, trial.lines, trial.at)
    found = try_words(stuck, [Word(("contact", "slack"), "#acme-alerts", (Spot(CHECKOUT, ("owner",)),))])
    assert [each.relation for each in found] == ["untried"]
    assert try_words(stuck, [Word(("contact", "slack"), "#others", (Spot(CHECKOUT, ("owner",)),))]) == []


@pytest.mark.parametrize("channel", ["#acme-alerts", "#%{tenant.id}-acme-alerts"])
def test_an_untried_word_is_left_out_if_it_is_part_of_another_words_text(channel: str) -> None:
    trial = _trial("contact:")
    spots = (Spot(CHECKOUT, ("owner",)),)
    whole, part = Word(("contact", "slack"), channel, spots), Word(("contact", "email"), "acme", spots)

    def remake(opened: Opened, _: Report) -> bytes | None:
        owner = (opened.reading.document(CHECKOUT).value or {}).get("owner")
        # Of the part nothing can be tried.
        return None if owner is None or "acme-alerts" not in str(owner) else b"other\n"

    stuck = Trial(trial.opened, remake, trial.lines, trial.at)
    assert [each.word for each in try_words(stuck, [whole, part])] == [whole]
    assert [each.relation for each in try_words(stuck, [part])] == ["untried"]


def test_maps_of_a_copied_file_are_searched_only_if_the_line_needs_them() -> None:
    document = subject(RULES).opened.reading.document(CHECKOUT)
    attempts = []

    def remake(opened: Opened, _: Report) -> bytes:
        owner = opened.reading.document(CHECKOUT).value or {}
        attempts.append(owner)
        return f"{owner.get('owner')}\nend\n".encode()

    trial = Trial(subject(RULES).opened, remake, ["payments", "end"], 0)
    (touch,) = try_document(trial, Document(CHECKOUT, document.value))
    assert (touch.word.keys, touch.relation) == (("owner",), "appears")
    # Each of the four that it says at its top, the two that are no map in two ways, and nothing of the alerts.
    assert len(attempts) <= 8


@pytest.mark.parametrize(
    ("service", "blamed"),
    [
        ({"notify": {"receivers": {"a": True}, "hours": {"b": True}}}, ("notify", "hours", "b")),
        ({"notify": {"receivers": {"a": True, "b": True}}}, ("notify", "receivers")),
    ],
)
def test_the_minimal_content_of_a_map_is_searched_if_no_single_word_is_to_blame(service: Map, blamed: Keys) -> None:
    def remake(opened: Opened, _: Report) -> bytes:
        left: Any = (opened.reading.document(CHECKOUT).value or {}).get("notify") or {}
        return b"head\nline\n" if any(left.values()) else b"head\n"

    def found(value: Value, at: Keys) -> Iterator[Word]:
        for key, each in (value if isinstance(value, dict) else {}).items():
            yield Word((*at, key), each, (Spot(CHECKOUT, (*at, key)),), whole=isinstance(each, dict))
            yield from found(each, (*at, key))

    before = with_changed(subject(RULES).opened, {CHECKOUT: service}, Report())
    touches = try_words(Trial(before, remake, ["head", "line"], 1), list(found(service, ())))
    assert [(each.relation, each.word.keys) for each in touches] == [("produces", blamed)]
