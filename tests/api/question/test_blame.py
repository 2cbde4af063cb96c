"""The sources of a line, as data; the tests of the command cover how they are printed."""

import json
from pathlib import Path

import pytest

import varve
from tests.workbench import varve as command
from varve.api.question.blame import Question, read
from varve.render.blame import ArtifactBlame, LineBlame

RULES = "build/production/tenants/acme/rules/checkout.yaml"


def test_the_words_behind_a_line_are_data(repository: Path) -> None:
    blamed = varve.open(repository).blame(RULES, 7)
    assert isinstance(blamed.blame, LineBlame)
    (row,) = blamed.blame.rows
    assert (blamed.sound, blamed.blame.text, row.relation) == (True, "        for: 10m", "appears")
    assert (row.line.contribution.value, row.line.contribution.place.file) == (
        "10m",
        "tenants/acme/services/checkout.yaml",
    )
    assert row.line.commit is not None
    assert row.line.commit.author == "Ada"


def test_without_a_line_an_artifact_has_all_its_sources(repository: Path) -> None:
    found = varve.open(repository).blame(RULES).blame
    assert isinstance(found, ArtifactBlame)
    assert list(found.sources) == ["platform", "tenant"]
    assert "templates/prometheus/rules.yaml.j2" in found.templates


@pytest.mark.parametrize("line", [None, 1, 7, 9])
def test_the_text_is_what_the_command_prints(line: int | None, repository: Path) -> None:
    blamed = varve.open(repository).blame(RULES, line)
    written = RULES if line is None else f"{RULES}:{line}"
    assert blamed.text() == command(f"blame {written}", repository)[1]
    assert json.loads(blamed.json())["artifact"] == RULES


def test_an_unknown_artifact_has_no_answer(repository: Path) -> None:
    blamed = varve.open(repository).blame("varve.yaml")
    assert (blamed.blame, blamed.answer, blamed.json(), blamed.broken) == (None, "", "", True)


def test_a_line_of_a_broken_tenant_has_findings_and_no_answer(repository: Path) -> None:
    shared = "build/production/shared/prometheus.yaml"
    line = 1 + next(at for at, each in enumerate(Path(repository, shared).read_text().split("\n")) if "/rules/" in each)
    assert varve.open(repository).blame(shared, line).blame is not None
    with Path(repository, "tenants/acme/tenant.yaml").open("a") as tenant:
        tenant.write("\nnope: 1\n")
    blamed = varve.open(repository).blame(shared, line)
    assert (blamed.blame, [each.rule.code for each in blamed.findings.diagnostics]) == (None, ["check/unknown-key"])


def test_an_absolute_path_may_go_through_a_symbolic_link(tmp_path: Path) -> None:
    (tmp_path / "real" / "build").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real")
    root = (tmp_path / "real").resolve()
    assert read(f"{tmp_path}/link/build/a.yaml:3", root, root) == Question("build/a.yaml", 3)


@pytest.mark.parametrize(
    ("text", "path", "line"),
    {
        "a path": ("build/a.yaml", "build/a.yaml", None),
        "a line": ("build/a.yaml:3", "build/a.yaml", 3),
        "a line and a column": ("build/a.yaml:3:14", "build/a.yaml", 3),
        "a colon at the end": ("build/a.yaml:3:", "build/a.yaml", 3),
        "a line beyond all": ("build/a.yaml:99999999999999999999", "build/a.yaml", 10**20 - 1),
        "a name that no disk has": (f"build/{'a' * 300}", f"build/{'a' * 300}", None),
        "from elsewhere": ("../build/a.yaml", "build/a.yaml", None),
        "nothing": ("", "tenants", None),
        "a colon alone": (":", "tenants/:", None),
    }.values(),
)
def test_a_question_is_read_as_editors_write_it(text: str, path: str, line: int | None, tmp_path: Path) -> None:
    (tmp_path / "tenants").mkdir()
    assert read(text, tmp_path.resolve(), tmp_path / "tenants") == Question(path, line)
