"""Every name has a kind that can be written, and the templates are given all that stand in texts."""

from varve.language.message import PARAMETER
from varve.language.notification.name import FILTERS, LINKS, NAMES, PLACEHOLDERS


def test_a_placeholder_is_what_a_text_holds_for_a_value() -> None:
    for name, text in PLACEHOLDERS.items():
        found = PARAMETER.fullmatch(text)
        assert found is not None
        assert found[1] == name


def test_what_may_only_be_asked_stands_in_no_text() -> None:
    states = {name for name, each in NAMES.items() if each.kind == "state"}
    assert states == {"single", "several", "ongoing", "over"}
    assert NAMES.keys() - PLACEHOLDERS.keys() == states


def test_every_text_of_an_alert_has_a_limit() -> None:
    assert all(each.most > 0 for each in NAMES.values() if each.kind in ("line", "lines"))


def test_every_link_and_every_list_has_a_name() -> None:
    assert {*LINKS, *FILTERS} <= NAMES.keys()
