"""A control has the worst verdict of its checks; and shipped frameworks name shipped policies."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Final, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.test_observed import BASIS, LIVE, OWNED, TEST, observed
from tests.workbench import ROOT
from varve.api.catalogue import rules
from varve.model.assessment import Assessment, Basis, Check, History, Question, Standing, Verdict
from varve.model.diagnostic import Diagnostic, Place, Report, Rule, Severity
from varve.model.policy import Control, Failure, Framework, Library, Scope, Tally
from varve.model.snapshot import Entry, Snapshot
from varve.model.unit import Unit
from varve.policy import assessment, library
from varve.policy.assessment import assess
from varve.policy.observed import QUESTIONS
from varve.read.reading import reading

ORDER: Final[tuple[Verdict, ...]] = get_args(Verdict)
SHIPPED: Final = ("gdpr", "hipaa", "iso27001", "soc2", "sox")


def framework(*controls: Control, id_: str = "soc2") -> Framework:
    unchecked = {"CC1.1": "ethics cannot be seen in a repository"}
    return Framework(id_, f"policies/frameworks/{id_}.yaml", "SOC 2", Severity.ERROR, "much", controls, unchecked)


OWNER: Final = Control("CC1.3", "who answers for what", ("owned",), "that they know")


def held(*controls: Control, tallies: tuple[Tally, ...] = BASIS.tallies) -> Basis:
    """A tenant that is held to a framework of these controls."""
    ids = {check for each in controls for check in each.checks} - {"missing"}
    policies = {id_: OWNED._replace(id=id_) for id_ in ids}
    known = Library(policies, {"soc2": framework(*controls)}, (), frozenset(), {})
    return replace(BASIS, library=known, tallies=tallies, held={"acme": ("soc2",)})


def standing(basis: Basis) -> Standing:
    (found,) = assess(basis).standings
    return found


def tally(id_: str, population: int, *failed: str) -> tuple[Tally, ...]:
    return (
        Tally(id_, LIVE, population, tuple(Failure(each) for each in failed)),
        Tally(id_, TEST, population),
    )


def test_a_control_whose_check_passes_is_supported() -> None:
    found = standing(held(OWNER))
    assert [(each.id, each.verdict, each.checks, each.limits) for each in found.controls] == [
        ("CC1.3", "passed", ("owned",), "that they know")
    ]
    assert (found.supported, found.applicable, found.covered, found.known) == (1, 1, 1, 2)
    assert [(each.id, each.reason) for each in found.unchecked] == [("CC1.1", "ethics cannot be seen in a repository")]


def test_a_check_has_the_fields_of_its_policy() -> None:
    (check,) = standing(held(OWNER)).checks
    assert check == Check(
        *("owned", "Every service has an owner", "passed", "design", 3, 3, (), (), ()), "Say `owner`.", "that it knows"
    )


MIXED: Final[Mapping[str, tuple[tuple[Tally, ...], Verdict, tuple[int, int]]]] = {
    "both pass": ((*tally("a", 1), *tally("b", 2)), "passed", (1, 1)),
    "one fails": ((*tally("a", 1), *tally("b", 2, "it")), "failed", (0, 1)),
    "one has nothing to look at": ((*tally("a", 1), *tally("b", 0)), "passed", (1, 1)),
    "none has anything to look at": ((*tally("a", 0), *tally("b", 0)), "not applicable", (0, 0)),
    "one has no tally": ((*tally("a", 1),), "not judged", (0, 1)),
    "one fails, and one has no tally": ((*tally("a", 1, "it"),), "failed", (0, 1)),
    "one has nothing to look at, and one has no tally": ((*tally("a", 0),), "not judged", (0, 1)),
}


@pytest.mark.parametrize(("tallies", "verdict", "score"), MIXED.values(), ids=MIXED)
def test_the_worst_check_decides(tallies: tuple[Tally, ...], verdict: str, score: tuple[int, int]) -> None:
    found = standing(held(Control("CC1", "both", ("a", "b"), ""), tallies=tallies))
    assert found.controls[0].verdict == verdict
    assert (found.supported, found.applicable) == score


def test_a_policy_that_is_switched_off_supports_nothing() -> None:
    found = standing(held(Control("CC1", "it", ("missing",), "")))
    assert (found.controls[0].verdict, found.supported) == ("not judged", 0)
    assert found.checks[0].unjudged == ("no such policy is in force",)


def test_a_control_without_checks_is_not_covered_and_not_supported() -> None:
    found = standing(held(OWNER, Control("CC2", "nothing", (), "")))
    assert (found.supported, found.applicable, found.covered, found.known) == (1, 2, 1, 3)


def test_tenants_without_defined_frameworks_have_no_standing() -> None:
    assert assess(replace(held(OWNER), held={"acme": ("nist",), "zeta": ()})).standings == ()


def test_standings_are_sorted_and_each_is_there_once() -> None:
    basis = held(OWNER)
    frames = {id_: framework(OWNER, id_=id_) for id_ in ("soc2", "gdpr")}
    known = basis.library._replace(frameworks=frames)
    both = {"zeta": ("soc2",), "acme": ("soc2", "gdpr", "soc2")}
    found = assess(replace(basis, library=known, held=both))
    assert [(each.tenant, each.framework) for each in found.standings] == [
        ("acme", "gdpr"),
        ("acme", "soc2"),
        ("zeta", "soc2"),
    ]


def test_an_assessment_names_its_commit_and_compiler() -> None:
    past = History((), 3, 9, None, None)
    found = assess(replace(held(OWNER), commit="4f1c", compiler="9b", history=past, again=("varve policy report",)))
    assert (found.commit, found.compiler, found.day, found.again) == (
        "4f1c",
        "9b",
        BASIS.day,
        ("varve policy report",),
    )
    assert (found.looked, found.whole) == (3, 9)


counts = st.integers(0, 3)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(counts, st.booleans(), st.booleans()), min_size=1, max_size=4))
def test_a_score_counts_only_what_was_seen_to_hold(seen: list[tuple[int, bool, bool]]) -> None:
    """A control that fails or was not judged is never supported, and no score exceeds the applicable controls."""
    controls = [Control(f"C{position}", "it", (f"p{position}",), "") for position, _ in enumerate(seen)]
    tallies = tuple(
        each
        for position, (population, fails, asked) in enumerate(seen)
        for each in (tally(f"p{position}", population, *(["it"] if fails else [])) if asked else ())
    )
    found = standing(held(*controls, tallies=tallies))
    sure = sum(bool(asked and population and not fails) for population, fails, asked in seen)
    assert found.supported == sure
    assert found.supported <= found.applicable <= len(seen)


def test_without_the_order_of_verdicts_a_failure_would_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assessment, "_ORDER", ORDER[::-1])
    found = standing(held(Control("CC1", "both", ("a", "b"), ""), tallies=(*tally("a", 1), *tally("b", 2, "it"))))
    assert found.supported == 1


# Shipped frameworks and policies


@cache
def shipped() -> Library:
    """The library of this repository, which has to be without mistakes."""
    paths = sorted(path for path in (ROOT / "policies").rglob("*.yaml") if path.parent.name != "policies")
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths}
    report = Report()
    found = library.read(reading(Snapshot({path: Entry(path, "100644") for path in files}, files), report), report)
    assert [f"{each.rule.code}: {each.message}" for each in report] == []
    return found


def test_frameworks_name_policies_that_there_are() -> None:
    assert shipped().frameworks.keys() == {*SHIPPED}
    named = {check for each in shipped().frameworks.values() for check in each.policies}
    assert named - shipped().policies.keys() == set()


@pytest.mark.parametrize("id_", SHIPPED)
def test_every_control_has_checks_and_limits(id_: str) -> None:
    made = shipped().frameworks[id_]
    assert [each.id for each in made.controls if not (each.checks and each.limits)] == []
    assert {each.id for each in made.controls} & made.unchecked.keys() == set()
    assert made.unchecked
    assert "never prove" in made.limits or "do not cover" in " ".join(made.limits.split())


def test_annex_a_is_complete() -> None:
    made = shipped().frameworks["iso27001"]
    themes = {5: 37, 6: 8, 7: 14, 8: 34}
    whole = {f"A.{theme}.{number}" for theme, count in themes.items() for number in range(1, count + 1)}
    assert {*made.unchecked, *(each.id for each in made.controls)} == whole


def test_every_criterion_of_soc_2_is_listed() -> None:
    made = shipped().frameworks["soc2"]
    series = {"CC1": 5, "CC2": 3, "CC3": 4, "CC4": 2, "CC5": 3, "CC6": 8, "CC7": 5, "CC8": 1, "CC9": 2}
    more = {"A1": 3, "C1": 2, "PI1": 5}
    whole = {f"{name}.{number}" for name, count in (series | more).items() for number in range(1, count + 1)}
    privacy = {f"P{number}" for number in range(1, 9)}
    assert {*made.unchecked, *(each.id for each in made.controls)} == whole | privacy


def test_policies_that_count_varves_own_diagnostics_name_codes_that_there_are() -> None:
    codes = {*rules()}
    counting = [each for each in shipped().policies.values() if each.rules]
    assert len(counting) >= 12
    assert [(each.id, code) for each in counting for code in each.rules if code not in codes] == []
    assert QUESTIONS.keys() <= codes


def test_policies_that_count_say_their_limits_and_what_kind_of_evidence_they_are() -> None:
    folder = "policies/assurance/"
    own = [each for each in shipped().policies.values() if each.file.startswith(folder)]
    assert [each.id for each in own if not (each.rules and each.limits and each.remediation)] == []
    assert [each.id for each in own if each.always or each.waivable] == []
    assert {each.scope for each in own} == {Scope.UNIT, Scope.PLATFORM}


def test_no_word_of_an_assessment_says_that_anybody_meets_a_framework() -> None:
    texts = [path.read_text("utf-8").lower() for path in (ROOT / "policies").rglob("*.yaml")]
    assert [text[:40] for text in texts if "is compliant" in text or "proves compliance" in text] == []


def test_an_empty_basis_gives_an_empty_assessment() -> None:
    found = assess(replace(BASIS, units=(Unit("zeta", "live"),)))
    assert found == Assessment(*("", "", BASIS.day, 0, 0, None, None, (), ()))


def reporting(rule: Rule | None) -> Basis:
    """A basis with every question examined, sound units, and at most one diagnostic, in a file of the tenant."""
    found = () if rule is None else (Diagnostic(rule, "it is so", Place("tenants/acme/tenant.yaml")),)
    return replace(BASIS, diagnostics=found, questions=frozenset(get_args(Question)))


@pytest.mark.parametrize("id_", sorted(id_ for id_, each in shipped().policies.items() if each.rules))
def test_a_policy_with_rules_fails_if_any_of_them_is_reported(id_: str) -> None:
    policy = shipped().policies[id_]
    assert observed(reporting(None), "acme", policy).verdict == "passed"
    known = rules()
    verdicts = {code: observed(reporting(known[code]), "acme", policy).verdict for code in policy.rules}
    assert verdicts == dict.fromkeys(policy.rules, "failed")
