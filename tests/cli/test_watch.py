"""`varve watch` as used next to an editor: the real command, saved files, and Ctrl-C."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Final

import pytest

import varve as package
from tests import workbench
from tests.workbench import ROOT, files, shell
from varve.model.diagnostic import Report
from varve.world.disk import transaction

SECONDS: Final = 120
"""The time limit for anything that must happen; nothing takes that long."""

PROGRAM: Final = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where the tests were started without it
from varve.cli.main import main
main()
"""
SERVICE: Final = "tenants/acme/services/checkout.yaml"
SEARCH: Final = "tenants/acme/services/search.yaml"
SCRAPE: Final = "build/production/tenants/acme/scrape/search.yaml"
TEXT: Final = "scrape: {app: {targets: ['search.acme.example:9090']}}\n"
WATCHING: Final = "watching for changes, until Ctrl-C"


class Running:
    """A command in its own process group, and its output, line by line."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", PROGRAM, "watch", *arguments],
            cwd=folder,
            env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
            | {"PYTHONPATH": str(Path(package.__file__).parent.parent)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.number = self._process.pid
        self._lines: Queue[str] = Queue()
        self._reader = Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def until(self, words: str) -> str:
        """The output up to the first line that contains these words."""
        output = ""
        while words not in output:
            line = self._lines.get(timeout=SECONDS)
            assert line, output + self.end()[1]
            output += line
        return output

    def interrupt(self) -> tuple[int, str]:
        """Press Ctrl-C; returns the exit code, and stderr."""
        self._process.send_signal(signal.SIGINT)
        return self.end()

    def end(self) -> tuple[int, str]:
        """Wait until the command ends; returns the exit code, and stderr."""
        assert self._process.stderr
        code = self._process.wait(SECONDS)
        return code, self._process.stderr.read()

    def is_alone(self) -> bool:
        """Whether none of the processes that it started is left."""
        end = time.monotonic() + SECONDS
        with contextlib.suppress(ProcessLookupError):
            while time.monotonic() < end:  # a git whose pipe is closed needs a moment to notice
                os.killpg(self.number, 0)
                time.sleep(0.05)
            return False
        return True

    def close(self) -> None:
        """End the command in any case."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.number, signal.SIGKILL)
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdout, self._process.stderr):
            if stream:
                stream.close()


Run = Callable[..., Running]


@pytest.fixture
def run(repository: Path) -> Iterator[Run]:
    """Starts `varve watch` in the small repository."""
    started: list[Running] = []

    def start(*arguments: str) -> Running:
        started.append(Running(repository, *arguments))
        return started[-1]

    yield start
    for each in started:
        each.close()


def nothing_is_left(repository: Path, running: Running) -> None:
    """No process, no held lock, and no temporary file is left."""
    assert running.is_alone()
    assert not (repository / transaction.TEMPORARY).exists()
    assert not list((repository / ".varve/cache").glob("new-*"))
    with transaction.lock(repository, Report(), patience=0) as lock:
        assert lock


def test_a_saved_file_is_built_and_mistakes_are_printed_until_fixed(repository: Path, run: Run) -> None:
    running = run()
    assert running.until(WATCHING).startswith("build/ matches the sources of 2 units: ")

    (repository / SEARCH).write_text(TEXT)
    assert "compiled acme/staging, acme/production; " in running.until(" written, 0 deleted\n")
    assert (repository / SCRAPE).is_file()

    before = files(repository / "build")
    (repository / SEARCH).write_text("owner: [\n")
    assert "error[read/syntax]" in running.until("1 error remains")
    assert files(repository / "build") == before

    (repository / SEARCH).write_text(TEXT)
    running.until("fixed: error[read/syntax]: ")
    running.until("nothing to write\n")

    (repository / "build/production/shared/prometheus.yaml").write_text("edited: by hand\n")
    running.until("1 written, 0 deleted\n")
    assert files(repository / "build") == before

    (repository / SEARCH).unlink()
    running.until(" deleted\n")
    assert not (repository / SCRAPE).exists()

    code, output = running.interrupt()
    assert (code, output.strip()) == (130, "")
    nothing_is_left(repository, running)
    assert workbench.varve("check", repository)[0] == 0


