"""What was found about a tenant and a policy; what was not judged has not passed."""

from dataclasses import replace
from datetime import date
from typing import Final

import pytest

from varve.model.assessment import Basis, History
from varve.model.diagnostic import Diagnostic, Place, Rule, Severity
from varve.model.policy import Failure, Library, Policy, Scope, Tally, Waiver
from varve.model.unit import Unit
from varve.policy import observed as module
from varve.policy.observed import QUESTIONS, Observed, concerns, indexed

LIVE: Final = Unit("acme", "live")
TEST: Final = Unit("acme", "test")
TODAY: Final = date(2026, 11, 21)
FAILED: Final = Failure("services.shop", None, Place("tenants/acme/tenant.yaml", ("services", "shop")))


OWNED: Final = Policy(
    id="owned",
    file="policies/owned.yaml",
    title="Every service has an owner",
    severity=Severity.ERROR,
    scope=Scope.SERVICE,
    match="",
    require="has(service.owner)",
    at=(),
    message="it has none",
    remediation="Say `owner`.",
    always=False,
    waivable=True,
    evidence="design",
    limits="that it knows",
    cwe=(),
    rules=(),
    parameters={},
    examples=(),
    controls={},
)
BASIS: Final = Basis(
    Library({"owned": OWNED}, {}, (), frozenset(), {}),
    (Tally("owned", LIVE, 2), Tally("owned", TEST, 1)),
    (),
    (LIVE, TEST),
    frozenset((LIVE, TEST)),
    *({}, "", "", TODAY),
)
"""Two sound units whose three services all meet the policy."""


def observed(basis: Basis, tenant: str, policy: Policy) -> Observed:
    """What was found about a tenant and a policy."""
    return module.observed(indexed(basis), tenant, policy)


def waiver(granted: date, until: date) -> Waiver:
    place = Place("policies/waivers.yaml", ("waivers", 0))
    return Waiver("owned", "acme", None, (), "it is being sold", "cto@acme.example", granted, until, place)


def excused(granted: date = date(2026, 11, 1), until: date = date(2026, 12, 1)) -> tuple[Tally, ...]:
    return Tally("owned", LIVE, 2, (FAILED._replace(waiver=waiver(granted, until)),)), Tally("owned", TEST, 1)


VERDICTS: Final = {
    "all are as required": (BASIS, "passed"),
    "one is not": (replace(BASIS, tallies=(Tally("owned", LIVE, 2, (FAILED,)), Tally("owned", TEST, 1))), "failed"),
    "one is not, and another unit is broken": (
        replace(BASIS, tallies=(Tally("owned", LIVE, 2, (FAILED,)),)),
        "failed",
    ),
    "there is none": (replace(BASIS, tallies=(Tally("owned", LIVE, 0), Tally("owned", TEST, 0))), "not applicable"),
    "one unit did not compile": (
        replace(BASIS, tallies=(Tally("owned", LIVE, 2),), sound=frozenset((LIVE,))),
        "not judged",
    ),
    "one unit has none, and one did not compile": (replace(BASIS, tallies=(Tally("owned", LIVE, 0),)), "not judged"),
    "no tally": (replace(BASIS, tallies=()), "not judged"),
    "a tally of another policy": (
        replace(BASIS, tallies=(Tally("named", LIVE, 2), Tally("named", TEST, 1))),
        "not judged",
    ),
    "a tally of another tenant": (
        replace(BASIS, tallies=(Tally("owned", Unit("zeta", "live"), 2),)),
        "not judged",
    ),
    "the tenant has no unit": (replace(BASIS, units=(Unit("zeta", "live"),)), "not applicable"),
    "the one that is not is excused": (replace(BASIS, tallies=excused()), "waived"),
    "on the last day of its waiver": (replace(BASIS, tallies=excused(until=TODAY)), "waived"),
    "on the day after its waiver": (replace(BASIS, tallies=excused(until=date(2026, 11, 20))), "failed"),
    "on the day before its waiver": (replace(BASIS, tallies=excused(granted=date(2026, 11, 22))), "failed"),
    "the one is excused, and another unit is broken": (replace(BASIS, tallies=excused()[:1]), "not judged"),
}


@pytest.mark.parametrize(("given", "verdict"), VERDICTS.values(), ids=VERDICTS)
def test_a_policy_with_expressions(given: Basis, verdict: str) -> None:
    assert observed(given, "acme", OWNED).verdict == verdict


