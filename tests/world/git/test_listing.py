import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world.work import codes
from varve.model.diagnostic import Report
from varve.model.snapshot import Entry
from varve.world.git.listing import admit, changed, shown, sources, staged_entries

PLAIN = Entry("0" * 40, "100644")


@pytest.mark.parametrize(
    ("paths", "admitted", "expected"),
    [
        pytest.param(["tenants/b.yaml", "tenants/a.yaml"], ["tenants/a.yaml", "tenants/b.yaml"], [], id="sorted"),
        pytest.param(["tenants/a/.gitignore", "tenants/.gitattributes"], [], [], id="git's own are no sources"),
        pytest.param(["build/.gitattributes"], ["build/.gitattributes"], [], id="but are refused among artifacts"),
        pytest.param(["tenants/é.yaml", "tenants/日本"], ["tenants/é.yaml", "tenants/日本"], [], id="any language"),
        pytest.param(["-x", "--output=x"], ["--output=x", "-x"], [], id="names that look like options"),
        pytest.param(["tenants/a\nb"], [], [("world/bad-name", "tenants/a\\nb")], id="a line feed"),
        pytest.param(["tenants/\x1b[2J"], [], [("world/bad-name", "tenants/\\x1b[2J")], id="an escape"),
        pytest.param(["tenants/\u202eb"], [], [("world/bad-name", "tenants/\\u202eb")], id="a change of direction"),
        pytest.param(["tenants/\u200bb"], [], [("world/bad-name", "tenants/\\u200bb")], id="a space of no width"),
        pytest.param(["tenants/\udce9"], [], [("world/bad-name", "tenants/\\xe9")], id="not UTF-8"),
        pytest.param(
            ["environments/Dev.yaml", "environments/dev.yaml"],
            ["environments/dev.yaml"],
            [("world/colliding-path", "environments/Dev.yaml")],
            id="the name that is written plainly stays",
        ),
        pytest.param(
            ["environments/DEV.yaml", "environments/Dev.yaml"],
            ["environments/DEV.yaml"],
            [("world/colliding-path", "environments/Dev.yaml")],
            id="of two odd ones the first stays",
        ),
        pytest.param(
            ["tenants/a/rules/x", "tenants/a/rules/y", "tenants/a/Rules/x", "tenants/a/Rules/z"],
            ["tenants/a/rules/x", "tenants/a/rules/y"],
            [("world/colliding-path", "tenants/a/Rules/x")],
            id="a folder collides with all that is in it, and is reported once",
        ),
        pytest.param(
            ["templates/e\u0301", "templates/\u00e9"],
            ["templates/\u00e9"],
            [("world/colliding-path", "templates/e\u0301")],
            id="an accent written in two ways",
        ),
        pytest.param(
            ["policies/STRASSE", "policies/stra\u00dfe"],
            ["policies/STRASSE"],
            [("world/colliding-path", "policies/stra\u00dfe")],
            id="more than lower case",
        ),
        pytest.param(
            ["tenants/Acme/x", "tenants/acme/x"],
            ["tenants/Acme/x", "tenants/acme/x"],
            [],
            id="the folders of tenants are ids, and judged as such",
        ),
        pytest.param(["tenants/A/x", "tenants/b/X"], ["tenants/A/x", "tenants/b/X"], [], id="no collision"),
        pytest.param(["tenants/A", "tenants/a"], ["tenants/A", "tenants/a"], [], id="files beside the folders"),
    ],
)
def test_names(paths: list[str], admitted: list[str], expected: list[tuple[str, str]]) -> None:
    report = Report()
    assert list(admit(dict.fromkeys(paths, PLAIN), report)) == admitted
    assert codes(report) == expected


PARTS = st.sampled_from(["a", "A", "a-", "a.b", "A.b", "é", "e\u0301", "É", "ß", "ss"])
PATHS = st.lists(PARTS, min_size=1, max_size=3).map("/".join)


def _above(path: str) -> set[str]:
    parts = path.split("/")
    return {"/".join(parts[:end]) for end in range(1, len(parts) + 1)}


@given(st.lists(PATHS, unique=True, max_size=8))
def test_admitted_paths_never_collide_and_every_refused_one_does(paths: list[str]) -> None:
    admitted = admit(dict.fromkeys(paths, PLAIN), Report()).keys()
    names = {name for path in admitted for name in _above(path)}
    assert len({_fold(name) for name in names}) == len(names)
    everything = {name for path in paths for name in _above(path)}
    alike = {name for name in everything if _fold(name) in map(_fold, everything - {name})}
    assert all(path in admitted or _above(path) & alike for path in paths)


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


@pytest.mark.parametrize(
    ("mode", "code"),
    [
        pytest.param("120000", "world/symbolic-link", id="a link"),
        pytest.param("160000", "world/submodule", id="a submodule"),
        pytest.param("000000", "world/no-file", id="a pipe"),
    ],
)
def test_modes(mode: str, code: str) -> None:
    report = Report()
    kinds = {"a": PLAIN, "b/": Entry("", mode), "c": Entry("0" * 40, "100755")}
    assert list(admit(kinds, report)) == ["a", "c"]
    assert codes(report) == [(code, "b")]


@pytest.mark.parametrize("digits", [40, 64], ids=["sha1", "sha256"])
def test_a_conflict_is_reported_once(digits: int) -> None:
    report = Report()
    id_ = "0" * digits
    stages = [("100644", 1, "a\tb"), ("100644", 2, "a\tb"), ("100755", 3, "a\tb"), ("100755", 0, "b\n\udce9")]
    answer = "".join(f"{mode} {id_} {part}\t{path}\0" for mode, part, path in stages)
    assert staged_entries(answer.encode("utf-8", "surrogateescape"), report) == {"b\n\udce9": Entry(id_, "100755")}
    assert codes(report) == [("world/conflict", "a\tb")]


def test_modes_are_right_beside_a_conflict() -> None:
    id_ = "0" * 40
    stages = [("100644", 1, "a"), ("100644", 2, "a"), ("100644", 0, "b"), ("120000", 0, "c"), ("160000", 0, "d")]
    answer = "".join(f"{mode} {id_} {part}\t{path}\0" for mode, part, path in stages)
    modes = {path: entry.mode for path, entry in staged_entries(answer.encode(), Report()).items()}
    assert modes == {"b": "100644", "c": "120000", "d": "160000"}


def test_an_index_without_our_files_has_no_entries() -> None:
    assert staged_entries(b"", Report()) == {}


def test_changed_files_have_gits_status_letter() -> None:
    head = ":100644 100644 " + "1" * 40 + " " + "0" * 40
    assert changed(f"{head} M\0tenants/a\0{head} D\0:100644 x\0".encode()) == {"tenants/a": "M", ":100644 x": "D"}


def test_sources_are_all_files_but_artifacts_and_gits_own() -> None:
    named = ("tenants/a", "tenants/.github/b", "tenants/.gitignore", "build/c", "builds", "tenants/copy of a")
    ids = ("1", "2", "3", "4", "5", "1")
    assert sources({path: Entry(id_, "100644") for path, id_ in zip(named, ids, strict=True)}) == ["5", "2", "1"]


def test_a_shown_path_can_be_printed_whatever_its_bytes() -> None:
    assert shown("a\udce9\u00e9") == "a\\xe9\u00e9"
