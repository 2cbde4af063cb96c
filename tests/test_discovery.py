"""A real Prometheus on a compiled file scrapes what it is told of; whatever that claims, it is the tenant's."""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote

import pytest

from tests.emit.repository import CHECKOUT, SEALED, Changed, sound
from tests.live.process import running, until
from tests.live.stage import fetch

SHARED: Final = "build/production/shared"
SECONDS: Final = 30
PORT: Final = "--web.listen-address=127.0.0.1:0"
STORED: Final = "--storage.tsdb.path=series"
OLD: Final = '"2.42"'
YOUNG: Final = '"3.5"'

PLATFORM: Final = """platform:
  external_labels: {environment: production}
  targets: {prometheus: {version: %s}}
  prometheus: {scrape_interval: 1s, evaluation_interval: 1s}
  secrets: {root: /run/secrets/varve}
  discovery: %s
"""
SERVICE: Final = "scrape: {app: {discovered: true, labels: {zone: 'a $1'}}, side: {discovered: true}}\n"
CLAIMED: Final = {
    "tenant": "umbra",
    "job": "umbra/ledger/app",
    "component": "umbra",
    "zone": "theirs",
    "instance": "checkout-1",
    "rack": "r7",
    "__metrics_path__": "/seen",
}
EXPECTED: Final = {
    "__name__": "seen_total",
    "tenant": "acme",
    "job": "checkout",
    "component": "app",
    "zone": "a $1",
    "instance": "checkout-1",
    "rack": "r7",
    "exported_tenant": "umbra",
}
"""What the target claims is kept apart, and what is said where it was found is kept only beside what varve says."""


class Host(NamedTuple):
    """A target that claims to be another tenant's, and a server that lists it: their address, and bodies by path."""

    address: str
    paths: dict[str, bytes]

    def found(self) -> bytes:
        """The target as a file or a server lists it."""
        return json.dumps([{"targets": [self.address], "labels": CLAIMED}]).encode()


@contextmanager
def hosting() -> Iterator[Host]:
    paths = {"/seen": b'seen_total{tenant="umbra"} 1\n'}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = paths.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", "application/json" if self.path.startswith("/sd/") else "text/plain")
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """A test says what it sees by itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Host(f"127.0.0.1:{server.server_address[1]}", paths)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def host() -> Iterator[Host]:
    with hosting() as found:
        yield found


def compiled(folder: Path, version: str, discovery: str, more: Changed | None = None) -> Path:
    """The main file, beside all that it names."""
    sources = {"environments/production.yaml": PLATFORM % (version, discovery), CHECKOUT: SERVICE}
    # In staging nothing finds targets, so nothing of it is built.
    changed = {**sources, "environments/staging.yaml": f"platform: {{discovery: {discovery}}}\n", **(more or {})}
    for path, artifact in sound(changed).artifacts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(artifact.data)
    return folder / SHARED / "prometheus.yaml"


@contextmanager
def serving(prometheus: Path, main: Path) -> Iterator[str]:
    """The URL of a server on a main file, once it answers."""
    command = [str(prometheus), f"--config.file={main}", PORT, STORED]
    with running(command, main.parent, {}) as url:
        assert until(partial(_is_ready, url), SECONDS)
        yield url


def _is_ready(url: str) -> bool:
    with suppress(HTTPError):
        return bool(fetch(f"{url}/-/ready"))
    return False


def series(url: str, selector: str) -> list[dict[str, str]]:
    """The labels of the series that a server has."""
    answer = json.loads(fetch(f"{url}/api/v1/query?query={quote(selector)}"))
    return [each["metric"] for each in answer["data"]["result"]]


def sees(url: str) -> bool:
    return series(url, "seen_total") == [EXPECTED]


@pytest.mark.parametrize(
    ("server", "version"), [("prometheus_newest", YOUNG), ("prometheus_oldest", OLD)], ids=["the newest", "the oldest"]
)
def test_what_a_file_tells_of_is_the_tenants_whatever_it_claims(
    host: Host, tmp_path: Path, request: pytest.FixtureRequest, server: str, version: str
) -> None:
    main = compiled(tmp_path, version, f"{{files: {{folder: {tmp_path}/targets, refresh: 1s}}}}")
    with serving(request.getfixturevalue(server), main) as url:
        assert series(url, "up") == []
        file = tmp_path / "targets/acme/checkout/app.json"
        file.parent.mkdir(parents=True)
        file.write_bytes(host.found())
        assert until(partial(sees, url), SECONDS), series(url, "seen_total")
        assert series(url, '{__name__=~".+",tenant!="acme"}') == []
        assert {each["component"] for each in series(url, "up")} == {"app"}
        file.write_text("[]")
        assert until(lambda: series(url, "up") == [], SECONDS)


def test_a_file_is_read_as_soon_as_it_is_there(host: Host, tmp_path: Path, prometheus_newest: Path) -> None:
    main = compiled(tmp_path, YOUNG, f"{{files: {{folder: {tmp_path}/targets}}}}")
    (tmp_path / "targets/acme/checkout").mkdir(parents=True)
    with serving(prometheus_newest, main) as url:
        written = tmp_path / "targets/acme/checkout/app.json.new"
        written.write_bytes(host.found())
        written.rename(written.with_suffix(""))
        assert until(partial(sees, url), SECONDS), series(url, "seen_total")


def test_what_a_server_tells_of_is_the_tenants_whatever_it_claims(
    host: Host, tmp_path: Path, prometheus_newest: Path
) -> None:
    main = compiled(tmp_path, YOUNG, f"{{http: {{url: 'http://{host.address}/sd/', refresh: 1s}}}}")
    with serving(prometheus_newest, main) as url:
        assert series(url, "up") == []
        host.paths["/sd/acme/checkout/app"] = host.found()
        assert until(partial(sees, url), SECONDS), series(url, "seen_total")
        assert series(url, '{__name__=~".+",tenant!="acme"}') == []


@pytest.mark.parametrize("tool", ["promtool_newest", "promtool_oldest"])
def test_a_server_that_wants_a_login_is_asked_with_it(
    tmp_path: Path, request: pytest.FixtureRequest, tool: str
) -> None:
    login = "authorization: {credentials: {secret: sd/token}}"
    sealed = {"environments/secrets/sd.sops.yaml": SEALED}
    main = compiled(tmp_path, OLD, f"{{http: {{url: 'https://sd.example', {login}}}}}", sealed)
    assert "credentials_file: /run/secrets/varve/platform/sd/token" in main.read_text()
    command = [str(request.getfixturevalue(tool)), "check", "config", "--syntax-only", str(main)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
