import pytest

from varve.check.shape import schema
from varve.language.name import dotted
from varve.model.diagnostic import Diagnostic, Place, Report
from varve.model.source import Keys, Map, Value

RULES: Map = {"groups": [{"name": "a", "rules": []}]}


def diagnostics(kind: str, value: Value) -> list[Diagnostic]:
    report = Report()
    schema.check(kind, value, lambda keys, on: (Place("x", keys, on), ()), report)
    return list(report)


def parameter_diagnostics(parameter: Value, value: Value) -> list[Diagnostic]:
    """The diagnostics of `value` for a pack's parameter with such a schema, at `mine` in the unit."""
    report = Report()
    whole: Map = {"type": "object", "properties": {"one": parameter}, "additionalProperties": False}
    where: Keys = ("mine",)
    schema.check_parameters(whole, {"one": value}, lambda keys, on: (Place("x", keys, on), ()), where, report)
    return list(report)


@pytest.mark.parametrize(
    ("value", "at", "message", "hint"),
    [
        ({"labls": {}}, "labls", "unknown key `labls`", "did you mean `labels`?"),
        (
            {"contact": {"phone": "1"}},
            "contact.phone",
            "unknown key `phone` in `contact`",
            "known here: email, slack, user",
        ),
        (
            {"labels": {"a": 1}},
            "labels.a",
            "`1` is a number but a text is needed",
            "write it in quotes, exactly as written",
        ),
        (
            {"labels": {"a": True}},
            "labels.a",
            "`true` is true or false but a text is needed",
            "write it in quotes, exactly as written",
        ),
        (
            {"labels": {"a": None}},
            "labels.a",
            "`labels.a` has no value but needs a text",
            "write a text; in YAML, a blank and `#` begin a comment",
        ),
        (
            {"labels": {"a": 3.10}},
            "labels.a",
            "`3.1` is a number but a text is needed",
            "write it in quotes, exactly as written",
        ),
        (
            {"labels": {"a": "x" * 201}},
            "labels.a",
            "`labels.a` is too long: it has 201 characters",
            "use at most 200 characters",
        ),
        ({"quotas": {"series": 0}}, "quotas.series", "`0` is too small", "write at least 1"),
        ({"tenant": {"name": ""}}, "tenant.name", "`tenant.name` is empty", "use at least 1 character"),
        (
            {"timezone": "x" * 70},
            "timezone",
            f"`{'x' * 59}…` is not a time zone",
            "write an IANA name such as `Europe/Paris`",
        ),
        ({"timezone": "a\nb"}, "timezone", "`a…` is not a time zone", "write an IANA name such as `Europe/Paris`"),
        ({"timezone": "CEST"}, "timezone", "`CEST` is not a time zone", "write an IANA name such as `Europe/Paris`"),
        ({"timezone": "europe/pari"}, "timezone", "`europe/pari` is not a time zone", "did you mean `Europe/Paris`?"),
        (
            {"services": None},
            "services",
            "`services` has no value but needs a map",
            "write a map; in YAML, what belongs to it is indented further",
        ),
        (
            {"users": {"Al": {}}},
            "users.Al",
            "`Al` is not a valid id",
            "use 2 to 40 lower-case letters, digits and hyphens",
        ),
        (
            {"labels": {"job": "x"}},
            "labels.job",
            "`job` cannot name a label: varve or Prometheus writes it",
            "use another name",
        ),
    ],
)
def test_the_wording_of_faults_in_a_source(value: Value, at: str, message: str, hint: str) -> None:
    [one] = diagnostics("tenant", value)
    assert one.place is not None
    assert (dotted(one.place.keys), one.message, one.hint) == (at, message, hint)


def test_missing_keys_are_reported_once_for_each_map() -> None:
    unit: Map = {"environment": "production", "locale": "fr_FR", "timezone": "UTC", "services": {}}
    [one] = diagnostics("unit", {**unit, "tenant": {"id": "acme", "name": "A", "tier": "gold"}})
    assert one.message == "`tenant` does not set `region`, `isolation` and `owners`"
    [one] = diagnostics("settings", {"environments": ["production"]})
    assert one.message == "`apiVersion` and `layers` are not set"
    [one] = diagnostics("rules", {})
    assert (one.message, one.hint) == ("`groups` is not set", "set it")


def test_platform_settings_are_named_by_their_full_paths() -> None:
    [one] = diagnostics("platform", {"targets": {"prometheus": {}}, "prometheus": {"scrape_interval": "5m"}})[:1]
    assert one.message.startswith("`platform.")


@pytest.mark.parametrize(
    ("rule", "at", "message"),
    [
        ({"expr": "1"}, "groups[0].rules[0]", "this rule is neither an alert nor a recording"),
        (
            {"expr": "1", "alert": "A", "record": "a"},
            "groups[0].rules[0]",
            "this rule is both an alert and a recording",
        ),
        (
            {"expr": "1", "record": "a", "for": "5m"},
            "groups[0].rules[0].for",
            "this rule is a recording but has `for`",
        ),
    ],
)
def test_the_wording_for_invalid_vendor_rules(rule: Map, at: str, message: str) -> None:
    [one] = diagnostics("rules", {"groups": [{"name": "a", "rules": [rule]}]})
    assert one.place is not None
    assert (one.rule.code, dotted(one.place.keys), one.message) == ("check/neither-alert-nor-record", at, message)