def test_populations_are_of_all_units_and_findings_say_where() -> None:
    found = observed(
        replace(BASIS, tallies=(Tally("owned", LIVE, 2, (FAILED,)), Tally("owned", TEST, 1))), "acme", OWNED
    )
    assert (found.population, found.sample) == (3, 3)
    assert [(each.subject, each.environment, each.place) for each in found.failures] == [
        ("services.shop", "live", FAILED.place)
    ]


def test_a_waiver_that_is_not_valid_today_is_shown_and_excuses_nothing() -> None:
    found = observed(replace(BASIS, tallies=excused(until=date(2026, 11, 20))), "acme", OWNED)
    assert [each.expired for each in found.exceptions] == [True]
    assert [each.finding for each in found.exceptions] == list(found.failures)


def test_the_reason_why_something_was_not_judged_is_given() -> None:
    found = observed(replace(BASIS, tallies=(), sound=frozenset((LIVE,))), "acme", OWNED)
    assert found.unjudged == ("it was not judged: live", "did not compile: test")


def test_a_unit_that_only_another_policy_broke_has_been_judged() -> None:
    assert observed(replace(BASIS, sound=frozenset()), "acme", OWNED).verdict == "passed"


def test_platforms_are_those_of_the_tenants_environments() -> None:
    policy = OWNED._replace(scope=Scope.PLATFORM)
    own = (Tally("owned", Unit("", "live"), 1), Tally("owned", Unit("", "test"), 1))
    other = Tally("owned", Unit("", "attic"), 1, (Failure("platform"),))
    assert observed(replace(BASIS, tallies=(*own, other)), "acme", policy) == Observed(2, 2)
    assert observed(replace(BASIS, tallies=own[:1]), "acme", policy).unjudged == (
        "it was not judged for the platform, because the tenant's own file and grants do not name the framework: test",
    )
    broken = replace(BASIS, tallies=own[:1], sound=frozenset((LIVE,)))
    assert observed(broken, "acme", policy).unjudged == ("did not compile: test",)


def test_without_relevant_changes_those_not_judged_could_be() -> None:
    policy = OWNED._replace(scope=Scope.CHANGE)
    none = (Tally("owned", Unit("", ""), 0),)
    assert observed(replace(BASIS, history=History(none, 13, 20)), "acme", policy).verdict == "not judged"
    assert observed(replace(BASIS, history=History(none, 20, 20)), "acme", policy).verdict == "not applicable"


def test_sources_are_the_tenants_and_the_platforms() -> None:
    policy = OWNED._replace(scope=Scope.SOURCE)
    own = (Tally("owned", Unit("acme", ""), 2), Tally("owned", Unit("", ""), 1))
    others = Tally("owned", Unit("zeta", ""), 5, (Failure("tenant"),))
    whole = replace(BASIS, tallies=(*own, others))
    assert observed(whole, "acme", policy) == Observed(3, 3)
    assert observed(replace(BASIS, tallies=own[1:]), "acme", policy).unjudged == (
        "it was not judged for the tenant's sources",
    )
    assert observed(replace(BASIS, tallies=own[:1]), "acme", policy).unjudged == (
        "it was not judged for the platform, because the tenant's own file and grants do not name the framework",
    )
    broken = replace(whole, sound=frozenset((LIVE,)))
    assert observed(broken, "acme", policy).unjudged == ("did not compile: test",)


def test_changes_are_those_of_the_tenant_and_of_everybody() -> None:
    policy = OWNED._replace(scope=Scope.CHANGE)
    tallies = (
        Tally("owned", Unit("", ""), 7),
        Tally("owned", Unit("acme", ""), 2),
        Tally("owned", Unit("zeta", ""), 4, (Failure("4f1c9a7"),)),
    )
    assert observed(replace(BASIS, history=History(tallies, 20, 20)), "acme", policy) == Observed(9, 9)
    assert observed(replace(BASIS, history=History(tallies, 13, 20)), "acme", policy) == Observed(16, 9)
    assert observed(replace(BASIS, history=History((), 13, 20)), "acme", policy).verdict == "not judged"
    assert observed(BASIS, "acme", policy).unjudged == ("no change was judged",)


# varve's own diagnostics

