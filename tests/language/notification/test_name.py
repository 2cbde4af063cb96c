"""Every name has a placeholder for templates, except conditions, and every text has a maximum length."""

from varve.language.message import PARAMETER
from varve.language.notification.name import FILTERS, LINKS, NAMES, PLACEHOLDERS


def test_a_placeholder_is_the_name_as_a_parameter() -> None:
    for name, text in PLACEHOLDERS.items():
        found = PARAMETER.fullmatch(text)
        assert found is not None
        assert found[1] == name


def test_conditions_have_no_placeholder() -> None:
    states = {name for name, each in NAMES.items() if each.kind == "state"}
    assert states == {"single", "several", "ongoing", "over"}
    assert NAMES.keys() - PLACEHOLDERS.keys() == states


def test_every_text_of_an_alert_has_a_limit() -> None:
    assert all(each.most > 0 for each in NAMES.values() if each.kind in ("line", "lines"))


def test_every_link_and_every_list_has_a_name() -> None:
    assert {*LINKS, *FILTERS} <= NAMES.keys()