@pytest.mark.parametrize(
    ("counters", "at", "message", "notes"),
    [
        ({}, "services.web.slos.up.errors", "`services.web.slos.up` has neither `errors` nor `good`", []),
        (
            {"errors": "a", "good": "b"},
            "services.web.slos.up.good",
            "`services.web.slos.up` has both `errors` and `good`",
            [("`errors` is set here", "services.web.slos.up.errors")],
        ),
    ],
)
def test_the_wording_for_objectives_without_or_with_both_counters(
    counters: Map, at: str, message: str, notes: list[tuple[str, str]]
) -> None:
    slo: Map = {"objective": 99, "window": "30d", "total": "c", **counters}
    found = diagnostics("unit", {"services": {"web": {"slos": {"up": slo}}}})
    [one] = [each for each in found if each.rule.code == "check/errors-or-good"]
    assert one.place is not None
    assert (dotted(one.place.keys), one.message) == (at, message)
    assert [(each.message, dotted(each.place.keys)) for each in one.notes if each.place] == notes


@pytest.mark.parametrize(
    ("parameter", "value", "code", "message", "hint"),
    [
        ({"enum": ["a1", "b2"]}, "a2", "not-a-choice", "`a2` is not one of a1, b2", "did you mean `a1`?"),
        ({"const": 5}, 6, "not-a-choice", "`6` is not `5`", "write `5`"),
        (
            {"pattern": "^a"},
            "b",
            "bad-shape",
            "`b` does not have the shape that `mine.one` needs",
            "it must match `^a`",
        ),
        ({"multipleOf": 5}, 6, "bad-shape", "`6` is not allowed for `mine.one`", 'its schema has `{"multipleOf": 5}`'),
        (
            {"oneOf": [{"type": "string"}]},
            6,
            "bad-shape",
            "`6` is not allowed for `mine.one`",
            'its schema has `{"oneOf": [{"type": "string"}]}`',
        ),
        (
            {"anyOf": [{"type": "string"}]},
            [],
            "bad-shape",
            "this is not allowed for `mine.one`",
            'its schema has `{"anyOf": [{"type": "string"}]}`',
        ),
        (False, 6, "bad-shape", "`6` is not allowed for `mine`", "remove it"),
        ({"uniqueItems": True}, [1, 2, 1], "repeated-item", "`mine.one` lists `1` twice", "remove the repetition"),
        ({"exclusiveMaximum": 1}, 1, "out-of-range", "`1` is too large", "write less than 1"),
        (
            {"propertyNames": {"maxLength": 1}},
            {"ab": 1},
            "wrong-size",
            "`mine.one.ab` is too long: it has 2 characters",
            "use at most 1 character",
        ),
        (
            {"format": "http-url"},
            "https://me:pw@a.example",
            "bad-url",
            "`mine.one` is not a valid URL: it contains a user name or a password",
            "remove everything before the `@`",
        ),
        (
            {"format": "base-url"},
            "https://me:pw@a.example/?b",
            "bad-url",
            "`mine.one` is not a URL that can be appended to: it contains a user name or a password",
            "remove everything before the `@`",
        ),
        (
            {"format": "folder-url"},
            "https://a.example/b?ref=main",
            "bad-url",
            "`https://a.example/b?ref=main` is not the URL of a folder",
            "write it without `?ref=main`, in which all that is appended is lost",
        ),
    ],
)
def test_the_wording_of_faults_in_a_parameter(
    parameter: Value, value: Value, code: str, message: str, hint: str
) -> None:
    [one] = parameter_diagnostics(parameter, value)
    assert (one.rule.code, one.message, one.hint) == (f"check/{code}", message, hint)


def test_unique_items_are_compared_as_json_schema_does() -> None:
    assert parameter_diagnostics({"uniqueItems": True}, [1, True, "1"]) == []
    [one] = parameter_diagnostics({"uniqueItems": True}, [{"a": 1, "b": 2}, 0, {"b": 2, "a": 1}])
    assert one.place is not None
    assert one.place.keys == ("one", 2)


def test_keys_that_match_a_pattern_are_not_unknown() -> None:
    parameter: Map = {"patternProperties": {"^x-": {}}, "additionalProperties": False}
    assert [one.message for one in parameter_diagnostics(parameter, {"x-a": 1, "y": 2})] == [
        "unknown key `y` in `mine.one`"
    ]


@pytest.mark.parametrize("scrape", [{}, {"discovered": False}, {"interval": "15s"}], ids=str)
def test_a_scrape_without_targets_or_discovery_is_reported(scrape: Map) -> None:
    [one] = [
        each
        for each in diagnostics("unit", {"services": {"web": {"scrape": {"app": scrape}}}})
        if each.rule.code == "check/missing-key" and "scrape" in each.message
    ]
    assert one.place is not None
    assert (dotted(one.place.keys), one.message) == (
        "services.web.scrape.app.targets",
        "`services.web.scrape.app` does not set `targets`",
    )
    assert one.hint.endswith("; or `discovered: true`, where the platform finds them")


@pytest.mark.parametrize("scrape", [{"discovered": True}, {"discovered": False, "targets": ["a:1"]}], ids=str)
def test_a_scrape_with_targets_or_discovery_is_not_reported(scrape: Map) -> None:
    found = diagnostics("unit", {"services": {"web": {"scrape": {"app": scrape}}}})
    assert not [each for each in found if "scrape" in each.message]