LEAKED: Final = Rule("check/leaked-secret", "Credential would be written to an artifact", "Seal it.")
STALE: Final = Rule("write/stale-artifact", "An artifact does not match the sources", "Build.")
SEALED: Final = OWNED._replace(scope=Scope.UNIT, rules=("check/leaked-secret", "read/not-sealed"))
BUILT: Final = OWNED._replace(scope=Scope.UNIT, rules=("write/stale-artifact",))


def reporting(rule: Rule, file: str | None) -> Basis:
    return replace(BASIS, diagnostics=(Diagnostic(rule, "it is there", Place(file) if file else None),))


CONCERNED: Final = {
    "in a file of the tenant": ("tenants/acme/tenant.yaml", "failed"),
    "in an artifact of the tenant": ("build/live/tenants/acme/rules/shop.yaml", "failed"),
    "in a file of another tenant": ("tenants/zeta/tenant.yaml", "passed"),
    "in an artifact of another tenant": ("build/live/tenants/zeta/rules/shop.yaml", "passed"),
    "in a file of the platform": ("environments/live.yaml", "failed"),
    "in what an environment shares": ("build/live/shared/alertmanager.yaml", "failed"),
    "nowhere": (None, "failed"),
}


@pytest.mark.parametrize(("file", "verdict"), CONCERNED.values(), ids=CONCERNED)
def test_a_reported_code_fails_the_policy_for_whom_it_concerns(file: str | None, verdict: str) -> None:
    assert observed(reporting(LEAKED, file), "acme", SEALED).verdict == verdict


def test_another_code_does_not_matter() -> None:
    assert observed(reporting(STALE, "tenants/acme/tenant.yaml"), "acme", SEALED) == Observed(2, 2)


def test_without_concerns_tenants_would_fail_for_each_others_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "concerns", lambda *_: True)
    assert observed(reporting(LEAKED, "tenants/zeta/tenant.yaml"), "acme", SEALED).verdict == "failed"


def test_a_unit_that_did_not_compile_does_not_pass() -> None:
    found = observed(replace(BASIS, sound=frozenset((LIVE,))), "acme", SEALED)
    assert (found.verdict, found.population, found.sample) == ("not judged", 2, 1)
    assert found.unjudged == ("did not compile: test",)


HEARD: Final = SEALED._replace(rules=("link/unheard-alert",))


def test_where_nothing_routes_alerts_it_is_not_known_that_they_are_heard() -> None:
    found = observed(replace(BASIS, unrouted=frozenset({"test"})), "acme", HEARD)
    assert (found.verdict, found.population, found.sample) == ("not judged", 2, 1)
    assert found.unjudged == ("there is no Alertmanager, so nothing shows who is notified: test",)
    assert observed(replace(BASIS, unrouted=frozenset({"test"})), "acme", SEALED) == Observed(2, 2)
    assert observed(BASIS, "acme", HEARD) == Observed(2, 2)


def test_policies_about_the_repository_do_not_depend_on_units() -> None:
    sealed = SEALED._replace(scope=Scope.PLATFORM)
    assert observed(replace(BASIS, sound=frozenset()), "acme", sealed) == Observed(1, 1)
    waiting = BUILT._replace(scope=Scope.PLATFORM)
    assert observed(BASIS, "acme", waiting).verdict == "not judged"


def test_a_question_that_was_not_asked_does_not_pass() -> None:
    found = observed(BASIS, "acme", BUILT)
    assert (found.verdict, found.sample) == ("not judged", 0)
    assert found.unjudged == ("the files under build/ were not compared with the sources",)
    assert observed(replace(BASIS, questions=frozenset({"artifacts"})), "acme", BUILT) == Observed(2, 2)


def test_without_the_table_of_questions_they_would_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUESTIONS", {})
    assert observed(BASIS, "acme", BUILT).verdict == "passed"


def test_each_question_has_a_code_and_a_reason() -> None:
    assert {*QUESTIONS.values()} == module._NOT_CHECKED.keys()  # noqa: SLF001 - the reasons are shown, not given


@pytest.mark.parametrize(
    ("file", "concerned"),
    [("tenants/zeta", True), ("tenants/zeta/a", False), ("build/live/tenants/zeta/a", False), ("tenants/acme/a", True)],
)
def test_whose_a_file_is(file: str, concerned: bool) -> None:  # noqa: FBT001 - what a table says
    assert concerns(file, "acme") is concerned
