"""The options and exit codes of `varve policy report` and `evidence`; tests/api covers the rest."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.api.policy.governed import commit, described, governed, write
from tests.workbench import varve
from varve.world.disk import file

__all__ = ("governed",)


def test_a_report_whose_tenants_fail_prints_and_ends_with_1(governed: Path) -> None:
    code, output = varve("policy report", governed)
    assert code == 1
    assert "acme" in output
    assert "told-services" in output
    assert output.endswith(
        "1 warning; `varve check`, `varve secrets check` and `varve policy test` show them with their places\n"
    )
    described(governed)
    code, output = varve("policy report", governed)
    assert code == 0
    assert "with their places" not in output


def test_findings_about_the_history_are_printed_in_full(governed: Path) -> None:
    described(governed)
    token = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"
    write(governed, {"tenants/acme/notes.md": f"{token}\n"})
    commit(governed)
    write(governed, {"tenants/acme/notes.md": "\n"})
    commit(governed)
    code, output = varve("policy report --tenant acme --framework house", governed)
    assert code == 1
    assert "error[check/secret-in-history]: " in output
    assert "--> tenants/acme/notes.md" in output
    assert token not in output


def test_a_report_is_of_today_by_default(governed: Path) -> None:
    before = datetime.now(UTC).date().isoformat()
    document = json.loads(varve("policy report --rev HEAD --format json", governed)[1].partition("\n}\n")[0] + "}")
    assert before <= document["day"] <= datetime.now(UTC).date().isoformat()
    text = varve("policy report --rev HEAD --format json --today 2025-02-28", governed)[1]
    assert json.loads(text.partition("\n}\n")[0] + "}")["day"] == "2025-02-28"


@pytest.mark.parametrize("format_", ["text", "json", "html"])
def test_a_report_can_be_written_to_a_file(format_: str, governed: Path, tmp_path: Path) -> None:
    described(governed)
    words = f"policy report --rev HEAD --today 2025-02-28 --tenant acme --framework house --format {format_}"
    code, output = varve(words, governed)
    assert varve(f"{words} --output {tmp_path}/report", governed)[0] == code == 1
    assert output.startswith((tmp_path / "report").read_text())


def test_a_file_that_cannot_be_written_is_a_mistake(governed: Path, tmp_path: Path) -> None:
    code, output = varve(f"policy report --output {tmp_path}/missing/report", governed)
    assert (code, output) == (1, f"Error: `{tmp_path}/missing/report` cannot be written: No such file or directory\n")


@pytest.mark.parametrize(
    "words", ["--today yesterday", "--today 2025-02-30", "--history -1", "--format xml", "--output ."]
)
def test_invalid_arguments_are_a_mistake(words: str, governed: Path) -> None:
    code, output = varve(f"policy report {words}", governed)
    assert code == 1
    assert "Error: Invalid value for" in output


def test_a_failed_report_prints_its_findings(governed: Path) -> None:
    for words in ("report", "evidence --out ../out"):
        code, output = varve(f"policy {words} --tenant moon", governed)
        assert code == 1
        assert "error[read/no-such-tenant]" in output


def test_evidence_is_written_and_verified_far_from_any_repository(governed: Path, tmp_path: Path) -> None:
    code, output = varve(f"policy evidence --out {tmp_path}/out --today 2025-02-28 --history 3", governed)
    assert code == 0
    assert output.startswith("evidence of ")
    (tmp_path / "far").mkdir()
    code, output = varve("policy evidence --verify ../out", tmp_path / "far")
    assert code == 0
    assert "gives the same 3 reports again" in output
    assert json.loads((tmp_path / "out/request.json").read_text())["history"] == 3


def test_altered_evidence_is_reported_in_every_format(governed: Path, tmp_path: Path) -> None:
    varve(f"policy evidence --out {tmp_path}/out", governed)
    (tmp_path / "out/report.txt").write_text("all is well\n")
    code, output = varve(f"policy evidence --verify {tmp_path}/out", governed)
    assert code == 1
    assert "error[world/unsound-evidence]: `report.txt` does not match `MANIFEST.sha256`" in output
    code, output = varve(f"policy evidence --verify {tmp_path}/out --format json", governed)
    assert (code, [each["code"] for each in json.loads(output)]) == (1, ["world/unsound-evidence"])


@pytest.mark.parametrize(
    ("words", "message"),
    {
        "neither": ("", "use `--out DIR` to write evidence, or `--verify DIR` to verify it"),
        "both": ("--out a --verify b", "use `--out DIR` to write evidence, or `--verify DIR` to verify it"),
        "a question": ("--verify b --tenant acme", "`--verify` takes the commit, day, framework and tenant from"),
        "another number": ("--verify b --history 0", "`--verify` takes the commit, day, framework and tenant from"),
    }.values(),
)
def test_evidence_is_either_written_or_verified(words: str, message: str, governed: Path) -> None:
    code, text = varve(f"policy evidence {words}", governed)
    assert code == 1
    assert message in text


def test_a_full_disk_is_reported(governed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create = file.create

    def refuse(folder: int, name: str, data: bytes) -> None:
        if name == "report.html":
            raise OSError(28, "No space left on device")
        create(folder, name, data)

    monkeypatch.setattr(file, "create", refuse)
    code, output = varve(f"policy evidence --out {tmp_path}/out", governed)
    assert code == 1
    assert "error[world/no-evidence]" in output
    assert list((tmp_path / "out").iterdir()) == []


def test_options_can_be_variables(governed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(governed, {"environments/tenants/acme.yaml": "tenant: {compliance: []}\n"})
    monkeypatch.setenv("VARVE_POLICY_REPORT_FORMAT", "html")
    monkeypatch.setenv("VARVE_POLICY_REPORT_TODAY", "2025-02-28")
    assert varve("policy report", governed)[1].startswith("<!doctype html>")
