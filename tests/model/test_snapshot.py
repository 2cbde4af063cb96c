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
