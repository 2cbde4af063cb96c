"""A text is parsed once with names at its places, and assembled again with values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.emit.template.form import Marker, Misfit, assemble, at, itself, whole
from varve.emit.template.given import Given

PARTS = st.lists(st.text(st.sampled_from("ValueQZabj 0\n")), min_size=1, max_size=30).map(tuple)


def text(value: Given) -> str | Misfit:
    return value if isinstance(value, str) else Misfit("it is not text")


@given(PARTS)
def test_a_marked_text_gives_its_parts_and_positions_back(parts: tuple[str, ...]) -> None:
    marker = Marker.unlike(parts)
    assert marker.split(marker.text(parts)) == (parts, tuple(range(len(parts) - 1)))


def test_a_message_hides_the_names_of_places() -> None:
    marker = Marker.unlike(("a", "b"))
    assert marker.hidden(f"unexpected `{marker.text(('', '.x'))}`") == "unexpected `….x`"


def test_a_text_is_put_together_with_its_proof() -> None:
    shape = assemble(["a", "b", at(1, text, lambda _, written: "x" * len(written)), "c", at(0, text)])
    assert shape(["1", "22"]) == ("ab22c1", "abxxc1")


def test_a_misfit_knows_its_place() -> None:
    shape = assemble([at(0, text), at(1, text)])
    assert shape(["a", 5]) == Misfit("it is not text", position=1)
    assert whole(text)(5) == Misfit("it is not text")
    assert whole(text)("a") == ("a", "a")


@pytest.mark.parametrize("value", ["a", 5, None])
def test_without_a_stand_in_a_text_is_its_own_proof(value: Given) -> None:
    assert itself(value, "written") == "written"
