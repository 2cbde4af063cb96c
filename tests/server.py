"""A real Prometheus server for the tests: on loopback, and where the machine lets us, in a network of its own.

Run as a program, this module is the server's keeper: it starts the server, answers each path that it reads from its
standard input with one line of JSON, and stops the server when that input ends, so no test can leave one behind.
"""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path
from struct import pack
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias
from urllib.error import URLError
from urllib.request import urlopen

Get: TypeAlias = Callable[[str], Any]
"""Gives what the server's API answers at a path, such as `/api/v1/rules`: the `data` of the answer."""

_PATIENCE = 60.0


@contextmanager
def serving(prometheus: Path, config: Path) -> Iterator[Get]:
    """A server that has loaded `config` and is ready; nothing that the config names is ever reached."""
    command = [*_apart(), sys.executable, __file__, str(prometheus), str(config)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as keeper:
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        begun = keeper.stdout.readline()
        assert begun == "ready\n", f"the server did not start:\n{begun}{keeper.stdout.read()}"

        def get(path: str) -> Any:  # noqa: ANN401 - JSON
            print(path, file=keeper.stdin, flush=True)
            answer = json.loads(keeper.stdout.readline())  # type: ignore[union-attr]
            assert answer.get("status") == "success", answer
            return answer["data"]

        yield get
        keeper.stdin.close()


def eventually(get: Get, path: str, seen: Callable[[Any], bool]) -> Any:  # noqa: ANN401 - JSON
    """The first answer at `path` that satisfies `seen`, or the last one met: targets appear seconds after the start."""
    until = time.monotonic() + 15
    while not seen(answer := get(path)) and time.monotonic() < until:
        time.sleep(0.2)
    return answer


def _apart() -> list[str]:
    """What starts a program in a network namespace where only loopback is, or nothing where that is not allowed."""
    unshare = shutil.which("unshare")
    command = [unshare or "unshare", "--user", "--map-root-user", "--net", "--kill-child", "--fork"]
    allowed = unshare and subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    return command if allowed else []


def _raise_loopback() -> None:
    """Bring `lo` up: in a fresh network namespace it is down. Elsewhere it is up already, and we may not ask."""
    with socket.socket() as any_socket:
        try:
            ioctl(any_socket, 0x8914, pack("16sH14x", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS, IFF_UP | IFF_RUNNING
        except PermissionError:
            return


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _get(url: str) -> str:
    with urlopen(url, timeout=10) as answer:  # noqa: S310 - loopback
        text: str = answer.read().decode()
        return text


def _ready(server: "subprocess.Popen[bytes]", url: str) -> bool:
    until = time.monotonic() + _PATIENCE
    while server.poll() is None and time.monotonic() < until:
        try:
            _get(f"{url}/-/ready")
        except (URLError, ConnectionError):
            time.sleep(0.05)
        else:
            return True
    return False


def _answer(url: str, path: str) -> str:
    try:
        return json.dumps(json.loads(_get(url + path)))
    except (URLError, ConnectionError, ValueError) as error:
        return json.dumps({"status": "error", "error": str(error)})


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def keep(prometheus: str, config: str) -> int:
    """Start the server, answer until the input ends, and stop it."""
    _raise_loopback()
    address = f"127.0.0.1:{_free_port()}"
    with TemporaryDirectory() as folder, Path(folder, "log").open("w+b") as log:
        flags = [f"--config.file={config}", f"--storage.tsdb.path={folder}/data", f"--web.listen-address={address}"]
        flags += ["--storage.remote.flush-deadline=1s"]  # nothing that remote write waits for is ever reached
        with subprocess.Popen([prometheus, *flags], stdin=subprocess.DEVNULL, stdout=log, stderr=log) as server:
            try:
                ready = _ready(server, f"http://{address}")
                _print("ready" if ready else Path(folder, "log").read_text()[-4000:])
                for path in sys.stdin if ready else ():
                    _print(_answer(f"http://{address}", path.strip()))
            finally:
                server.terminate()
    return 0 if ready else 1


if __name__ == "__main__":
    sys.exit(keep(*sys.argv[1:]))
