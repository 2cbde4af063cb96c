"""Every shipped policy has examples, a story, a bad source that it finds, and a framework or a reason to choose it."""

import re
import tomllib
from functools import cache

import pytest

from tests.policy import reading
from tests.policy.shaped import SEEDS, faults, unsure, world
from tests.workbench import ROOT
from varve.model.policy import Framework, Policy

OPTIONAL = {
    "alert-description": "how much an alert has to explain is for each organisation to say",
    "alert-name": "varve names alerts in one style already; this is for what vendors ship, and for styles of one's own",
    "alert-patience": "how long a warning may wait is a matter of taste",
    "quiet-info": "who may be woken for what is for each organisation to say",
    "required-labels": "which labels there must be is for each organisation to say",
}
"""The policies that no framework names, and why somebody may choose them all the same."""

FOLDERS = ("assurance", "change", "governance", "quality", "security")


@cache
def _shipped() -> tuple[dict[str, Policy], dict[str, Framework]]:
    """The policies and the frameworks of this repository, by id."""
    paths = sorted(path for path in (ROOT / "policies").rglob("*.yaml") if path.parent.name != "policies")
    found, _, report = reading.read({path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths})
    assert not report.broken
    return dict(found.policies), dict(found.frameworks)


@cache
def _broken_on_purpose() -> frozenset[str]:
    """The codes of the rows of `tests/bad`."""
    tables = (tomllib.loads(path.read_text("utf-8")) for path in (ROOT / "tests" / "bad").glob("*.toml"))
    return frozenset(case["code"] for table in tables for case in table["case"])


POLICIES = sorted(_shipped()[0].values(), key=lambda each: each.id)
WITH_EXPRESSIONS = [each for each in POLICIES if not each.rules]


def _ids(policies: list[Policy]) -> list[str]:
    return [each.id for each in policies]


@pytest.mark.parametrize("policy", WITH_EXPRESSIONS, ids=_ids(WITH_EXPRESSIONS))
def test_a_policy_has_examples_of_both_kinds(policy: Policy) -> None:
    assert {each.holds for each in policy.examples} == {True, False}
    assert len({each.name for each in policy.examples}) == len(policy.examples)


@pytest.mark.parametrize("policy", WITH_EXPRESSIONS, ids=_ids(WITH_EXPRESSIONS))
def test_a_policy_has_a_story_that_shows_its_finding(policy: Policy) -> None:
    story = ROOT / "tests" / "stories" / f"{policy.code}.md"
    assert story.is_file()
    assert f"[{policy.code}]" in story.read_text("utf-8")


def test_every_policy_has_a_bad_source() -> None:
    assert {each.code for each in WITH_EXPRESSIONS} - _broken_on_purpose() == set()


def test_every_policy_is_in_a_framework_or_has_a_reason() -> None:
    policies, frameworks = _shipped()
    named = {check for each in frameworks.values() for check in each.policies}
    applied = named | {each.id for each in policies.values() if each.always}
    assert policies.keys() - applied == OPTIONAL.keys()


def test_at_most_a_third_of_the_policies_are_always_active() -> None:
    assert len([each for each in POLICIES if each.always]) <= len(POLICIES) // 3


@pytest.mark.parametrize("policy", POLICIES, ids=_ids(POLICIES))
def test_a_policy_says_what_it_is_and_what_it_does_not_prove(policy: Policy) -> None:
    written = (ROOT / policy.file).read_text("utf-8")
    assert policy.limits
    assert not policy.limits.endswith(".")
    assert not policy.title.endswith(".")
    assert policy.title[0].isupper()
    assert policy.remediation.endswith(".")
    assert policy.file.split("/")[1] in FOLDERS
    assert policy.rules or not (policy.message.endswith(".") or policy.message[0].isupper())
    assert policy.evidence == "design" or "\nevidence: " in written
    assert all(re.fullmatch(r"CWE-[0-9]+", each) for each in policy.cwe)


@pytest.mark.parametrize("policy", WITH_EXPRESSIONS, ids=_ids(WITH_EXPRESSIONS))
def test_every_parameter_is_used_and_explained(policy: Policy) -> None:
    written = (ROOT / policy.file).read_text("utf-8")
    texts = policy.match + policy.require + policy.message
    explained = policy.remediation + "".join(re.findall(r"(?m)^ *#.*$", written))
    unused = {each for each in policy.parameters if f"params.{each}" not in texts and f'params["{each}"]' not in texts}
    assert unused == set()
    assert not policy.parameters or "param" in explained or "#" in explained


@pytest.mark.parametrize("seed", SEEDS[::3])
def test_no_policy_of_security_is_confused_by_what_the_schemas_accept(seed: int) -> None:
    assert faults("security", world(seed)) == []


def test_a_policy_that_forgets_what_may_be_missing_is_found_out() -> None:
    _, made, report = reading.read(
        {"policies/owned.yaml": reading.policy({"require": "service.owner == 'a'", "message": "no"})}
    )
    assert not report.broken
    assert any([*unsure(made["owned"], world(seed))] for seed in SEEDS)