def test_translations_and_templates_are_read_anew(repository: Path, run: Run) -> None:
    pack, rules = "templates/packs/http-service", repository / "build/production/tenants/acme/rules/checkout.yaml"
    shutil.copytree(ROOT / pack, repository / pack)
    words, template = (repository / pack / name for name in ("messages/fr.po", "rules.yaml.j2"))
    for path, line in ((SERVICE, "packs: {http-service: {}}\n"), ("tenants/acme/tenant.yaml", "locale: fr_FR\n")):
        (repository / path).write_text((repository / path).read_text() + line)
    running = run("--jobs", "1")
    running.until(WATCHING)
    assert "est lent" in rules.read_text()

    words.write_text(words.read_text().replace("est lent", "est un escargot"))
    running.until(" written, 0 deleted\n")
    assert "est un escargot" in rules.read_text()

    template.write_text(template.read_text().replace("{{ pack.latency_for }}", "7m"))
    running.until(" written, 0 deleted\n")
    assert "for: 7m" in rules.read_text()
    assert running.interrupt()[0] == 130


def test_with_check_nothing_is_written(repository: Path, run: Run) -> None:
    before = files(repository / "build")
    running = run("--check", "--no-cache")
    running.until(WATCHING)
    (repository / SEARCH).write_text(TEXT)
    assert "error[write/missing-artifact]" in running.until(" remain\n")
    (repository / SEARCH).unlink()
    assert "fixed: error[write/missing-artifact]" in running.until("build/ matches the sources\n")
    assert running.interrupt()[0] == 130
    assert files(repository / "build") == before


def test_a_branch_that_is_checked_out_is_built(repository: Path, run: Run) -> None:
    code, output = shell(
        "git checkout -qb other && cp -r tenants/acme tenants/umbra && git rm -q tenants/acme/services/checkout.yaml",
        repository,
    )
    assert code == 0, output
    code, output = shell("git add -A && git commit -qm other && git checkout -q main", repository)
    assert code == 0, output
    running = run("-e", "production")
    running.until(WATCHING)
    assert shell("git checkout -q other", repository)[0] == 0
    output = running.until(" deleted\n")
    assert "compiled acme/production, umbra/production; " in output
    assert (repository / "build/production/tenants/umbra/rules/checkout.yaml").is_file()
    assert running.interrupt()[0] == 130


def test_an_interruption_also_ends_the_worker_processes(repository: Path, run: Run) -> None:
    for number in range(30):
        folder = repository / f"tenants/t{number}"
        shutil.copytree(repository / "tenants/acme", folder)
        text = (folder / "tenant.yaml").read_text().replace("ACME", f"T{number}")
        (folder / "tenant.yaml").write_text(text)
    running = run("--jobs", "3", "--no-cache")
    children = Path(f"/proc/{running.number}/task/{running.number}/children")
    commands: set[str] = set()
    while not any(PROGRAM in each for each in commands) and children.exists():
        for child in children.read_text().split():
            with contextlib.suppress(OSError):
                commands.add(Path(f"/proc/{child}/cmdline").read_text())
        if (repository / "build/production/tenants/t29").exists():
            break
    assert running.interrupt()[0] == 130
    nothing_is_left(repository, running)


def test_without_its_library_it_says_which_extra_has_it(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    code, output = workbench.varve("watch", repository)
    assert code == 1
    assert output.endswith("Error: cannot watch without `watchfiles`; install varve with its extra `watch`\n")


@pytest.mark.parametrize("option", ["-e production", "--tenant acme"])
def test_a_selection_cannot_be_checked(option: str, repository: Path) -> None:
    code, output = workbench.varve(f"watch --check {option}", repository)
    assert code == 1
    assert "--check covers everything" in output


def test_the_watch_ends_when_the_folder_is_removed(repository: Path, run: Run) -> None:
    running = run()
    running.until(WATCHING)
    repository.rename(repository.with_name("elsewhere"))
    code, output = running.end()
    assert code == 1
    assert output == f"Error: `{repository}` is gone\n"
