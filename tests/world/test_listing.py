import pytest

from tests.world.work import codes
from varve.model.diagnostic import Report
from varve.model.snapshot import Entry
from varve.world.listing import Stage, admit, settled, shown

PLAIN = Entry("0" * 40, "100644")


@pytest.mark.parametrize(
    ("paths", "admitted", "said"),
    [
        pytest.param(["tenants/b.yaml", "tenants/a.yaml"], ["tenants/a.yaml", "tenants/b.yaml"], [], id="sorted"),
        pytest.param(["tenants/a/.gitignore", "build/.gitattributes"], [], [], id="git's own files are no sources"),
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
def test_names(paths: list[str], admitted: list[str], said: list[tuple[str, str]]) -> None:
    report = Report()
    assert list(admit(dict.fromkeys(paths, PLAIN), report)) == admitted
    assert codes(report) == said


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


def test_a_conflict_is_reported_once() -> None:
    report = Report()
    stages = [Stage("a", PLAIN, "1"), Stage("a", PLAIN, "2"), Stage("a", PLAIN, "3"), Stage("b", PLAIN, "0")]
    assert settled(stages, report) == {"b": PLAIN}
    assert codes(report) == [("world/conflict", "a")]


def test_a_shown_path_can_be_printed_whatever_its_bytes() -> None:
    assert shown("a\udce9\u00e9") == "a\\xe9\u00e9"
