"""Which policies there are, where they are active, and whether their own examples have the expected results."""

from pathlib import Path

import pytest

from tests.api.policy.governed import POLICY, governed, write
from varve.api import repository as api
from varve.api.policy import listing
from varve.api.policy.listing import ExampleResults

__all__ = ("governed",)


def tried(repository: Path, *ids: str) -> ExampleResults:
    return api.open(repository).test_policies(ids)


def codes(found: ExampleResults) -> list[str]:
    return [each.rule.code for each in found.diagnostics]


def test_every_policy_is_listed_once_by_its_id(governed: Path) -> None:
    found = api.open(governed).policies()
    assert found.sound
    ids = [each.policy.id for each in found.policies]
    assert ids == sorted(set(ids))
    assert len(ids) > 40
    shipped = {each.policy.id: each.shipped for each in found.policies}
    assert [id_ for id_, is_shipped in shipped.items() if not is_shipped] == ["told-artifacts", "told-services"]
    assert found.text() == found.table


def test_the_list_says_where_a_policy_is_active_and_what_it_supports(governed: Path) -> None:
    write(governed, {"policies/settings.yaml": "policies: {alert-runbook: {}, alert-summary: {enabled: false}}\n"})
    write(governed, {"policies/alone.yaml": POLICY.replace("told-services", "alone")})
    write(governed, {"policies/each.yaml": f"{POLICY.replace('told-services', 'each')}applies: always\n"})
    found = {each.policy.id: each for each in api.open(governed).policies().policies}
    active = {id_: found[id_].asked for id_ in ("each", "alert-runbook", "told-services", "alone")}
    assert active == {
        "each": "always",
        "alert-runbook": "everywhere",
        "told-services": "by frameworks",
        "alone": "nowhere",
    }
    assert found["told-services"].controls == {"house": ["H1"]}
    assert "alert-summary" not in found


def test_a_commit_has_the_policies_that_it_had(governed: Path) -> None:
    write(governed, {"policies/alone.yaml": POLICY.replace("told-services", "alone")})
    ids = {each.policy.id for each in api.open(governed).policies("HEAD").policies}
    assert "told-services" in ids
    assert "alone" not in ids


def test_a_broken_policy_is_reported(governed: Path) -> None:
    write(governed, {"policies/alone.yaml": "id: alone\n"})
    found = api.open(governed).policies()
    assert found.broken
    assert len(found.policies) > 40


def test_the_examples_of_shipped_policies_have_the_expected_results(repository: Path) -> None:
    found = tried(repository)
    assert found.sound, found.text()
    assert found.policies > 40
    assert found.examples >= 2 * found.policies
    assert found.summary == f"{found.policies} policies find what is expected in {found.examples} examples"


def test_only_named_policies_are_tested(governed: Path) -> None:
    found = tried(governed, "told-services")
    assert (found.policies, found.examples) == (1, 2)
    assert found.text() == "1 policy finds what is expected in 2 examples\n"


def test_an_example_that_fails_is_found(governed: Path) -> None:
    write(governed, {"policies/told-services.yaml": POLICY.replace("has(service", "false && has(service")})
    assert codes(tried(governed)) == ["policy/failed-example"]
    assert codes(tried(governed, "told-services")) == ["policy/failed-example"]
    assert tried(governed, "told-services").summary == ""
    assert codes(tried(governed, "alert-runbook")) == []


def test_a_policy_without_examples_of_its_own_has_none_to_fail(governed: Path) -> None:
    assert (tried(governed, "told-artifacts").policies, codes(tried(governed, "told-artifacts"))) == (0, [])


def test_a_broken_policy_is_not_reported_as_unknown(governed: Path) -> None:
    write(governed, {"policies/told-services.yaml": POLICY.replace("remediation", "remedation")})
    found = tried(governed, "told-services")
    assert found.broken
    assert not {"policy/unknown-policy", "policy/failed-example"} & set(codes(found))


def test_an_unknown_policy_is_a_mistake(governed: Path) -> None:
    found = tried(governed, "told-service", "told-ser", "moon")
    assert codes(found) == ["policy/unknown-policy"] * 3
    assert [each.hint for each in found.diagnostics if "told" in each.message] == ["did you mean `told-services`?"] * 2


@pytest.mark.parametrize("around", [True, False], ids=["of a repository", "of varve alone"])
def test_policies_are_known_by_what_they_report(around: bool, governed: Path) -> None:  # noqa: FBT001
    found = listing.by_code(api.open(governed).repository if around else None)
    assert found["policy/alert-runbook"].shipped
    assert ("policy/told-services" in found) is around
