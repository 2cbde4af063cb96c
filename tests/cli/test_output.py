"""How commands print their results, and end."""

from contextlib import chdir
from pathlib import Path

import pytest

from tests.workbench import varve
from varve.api.findings import NO_FINDINGS, gather
from varve.cli import output
from varve.cli.main import run
from varve.model.diagnostic import Place, Report, Rule, Severity

WRONG = Rule("cli/wrong", "Something is wrong", "It is wrong, and has to be mended.")
ODD = Rule("cli/odd", "Something is odd", "It is odd, and can stay so.", Severity.WARNING)


@pytest.mark.parametrize(("rules", "code"), [((), 0), ((ODD,), 0), ((WRONG,), 1), ((ODD, WRONG), 1)])
def test_errors_end_with_1_and_warnings_do_not(rules: tuple[Rule, ...], code: int) -> None:
    report = Report()
    for rule in rules:
        report.add(rule, "this is so")
    with pytest.raises(SystemExit) as end:
        output.end(gather(report))
    assert end.value.code == code


@pytest.mark.parametrize(("format_", "text"), [("text", ""), ("json", "[]\n"), ("github", "")])
def test_no_findings_print_nothing(format_: output.Format, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    output.print_findings(NO_FINDINGS, format_)
    assert capsys.readouterr().out == text


def test_github_gets_paths_relative_to_gits_top_level(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report()
    report.add(WRONG, "this is so", Place("tenants/acme/tenant.yaml"))
    output.print_findings(gather(report), "github", "monitoring/")
    assert capsys.readouterr().out.startswith("::error file=monitoring/tenants/acme/tenant.yaml,")


def test_colour_is_for_terminals_unless_requested(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "tenants/acme/tenant.yaml").write_text("tenant: [\n")
    plain = varve("check", repository)[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" not in plain
    assert "\x1b[" in varve("check", repository)[1]


ANSWERS = (
    "explain acme production",
    "route acme production a=b",
    "affected HEAD",
    "diff",
    "policy list",
    "policy report",
    "cache stats",
)


@pytest.mark.parametrize("answer", ANSWERS)
def test_findings_are_not_printed_in_answers_for_programs(
    answer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = "error[world/no-settings]"
    with chdir(tmp_path):
        assert run(answer.split()) == 1
        assert capsys.readouterr().out.startswith(wrong)
        assert run([*answer.split(), "--format", "json"]) == 1
    out, aside = capsys.readouterr()
    assert (out, aside.startswith(wrong)) == ("", True)
