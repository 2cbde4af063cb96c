"""How commands say what they have to say."""

from pathlib import Path
from typing import NoReturn

import pytest

from tests.workbench import varve
from varve.cli import saying
from varve.model.diagnostic import Place, Report, Rule, Severity
from varve.render import situate
from varve.world.command import GitError

WRONG = Rule("cli/wrong", "Something is wrong", "It is wrong, and has to be mended.")
ODD = Rule("cli/odd", "Something is odd", "It is odd, and can stay so.", Severity.WARNING)


@pytest.mark.parametrize(("rules", "code"), [((), 0), ((ODD,), 0), ((WRONG,), 1), ((ODD, WRONG), 1)])
def test_errors_end_with_1_and_warnings_do_not(rules: tuple[Rule, ...], code: int) -> None:
    report = Report()
    for rule in rules:
        report.say(rule, "this is so")
    with pytest.raises(SystemExit) as end:
        saying.end(report)
    assert end.value.code == code


@pytest.mark.parametrize(("format_", "said"), [("text", ""), ("json", "[]\n"), ("github", "")])
def test_nothing_is_said_of_nothing(format_: saying.Format, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    saying.say(Report(), saying.NOTHING, format_)
    assert capsys.readouterr().out == said


def test_the_way_from_the_top_stands_before_a_path_for_github(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report()
    report.say(WRONG, "this is so", Place("tenants/acme/tenant.yaml"))
    saying.say(report, saying.NOTHING, "github", "monitoring/")
    assert capsys.readouterr().out.startswith("::error file=monitoring/tenants/acme/tenant.yaml,")


@pytest.mark.parametrize(("number", "said"), [(0, "0 units"), (1, "1 unit"), (2, "2 units")])
def test_things_are_counted(number: int, said: str) -> None:
    assert saying.count(number, "unit") == said


def test_colour_is_for_terminals_unless_it_is_wanted(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "tenants/acme/tenant.yaml").write_text("tenant: [\n")
    plain = varve("check", repository)[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" not in plain
    assert "\x1b[" in varve("check", repository)[1]


def _refuse(*_arguments: object) -> NoReturn:
    raise GitError("the object is missing")


def test_what_git_does_not_show_is_said_without_the_line(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "tenants/acme/tenant.yaml").write_text("tenant: [\n")
    known = situate.situate
    monkeypatch.setattr(situate, "situate", lambda said, seen: _refuse() if seen.entries else known(said, seen))
    code, said = varve("check", repository)
    assert code == 1
    assert "error[world/git-failed]: git could not answer: the object is missing" in said
    assert " --> tenants/acme/tenant.yaml" in said
