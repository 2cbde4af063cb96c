"""The command as a shell starts it: exit codes, closed pipes, unusual locales, and bugs of varve."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import click
import pytest

import varve
from tests import workbench
from varve import __version__
from varve.cli.main import cli

VARVE = Path(sys.executable).parent / "varve"
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | {
    "PYTHONPATH": str(Path(varve.__file__).parent.parent)
}
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def started(line: str, folder: Path, variables: dict[str, str] | None = None) -> tuple[int, str, str]:
    """The exit code, stdout and stderr of a shell line in which `VARVE` is the real program."""
    done = subprocess.run(
        ["/bin/bash", "-c", line.replace("VARVE", f"'{VARVE}'")],
        cwd=folder,
        env=PLAIN | (variables or {}),
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    {
        "its version": ("--version", 0, f"varve, version {__version__}"),
        "help": ("--help", 0, "Usage: varve [OPTIONS] COMMAND"),
        "help, in short": ("check -h", 0, "Usage: varve check"),
        "a command that is none": ("biuld", 1, "No such command 'biuld'"),
        "an option that is none": ("check --stagd", 1, "No such option"),
        "an argument too many": ("check here", 1, "unexpected extra argument"),
    }.values(),
)
def test_the_command_line_ends_with_0_or_1(arguments: str, code: int, message: str, tmp_path: Path) -> None:
    ended, text = workbench.varve(arguments, tmp_path)
    assert ended == code
    assert message in text


def _fail(*_arguments: object, **_options: object) -> NoReturn:
    raise RuntimeError("the fault with a secret in it")


def _interrupt(*_arguments: object, **_options: object) -> NoReturn:
    raise KeyboardInterrupt


def test_a_bug_ends_with_3_and_prints_no_source_text(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("varve.pipeline.compile", _fail)
    code, output = workbench.varve("check", repository)
    assert code == 3
    assert output.startswith(f"varve {__version__} failed because of a mistake of its own: RuntimeError\n")
    assert "in _fail, " in output
    assert "secret" not in output


def test_too_many_open_files_are_not_a_bug(repository: Path) -> None:
    code, output, errors = started("ulimit -n 14; VARVE check --no-cache", repository)
    assert (code, output, errors) == (1, "", "too many open files: raise the limit (`ulimit -n`)\n")


def test_an_interruption_ends_with_130(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("varve.pipeline.compile", _interrupt)
    assert workbench.varve("build", repository)[0] == 130
    monkeypatch.undo()
    assert workbench.varve("build", repository)[0] == 0


def test_an_option_can_be_given_by_a_variable(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VARVE_CHECK_FORMAT", "json")
    code, output = workbench.varve("check", repository)
    assert (code, output.splitlines()[0]) == (0, "[]")


OF_NO_VARIABLE = {"--version", "--trust-base", "--since"}


def _options(command: click.Command, context: click.Context) -> Iterator[tuple[click.Context, click.Option]]:
    yield from ((context, each) for each in command.params if isinstance(each, click.Option))
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _options(below, click.Context(below, parent=context, info_name=name))


def test_every_option_has_the_variable_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    context = click.Context(cli, info_name="varve", auto_envvar_prefix="VARVE")
    found = [*_options(cli, context)]
    assert len(found) > 70
    for context, option in found:
        long = option.opts[-1] if option.opts[-1].startswith("--") else option.opts[0]
        words = *context.command_path.split(), *long.strip("-").split("-")
        name = "_".join(words).upper()
        monkeypatch.setenv(name, "given")
        assert option.resolve_envvar_value(context) == (None if long in OF_NO_VARIABLE else "given"), name


def test_a_version_in_a_variable_is_no_command(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VARVE_VERSION", "1")
    (repository / "tenants/acme/tenant.yaml").write_text("tenant: [\n")
    code, output = workbench.varve("check", repository)
    assert code == 1
    assert "read/syntax" in output


@pytest.mark.parametrize("reader", ["head -1 > /dev/null", "true"])
@pytest.mark.parametrize("command", ["rule", "schema unit", "explain acme production", "check"])
def test_a_closed_pipe_is_not_a_bug(command: str, reader: str, repository: Path) -> None:
    line = f"VARVE {command} | {reader}; exit ${{PIPESTATUS[0]}}"
    code, _, errors = started(line, repository)
    assert code in {0, 1}
    assert errors == ""


@pytest.mark.parametrize("command", ["check", "rule", "schema unit", "build", "explain acme production", "--help"])
def test_a_full_stream_is_not_a_bug(command: str, repository: Path) -> None:
    (repository / "tenants/acme/services/search.ymal").touch()
    code, _, errors = started(f"VARVE {command} > /dev/full", repository)
    assert (code, errors) == (1, "stdout cannot be written: No space left on device\n")
    assert started(f"VARVE {command} > /dev/full 2> /dev/full", repository) == (1, "", "")


def test_a_build_whose_reader_is_gone_writes_nothing_or_all(repository: Path) -> None:
    (repository / "tenants/acme/services/search.ymal").touch()
    (repository / "tenants/acme/services/search.yaml").write_text("scrape: {app: {targets: ['search:9090']}}\n")
    code, _, errors = started("VARVE build | true; exit ${PIPESTATUS[0]}", repository)
    assert code in {0, 1}
    assert errors == ""
    assert workbench.varve("build", repository)[0] == 0
    assert workbench.varve("check", repository)[0] == 0


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(("command", "code"), [("check", 0), ("build", 0), ("check --rev nowhere", 1), ("biuld", 1)])
def test_a_stream_may_be_closed(command: str, code: int, closed: str, repository: Path) -> None:
    ended, _, errors = started(f"VARVE {command} {closed}", repository)
    assert ended == code
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("variables", "shown"),
    {
        "a locale that knows ASCII only": (ASCII, "`имя`"),
        "a stream that knows other characters": ({"PYTHONIOENCODING": "latin-1"}, r"`\u0438\u043c\u044f`"),
        "a stream that knows them all": ({"LC_ALL": "C.UTF-8"}, "`имя`"),
    }.values(),
)
def test_any_text_can_be_printed_in_any_encoding(variables: dict[str, str], shown: str, repository: Path) -> None:
    (repository / "tenants/acme/services/search.yaml").write_text("имя: search\n", "utf-8")
    code, output, wrong = started("VARVE check", repository, variables)
    assert (code, wrong) == (1, "")
    assert shown in output


@pytest.mark.parametrize("variables", [ASCII, {"LC_ALL": "C"}], ids=["ASCII", "C"])
def test_names_beyond_ascii_build_the_same_in_every_locale(variables: dict[str, str], repository: Path) -> None:
    (repository / "tenants/acme/services/caf.yaml").write_text("description: Café\n", "utf-8")
    (repository / "tenants/acme/docs").mkdir()
    (repository / "tenants/acme/docs/café.md").touch()
    assert workbench.varve("build", repository)[0] == 0
    code, output, wrong = started("VARVE build --hook", repository, variables)
    assert (code, wrong) == (0, ""), output


def test_a_home_that_cannot_be_written_is_no_obstacle(repository: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.touch()
    for variables in ({"HOME": str(home)}, {"HOME": "/proc/1/nowhere", "XDG_CACHE_HOME": "/proc/1/nowhere"}):
        assert started("VARVE build", repository, variables)[0::2] == (0, "")


def test_python_m_varve_is_the_same_command(repository: Path) -> None:
    code, output, wrong = started(f"'{sys.executable}' -m varve check", repository)
    assert (code, wrong) == (0, "")
    assert output == workbench.varve("check", repository)[1]


ENDING = """
import atexit
from varve.cli import main

