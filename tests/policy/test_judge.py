"""A subject that does not meet a policy is reported at its place; one that cannot be judged never passes."""

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.judging import BETA, CHECKOUT, OVERLAY, judged, library, policy, reported, seen, waived
from varve import pipeline
from varve.model.diagnostic import Note, Place, Report, Severity
from varve.model.layer import Stack
from varve.model.policy import Scope, Tally
from varve.model.source import Map, Source
from varve.model.unit import Unit
from varve.policy.inputs import inputs_of, shared
from varve.policy.judge import BATCH_SIZE, Case, Group, binding, is_refused, judge
from varve.policy.program import Program, program
from varve.policy.subject.subject import Origin, Subject
from varve.policy.wording import shown

pytestmark = pytest.mark.usefixtures("one_kit")

OWNED = policy("service", 'service.owner != "nobody"', message='"`{service.id}` is {service.owner}\'s"', at="owner")
WRONG = {CHECKOUT: "owner: payments\n", OVERLAY: "services: {checkout: {owner: nobody}}\n"}

_STRICT: Final = "(has(platform.strict) && size(platform.strict) > 0)"


def made(require: str, **more: str) -> Program:
    """The program of a policy of services."""
    policies = library(policy("service", require, **more)).policies
    report = Report()
    found = program(policies["own"], Source("policies/own.yaml", "", b"{}"), report)
    assert found, list(report)
    return found


def answers(required: Program, services: list[Map], *, counting: bool) -> tuple[list[str], list[Tally]]:
    """The messages about services, and the tallies."""
    report = Report()
    case = Case(Unit("acme", "production"), Origin(Stack(()), {}), (), report, counting)
    subjects = [Subject(each, ("services", f"s{number}")) for number, each in enumerate(services)]
    found = judge(case, Group(Scope.SERVICE, shared(Scope.SERVICE, {}), subjects), [binding(required, Severity.ERROR)])
    return [f"{each.rule.code} {each.message}" for each in report], found


def test_a_failure_is_reported_where_the_value_was_written() -> None:
    (found,) = [each for each in judged({**OWNED, **WRONG}).diagnostics if each.rule.code == "policy/own"]
    assert found.message == "`checkout` is nobody's"
    assert found.place == Place(OVERLAY, ("services", "checkout", "owner"))
    assert found.notes == (
        Note("payments was set here and overridden", Place(CHECKOUT, ("owner",))),
        Note("this is the policy's expression", Place("policies/own.yaml", ("require",))),
    )
    assert (found.hint, found.rule.severity) == ("Mend it.", Severity.ERROR)


def test_an_error_keeps_that_unit_and_no_other() -> None:
    build = judged({**OWNED, **WRONG, **BETA})
    assert set(build.units) == {Unit("acme", "staging"), Unit("beta", "staging"), Unit("beta", "production")}


def test_a_warning_prevents_no_build() -> None:
    build = judged({**policy("service", 'service.owner != "nobody"', severity="warning"), **WRONG})
    assert [each.rule.severity for each in build.diagnostics] == [Severity.WARNING]
    assert len(build.units) == 2


def test_a_policy_of_one_tenant_sees_nothing_of_another() -> None:
    """A policy's findings for a tenant, and their messages, do not depend on another tenant's files."""
    asks = policy(
        "unit",
        f'unit.tenant.id != "acme" || !(alerts.exists(a, a.expr.contains("beta")) || {_STRICT})',
        message='"{unit.tenant.id} {alerts} {receivers} {platform} {unit}"',
    )
    told_of = policy("unit", 'unit.tenant.id != "acme"', message='"{alerts} {receivers} {platform} {unit}"')
    strict = {"environments/production.yaml": "platform: {strict: {beta: {grafana_org: 7}}}\n"}
    assert reported(judged({**asks, **BETA, **strict})) == []
    files = {**told_of, **strict}
    assert reported(judged({**files, **BETA})) == reported(judged(files)) != []


UNANSWERED: dict[str, tuple[dict[str, str | None], str, str]] = {
    "a key that is not there": (policy("service", 'service.runbook != ""'), "require", "there is no `runbook`"),
    "a key that is not there, in what is matched": (
        *(policy("service", "true", match="\"service.runbook == 'a'\""), "match"),
        "there is no `runbook`",
    ),
    "a missing key in the message": (
        *(policy("service", "1 > 2", message='"{service.runbook} is wrong"'), "message"),
        "there is no `runbook`",
    ),
}


@pytest.mark.parametrize(("files", "key", "why"), UNANSWERED.values(), ids=UNANSWERED)
def test_a_policy_that_cannot_be_evaluated_is_an_error_of_the_policy(
    files: dict[str, str | None], key: str, why: str
) -> None:
    build = judged({**files, CHECKOUT: "owner: payments\n"})
    assert set(reported(build)) == {
        f"policy/cannot-judge: the `{key}` of `own` cannot be evaluated: {why} (policies/own.yaml {key})"
    }
    assert Note("it was evaluated on this", Place(CHECKOUT, (), "key")) in build.diagnostics[0].notes
    assert build.units == ()


def test_optional_keys_can_be_tested_with_has() -> None:
    assert reported(judged(policy("service", '!has(service.runbook) || service.runbook != ""'))) == []


