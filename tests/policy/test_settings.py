"""The policies that a repository chooses in its settings, with their parameters and severities."""

from typing import Final

import pytest

from tests.policy.reading import findings, policy, read
from varve.language import canonical
from varve.model.diagnostic import Place, Severity
from varve.model.source import Map


def files(settings: Map) -> dict[str, bytes]:
    return {
        "policies/owned.json": policy({"parameters": {"hosts": [], "least": 2}}),
        "policies/other.json": policy({"id": "other"}),
        "policies/settings.json": canonical.json({"policies": settings}),
    }


def test_naming_a_policy_chooses_it() -> None:
    found, _, report = read(files({"owned": {}}))
    assert findings(report) == []
    assert found.chosen == {"owned"}
    assert found.severities == {}
    assert found.policies.keys() == {"owned", "other"}


def test_severity_and_parameters_are_overridden_one_by_one() -> None:
    found, _, _ = read(files({"owned": {"severity": "error", "parameters": {"least": 3}}}))
    assert found.severities == {"owned": Severity.ERROR}
    assert found.policies["owned"].severity is Severity.ERROR
    assert found.policies["owned"].parameters == {"hosts": [], "least": 3}
    assert found.policies["other"].severity is Severity.WARNING


def test_a_policy_that_is_switched_off_is_removed() -> None:
    found, made, report = read(files({"owned": {"enabled": False}}))
    assert findings(report) == []
    assert found.chosen == frozenset()
    assert found.policies.keys() == made.keys() == {"other"}


def test_unknown_names_are_reported() -> None:
    _, _, report = read(files({"owner": {}, "owned": {"parameters": {"lest": 3}}}))
    assert findings(report) == [
        ("unknown-policy", "there is no policy `owner`"),
        ("unknown-parameter", "`owned` has no parameter `lest`"),
    ]
    assert [each.hint for each in report] == ["did you mean `owned`?", "did you mean `least`?"]


def test_settings_of_another_shape_choose_nothing() -> None:
    found, _, report = read(files({"owned": {"parameter": {}}}))
    assert [each[0] for each in findings(report)] == ["check/unknown-key"]
    assert found.chosen == frozenset()


def test_settings_override_the_severity_of_a_framework() -> None:
    control: Map = {"id": "H1", "title": "what runs is known", "checks": ["owned"], "limits": "much"}
    house = canonical.json(
        {"id": "house", "title": "House", "severity": "error", "limits": "much", "controls": [control]}
    )
    settings = canonical.json({"frameworks": {"house": {"severity": "note"}, "hose": {"severity": "note"}}})
    found, _, report = read({**files({}), "policies/frameworks/house.json": house, "policies/settings.json": settings})
    assert found.frameworks["house"].severity is Severity.NOTE
    assert [(*each, one.hint) for each, one in zip(findings(report), report, strict=True)] == [
        ("unknown-framework", "there is no framework `hose`", "did you mean `house`?")
    ]


KINDS: Final = {
    "a text for a number": ({"least": "two"}, "this is a text but `owned` needs a number"),
    "a truth value for a number": ({"least": True}, "this is true or false but `owned` needs a number"),
    "one thing for a list": ({"hosts": "a"}, "this is a text but `owned` needs a list or a map"),
    "nothing": ({"hosts": None}, "this is nothing but `owned` needs a list or a map"),
}


@pytest.mark.parametrize(("parameters", "message"), KINDS.values(), ids=KINDS)
def test_a_parameter_of_another_kind_is_reported_where_it_is_set(parameters: Map, message: str) -> None:
    _, _, report = read(files({"owned": {"parameters": parameters}}))
    assert findings(report) == [("check/wrong-kind", message)]
    ((place,),) = [[each.place] for each in report]
    assert place == Place("policies/settings.json", ("policies", "owned", "parameters", *parameters))


def test_a_list_parameter_may_be_a_map() -> None:
    found, _, report = read(files({"owned": {"parameters": {"hosts": {"a.example": "DPA-12"}}}}))
    assert findings(report) == []
    assert found.policies["owned"].parameters["hosts"] == {"a.example": "DPA-12"}


def test_a_number_may_have_a_fraction() -> None:
    found, _, report = read(files({"owned": {"parameters": {"least": 1.5}}}))
    assert findings(report) == []
    assert found.policies["owned"].parameters["least"] == 1.5


def test_a_framework_named_as_a_policy_is_reported_with_a_hint() -> None:
    control: Map = {"id": "A1", "title": "All is owned", "checks": ["owned"], "limits": "all"}
    framework: Map = {"id": "ours", "title": "Ours", "severity": "error", "limits": "all", "controls": [control]}
    _, _, report = read(files({"ours": {}}) | {"policies/frameworks/ours.json": canonical.json(framework)})
    assert ("unknown-policy", "`ours` is a framework, not a policy") in findings(report)
    assert [each.hint for each in report][-1] == "hold tenants to it: `tenant: {compliance: [ours]}` in their grants"
