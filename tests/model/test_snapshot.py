"""The paths below a folder, between two folders, and outside a folder are found by binary search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.model.snapshot import Entry, Snapshot

PATHS = st.lists(st.sampled_from(["a", "a-", "a.b", "a0", "b", "é", "\U0001f600"]), min_size=1, max_size=3).map(
    "/".join
)


@given(st.lists(PATHS, unique=True), PATHS)
def test_paths_under_a_folder_and_all_others_are_sorted(paths: list[str], folder: str) -> None:
    seen = Snapshot(dict.fromkeys(paths, Entry("", "100644")), {})
    found = list(seen.under(folder))
    assert found == sorted(path for path in paths if path.startswith(f"{folder}/"))
    assert list(seen.excluding(folder)) == sorted({*paths}.difference(found))


@given(st.lists(PATHS, unique=True), PATHS, PATHS)
def test_paths_between_two_folders_include_both(paths: list[str], one: str, other: str) -> None:
    seen = Snapshot({path: Entry(f"id of {path}", "100644") for path in paths}, {})
    first, last = sorted((one, other), key="{}/".format)
    found, ids = seen.between(first, last)
    assert found == sorted(path for path in paths if f"{first}/" <= path < f"{last}0")
    assert ids == [f"id of {path}" for path in found]
    assert list(seen.ids(first).items()) == [(path, f"id of {path}") for path in seen.under(first)]


@pytest.mark.parametrize(
    ("refused", "unknown"),
    [
        ("tenants/acme/users/link.yaml", True),
        ("tenants/acme", True),
        ("tenants", True),
        ("tenants/acme-labs/link.yaml", False),
        ("tenants/acme.yaml", False),
    ],
)
def test_the_content_of_a_folder_is_unknown_if_anything_there_is_refused(refused: str, *, unknown: bool) -> None:
    assert Snapshot({}, {}, refused=frozenset({refused})).refuses("tenants/acme") is unknown