def test_what_is_too_large_is_not_judged_and_does_not_pass() -> None:
    large: Map = {"id": "a", "labels": {f"l{number}": "x" * 1000 for number in range(1100)}}
    messages, tallies = answers(made("1 < 2"), [{"id": "b"}, large], counting=False)
    assert [each.partition(":")[0] for each in messages] == ["policy/too-large `services.s1` cannot be judged"]
    assert [[each.subject for each in tally.failures] for tally in tallies] == [["services.s1"]]
    assert answers(made("1 < 2"), [{"id": "b"}], counting=False) == ([], [])


@pytest.mark.parametrize("same", ["1 < 2", "2 - 1 < 2"], ids=["outright", "by the library"])
@pytest.mark.parametrize(
    ("service", "refused"),
    [
        ({"n": 1}, False),
        ({"n": 2, "owner": "x"}, False),
        ({"n": 2, "owner": "y"}, True),
        ({"n": 2}, True),
        ({}, True),
        ({"n": 1, "long": "x" * 100_001}, True),
    ],
    ids=["not matched", "sound", "wrong", "no answer", "nothing says whether it is matched", "too large"],
)
def test_a_subject_that_cannot_be_judged_is_refused(service: Map, refused: bool, same: str) -> None:  # noqa: FBT001
    one = made(f'service.owner == "x" && {same}', match=f"service.n == 2 && {same}")
    assert is_refused(one, inputs_of(Scope.SERVICE, {}, [{}, service]), 1) is refused


def test_messages_contain_no_credentials_and_are_not_too_long() -> None:
    secret = "https://hooks.slack.com/services/" + "T00000000/B00000000/" + "X" * 24
    messages, _ = answers(
        made("1 > 2", message='"{service.url} is {service.long}"'),
        [{"url": secret, "long": "y " * 900}],
        counting=False,
    )
    assert messages[0].startswith("policy/own *** is y y")
    assert len(messages[0]) < 600
    assert shown("a" * 1000).endswith("…")


def test_population_is_what_matched_and_failures_are_what_did_not_hold() -> None:
    files = policy("service", "service.id != 'checkout'", match="\"service.id != 'ledger'\"", severity="warning")
    build = judged(files)
    production = next(each for each in build.tallies if each.unit == Unit("acme", "production"))
    assert (production.policy, production.population) == ("own", 2)
    assert [(each.subject, each.place) for each in production.failures] == [
        ("services.checkout", Place(CHECKOUT, (), "key"))
    ]
    assert pipeline.compile(seen(files)).tallies == ()


@pytest.mark.parametrize("counting", [False, True])
def test_the_failures_of_all_batches_are_reported(counting: bool) -> None:  # noqa: FBT001
    services: list[Map] = [
        {"id": "wrong" if number in (0, BATCH_SIZE, 2 * BATCH_SIZE) else "right"} for number in range(120)
    ]
    _, (tally,) = answers(made("service.id == 'right'"), services, counting=counting)
    assert [each.subject for each in tally.failures] == [
        "services.s0",
        f"services.s{BATCH_SIZE}",
        f"services.s{2 * BATCH_SIZE}",
    ]
    if counting:
        assert tally.population == 120


def test_policies_without_subjects_have_tallies_too() -> None:
    messages, (tally,) = answers(made("1 < 2"), [], counting=True)
    assert (messages, tally.population, tally.failures) == ([], 0, ())
    assert answers(made("1 < 2"), [], counting=False) == ([], [])


def test_an_excused_failure_is_not_reported() -> None:
    assert reported(judged({**OWNED, **WRONG, **waived()})) == []


SERVICE: Final = st.fixed_dictionaries(
    {"id": st.sampled_from("abc")}, optional={"n": st.integers(0, 3), "t": st.text("ax0Ω", max_size=2)}
)
REQUIRED: Final = {
    "service.n > 1": "service.id != 'a'",
    "has(service.n) && service.n > 0": "true",
    "service.id in params.ids": "has(service.t)",
    "!has(service.t) || service.t.size() < params.most": "service.n < 3",
    "has(service.t)": "params.parts.exists(part, service.t.contains(part)) || !service.t.matches(params.small)",
    "service.id.contains(params.part)": "service.t.matches(params.large) || service.n.matches('a')",
    "true": "!service.id.matches(params.none) || service.t.contains(service.id)",
}
PARAMETERS: Final = (
    "{ids: [a, b], most: 2, parts: [x, '0'], part: a, small: '[a-z]', large: '(?:ab|c){30}|0', none: '('}"
)


@pytest.fixture(scope="module")
def programs() -> list[Program]:
    return [made(require, match=f'"{match}"', parameters=PARAMETERS) for require, match in REQUIRED.items()]


@settings(max_examples=60, deadline=None)
@given(services=st.lists(SERVICE, max_size=BATCH_SIZE + 5), which=st.integers(0, len(REQUIRED) - 1))
def test_judging_together_or_one_by_one_gives_the_same_result(
    programs: list[Program], services: list[Map], which: int
) -> None:
    at_once, counted = (answers(programs[which], services, counting=each) for each in (False, True))
    assert at_once[0] == counted[0]
    assert [each.failures for each in at_once[1]] == [each.failures for each in counted[1] if each.failures]
