"""Changes are judged by the policies that bind, at what they touch, and each finding names the commit."""

from dataclasses import replace
from typing import Final

import pytest

from tests.policy.judging import alone
from tests.policy.judging import policy as own
from tests.workbench import snapshot
from varve.model.change import Change, Person, Record, ValueChange
from varve.model.diagnostic import Diagnostic, Place, Report, Severity
from varve.model.policy import Scope, Tally
from varve.policy import bench, review
from varve.policy.bench import Policies
from varve.policy.subject.change import Effect
from varve.read.reading import reading

TENANT: Final = "tenants/acme/tenant.yaml"
ADA: Final = Person("Ada", "ada@acme.example")
RECORD: Final = Record("a" * 40, ADA, ADA, "2026-11-21T09:00:00Z", "Raise it", "Because.")
CHANGE: Final = Change("b" * 40, "a" * 40, (RECORD,), (TENANT,))


def policies(*files: dict[str, str | None]) -> Policies:
    """The policies in these files, and no others."""
    texts = {path: text.encode() for each in files for path, text in each.items() if text}
    report = Report()
    found = bench.read(reading(alone(snapshot(texts)), report), report)
    assert found is not None, list(report)
    return found


def judged(
    known: Policies, change: Change = CHANGE, effect: Effect | None = None
) -> tuple[list[Diagnostic], list[Tally]]:
    report = Report()
    bound = review.bound(known, ())
    tallies = review.review(change, effect or Effect(), bound, known.library.waivers, report)
    return list(report), tallies


def test_a_failure_is_at_the_first_file_with_notes_of_the_commit_and_the_policy() -> None:
    (diagnostic,), (tally,) = judged(policies(own("change", "size(change.approvers) > 0")))
    assert (diagnostic.rule.code, diagnostic.place) == ("policy/own", Place(TENANT))
    assert [each.message for each in diagnostic.notes] == [
        "in commit aaaaaaaaaaaa, by Ada <ada@acme.example>",
        "this is the policy's expression",
    ]
    assert (tally.unit, tally.population, tally.failures[0].subject) == (review.EVERYBODY, 1, "aaaaaaaaaaaa")


def test_changes_that_pass_are_counted() -> None:
    assert judged(policies(own("change", "size(change.approvers) == 0"))) == ([], [Tally("own", review.EVERYBODY, 1)])
    known = policies(own("change", "false", match="change.platform"))
    assert judged(known) == ([], [Tally("own", review.EVERYBODY, 0)])


def test_policies_of_other_scopes_are_not_evaluated() -> None:
    assert judged(policies(own("unit", "false"))) == ([], [])


PLACES: Final = {
    "values": Place("environments/production.yaml", ("locale",)),
    "artifacts": Place("build/production/tenants/bank/a.yaml"),
    "paths": Place(TENANT),
    "trailers": Place(TENANT),
}


@pytest.mark.parametrize(("at", "place"), PLACES.items())
def test_the_place_depends_on_the_policys_path(at: str, place: Place) -> None:
    own_artifact = "build/production/tenants/acme/a.yaml"
    change = replace(CHANGE, paths=(own_artifact, "build/production/tenants/bank/a.yaml", TENANT))
    altered = ValueChange(
        "acme", "production", "locale", None, "fr_FR", Place("environments/production.yaml", ("locale",))
    )
    (diagnostic,), _ = judged(policies(own("change", "false", at=at)), change, Effect(altered=(altered,)))
    assert diagnostic.place == place


def test_credentials_in_names_or_subjects_are_not_shown() -> None:
    token = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"
    record = replace(RECORD, author=Person(token, "ada@acme.example"), subject=token)
    change = replace(CHANGE, records=(record,))
    (diagnostic,), _ = judged(policies(own("change", "false", message='"{change.subject}"')), change)
    assert token not in f"{diagnostic}"
    assert token not in review.title(change)


def test_a_waiver_may_name_one_change() -> None:
    waiver = (
        "waivers: [{policy: own, path: %s, reason: it comes later, owner: a@a.example, "
        'granted: "2026-11-01", until: "2026-12-01"}]\n'
    )
    known = policies(own("change", "false"), {"policies/waivers.yaml": waiver % "aaaaaaaaaaaa"})
    diagnostics, (tally,) = judged(known)
    assert diagnostics == []
    assert tally.failures[0].waiver is not None
    assert judged(known, replace(CHANGE, head="c" * 40))[0] != []


def test_a_change_that_cannot_be_judged_fails() -> None:
    (diagnostic,), (tally,) = judged(policies(own("change", "change.nothing")))
    assert (diagnostic.rule.code, diagnostic.rule.severity) == ("policy/cannot-judge", Severity.ERROR)
    assert tally.failures


def test_a_change_that_is_too_large_fails() -> None:
    record = replace(RECORD, body="x" * ((1 << 20) + 1))
    (diagnostic,), (tally,) = judged(policies(own("change", "true")), replace(CHANGE, records=(record,)))
    assert diagnostic.rule.code == "policy/too-large"
    assert tally.failures


def test_policies_that_need_a_commit_are_named() -> None:
    known = policies(own("change", "false", match="change.committed"))
    (diagnostic,), (tally,) = judged(known, replace(CHANGE, committed=False))
    assert (diagnostic.rule, diagnostic.place) == (review.NOT_COMMITTED, None)
    assert "`own`" in diagnostic.message
    assert tally.population == 0
    assert judged(policies(own("change", "true")), replace(CHANGE, committed=False))[0] == []


def test_uses_values_looks_for_the_name() -> None:
    asking = review.bound(policies(own("change", "change.values.all(v, true)")), ())
    assert review.uses_values(asking)
    assert not review.uses_values(review.bound(policies(own("change", "change.whole")), ()))
    assert [each.program.policy.scope for each in asking] == [Scope.CHANGE]


def test_a_change_of_many_approvers_is_judged_in_time() -> None:
    """A list as long as a message can have neither passes nor takes too long."""
    trailers = tuple(("Approved-by", f"r{number}@acme.example") for number in range(20_000))
    change = replace(CHANGE, records=(replace(RECORD, trailers=trailers),))
    three = "change.approvers.exists(a, change.approvers.exists(b, a != b && change.approvers.exists(c, c == 'x')))"
    (diagnostic,), _ = judged(policies(own("change", three)), change)
    assert diagnostic.rule.code in ("policy/cannot-judge", "policy/too-large")


def test_a_policy_about_values_fails_if_not_all_are_known() -> None:
    known = policies(own("change", "change.values.all(v, true)"))
    (diagnostic,), (tally,) = judged(known, effect=Effect(whole=False))
    assert (diagnostic.rule.code, diagnostic.place) == ("policy/too-large", Place(TENANT))
    assert tally.failures[0].subject == "aaaaaaaaaaaa"
    assert judged(policies(own("change", "true")), effect=Effect(whole=False))[0] == []
