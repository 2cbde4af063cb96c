"""Rules are read from what files say, each with what its group says of all of them."""

from typing import Any

from tests.inquire.difference.test_alert import SLOW, of
from varve.inquire.difference.rule import flat, rules


def test_a_group_is_called_as_it_is_within_its_tenant() -> None:
    assert [(each.kind, each.group, each.name) for each in of(SLOW)] == [("alert", "checkout", "Slow")]


def test_a_rule_has_its_own_fields_and_those_of_its_group() -> None:
    (rule,) = of(SLOW, interval="30s", labels={"a": "b"})
    assert dict(flat(rule.fields)) == {
        "interval": "30s",
        "expr": "a > 1",
        "for": "5m",
        "labels.a": "b",
        "labels.severity": "warning",
    }


def test_a_file_that_is_no_file_of_rules_has_none() -> None:
    odd: list[Any] = [None, [], {"groups": 1}, {"groups": [1, {"rules": [2, {"labels": 3, "expr": None}]}]}]
    assert [each.labels for each in rules(odd, "acme")] == [{}]
