import pytest

from tests.world.work import Work, codes
from varve.read.decode import LIMIT
from varve.world.git import content
from varve.world.git.command import Git, GitError
from varve.world.git.content import Chained
from varve.world.snapshot.views import Commit, Index, View

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n".format("4d" * 32)


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many contents each fetch got."""
    numbers: list[int] = []
    fetch = content.fetch

    def counted(git: Git, ids: list[str]) -> dict[str, bytes]:
        numbers.append(len(ids))
        return fetch(git, ids)

    monkeypatch.setattr(content, "fetch", counted)
    return numbers


def test_each_fetch_of_sources_gets_four_times_as_many_and_artifacts_come_in_chunks(
    work: Work, fetched: list[int]
) -> None:
    work.commit({f"{top}/{number:04}": f"{top}{number}" for top in ("tenants", "build") for number in range(900)})
    seen, _ = work.snapshot()
    fetched.clear()
    for path in seen.under("tenants"):
        seen.source(path)
    assert fetched == [256, 646]
    for path in seen.under("build"):
        seen.source(path)
    assert fetched[2:] == [256, 256, 256, 132]
    assert len(seen.contents) == len(set(seen.contents)) == 1802
    assert all(id_ in seen.contents for id_ in seen.contents)


def test_files_of_the_platform_come_in_one_fetch_from_both_ends(work: Work, fetched: list[int]) -> None:
    work.commit({f"tenants/{number:04}/tenant.yaml": f"{number}" for number in range(900)})
    work.commit({"environments/production.yaml": "a: 1\n", "varve.yaml": "b: 1\n"})
    seen, _ = work.snapshot()
    fetched.clear()
    for path in ("varve.yaml", "environments/production.yaml"):
        seen.source(path)
    assert fetched == [256]


def test_a_foreign_id_has_no_content(work: Work) -> None:
    contents = work.snapshot()[0].contents
    assert "0" * 40 not in contents
    with pytest.raises(KeyError):
        contents["0" * 40]


@pytest.mark.parametrize("size", [0, 1, LIMIT, LIMIT + 1, LIMIT + 5])
def test_a_blob_beyond_the_limit_is_replaced_by_a_placeholder(work: Work, size: int) -> None:
    work.commit({"tenants/acme/x.yaml": b"x" * size})
    data = work.snapshot(Commit("HEAD"))[0].source("tenants/acme/x.yaml").data
    assert data == b"x" * size if size <= LIMIT else len(data) > LIMIT


def test_a_line_of_100_megabytes_is_never_asked_for(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    long = work.git("hash-object", "-w", "--stdin", given=b"a: " + b"x" * 100_000_000)
    work.git("update-index", "--add", "--cacheinfo", f"100644,{long},tenants/acme/long.yaml")
    fetched: list[str] = []
    fetch = content.fetch

    def noted(git: Git, ids: list[str]) -> dict[str, bytes]:
        fetched.extend(ids)
        return fetch(git, ids)

    monkeypatch.setattr(content, "fetch", noted)
    seen, report = work.snapshot(Index())
    assert not report.broken
    for path in seen.entries:
        seen.source(path)
    assert long not in fetched
    assert {seen.entries["tenants/acme/tenant.yaml"].id} <= set(fetched)


@pytest.mark.parametrize("view", [Commit("HEAD"), Index(), None], ids=["commit", "index", "untracked"])
def test_a_git_lfs_pointer_is_refused(work: Work, view: View | None) -> None:
    work.write({"tenants/acme/x.yaml": POINTER})
    if view:
        work.commit()
    seen, report = work.snapshot(view)
    assert codes(report) == [("world/lfs-pointer", "tenants/acme/x.yaml")]
    assert "tenants/acme/x.yaml" not in seen


def test_a_missing_object_is_a_diagnostic_and_leaves_the_others(work: Work) -> None:
    id_ = work.git("rev-parse", "HEAD:tenants/acme/tenant.yaml")
    (work.top / ".git/objects" / id_[:2] / id_[2:]).unlink()
    seen, report = work.snapshot(Commit("HEAD"))
    assert codes(report) == [("world/missing-object", "tenants/acme/tenant.yaml")]
    assert seen.source("varve.yaml").data == b"apiVersion: varve/v1\n"


def test_a_fetch_of_what_is_not_there_is_an_error(work: Work) -> None:
    with pytest.raises(GitError, match="is missing"):
        content.fetch(Git(work.top), ["0" * 40])


def test_contents_with_any_bytes_are_separated_correctly(work: Work) -> None:
    texts = [b"", b"\n", b"\n\n", b"a blob 3\n", b"\0", "é".encode()]
    ids = [work.git("hash-object", "-w", "--stdin", given=text) for text in texts]
    assert content.fetch(Git(work.top), ids) == dict(zip(ids, texts, strict=True))


def test_the_same_bytes_under_two_names_are_one_content(work: Work) -> None:
    work.commit({"tenants/acme/a.yaml": "same", "build/b": "same"})
    seen, report = work.snapshot()
    assert codes(report) == []
    assert seen.source("build/b").data == seen.source("tenants/acme/a.yaml").data == b"same"


def test_reports_name_every_file_of_a_missing_object(work: Work) -> None:
    commit = work.commit({"tenants/acme/a.yaml": "same", "tenants/acme/b.yaml": "same"})
    id_ = work.git("rev-parse", "HEAD:tenants/acme/a.yaml")
    (work.top / ".git/objects" / id_[:2] / id_[2:]).unlink()
    _, report = work.snapshot(Commit(commit))
    assert [file for _, file in codes(report)] == [
        "tenants/acme/a.yaml",
        "tenants/acme/b.yaml",
    ]


def test_chained_contents_come_from_the_first_mapping_that_has_them() -> None:
    both = Chained({"a": b"first"}, {"a": b"second", "b": b"third"})
    assert dict(both) == {"a": b"first", "b": b"third"}
    assert len(both) == 2
    assert "c" not in both
    with pytest.raises(KeyError):
        both["c"]
