"""Rules of both sides are told apart by group, name and labels, and by what they say where these are others."""

from typing import Any

from tests.inquire.difference.test_alert import SLOW, changes, of
from varve.inquire.difference.pairing import now, paired
from varve.inquire.difference.renaming import KNOWN, Names
from varve.inquire.difference.rule import Rule

LATE = {**SLOW, "alert": "Late"}
OTHER = {**SLOW, "expr": "a > 2"}


def pairs(before: list[Rule], after: list[Rule], known: Names = KNOWN) -> list[tuple[str | None, str | None]]:
    return [(one and one.name, other and other.name) for one, other in paired(before, after, known)]


def test_of_several_of_one_name_that_left_over_is_taken_in_its_order() -> None:
    one, two, three = ({**SLOW, "labels": {"severity": each}} for each in ("warning", "critical", "info"))
    assert changes(of(one, two), of(one, three)) == [("Slow (severity=info)", "labels.severity", "critical", "info")]
    assert changes(of(one, two), of(two)) == [("Slow (severity=warning)", "", "a > 1 for 5m", None)]


def test_a_removed_rule_is_paired_with_an_added_one_of_the_same_content() -> None:
    assert pairs(of(SLOW), of(LATE)) == [("Slow", "Late")]
    assert pairs(of(OTHER), of(LATE)) == [("Slow", None), (None, "Late")]
    assert pairs(of(SLOW), of({"record": "a:b", **{key: SLOW[key] for key in ("expr", "for", "labels")}})) == [
        ("Slow", None),
        (None, "a:b"),
    ]


def test_one_has_become_only_one_other() -> None:
    later = {**SLOW, "alert": "Later"}
    assert pairs(of(SLOW), of(LATE, later)) == [("Slow", "Late"), (None, "Later")]
    assert pairs(of(LATE, later), of(SLOW)) == [("Later", None), ("Late", "Slow")]


def test_a_rule_with_the_same_content_in_another_group_was_moved() -> None:
    assert pairs(of(SLOW), of(SLOW, name="search")) == [("Slow", "Slow")]
    assert pairs(of(SLOW), of(OTHER, name="search")) == [("Slow", None), (None, "Slow")]
    assert pairs(of(SLOW), of(LATE, name="search")) == [("Slow", None), (None, "Late")]


def test_a_rule_renamed_in_its_source_may_have_other_content() -> None:
    known = Names(rules={("alert", "checkout", "Slow"): "Late"})
    other: dict[str, Any] = {**OTHER, "alert": "Late"}
    assert pairs(of(SLOW), of(other), known) == [("Slow", "Late")]


def test_a_recording_has_not_the_new_name_of_the_alert_of_its_name() -> None:
    recording, late = ({"record": name, "expr": "a"} for name in ("Slow", "Late"))
    known = Names(rules={("alert", "checkout", "Slow"): "Late"})
    found = paired(of(SLOW, recording), of(LATE, recording, {**late, "expr": "b"}), known)
    assert [(one and (one.kind, one.name), other and (other.kind, other.name)) for one, other in found] == [
        (("alert", "Slow"), ("alert", "Late")),
        (("recording", "Slow"), ("recording", "Slow")),
        (None, ("recording", "Late")),
    ]


def test_a_group_has_the_name_that_its_service_has_now() -> None:
    known = Names(services={"checkout": "basket"})
    both = [{**SLOW, "labels": {"service": each, "severity": "info"}} for each in ("checkout", "basket")]
    more = [{**each, "labels": {**each["labels"], "severity": "critical"}, "expr": "b"} for each in both]
    found = paired(of(both[0], more[0], name="checkout/slo"), of(more[1], both[1], name="basket/slo"), known)
    assert [(one and one.fields["expr"], other and other.fields["expr"]) for one, other in found] == [
        ("a > 1", "a > 1"),
        ("b", "b"),
    ]


def test_the_name_of_a_vendors_file_is_no_service() -> None:
    services = {"rules": "basket", "checkout": "basket"}
    assert [now(each, services) for each in ("rules/pg/a", "rules/a", "checkout", "search")] == [
        "rules/pg/a",
        "basket/a",
        "basket",
        "search",
    ]
