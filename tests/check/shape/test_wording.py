import pytest

from varve.check.shape import schema
from varve.language.name import dotted
from varve.model.diagnostic import Diagnostic, Place, Report
from varve.model.source import Keys, Map, Value

RULES: Map = {"groups": [{"name": "a", "rules": []}]}


def said(kind: str, value: Value) -> list[Diagnostic]:
    report = Report()
    schema.check(kind, value, lambda keys, on: (Place("x", keys, on), ()), report)
    return list(report)


def asked(parameter: Value, value: Value) -> list[Diagnostic]:
    """What is said of `value` for a pack's parameter with such a schema, which stand at `mine` in the unit."""
    report = Report()
    whole: Map = {"type": "object", "properties": {"one": parameter}, "additionalProperties": False}
    where: Keys = ("mine",)
    schema.check_parameters(whole, {"one": value}, lambda keys, on: (Place("x", keys, on), ()), where, report)
    return list(report)


@pytest.mark.parametrize(
    ("value", "at", "message", "hint"),
    [
        ({"labls": {}}, "labls", "`labls` is not known", "did you mean `labels`?"),
        (
            {"contact": {"phone": "1"}},
            "contact.phone",
            "`phone` is not known in `contact`",
            "known here: email, slack, user",
        ),
        ({"labels": {"a": 1}}, "labels.a", "`1` is a number, where a text is needed", 'write it in quotes, "1"'),
        (
            {"labels": {"a": True}},
            "labels.a",
            "`true` is true or false, where a text is needed",
            "write it in quotes, as it stands there",
        ),
        (
            {"labels": {"a": None}},
            "labels.a",
            "`labels.a` has no value, where a text is needed",
            "write a text; in YAML, a blank and `#` begin a comment",
        ),
        (
            {"labels": {"a": 3.10}},
            "labels.a",
            "`3.1` is a number, where a text is needed",
            "write it in quotes, as it stands there",
        ),
        (
            {"labels": {"a": "x" * 201}},
            "labels.a",
            "`labels.a` is too long: it has 201 characters",
            "say at most 200 characters",
        ),
        ({"quotas": {"series": 0}}, "quotas.series", "`0` is too small", "write at least 1"),
        ({"tenant": {"name": ""}}, "tenant.name", "`tenant.name` is empty", "say at least 1 character"),
        (
            {"timezone": "x" * 70},
            "timezone",
            f"`{'x' * 59}…` is no time zone",
            "write an IANA name such as `Europe/Paris`",
        ),
        ({"timezone": "a\nb"}, "timezone", "`a…` is no time zone", "write an IANA name such as `Europe/Paris`"),
        ({"users": {"Al": {}}}, "users.Al", "`Al` is no id", "use 2 to 40 lower-case letters, digits and hyphens"),
        (
            {"labels": {"job": "x"}},
            "labels.job",
            "`job` cannot name a label: varve or Prometheus writes it",
            "use another name",
        ),
    ],
)
def test_a_fault_of_a_source_reads(value: Value, at: str, message: str, hint: str) -> None:
    [one] = said("tenant", value)
    assert one.place is not None
    assert (dotted(one.place.keys), one.message, one.hint) == (at, message, hint)


def test_what_is_missing_is_said_once_for_each_map_and_with_its_meaning_where_it_is_one_thing() -> None:
    unit: Map = {"environment": "production", "locale": "fr_FR", "timezone": "UTC", "services": {}}
    [one] = said("unit", {**unit, "tenant": {"id": "acme", "name": "A", "tier": "gold"}})
    assert one.message == "`tenant` does not say `region`, `isolation` and `owners`"
    [one] = said("settings", {"environments": ["production"]})
    assert one.message == "`apiVersion` and `layers` are not said"
    [one] = said("rules", {})
    assert (one.message, one.hint) == ("`groups` is not said", "say it")


def test_platform_settings_are_called_as_they_are_written() -> None:
    [one] = said("platform", {"targets": {"prometheus": {}}, "prometheus": {"scrape_interval": "5m"}})[:1]
    assert one.message.startswith("`platform.")


