"""Programs get every text of a diagnostic, and nothing that a JSON reader or a CI host would misread."""

from json import loads

from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from varve.model.diagnostic import Diagnostic, Note, Place, Rule, Span
from varve.model.situated import Situated, Spot
from varve.render.json import json

RULE = Rule("check/policy", "A policy is broken", "Its explanation.")
PLACE = Place("tenants/acme/tenant.yaml", ("a",))


def test_the_shape(snapshot: SnapshotAssertion) -> None:
    notes = (Note("0.5 was set here", PLACE), Note("nobody may exceed it"))
    spots = (Spot("environments/production.yaml", Span(3, 16, 19), "x"), None)
    situated = [
        Situated(Diagnostic(RULE, "no place"), None, ()),
        Situated(Diagnostic(RULE, "0.75 is too much", PLACE, notes, "ask"), Spot("a.yaml", Span(4, 3, 9), ""), spots),
        Situated(Diagnostic(RULE, "`x` is missing", PLACE), Spot("environments/x.yaml"), ()),
    ]
    assert json(situated) == snapshot


def test_none_is_an_empty_list() -> None:
    assert json([]) == "[]\n"


@given(st.text())
def test_every_text_is_preserved(text: str) -> None:
    (record,) = loads(json([Situated(Diagnostic(RULE, text, PLACE), Spot(text), ())]))
    assert record["message"] == record["file"] == text


@given(st.text(st.characters(codec=None)) | st.text("#:[a\\"))
def test_the_text_is_printable_ascii_without_ci_commands(text: str) -> None:
    shown = json([Situated(Diagnostic(RULE, text, PLACE), Spot(text), ())])
    assert shown.isascii()
    assert shown.replace("\n", "").isprintable()
    assert "##" not in shown
    loads(shown)[0]["message"].encode("utf-8")  # which a lone surrogate would refuse
