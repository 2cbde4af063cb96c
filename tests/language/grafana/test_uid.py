"""uids are short, of plain characters, and different for different things."""

import re

from hypothesis import given
from hypothesis import strategies as st

from varve.language.grafana.uid import uid

_PARTS = st.lists(st.text(st.characters(exclude_characters="\0"), max_size=8), min_size=1, max_size=4)


@given(_PARTS, _PARTS)
def test_only_the_same_parts_have_the_same_uid(some: list[str], others: list[str]) -> None:
    assert (uid(*some) == uid(*others)) == (some == others)


def test_a_uid_is_valid_in_grafana_and_never_changes() -> None:
    assert re.fullmatch("[a-zA-Z0-9_-]{8,40}", uid("production", "acme", "service", "checkout"))
    assert uid("production", "acme", "service", "checkout") == "83042c8a5c60d0e47c9bcf26f217e496d2d1ff4f"
