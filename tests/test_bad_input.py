"""Every bad file gives its code, at its place, and exit 1; its good twin passes.

`tests/bad/<stage>.toml` holds the cases, each a `[[case]]`; what stands there above all of them is `files` of each:

    name      a sentence that says what is wrong
    code      the rule that must speak, once, and no other
    file      the file that is wrong
    bad, good its two texts; without `good` the twin is the file as the base repository has it
    replace   a text of the base repository's file: `bad` and `good` stand in its place, and the rest stays
    files     other files by path; both twins have them, as `bad_files` and `good_files` each belong to one.
              `false` takes a file of the base repository away
    at        the place, where no `>>>` marks it
    also      codes that the same mistake rightly brings along
    severity  "warning" where the rule is one: then nothing is wrong enough for exit 1
    encoding  of all these texts, where it is not UTF-8
    shell     a line that spoils a repository on disk, for what only git can say; `good_shell` is for its twin
    command   the command that must say it then, where it is not `check`; `good_command` is for its twin

`>>>` in a bad text stands just before the character at which the diagnostic must point, and `<<9000 x [>>` for a text
that is written 9000 times. Neither is part of the file.
"""

import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, cast

import pytest

from tests.workbench import BASE, MAKERS, deterministic, files, shell, snapshot, varve
from varve import pipeline
from varve.pipeline import opening
from varve.render.frame import where
from varve.render.situate import situate

pytestmark = pytest.mark.usefixtures("one_kit")

BAD = Path(__file__).parent / "bad"
REPOSITORY = files(BASE)
MARK = ">>>"
FINDING = re.compile(r"^(?P<severity>error|warning)\[(?P<code>[^]]+)\]: .*(?:\n *--> (?P<place>.*))?$", re.MULTILINE)
TIMES = re.compile(r"<<(\d+) x (.+?)>>", re.DOTALL)

Files: TypeAlias = Mapping[str, bytes | Literal[False]]
Finding: TypeAlias = tuple[str, str, str]
"""Severity, code and place of a diagnostic."""


@dataclass(frozen=True, slots=True)
class Case:
    """One mistake, and the same files without it."""

    name: str
    finding: Finding
    also: tuple[str, ...]
    bad: Files
    good: Files
    shell: str
    good_shell: str
    command: str
    good_command: str


def _cases() -> Iterator[Case]:
    for path in sorted(BAD.glob("*.toml")):
        whole = tomllib.loads(path.read_text("utf-8"))
        for table in whole["case"]:
            yield _case({**table, "files": {**whole.get("files", {}), **table.get("files", {})}}, path.stem)


def _case(table: dict[str, object], stage: str) -> Case:
    texts = {
        name: cast("dict[str, str | Literal[False]]", table.get(name, {}))
        for name in ("files", "bad_files", "good_files")
    }
    bad = {**texts["files"], **texts["bad_files"], **_text(table, "bad")}
    good = {**texts["files"], **texts["good_files"], **_text(table, "good")}
    encoding = cast("str", table.get("encoding", "utf-8"))
    finding = cast("str", table.get("severity", "error")), cast("str", table["code"]), _at(table, bad)
    lines = [cast("str", table.get(name, "")) for name in ("shell", "good_shell")]
    commands = [cast("str", table.get(name, "check")) for name in ("command", "good_command")]
    also = tuple(cast("list[str]", table.get("also", [])))
    return Case(
        f"{stage}: {table['name']}", finding, also, _bytes(bad, encoding), _bytes(good, encoding), *lines, *commands
    )


def _text(table: dict[str, object], which: Literal["bad", "good"]) -> dict[str, str]:
    if which not in table:
        return {}
    file, text, old = cast("str", table["file"]), cast("str", table[which]), cast("str | None", table.get("replace"))
    if old is None:
        return {file: text}
    before = REPOSITORY[file].decode()
    assert before.count(old) == 1, f"{table['name']}: `{old}` does not stand once in {file}"
    return {file: before.replace(old, text)}


