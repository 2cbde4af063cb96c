"""What lies below a folder is found without looking at what does not, and so is all else."""

from hypothesis import given
from hypothesis import strategies as st

from varve.model.snapshot import Entry, Snapshot

PATHS = st.lists(st.sampled_from(["a", "a-", "a.b", "a0", "b", "é", "\U0001f600"]), min_size=1, max_size=3).map(
    "/".join
)


@given(st.lists(PATHS, unique=True), PATHS)
def test_below_a_folder_is_every_path_that_begins_with_it_sorted(paths: list[str], folder: str) -> None:
    seen = Snapshot(dict.fromkeys(paths, Entry("", "100644")), {})
    found = list(seen.under(folder))
    assert found == sorted(path for path in paths if path.startswith(f"{folder}/"))
    assert list(seen.beside(folder)) == sorted({*paths}.difference(found))


@given(st.lists(PATHS, unique=True), PATHS, PATHS)
def test_between_two_folders_are_both_and_all_that_stands_there(paths: list[str], one: str, other: str) -> None:
    seen = Snapshot({path: Entry(f"id of {path}", "100644") for path in paths}, {})
    first, last = sorted((one, other), key="{}/".format)
    found, ids = seen.between(first, last)
    assert found == sorted(path for path in paths if f"{first}/" <= path < f"{last}0")
    assert ids == [f"id of {path}" for path in found]
    assert list(seen.ids(first).items()) == [(path, f"id of {path}") for path in seen.under(first)]
