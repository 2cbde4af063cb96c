"""Long work shows its progress on a terminal, and nowhere else; `--stats` prints what it took."""

import errno
import io
import os
import pstats
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import pytest

from tests.cli.test_main import PLAIN, VARVE
from tests.workbench import varve
from varve.cli.progress import Progress
from varve.model.progress import NO_OBSERVER
from varve.model.unit import Unit
from varve.world.machine.screen import Screen

CLEAR = "\r\x1b[K"
UNIT = Unit("acme", "production")


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.now


class Wide(Screen):
    """A screen of 59 columns that is not a terminal."""

    width = 59


def observed(clock: Clock) -> tuple[Progress, io.StringIO]:
    """A progress on a screen, and what is shown there."""
    stream = io.StringIO()
    return Progress(Wide(stream), clock), stream


def lines(stream: io.StringIO) -> list[str]:
    """The lines that were shown, in order."""
    return stream.getvalue().split(CLEAR)[1:]


def test_short_work_shows_nothing() -> None:
    clock = Clock()
    progress, stream = observed(clock)
    progress.entered("open")
    progress.begin(2)
    clock.now += 0.4
    progress.finished(UNIT, remembered=False)
    progress.clear()
    assert stream.getvalue() == ""


def test_long_work_shows_progress_ten_times_a_second_at_most() -> None:
    clock = Clock()
    progress, stream = observed(clock)
    progress.begin(100)
    progress.entered("compile")
    for _ in range(100):
        clock.now += 1 / 64
        progress.finished(UNIT, remembered=False)
    shown = lines(stream)
    assert 9 <= len(shown) <= 11
    assert shown[0] == "32/100 units   32 %  64/s  0:01 left  compile"
    progress.clear()
    assert lines(stream)[-1] == ""


def test_a_stage_that_begins_is_shown_at_once_because_it_may_be_long() -> None:
    clock = Clock()
    progress, stream = observed(clock)
    clock.now += 1
    progress.entered("compile")
    clock.now += 0.01
    progress.entered("link")
    clock.now += 0.01
    progress.entered("compile")
    assert lines(stream) == ["compile", "link"]


def test_time_is_counted_by_stage_without_a_screen() -> None:
    clock = Clock()
    progress = Progress(None, clock)
    observer = progress or NO_OBSERVER  # it can be used as one
    for stage, seconds in (("open", 1.0), ("compile", 2.0), ("link", 4.0), ("compile", 8.0)):
        clock.now += 0.5
        observer.entered(stage)
        clock.now += seconds
    observer.begin(3)
    for remembered in (True, False, True):
        observer.finished(UNIT, remembered=remembered)
    spent = progress.spent()
    assert spent.stages == {"start": 0.5, "open": 1.5, "compile": 10.5, "link": 4.5}
    assert (spent.seconds, spent.units, spent.remembered) == (17.0, 3, 2)
    assert progress.spent().seconds == 17.0


@pytest.mark.parametrize("command", ["build", "check", "check --format json"])
def test_stats_are_printed_on_stderr_at_the_end(command: str, repository: Path) -> None:
    plain = varve(command, repository)
    code, output = varve(f"{command} --stats --no-cache", repository)
    assert code == plain[0]
    assert output.startswith(plain[1])
    figures = output.removeprefix(plain[1]).splitlines()
    assert re.fullmatch(
        r"units +2 in [0-9.]+ s, [0-9.]+ a second: [0-2] compiled, [0-2] remembered \([0-9.]+%\)", figures[0]
    )
    assert re.fullmatch(r"memory +[0-9,]+ MiB at most", figures[1])
    stages = {line.split()[0] for line in figures[2:]}
    assert stages >= {"start", "open", "compile", "link", "compare", "report"}
    assert ("write" in stages) == (command == "build")


def test_recalled_units_are_counted_too(repository: Path) -> None:
    for command in ("check", "build"):
        assert varve(command, repository)[0] == 0
        code, output = varve(f"{command} --stats", repository)
        assert code == 0
        assert ": 0 compiled, 2 remembered (100.0%)\n" in output


def test_a_profile_is_written_into_a_new_file(repository: Path, tmp_path: Path) -> None:
    for command in ("build", "check"):
        file = tmp_path / command
        assert varve(f"{command} --profile {file}", repository) == varve(command, repository)
        assert pstats.Stats(str(file)).get_stats_profile().total_tt > 0
        code, output = varve(f"{command} --profile {file}", repository)
        assert code == 1
        assert output.endswith(f"Invalid value for --profile: `{file}`: File exists\n")


def test_a_profile_that_cannot_be_written_does_not_hide_the_result(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_stats: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("varve.world.machine.profile.marshal", SimpleNamespace(dumps=refuse))
    sound = varve("check", repository)[1]
    code, output = varve(f"check --profile {tmp_path}/profile", repository)
    assert code == 1
    assert output.startswith(sound)
    assert output.endswith(f"Invalid value for --profile: `{tmp_path}/profile`: No space left on device\n")
    assert not (tmp_path / "profile").exists()


def test_a_build_that_cannot_be_profiled_writes_nothing(repository: Path) -> None:
    (repository / "tenants/acme/services/search.yaml").write_text("scrape: {app: {targets: ['search:9090']}}\n")
    assert varve("build --profile varve.yaml", repository)[0] == 1
    assert not list(repository.glob("build/*/tenants/acme/scrape/search.yaml"))
    assert (repository / "varve.yaml").read_text().startswith("apiVersion")


SLOW = """
import sys, time
from varve.cli import progress
from varve.cli.main import main
progress._LONG = 0
main()
"""


def on_terminal(arguments: str, folder: Path, **variables: str) -> tuple[int, str, str]:
    """The exit code, stdout, and what a terminal on stderr shows, of a command that takes long from its start."""
    reader, writer = os.openpty()
    with os.fdopen(reader, "rb", buffering=0) as screen:
        done = subprocess.Popen(
            [sys.executable, "-P", "-c", SLOW, *arguments.split()],
            cwd=folder,
            env=PLAIN | {"TERM": "xterm"} | variables,
            stdout=subprocess.PIPE,
            stderr=writer,
        )
        os.close(writer)
        assert done.stdout
        output, shown = done.stdout.read().decode(), b""
        try:
            while more := screen.read(4096):
                shown += more
        except OSError:
            pass  # on Linux this means that the other end is closed
        done.stdout.close()
        return done.wait(), output, shown.decode()


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}], ids=str)
def test_a_terminal_shows_a_line_that_is_gone_at_the_end(variables: dict[str, str], repository: Path) -> None:
    plain = varve("check", repository)
    code, output, shown = on_terminal("check", repository, **variables)
    assert (code, output) == plain
    drawn = shown.split(CLEAR)
    assert (drawn[0], drawn[-1]) == ("", "")
    assert len(drawn) > 2
    assert shown.replace(CLEAR, "").isascii()
    assert shown.replace(CLEAR, "").isprintable()


def test_a_dumb_terminal_and_a_log_show_nothing(repository: Path) -> None:
    assert on_terminal("check", repository, TERM="dumb")[2] == ""
    done = subprocess.run([VARVE, "check"], cwd=repository, env=PLAIN, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
