"""Real servers that nobody can leave behind: a shell keeps each, and ends it when our end of a pipe closes."""

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_KEEPER = '"$@" </dev/null >"$LOG" 2>&1 & server=$!; read -r _; kill "$server"; wait "$server"'
_ADDRESS = re.compile(r'msg="Listening on" (?:component=\w+ )?address=(127\.0\.0\.1:\d+)')


@contextmanager
def running(command: list[str], folder: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """A server's URL, from when it listens: it works in `folder`, binds port 0, and logs which port it was given."""
    log = folder / f"{Path(command[0]).name}.log"
    log.touch()
    environ = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with subprocess.Popen(
        ["/bin/sh", "-c", _KEEPER, "keeper", *command],
        cwd=folder,
        stdin=subprocess.PIPE,
        env={**environ, **settings, "LOG": str(log)},
    ) as keeper:
        assert keeper.stdin is not None
        try:
            assert until(lambda: _ADDRESS.search(log.read_text("utf-8")), 30), log.read_text("utf-8")[-4000:]
            yield f"http://{_ADDRESS.findall(log.read_text('utf-8'))[0]}"
        finally:
            keeper.stdin.close()


def until(seen: Callable[[], object], seconds: float) -> bool:
    """Whether something came to be in time."""
    end = time.monotonic() + seconds
    while not seen():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
