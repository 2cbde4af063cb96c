"""A change combines all of its commits, and no spelling makes one person two, or two people one."""

from dataclasses import replace
from typing import Final, cast

import pytest

from varve.model.change import Change, Person, Record, Review, Signature, ValueChange
from varve.model.diagnostic import Place
from varve.model.policy import Scope
from varve.model.source import Map
from varve.policy.scope import DEFAULTS
from varve.policy.subject import change as changes
from varve.policy.subject.change import Effect, subject

ADA: Final = Person("Ada", "ada@acme.example")
BOB: Final = Person("Bob", "bob@acme.example")
RECORD: Final = Record("a" * 40, ADA, ADA, "2026-11-21T09:00:00Z", "Raise it", "Because.")


def change(*records: Record, paths: tuple[str, ...] = ("tenants/acme/tenant.yaml",)) -> Change:
    return Change("b" * 40, "a" * 40, records or (RECORD,), paths)


def data(made: Change, effect: Effect | None = None) -> Map:
    return subject(made, effect or Effect()).data


def with_trailers(*trailers: tuple[str, str]) -> Map:
    return data(change(replace(RECORD, trailers=trailers)))


def test_a_change_has_all_default_keys() -> None:
    assert data(change()).keys() == DEFAULTS[Scope.CHANGE].keys()
    assert data(Change("", "", (), ())) == {**DEFAULTS[Scope.CHANGE]}


def test_the_newest_commits_message_comes_first() -> None:
    older = replace(RECORD, author=BOB, subject="Begin", body="Why.\n", time="2026-11-22T09:00:00Z")
    found = data(change(RECORD, older))
    assert (found["subject"], found["body"]) == ("Raise it", "Because.\n\nBegin\n\nWhy.")
    assert found["author"] == {"name": "Ada", "email": "ada@acme.example"}
    assert found["authors"] == ["ada@acme.example", "bob@acme.example"]
    # An older date on the last commit does not make the change earlier.
    assert found["time"] == "2026-11-22T09:00:00Z"


def test_a_merge_without_changes_adds_no_author_but_may_name_approvers() -> None:
    approval = (("Approved-by", "Bob <bob@acme.example>"),)
    merge = Record("c" * 40, BOB, BOB, "2026-11-23T09:00:00Z", "Merge", "", approval, has_own_changes=False)
    found = data(change(merge, RECORD))
    assert (found["subject"], found["authors"], found["approvers"]) == ("Raise it", [ADA.email], [BOB.email])
    assert data(change(replace(merge, has_own_changes=True), RECORD))["authors"] == [BOB.email, ADA.email]


APPROVALS: Final = {
    "a name and an address": ("Bob <bob@acme.example>", "bob@acme.example"),
    "an address alone": ("bob@acme.example", "bob@acme.example"),
    "capitals": ("BOB <Bob@ACME.example>", "bob@acme.example"),
    "spaces around": ("  Bob <bob@acme.example>  ", "bob@acme.example"),
    "no address": ("Bob", ""),
    "two addresses": ("Bob <bob@acme.example>, Kim <kim@acme.example>", ""),
    "an address in the name": ("kim@acme.example <bob@acme.example", ""),
    "a letter that looks like another": ("Bob <b\u043eb@acme.example>", ""),
    "a letter that folds into another": ("Kim <\u212aim@acme.example>", ""),
    "a letter that has no width": ("Bob <bob\u200b@acme.example>", ""),
    "a reading direction": ("Bob <\u202ebob@acme.example>", ""),
    "more text": ("Bob <bob@acme.example> (in a call)", ""),
    "a terminal's escape": ("Bob <bob@acme.example\x1b[31m>", ""),
}


@pytest.mark.parametrize(("written", "address"), APPROVALS.values(), ids=APPROVALS)
def test_an_approver_is_one_plain_address(written: str, address: str) -> None:
    assert changes.address(written) == address
    assert with_trailers(("Approved-by", written))["approvers"] == ([address] if address else [])


@pytest.mark.parametrize("name", ["Approved-by", "reviewed-BY", "ACKED-BY"])
def test_three_trailers_approve(name: str) -> None:
    assert with_trailers((name, "bob@acme.example"), (name, "BOB@acme.example"))["approvers"] == ["bob@acme.example"]


@pytest.mark.parametrize("name", ["Approved", "Signed-off-by", "Not-approved-by", "Tested-by"])
def test_other_trailers_do_not_approve(name: str) -> None:
    assert with_trailers((name, "bob@acme.example"))["approvers"] == []