def _at(table: dict[str, object], bad: Mapping[str, str | Literal[False]]) -> str:
    if "at" in table:
        return cast("str", table["at"])
    written = {file: TIMES.sub(_repeated, text) for file, text in bad.items() if text}
    ((file, before),) = [(file, text.partition(MARK)[0]) for file, text in written.items() if MARK in text]
    return f"{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def _bytes(texts: Mapping[str, str | Literal[False]], encoding: str) -> Files:
    return {
        file: text is not False and TIMES.sub(_repeated, text).replace(MARK, "").encode(encoding)
        for file, text in texts.items()
    }


def _repeated(found: re.Match[str]) -> str:
    return int(found[1]) * found[2]


def _laid(changed: Files) -> dict[str, bytes]:
    return {path: data for path, data in {**REPOSITORY, **changed}.items() if data is not False}


CASES = tuple(_cases())
ON_DISK = [case for case in CASES if case.shell or case.command != "check"]
IN_MEMORY = [case for case in CASES if case not in ON_DISK]
ONE_A_CODE = {case.finding[1]: case for case in IN_MEMORY if case.finding[0] == "error"}


def _compile(changed: Files) -> list[Finding]:
    seen = snapshot(_laid(changed))
    situated = situate(pipeline.compile(seen).diagnostics, seen)
    return [
        (each.diagnostic.rule.severity.value, each.diagnostic.rule.code, where(each.spot) if each.spot else "")
        for each in situated
    ]


def _spoil(changed: Files, line: str, begun: Path, repository: Path) -> None:
    shutil.copytree(begun, repository)
    for path, data in changed.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_bytes(data) if data is not False else (repository / path).unlink()
    code, output = shell(line or ":", repository)
    assert code == 0, output


def _findings(text: str, stage: str) -> list[Finding]:
    """The findings that a command printed, without those of `write`, unless that is the `stage`."""
    findings = [(found["severity"], found["code"], found["place"] or "") for found in FINDING.finditer(text)]
    return [each for each in findings if stage == "write" or not each[1].startswith("write/")]


def _but(also: tuple[str, ...], findings: list[Finding]) -> list[Finding]:
    return [each for each in findings if each[1] not in also]


def _ids(cases: list[Case]) -> list[str]:
    return [case.name for case in cases]


@pytest.mark.parametrize("case", IN_MEMORY, ids=_ids(IN_MEMORY))
def test_bad_input_says_its_code_at_its_place(case: Case) -> None:
    assert _but(case.also, _compile(case.bad)) == [case.finding]


@pytest.mark.parametrize("case", IN_MEMORY, ids=_ids(IN_MEMORY))
def test_its_good_twin_passes(case: Case) -> None:
    assert _compile(case.good) == []


@pytest.mark.parametrize("case", [*ONE_A_CODE.values(), *ON_DISK], ids=_ids([*ONE_A_CODE.values(), *ON_DISK]))
def test_the_command_says_it_and_ends_with_exit_1(case: Case, begun: Path, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    with pytest.MonkeyPatch.context() as patch:
        deterministic(patch)
        _spoil(case.bad, case.shell, begun, repository)
        code, text = varve(case.command, repository)
    assert _but(case.also, _findings(text, case.finding[1].partition("/")[0])) == [case.finding], text
    assert code == (1 if case.finding[0] == "error" else 0), text
    assert "Traceback" not in text


@pytest.mark.parametrize("case", ON_DISK, ids=_ids(ON_DISK))
def test_its_good_twin_builds_and_stands(case: Case, begun: Path, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    with pytest.MonkeyPatch.context() as patch:
        deterministic(patch)
        _spoil(case.good, case.good_shell, begun, repository)
        for command in dict.fromkeys(("build", "check", case.good_command)):
            code, text = varve(command, repository)
            assert (code, _findings(text, "write")) == (0, []), text


def test_a_kit_for_many_compiles_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    some = IN_MEMORY[:: len(IN_MEMORY) // 20]
    once = [(_compile(case.bad), _compile(case.good)) for case in some]
    for name, make in MAKERS.items():
        monkeypatch.setattr(opening, name, make)
    assert [(_compile(case.bad), _compile(case.good)) for case in some] == once


def test_the_base_repository_itself_is_sound() -> None:
    assert _compile({}) == []


def test_the_table_is_large() -> None:
    assert len(CASES) >= 150
    assert len({case.finding[1] for case in CASES}) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
