"""Of each rule that changes the fields are told in which it does."""

from typing import Any

from varve.inquire.difference.alert import alerts, names
from varve.inquire.difference.pairing import paired
from varve.inquire.difference.renaming import Names
from varve.inquire.difference.rule import Rule, rules
from varve.model.difference import PRESENT

SLOW: dict[str, Any] = {"alert": "Slow", "expr": "a > 1", "for": "5m", "labels": {"severity": "warning"}}


def of(*said: dict[str, Any], name: str = "checkout", **group: object) -> list[Rule]:
    file: Any = {"groups": [{"name": f"acme/{name}", "rules": list(said), **group}]}
    return list(rules([file], "acme"))


def told(before: list[Rule], after: list[Rule]) -> list[tuple[str, str, str | None, str | None]]:
    found = (each.change for each in alerts(paired(before, after)))
    return [(each.subject, each.part, each.before, each.after) for each in found]


def test_what_is_the_same_is_not_told() -> None:
    assert told(of(SLOW), of(dict(SLOW))) == []


def test_of_one_that_changes_each_field_is_told() -> None:
    after = {**SLOW, "for": "10m", "labels": {"severity": "critical"}, "annotations": {"summary": "slow"}}
    assert told(of(SLOW), of(after)) == [
        ("Slow", "for", "5m", "10m"),
        ("Slow", "labels.severity", "warning", "critical"),
        ("Slow", "annotations.summary", None, "slow"),
    ]


def test_of_a_long_expression_only_what_differs_is_told() -> None:
    before, after = ({**SLOW, "expr": f'rate(errors_total{{tenant="acme"}}[5m]) > {limit}'} for limit in (0.01, 0.05))
    assert told(of(before), of(after)) == [("Slow", "expr", "> 0.01", "> 0.05")]


def test_the_way_to_a_silence_is_told_only_where_the_labels_are_the_same() -> None:
    one, two = ({"silence_url": f"https://a.example/{each}"} for each in "ab")
    assert [each[1] for each in told(of({**SLOW, "annotations": one}), of({**SLOW, "annotations": two}))] == [
        "annotations.silence_url"
    ]
    changed = {**SLOW, "annotations": two, "labels": {"severity": "info"}}
    assert [each[1] for each in told(of({**SLOW, "annotations": one}), of(changed))] == ["labels.severity"]


def test_of_a_text_for_people_in_which_much_differs_it_is_told_that_it_does() -> None:
    one, two = ({**SLOW, "annotations": {"description": f"{each * 100}. End"}} for each in "ab")
    assert told(of(one), of(two)) == [("Slow", "annotations.description", PRESENT, PRESENT)]


def test_one_that_comes_or_goes_is_told_with_what_it_says_unless_that_is_to_be_brief() -> None:
    assert told([], of(SLOW)) == [("Slow", "", None, "a > 1 for 5m")]
    assert told(of(SLOW), []) == [("Slow", "", "a > 1 for 5m", None)]
    assert [each.change.after for each in alerts(paired([], of(SLOW)), brief=True)] == [PRESENT]


def test_of_several_of_one_name_each_has_the_labels_by_which_they_differ() -> None:
    both = [{**SLOW, "labels": {"severity": severity, "team": "a"}} for severity in ("warning", "critical")]
    after = [both[0], {**both[1], "for": "1m"}]
    assert names(paired(of(*both), of(*after))) == ["Slow (severity=warning)", "Slow (severity=critical)"]
    assert told(of(*both), of(*reversed(after))) == [("Slow (severity=critical)", "for", "5m", "1m")]


def test_where_one_label_tells_all_of_a_name_apart_it_is_enough() -> None:
    both = [{**SLOW, "labels": {"service": each, "owner": f"team-{each}"}} for each in "ab"]
    assert names(paired([], of(*both))) == ["Slow (service=a)", "Slow (service=b)"]


def test_what_a_group_says_of_all_its_rules_is_told_of_each() -> None:
    assert told(of(SLOW, interval="30s"), of(SLOW, interval="1m")) == [("Slow", "interval", "30s", "1m")]
    assert told(of(SLOW, labels={"a": "b"}), of(SLOW, labels={"a": "c"})) == [("Slow", "labels.a", "b", "c")]


def test_a_recording_is_told_as_one() -> None:
    kept = [{"record": "a:b", "expr": f"vector({number})"} for number in (1, 2)]
    found = [each.change for each in alerts(paired(of(kept[0]), of(kept[1])))]
    assert [(each.kind, each.subject, each.part) for each in found] == [("recording", "a:b", "expr")]


def test_one_that_has_another_name_is_told_by_that_alone_where_it_says_the_same() -> None:
    slow, late = ({**SLOW, "alert": each, "annotations": {"url": f"/{each}", "silence_url": each}} for each in "AB")
    assert told(of(slow), of(late)) == [("B", "name", "A", "B")]


def test_what_only_has_the_name_of_a_service_in_it_is_not_told_where_that_has_another() -> None:
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


def test_what_says_another_name_in_the_place_of_that_which_is_new_is_told() -> None:
    before, after = ({**SLOW, "alert": name, "expr": f"a{{job='{job}'}}"} for name, job in (("A", "B"), ("B", "A")))
    known = Names(rules={("alert", "checkout", "A"): "B"})
    found = [each.change for each in alerts(paired(of(before), of(after), known))]
    assert [(each.part, each.before, each.after) for each in found] == [
        ("name", "A", "B"),
        ("expr", "a{job='B'}", "a{job='A'}"),
    ]
