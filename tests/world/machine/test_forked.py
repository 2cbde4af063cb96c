"""Work is done in a forked process, which never outlives the block, whatever happens."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from varve.world.machine import forked as module
from varve.world.machine.forked import apart

AWAY = """
import os, sys
from varve.world.machine import forked as module
from varve.world.machine.forked import apart, can_fork

module.processors = lambda: 2

def work():
    %s

assert can_fork()
with apart(work) as found:
    print("here", os.getpid() != 0, flush=True)
    %s
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("nobody is left")
"""


def _printed(work: str, then: str = "print(found())") -> list[str]:
    script = AWAY % (work, then)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is made of another one")
@pytest.mark.parametrize(
    ("work", "found"),
    [
        ("return b'a' * 3", "b'aaa'"),
        ("return b''", "b''"),
        ("return str(len(b'a' * (1 << 20))).encode()", "b'1048576'"),
        ("import gc; return str(gc.isenabled()).encode()", "b'False'"),
        ("return None", "None"),
        ("os._exit(0)", "None"),
        ("os.kill(os.getpid(), 9)", "None"),
        ("os.kill(os.getpid(), 2); return b'a'", "None"),
        ("os.kill(os.getpid(), 15); return b'a'", "None"),
    ],
)
def test_only_a_complete_result_is_returned(work: str, found: str) -> None:
    assert _printed(work) == ["here True", found, "nobody is left"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is made of another one")
@pytest.mark.parametrize("work", ["return b'a' * (1 << 20)", "raise KeyboardInterrupt"])
def test_a_process_whose_result_is_not_read_ends_too(work: str) -> None:
    assert _printed(work, "print('found')") == ["here True", "found", "nobody is left"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is made of another one")
def test_the_program_may_wait_for_the_process_first() -> None:
    assert _printed("return b'a'", "print(found(), os.wait()[1])") == ["here True", "b'a' 0", "nobody is left"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is made of another one")
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGALRM"])
def test_signal_handlers_do_not_run_in_the_process(number: str) -> None:
    handler = f"import os, signal; signal.signal(signal.{number}, lambda *_: print('heard', flush=True))\n"
    forked = f"os.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), signal.{number}))\n"
    script = AWAY % ("return b'a'", f"found(); os.kill(os.getpid(), signal.{number})")
    done = subprocess.run([sys.executable, "-c", handler + forked + script], capture_output=True, text=True, check=True)
    assert (done.stdout.splitlines(), done.stderr) == (["here True", "heard", "nobody is left"], "")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is made of another one")
@pytest.mark.parametrize("refused", ["pipe", "fork"])
def test_the_work_is_done_here_if_the_system_refuses_to_fork(refused: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError

    monkeypatch.setattr(module, "can_fork", lambda: True)
    monkeypatch.setattr(os, refused, refuse)
    before = sorted(Path("/proc/self/fd").iterdir()), signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with apart(lambda: str(os.getpid()).encode()) as found:
        assert found() == str(os.getpid()).encode()
    assert (sorted(Path("/proc/self/fd").iterdir()), signal.pthread_sigmask(signal.SIG_BLOCK, ())) == before


def test_the_work_is_done_here_if_forking_is_not_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "active_count", lambda: 2)
    did: list[int] = []

    def work() -> bytes:
        did.append(os.getpid())
        return b"found"

    with apart(work) as found:
        assert did == [os.getpid()]
        assert found() == b"found"
    assert did == [os.getpid()]


@pytest.mark.parametrize(("threads", "processors"), [(1, 2), (2, 2), (1, 1)])
def test_a_process_with_other_threads_or_one_processor_does_not_fork(
    monkeypatch: pytest.MonkeyPatch, threads: int, processors: int
) -> None:
    monkeypatch.setattr(module, "active_count", lambda: threads)
    monkeypatch.setattr(module, "processors", lambda: processors)
    assert module.can_fork() == ((threads, processors, sys.platform) == (1, 2, "linux"))
