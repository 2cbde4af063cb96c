"""Findings are printed the same way everywhere, and know whether they are sound."""

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

import varve
from tests.workbench import varve as command
from varve.api import findings
from varve.api.findings import NO_FINDINGS, ConfigError, by_path, count, gather, proven_suffix
from varve.api.given.plain import folder, source
from varve.model.artifact import NOTHING_PROVEN, Proven
from varve.model.diagnostic import Note, Place, Report, Rule, Severity
from varve.render import situate
from varve.world.git.command import GitError

WRONG = Rule("api/wrong", "Something is wrong", "It is wrong, and has to be mended.")
ODD = Rule("api/odd", "Something is odd", "It is odd, and can stay so.", Severity.WARNING)
FILE = source("data.json", b'{"a": {"b": 1}, "c": 2}')


def reported(*rules: Rule) -> Report:
    report = Report()
    for rule in rules:
        report.add(rule, "this is so", Place("data.json", ("a", "b")), Note("and this", Place("data.json", ("c",))))
    return report


@pytest.mark.parametrize(("rules", "sound"), [((), True), ((ODD,), True), ((WRONG,), False), ((ODD, WRONG), False)])
def test_an_error_is_not_sound_and_a_warning_is(rules: tuple[Rule, ...], sound: bool) -> None:  # noqa: FBT001
    found = gather(reported(*rules))
    assert (found.sound, found.broken) == (sound, not sound)
    assert {each.rule for each in found.diagnostics} == set(rules)


def test_no_findings_print_nothing() -> None:
    assert (NO_FINDINGS.text(), NO_FINDINGS.json(), NO_FINDINGS.github()) == ("", "[]\n", "")


def test_places_are_lines_of_the_files() -> None:
    found = gather(reported(WRONG), folder(FILE))
    assert " --> data.json:1:13\n" in found.text()
    assert json.loads(found.json())[0]["column"] == 13


def test_places_in_data_are_shown_as_paths() -> None:
    found = by_path(gather(reported(WRONG), folder(FILE)), "data.json")
    assert [each.spot and each.spot.file for each in found.situated] == ["a.b"]
    assert [each and each.file for each in found.situated[0].notes] == ["c"]
    assert " --> a.b\n" in found.text()
    assert by_path(gather(reported(WRONG), folder(FILE)), "other.json") == gather(reported(WRONG), folder(FILE))


def test_an_exception_says_what_its_findings_say() -> None:
    error = ConfigError(gather(reported(WRONG)))
    assert str(error) == error.findings.text()
    assert [each.rule for each in error.diagnostics] == [WRONG]
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own bytes


def _refuse(*_arguments: object) -> NoReturn:
    raise GitError("the object is missing")


def test_a_finding_without_its_file_is_printed_without_the_line(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "tenants/acme/tenant.yaml").write_text("tenant: [\n")
    known = situate.situate
    monkeypatch.setattr(situate, "situate", lambda report, seen: _refuse() if seen.entries else known(report, seen))
    code, output = command("check", repository)
    assert code == 1
    assert "error[world/git-failed]: git could not answer: the object is missing" in output
    assert " --> tenants/acme/tenant.yaml" in output


@pytest.mark.parametrize(("number", "text"), [(0, "0 units"), (1, "1 unit"), (2, "2 units")])
def test_things_are_counted(number: int, text: str) -> None:
    assert count(range(number), "unit") == text


@pytest.mark.parametrize(
    ("looked_at", "text"),
    [
        (NOTHING_PROVEN, ""),
        (Proven(rules=1, routes=1, alerts=1), "; proven: 1 rule, 1 route, 1 alert"),
        (Proven(rules=12, queries=7), "; proven: 12 rules, 0 routes, 0 alerts"),
    ],
)
def test_the_suffix_says_how_much_was_proven(looked_at: Proven, text: str) -> None:
    assert proven_suffix(looked_at) == text


def test_the_package_has_the_names_in_all_and_no_others() -> None:
    assert varve.Findings is findings.Findings
    assert all(callable(getattr(varve, name)) for name in varve.__all__)
    with pytest.raises(AttributeError, match="module `varve` has no `close`"):
        _ = varve.close  # type: ignore[attr-defined]


@pytest.mark.parametrize("line", ["import varve", "import varve.cli.main"])
def test_the_interface_is_imported_on_first_use(line: str) -> None:
    """So that `varve --version`, and programs that import the package, start at once."""
    script = f"import sys; {line}; print(*(name for name in sys.modules if name.startswith(('varve.api', 'varve.pi'))))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
