"""Of several words that each would do one is left, and nothing of what asked for the others."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.inquire.blame.example import CHECKOUT, RULES, subject
from varve.inquire.blame.minimal import least
from varve.inquire.blame.remake import with_changed
from varve.inquire.blame.trial import Trial
from varve.inquire.blame.word import Spot, Word
from varve.model.diagnostic import Report
from varve.pipeline.opening import Opened

if TYPE_CHECKING:
    from varve.model.source import Keys

pytestmark = pytest.mark.usefixtures("one_kit")

LABELS: dict[str, Any] = {
    "people": {"alice": {"tells": True}, "bob": {"tells": True}, "kim": {"tells": False}},
    "routes": {"night": {"to": ["alice"]}, "day": {"to": ["bob", "kim"]}},
}


def _remake(opened: Opened, _: Report) -> bytes | None:
    """A line for whom somebody is told, and nothing at all where a route leads to nobody."""
    labels: Any = (opened.reading.document(CHECKOUT).value or {}).get("labels") or {}
    people, routes = labels.get("people") or {}, labels.get("routes") or {}
    if any(name not in people for each in routes.values() for name in each.get("to", ())):
        return None
    named = "".join(f"{name}\n" for name in people)
    return f"{named}line\n".encode() if any(each.get("tells") for each in people.values()) else named.encode()


def _trial() -> Trial:
    opened = with_changed(subject(RULES).opened, {CHECKOUT: {"labels": LABELS}}, Report())
    return Trial(opened, _remake, ["alice", "bob", "kim", "line"], 3)


def _words() -> list[Word]:
    paths: list[Keys] = [
        (),
        *((key,) for key in LABELS),
        *((key, name) for key, each in LABELS.items() for name in each),
    ]
    return [Word(("labels", *path), None, (Spot(CHECKOUT, ("labels", *path)),), whole=True) for path in paths]


def test_of_those_that_would_do_one_is_left_and_the_line_where_it_is_then() -> None:
    found = least(_trial(), _words(), ("labels",))
    assert found is not None
    trial, left = found
    assert (trial.lines, trial.at) == (["bob", "line"], 1)
    assert [each.keys for each in left] == [("labels",), ("labels", "people"), ("labels", "people", "bob")]


def test_where_all_has_to_stay_nothing_is_found() -> None:
    assert least(_trial(), _words(), ("labels", "people", "bob")) is None
    assert least(_trial(), _words()[:1], ("labels",)) is None


def test_items_of_lists_keep_their_places() -> None:
    item = Word(("labels", "routes", "day", "to", 0), "bob", (Spot(CHECKOUT, ("labels", "routes", "day", "to", 0)),))
    assert least(_trial(), [item], ("labels",)) is None
