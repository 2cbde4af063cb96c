"""Of each rule that changes the fields are told in which it does."""

from typing import Any

from varve.inquire.difference.alert import alerts, names
from varve.inquire.difference.pairing import paired
from varve.inquire.difference.renaming import Names
from varve.inquire.difference.rule import Rule, rules
from varve.model.difference import PRESENT

SLOW: dict[str, Any] = {"alert": "Slow", "expr": "a > 1", "for": "5m", "labels": {"severity": "warning"}}


def of(*entries: dict[str, Any], name: str = "checkout", **group: object) -> list[Rule]:
    file: Any = {"groups": [{"name": f"acme/{name}", "rules": list(entries), **group}]}
    return list(rules([file], "acme"))


def changes(before: list[Rule], after: list[Rule]) -> list[tuple[str, str, str | None, str | None]]:
    found = (each.change for each in alerts(paired(before, after)))
    return [(each.subject, each.part, each.before, each.after) for each in found]


def test_an_unchanged_rule_has_no_changes() -> None:
    assert changes(of(SLOW), of(dict(SLOW))) == []


def test_each_changed_field_of_a_rule_is_listed() -> None:
    after = {**SLOW, "for": "10m", "labels": {"severity": "critical"}, "annotations": {"summary": "slow"}}
    assert changes(of(SLOW), of(after)) == [
        ("Slow", "for", "5m", "10m"),
        ("Slow", "labels.severity", "warning", "critical"),
        ("Slow", "annotations.summary", None, "slow"),
    ]


def test_only_the_difference_of_a_long_expression_is_shown() -> None:
    before, after = ({**SLOW, "expr": f'rate(errors_total{{tenant="acme"}}[5m]) > {limit}'} for limit in (0.01, 0.05))
    assert changes(of(before), of(after)) == [("Slow", "expr", "> 0.01", "> 0.05")]


def test_the_link_to_a_silence_is_listed_only_if_the_labels_are_the_same() -> None:
    one, two = ({"silence_url": f"https://a.example/{each}"} for each in "ab")
    assert [each[1] for each in changes(of({**SLOW, "annotations": one}), of({**SLOW, "annotations": two}))] == [
        "annotations.silence_url"
    ]
    changed = {**SLOW, "annotations": two, "labels": {"severity": "info"}}
    assert [each[1] for each in changes(of({**SLOW, "annotations": one}), of(changed))] == ["labels.severity"]


def test_a_long_difference_in_an_annotation_is_not_shown() -> None:
    one, two = ({**SLOW, "annotations": {"description": f"{each * 100}. End"}} for each in "ab")
    assert changes(of(one), of(two)) == [("Slow", "annotations.description", PRESENT, PRESENT)]


def test_an_added_or_removed_rule_is_shown_with_its_expression_unless_brief() -> None:
    assert changes([], of(SLOW)) == [("Slow", "", None, "a > 1 for 5m")]
    assert changes(of(SLOW), []) == [("Slow", "", "a > 1 for 5m", None)]
    assert [each.change.after for each in alerts(paired([], of(SLOW)), brief=True)] == [PRESENT]


def test_of_several_of_one_name_each_has_the_labels_by_which_they_differ() -> None:
    both = [{**SLOW, "labels": {"severity": severity, "team": "a"}} for severity in ("warning", "critical")]
    after = [both[0], {**both[1], "for": "1m"}]
    assert names(paired(of(*both), of(*after))) == ["Slow (severity=warning)", "Slow (severity=critical)"]
    assert changes(of(*both), of(*reversed(after))) == [("Slow (severity=critical)", "for", "5m", "1m")]


def test_one_label_is_enough_if_it_differs_for_all_namesakes() -> None:
    both = [{**SLOW, "labels": {"service": each, "owner": f"team-{each}"}} for each in "ab"]
    assert names(paired([], of(*both))) == ["Slow (service=a)", "Slow (service=b)"]


def test_a_changed_field_of_a_group_is_listed_for_each_of_its_rules() -> None:
    assert changes(of(SLOW, interval="30s"), of(SLOW, interval="1m")) == [("Slow", "interval", "30s", "1m")]
    assert changes(of(SLOW, labels={"a": "b"}), of(SLOW, labels={"a": "c"})) == [("Slow", "labels.a", "b", "c")]


def test_a_recording_is_listed_as_a_recording() -> None:
    kept = [{"record": "a:b", "expr": f"vector({number})"} for number in (1, 2)]
    found = [each.change for each in alerts(paired(of(kept[0]), of(kept[1])))]
    assert [(each.kind, each.subject, each.part) for each in found] == [("recording", "a:b", "expr")]


def test_a_renamed_rule_of_the_same_content_has_only_a_new_name() -> None:
    slow, late = ({**SLOW, "alert": each, "annotations": {"url": f"/{each}", "silence_url": each}} for each in "AB")
    assert changes(of(slow), of(late)) == [("B", "name", "A", "B")]


def test_fields_that_differ_only_by_a_renamed_service_are_left_out() -> None:
    uids = "a" * 40, "b" * 40
    before, after = (
        {
            **SLOW,
            "expr": f'up{{job="checkout",service="{service}"}} > {least}',
            "labels": {"service": service},
            "annotations": {"dashboard_url": f"https://a.example/d/{uid}?x=1"},
        }
        for service, uid, least in (("checkout", uids[0], 1), ("basket", uids[1], 1))
    )
    known = Names(services={"checkout": "basket"})

    def found(one: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
        pairs = paired(of(before), of(one, name="basket"), known)
        return [each.change[2:] for each in alerts(pairs, known.services)]

    assert found(after) == [("labels.service", "checkout", "basket")]
    expression = ("expr", '"checkout … > 1', '"basket … > 2')
    assert found({**after, "expr": after["expr"].replace("> 1", "> 2")}) == [
        expression,
        ("labels.service", "checkout", "basket"),
    ]


def test_exchanged_names_are_a_change() -> None:
    before, after = ({**SLOW, "alert": name, "expr": f"a{{job='{job}'}}"} for name, job in (("A", "B"), ("B", "A")))
    known = Names(rules={("alert", "checkout", "A"): "B"})
    found = [each.change for each in alerts(paired(of(before), of(after), known))]
    assert [(each.part, each.before, each.after) for each in found] == [
        ("name", "A", "B"),
        ("expr", "a{job='B'}", "a{job='A'}"),
    ]
