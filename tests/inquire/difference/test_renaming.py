"""What is gone has another name where something has come that says the same."""

import pytest

from varve.inquire.difference.renaming import KNOWN, Names, alike, names, neutral, renamed, respelt
from varve.model.source import Map

SLOW: Map = {"expr": "a > 1", "for": "5m", "severity": "warning", "summary": "Slow"}


def test_an_entry_with_the_same_content_is_renamed() -> None:
    assert renamed(("alerts",), {"Slow": SLOW}, {"Late": SLOW}) == {"Slow": "Late"}
    assert renamed(("alerts",), {"Slow": SLOW, "Late": SLOW}, {"Late": SLOW}) == {}


def test_an_entry_with_mostly_the_same_content_is_renamed() -> None:
    assert renamed(("alerts",), {"Slow": SLOW}, {"Late": {**SLOW, "for": "10m", "summary": "Late"}}) == {"Slow": "Late"}
    assert renamed(("alerts",), {"Slow": SLOW}, {"Late": {**SLOW, "for": "10m", "expr": "b"}}) == {}


def test_the_most_alike_have_each_others_names_and_each_only_one() -> None:
    near = {**SLOW, "for": "10m"}
    assert renamed(("alerts",), {"A": SLOW, "B": near}, {"C": near, "D": SLOW}) == {"A": "D", "B": "C"}
    assert renamed(("alerts",), {"A": SLOW}, {"C": near, "D": SLOW}) == {"A": "D"}
    assert renamed(("alerts",), {"A": SLOW, "B": near}, {"D": SLOW}) == {"A": "D"}


@pytest.mark.parametrize("key", ["packs", "routes", "labels", "features"])
def test_a_name_that_means_something_is_not_another_for_the_same(key: str) -> None:
    assert renamed((key,), {"a": SLOW}, {"b": SLOW}) == {}
    assert renamed((), {"a": SLOW}, {"b": SLOW}) == {}


def test_the_keys_of_a_service_called_users_are_not_renamed() -> None:
    before, after = Map({"labels": {"a": "b"}}), Map({"annotations": {"a": "b"}})
    assert renamed(("services", "users"), before, after) == {}
    assert renamed(("services", "users", "alerts"), {"Slow": SLOW}, {"Late": SLOW}) == {"Slow": "Late"}


def test_an_empty_entry_is_not_renamed() -> None:
    assert renamed(("alerts",), {"a": {}}, {"b": {}}) == {}
    assert renamed(("alerts",), {"a": None}, {"b": "x"}) == {}


def test_of_very_many_none_are_compared() -> None:
    before, after = (Map({f"{side}{number}": SLOW for number in range(33)}) for side in "ab")
    assert renamed(("alerts",), before, after) == {}
    assert len(renamed(("alerts",), {**before}, dict(list(after.items())[:31]))) == 31


def test_services_rules_receivers_and_hours_of_a_unit_are_renamed() -> None:
    before: Map = {
        "services": {"checkout": {"alerts": {"Slow": SLOW}, "owner": "payments"}},
        "notify": {"receivers": {"team": {"email": {"to": ["a"]}}}, "hours": {"day": {"from": "09:00"}}},
        "users": {"alice": {"email": "alice@a.example"}},
    }
    after: Map = {
        "services": {"basket": {"alerts": {"Late": SLOW}, "owner": "payments"}},
        "notify": {"receivers": {"all": {"email": {"to": ["a"]}}}, "hours": {"week": {"from": "09:00"}}},
        "users": {"bob": {"email": "bob@a.example"}},
    }
    found = names(before, after, "acme")
    assert found == Names(
        {"checkout": "basket"},
        {"acme/team": "acme/all", "acme/users/alice": "acme/users/bob"},
        {"acme/day": "acme/week", "acme/users/alice": "acme/users/bob"},
        {("alert", "basket", "Slow"): "Late"},
    )
    assert [found.rule("alert", each, "Slow") for each in ("basket", "checkout")] == ["Late", "Slow"]
    assert names({}, {}, "acme") == KNOWN


def test_names_are_replaced_only_as_whole_words() -> None:
    assert neutral(("a", "a-b"), "*")("a, a-b, ab, a_b, a/a") == "*, *, ab, a_b, */*"
    assert respelt({"a": "b", "b": "a"})("a b a-b") == "b a a-b"
    assert neutral(("",))("a") == respelt({})("a") == "a"


def test_texts_that_differ_only_by_renames_are_alike() -> None:
    are_alike = alike({"a": "b"})
    assert are_alike("a, a", "a, b")
    assert are_alike("b", "b")
    assert not are_alike("b", "a")
    assert not are_alike("a, x", "b, y")
    assert not are_alike("a", "b, b")
    assert alike({})("a", "a")
    assert not alike({})("a", "b")
