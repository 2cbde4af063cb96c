import sys
from pathlib import Path

from benchmarks.memory import peak

FORKS = """
import os, subprocess, time
held = bytearray(32 << 20)
worker = os.fork()
if not worker:
    own = bytearray(16 << 20)
    time.sleep(0.5)
    os._exit(0)
subprocess.run(["sleep", "0.2"])
os.waitpid(worker, 0)
"""


def test_a_worker_is_counted_without_what_it_shares_and_other_programs_are_not(tmp_path: Path) -> None:
    found = peak((sys.executable, "-c", FORKS), tmp_path)
    assert found.parent > 32
    (own,) = found.workers
    assert 16 <= own < 32
