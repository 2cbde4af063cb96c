"""The example's production on this machine: three Prometheus, their Alertmanagers, and everybody who is told."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote
from urllib.request import Request, urlopen

from tests.live import adapted, exporter, told
from tests.live.certificate import Certificate, certificate
from tests.live.exporter import Scene
from tests.live.internet import internet
from tests.live.mail import Post, post
from tests.live.process import running, until
from tests.live.told import Told, World
from tests.test_example import sources
from tests.workbench import snapshot
from varve import pipeline

DEFAULTS = "environments/defaults.yaml"
ROOT = b"/run/secrets/varve"
ENVIRONMENT = "production"
OWN = {"shared": "shared", "bank": "tenants/bank", "payments": "tenants/payments"}
"""The systems that there are, and where their main files lie: what tenants share, and each strict tenant's own."""


class Tools(NamedTuple):
    """The real programs."""

    prometheus: Path
    alertmanager: Path


class Server(NamedTuple):
    """A pair of servers: the URLs at which this machine asks them."""

    prometheus: str
    alertmanager: str


class Stage(NamedTuple):
    """Everything that plays."""

    servers: Mapping[str, Server]
    scene: Scene
    world: World
    post: Post

    def told(self) -> list[Told]:
        """What anybody was told so far."""
        return [*self.world.taken, *(told.mailed(self.world, mail) for mail in self.post.taken)]

    def refused(self) -> list[str]:
        """What anybody refused to take."""
        return [*self.world.refused, *self.post.refused]


def built(folder: Path, secrets: Mapping[str, str]) -> Path:
    """The environment's artifacts below `folder`, which name exactly the files that hold `secrets`."""
    root = folder / "secrets"
    said = dict(sources())
    said[DEFAULTS] = said[DEFAULTS].replace(ROOT, str(root).encode())
    build = pipeline.compile(snapshot(said))
    assert build.diagnostics == ()
    named: set[str] = set()
    for path, artifact in build.artifacts.items():
        if path.startswith(f"build/{ENVIRONMENT}/"):
            _write(folder / path, artifact.data)
            named |= set(re.findall(re.escape(str(root)) + r"/([^\s\"']*)", artifact.data.decode()))
    assert named == secrets.keys()
    for path, secret in secrets.items():
        _write(root / path, secret.encode())
    return folder / "build" / ENVIRONMENT


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@contextmanager
def playing(build: Path, tools: Tools, stage: "Casting") -> Iterator[Stage]:
    """Starts everybody, lets each Prometheus see its targets, and then gives it its rules."""
    with ExitStack() as stack:
        hosts = [host.partition(":")[0] for host in (*told.HOSTS, *stage.scene.logins)]
        shown = certificate(build, ("127.0.0.1", *hosts, *stage.names))
        office = stack.enter_context(post(stage.mail, shown))
        outside = stack.enter_context(internet(partial(told.answer, stage.world), shown))
        inside = stack.enter_context(internet(partial(exporter.answer, stage.scene), shown))
        servers: dict[str, Server] = {}
        for name, where in OWN.items():
            main = build / where
            adapted.alertmanager(main / "alertmanager.yaml", outside, office.address)
            start = partial(_start, stack, build.parent / name, shown)
            url = stage.urls[name]
            alertmanager = start(tools.alertmanager, main / "alertmanager.yaml", [f"--web.external-url={url}"])
            rules = adapted.prometheus(main / "prometheus.yaml", inside, alertmanager.removeprefix("http://"))
            prometheus = start(tools.prometheus, main / "prometheus.yaml", ["--web.enable-lifecycle"])
            servers[name] = Server(prometheus, alertmanager)
            adapted.ruled(main / "prometheus.yaml", rules)
        for server in servers.values():
            assert until(partial(_scraped, server), 30), server
            ask(f"{server.prometheus}/-/reload", b"")
        yield Stage(servers, stage.scene, stage.world, office)


class Casting(NamedTuple):
    """Who plays: the internet, the machines, the mail server's only client, the Alertmanagers' public URLs.

    `names` are what else the certificate must be for.
    """

    world: World
    scene: Scene
    mail: tuple[str, str]
    urls: Mapping[str, str]
    names: tuple[str, ...]


def _start(stack: ExitStack, folder: Path, shown: Certificate, tool: Path, config: Path, flags: list[str]) -> str:
    own = folder / tool.name
    own.mkdir(parents=True)
    cluster = ["--cluster.listen-address=", "--data.retention=240h"] if tool.name == "alertmanager" else []
    storage = "--storage.path" if tool.name == "alertmanager" else "--storage.tsdb.path"
    command = [str(tool), f"--config.file={config}", f"{storage}={own}/data", "--web.listen-address=127.0.0.1:0"]
    return stack.enter_context(running([*command, *cluster, *flags], own, {"SSL_CERT_FILE": str(shown.chain)}))


def ask(url: str, body: bytes | None = None) -> Any:  # noqa: ANN401 - JSON
    """What a server answers, as JSON, if it says anything; `body` is posted."""
    with urlopen(Request(url, body, {"Content-Type": "application/json"}), timeout=10) as answer:  # noqa: S310
        text = answer.read().decode()
    return json.loads(text) if text else None


def query(server: Server, expr: str) -> list[dict[str, Any]]:
    """The series that a Prometheus finds."""
    answer = ask(f"{server.prometheus}/api/v1/query?query={quote(expr)}")
    found: list[dict[str, Any]] = answer["data"]["result"]
    return found


def _scraped(server: Server) -> bool:
    """Whether every target was asked thrice, so that there are rates."""
    targets = ask(f"{server.prometheus}/api/v1/targets?state=active")["data"]["activeTargets"]
    return len(targets) > 0 and len(query(server, "count_over_time(up[1m]) >= 3")) == len(targets)


def firing(stage: Stage) -> Callable[[], set[tuple[str, str, str]]]:
    """The alerts that fire in any Prometheus: tenant, name, service."""

    def asked() -> set[tuple[str, str, str]]:
        found = [each["metric"] for one in stage.servers.values() for each in query(one, 'ALERTS{alertstate="firing"}')]
        return {(each["tenant"], each["alertname"], each.get("service", "")) for each in found}

    return asked
