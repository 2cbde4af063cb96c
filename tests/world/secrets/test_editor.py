"""The exit codes of SOPS after an edit; real edits are tested in tests/api/secrets/test_edit."""

import io
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.sealing import ACME
from varve.model.diagnostic import Report
from varve.resolve.custody import Custody
from varve.world.secrets import editor
from varve.world.secrets.sops import Access, Broken, Failure, NoKey, Sops

PATH = "tenants/acme/secrets/a.sops.yaml"
CUSTODY = Custody((frozenset({ACME}),), 1)


def ended(home: Path, code: int, monkeypatch: pytest.MonkeyPatch) -> bytes | None:
    """The result of an edit in which SOPS writes something and then exits with `code`."""

    def run_in_terminal(self: Sops, arguments: Sequence[str], _: Access, variables: Mapping[str, str]) -> int:
        assert arguments[:3] == ("--config", str(self.home / "rule.json"), "edit")
        assert variables["TMPDIR"] == str(self.home / "plain")
        Path(arguments[3]).write_bytes(b"new")
        return code

    monkeypatch.setattr(Sops, "run_in_terminal", run_in_terminal)
    return editor.edit(Sops(Path("sops"), home), PATH, b"old", CUSTODY, Access())


def test_the_edited_file_is_returned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    assert ended(tmp_path, 0, monkeypatch) == b"new"
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_an_unchanged_file_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ended(tmp_path, 200, monkeypatch) is None


@pytest.mark.parametrize(
    ("code", "failure", "words"),
    [
        (201, Failure, "the editor failed"),
        (128, NoKey, "none of the given keys"),
        (51, Broken, "not what was sealed"),
        (7, Failure, "exited with 7"),
        (-9, Failure, "by signal 9"),
    ],
)
def test_every_other_exit_code_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, failure: type[Failure], words: str
) -> None:
    with pytest.raises(failure, match=words):
        ended(tmp_path, code, monkeypatch)


def test_a_home_that_cannot_be_written_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Failure, match="cannot be written"):
        ended(tmp_path / "gone", 0, monkeypatch)


def test_a_terminal_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stdin, possible in ((Terminal(), True), (io.StringIO(), False), (None, False)):
        monkeypatch.setattr(sys, "stdin", stdin)
        report = Report()
        assert editor.is_possible(PATH, report) is possible
        assert [each.rule.code for each in report] == ([] if possible else ["world/no-terminal"])
