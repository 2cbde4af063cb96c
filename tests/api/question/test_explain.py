"""The history of a value as data; how it is printed is told by the tests of the command."""

import json
from pathlib import Path

import varve
from tests.workbench import varve as command


def test_lines_are_data(repository: Path) -> None:
    explained = varve.open(repository).unit("acme", "production").explain("locale")
    (line,) = explained.lines
    assert (explained.sound, explained.value) == (True, "en_GB")
    assert (line.voice.layer.name, line.voice.verdict, line.span.line) == ("defaults", "says", 1)
    assert line.commit is not None
    assert line.commit.author == "Ada"


def test_the_text_is_what_the_command_prints(repository: Path) -> None:
    unit = varve.open(repository).unit("acme", "production")
    for path in ("locale", "services", "", "labels.team", "platform.secrets.root"):
        assert unit.explain(path).text() == command(f"explain acme production {path}", repository)[1], path
    assert json.loads(unit.explain("locale").json())["value"] == "en_GB"


def test_of_a_unit_that_is_broken_nothing_is_explained(repository: Path) -> None:
    (repository / "tenants/acme/tenant.yaml").write_text("tenant: [\n")
    explained = varve.open(repository).unit("acme", "production").explain("locale")
    assert (explained.value, explained.lines, explained.history, explained.json()) == (None, (), "", "")
    assert explained.text().startswith("error[read/syntax]")