class Kept:
    def __del__(self):
        print("taken apart")

kept, run = Kept(), main.run
main.run = lambda arguments: atexit.register(print, "told") and run(arguments)
main.main()
"""


@pytest.mark.parametrize(("command", "code"), [("--version", 0), ("biuld", 1)])
def test_exit_handlers_are_called_and_objects_are_not_destroyed(command: str, code: int, tmp_path: Path) -> None:
    ended, output, _ = started(f"'{sys.executable}' -P -c '{ENDING}' {command}", tmp_path)
    assert ended == code
    assert output.endswith("told\n")
    assert "taken apart" not in output


def test_exit_handlers_registered_before_varve_are_called_too(tmp_path: Path) -> None:
    asking = 'import atexit, sys; atexit.register(print, "told"); atexit.register(lambda: sys.stdout.write("soon "))'
    program = f"{asking}; from varve.cli import main; main.run = lambda _: 1; main.main()"
    assert started(f"'{sys.executable}' -P -c '{program}'", tmp_path) == (1, "soon told\n", "")


def test_a_failure_to_flush_at_the_end_is_not_success(tmp_path: Path) -> None:
    program = "from varve.cli import main; main.run = lambda _: print(1) or 0; main.main()"
    line = f"'{sys.executable}' -P -c '{program}'"
    assert started(line, tmp_path) == (0, "1\n", "")
    code, _, errors = started(f"{line} > /dev/full", tmp_path)
    assert code == 120
    assert "No space left on device" in errors
