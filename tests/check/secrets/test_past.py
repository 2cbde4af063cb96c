"""A credential in the history is reported by its line and commit, and no part of it is shown."""

import pytest

from varve.check.secrets import past
from varve.model.diagnostic import Report
from varve.model.source import Source

TOKEN = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"
COMMIT = "c0ffee" * 6 + "c0ff"


def diagnostics(text: str) -> Report:
    report = Report()
    past.check(Source("tenants/acme/tenant.yaml", "b" * 40, text.encode()), COMMIT, report)
    return report


def test_a_credential_is_reported_by_its_line_commit_and_blob() -> None:
    (found,) = diagnostics(f"name: ACME\n\nnote: {TOKEN}\n")
    assert found.rule is past.SECRET_IN_HISTORY
    assert found.message == "a GitHub token was in line 3 of `tenants/acme/tenant.yaml`, in commit c0ffeec0ffee"
    assert found.place is not None
    assert (found.place.file, found.place.sealed) == ("tenants/acme/tenant.yaml", True)
    assert [each.message for each in found.notes] == [f"its blob is {'b' * 40}"]


def test_no_part_of_the_credential_is_shown() -> None:
    assert TOKEN[4:12] not in f"{list(diagnostics(f'note: {TOKEN}'))}"


@pytest.mark.parametrize(
    "text", ["", "name: ACME", "key: ENC[AES256_GCM,data:d437ODdWzpa6Z0ev,iv:Kj0=,tag:Tan=,type:str]"]
)
def test_similar_texts_are_not_reported(text: str) -> None:
    assert list(diagnostics(text)) == []


def test_a_file_that_was_not_searched_is_reported() -> None:
    report = Report()
    past.refuse(Source("tenants/acme/x.yaml", "b" * 40, b""), COMMIT, report)
    assert [each.rule for each in report] == [past.SECRET_IN_HISTORY]


def test_a_list_of_rotated_blobs_is_the_first_word_of_each_line() -> None:
    text = f"{'A' * 40} rotated on the day after\n\n  {'b' * 40}\n# no blob\n"
    assert {"a" * 40, "b" * 40} <= past.rotated(text)
    assert past.rotated("") == frozenset()