def test_trailers_are_known_in_one_spelling() -> None:
    found = with_trailers(("TICKET", "OPS-1"), ("Ticket", "OPS-2"), ("access-Reviewed-by", "Kim <Kim@acme.example>"))
    assert found["trailers"] == {"Ticket": ["OPS-1", "OPS-2"], "Access-reviewed-by": ["Kim <Kim@acme.example>"]}
    assert found["addresses"] == {"Ticket": [], "Access-reviewed-by": ["kim@acme.example"]}


AUTHORS: Final = {
    "capitals": ("ADA@acme.example", "ada@acme.example"),
    "a letter that folds into another": ("\u212aim@acme.example", "kim@acme.example"),
    "wide letters": ("\uff41da@acme.example", "ada@acme.example"),
}


@pytest.mark.parametrize(("email", "known"), AUTHORS.values(), ids=AUTHORS)
def test_an_author_is_known_however_the_address_is_written(email: str, known: str) -> None:
    made = replace(RECORD, author=Person("A", email), committer=Person("A", email))
    assert (data(change(made))["authors"], data(change(made))["committers"]) == ([known], [known])


def test_co_authors_are_authors_and_signers_are_committers() -> None:
    made = replace(RECORD, trailers=(("co-authored-by", "Kim <kim@acme.example>"),), signer="eve@acme.example,root")
    found = data(change(made))
    assert found["authors"] == ["ada@acme.example", "kim@acme.example"]
    assert found["committers"] == ["ada@acme.example", "eve@acme.example"]


@pytest.mark.parametrize(
    ("signatures", "whole"),
    [
        (("good", "good"), "good"),
        (("good", "none"), "none"),
        (("none", "unknown"), "unknown"),
        (("good", "bad", "none"), "bad"),
    ],
)
def test_the_worst_signature_counts(signatures: tuple[Signature, ...], whole: str) -> None:
    assert data(change(*(replace(RECORD, signature=each) for each in signatures)))["signature"] == whole


PATHS: Final = (
    "build/production/shared/prometheus.yaml",
    "build/production/tenants/acme/rules/a.yaml",
    "build/staging/tenants/bank/rules/a.yaml",
    "tenants/acme/overlays/dev.yaml",
)


def test_tenants_touched_and_reached_follow_from_paths() -> None:
    found = data(change(paths=PATHS), Effect(("dev", "production", "staging")))
    assert (found["platform"], found["tenants"], found["reached"]) == (False, ["acme"], ["acme", "bank"])
    assert found["environments"] == ["dev", "production", "staging"]
    artifacts = cast("list[Map]", found["artifacts"])
    # Artifacts of other tenants come first, so that no number of the tenants' own can hide them.
    assert [each["tenant"] for each in artifacts] == ["", "bank", "acme"]
    assert artifacts[1] == {"path": PATHS[2], "tenant": "bank", "environment": "staging"}


def test_the_place_is_the_first_source_of_the_platform_if_any() -> None:
    written = subject(change(paths=(*PATHS, "environments/defaults.yaml")), Effect()).written
    assert written is not None
    assert written.place == Place("environments/defaults.yaml")


def test_a_change_with_too_many_artifacts_is_not_whole() -> None:
    many = tuple(f"build/production/tenants/acme/rules/{number}.yaml" for number in range(changes.ARTIFACTS + 9))
    found = data(change(paths=(*many, "tenants/acme/tenant.yaml")))
    assert (len(cast("list[str]", found["artifacts"])), found["whole"]) == (changes.ARTIFACTS, False)
    assert found["paths"] == ["tenants/acme/tenant.yaml"]
    assert data(change(paths=PATHS))["whole"] is True
    assert data(change(), Effect(whole=False))["whole"] is False


SECRETS: Final = {
    "tenants/acme/secrets/slack.sops.yaml": ["dev", "production"],
    "tenants/acme/secrets/production/slack.sops.yaml": ["production"],
    "tenants/acme/tenant.yaml": [],
    "environments/production.yaml": ["production"],
}


@pytest.mark.parametrize(("path", "environments"), SECRETS.items())
def test_a_file_affects_the_environments_that_read_it(path: str, environments: list[str]) -> None:
    assert data(change(paths=(path,)), Effect(("dev", "production")))["environments"] == environments


def test_values_and_reviews_are_included() -> None:
    altered = ValueChange("acme", "production", "locale", None, "fr_FR", Place("x"))
    found = data(change(), Effect(altered=(altered,), reviews=(Review("BOB@acme.example", 2),), age=3))
    assert found["values"] == [
        {"tenant": "acme", "environment": "production", "path": "locale", "before": None, "after": "fr_FR"}
    ]
    assert (found["reviews"], found["age"]) == ([{"email": "bob@acme.example", "days": 2}], 3)