@pytest.mark.parametrize(
    ("rule", "at", "message"),
    [
        ({"expr": "1"}, "groups[0].rules[0]", "this rule is neither an alert nor a recording"),
        ({"expr": "1", "alert": "A", "record": "a"}, "groups[0].rules[0]", "this rule is an alert and a recording"),
        (
            {"expr": "1", "record": "a", "for": "5m"},
            "groups[0].rules[0].for",
            "this rule is a recording, and has `for`",
        ),
    ],
)
def test_a_rule_of_a_vendor_is_told_what_keeps_it_from_being_one(rule: Map, at: str, message: str) -> None:
    [one] = said("rules", {"groups": [{"name": "a", "rules": [rule]}]})
    assert one.place is not None
    assert (one.rule.code, dotted(one.place.keys), one.message) == ("check/neither-alert-nor-record", at, message)


@pytest.mark.parametrize(
    ("counters", "at", "message", "notes"),
    [
        ({}, "services.web.slos.up.errors", "`services.web.slos.up` says neither `errors` nor `good`", []),
        (
            {"errors": "a", "good": "b"},
            "services.web.slos.up.good",
            "`services.web.slos.up` says both `errors` and `good`",
            [("`errors` is said here", "services.web.slos.up.errors")],
        ),
    ],
)
def test_an_objective_is_told_what_it_counts_beside_all_events(
    counters: Map, at: str, message: str, notes: list[tuple[str, str]]
) -> None:
    slo: Map = {"objective": 99, "window": "30d", "total": "c", **counters}
    found = said("unit", {"services": {"web": {"slos": {"up": slo}}}})
    [one] = [each for each in found if each.rule.code == "check/errors-or-good"]
    assert one.place is not None
    assert (dotted(one.place.keys), one.message) == (at, message)
    assert [(each.message, dotted(each.place.keys)) for each in one.notes if each.place] == notes


@pytest.mark.parametrize(
    ("parameter", "value", "code", "message", "hint"),
    [
        ({"enum": ["a1", "b2"]}, "a2", "not-a-choice", "`a2` is not one of a1, b2", "did you mean `a1`?"),
        ({"const": 5}, 6, "not-a-choice", "`6` is not `5`", "write `5`"),
        ({"pattern": "^a"}, "b", "bad-shape", "`b` has not the shape that `mine.one` needs", "it must match `^a`"),
        ({"multipleOf": 5}, 6, "bad-shape", "`6` is not what `mine.one` may be", 'its schema says `{"multipleOf": 5}`'),
        (
            {"oneOf": [{"type": "string"}]},
            6,
            "bad-shape",
            "`6` is not what `mine.one` may be",
            'its schema says `{"oneOf": [{"type": "string"}]}`',
        ),
        (
            {"anyOf": [{"type": "string"}]},
            [],
            "bad-shape",
            "this is not what `mine.one` may be",
            'its schema says `{"anyOf": [{"type": "string"}]}`',
        ),
        (False, 6, "bad-shape", "`6` is not what `mine` may be", "take it out"),
        ({"uniqueItems": True}, [1, 2, 1], "repeated-item", "`mine.one` says `1` twice", "remove the repetition"),
        ({"exclusiveMaximum": 1}, 1, "out-of-range", "`1` is too large", "write less than 1"),
        (
            {"propertyNames": {"maxLength": 1}},
            {"ab": 1},
            "wrong-size",
            "`mine.one.ab` is too long: it has 2 characters",
            "say at most 1 character",
        ),
        (
            {"format": "http-url"},
            "https://me:pw@a.example",
            "bad-url",
            "`mine.one` is no URL that can be used: it holds a user name or a password",
            "take out what stands before the `@`",
        ),
    ],
)
def test_a_fault_of_a_parameter_reads(parameter: Value, value: Value, code: str, message: str, hint: str) -> None:
    [one] = asked(parameter, value)
    assert (one.rule.code, one.message, one.hint) == (f"check/{code}", message, hint)


def test_truth_and_one_are_two_things_and_so_are_an_item_and_its_repetition() -> None:
    assert asked({"uniqueItems": True}, [1, True, "1"]) == []
    [one] = asked({"uniqueItems": True}, [{"a": 1, "b": 2}, 0, {"b": 2, "a": 1}])
    assert one.place is not None
    assert one.place.keys == ("one", 2)


def test_keys_that_a_pattern_admits_are_not_unknown() -> None:
    parameter: Map = {"patternProperties": {"^x-": {}}, "additionalProperties": False}
    assert [one.message for one in asked(parameter, {"x-a": 1, "y": 2})] == ["`y` is not known in `mine.one`"]
