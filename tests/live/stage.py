"""The example's production on this machine: three Prometheus, their Alertmanagers, and everybody who is told."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote
from urllib.request import Request, urlopen

from tests.live import adapted, exporter, services
from tests.live.certificate import Certificate, certificate
from tests.live.exporter import Scene
from tests.live.internet import internet
from tests.live.mail import Post, post
from tests.live.process import running, until
from tests.live.services import World
from tests.test_example import sources
from tests.workbench import snapshot
from varve import pipeline

DEFAULTS = "environments/defaults.yaml"
ROOT = b"/run/secrets/varve"
ENVIRONMENT = "production"


class Own(NamedTuple):
    """A Prometheus and its Alertmanager: where their files lie, and where people find the latter."""

    folder: str
    url: str


SYSTEMS = {
    "shared": Own("shared", "https://alertmanager.meridian.example"),
    "bank": Own("tenants/bank", "https://alertmanager.bank.meridian.example"),
    "payments": Own("tenants/payments", "https://alertmanager.payments.meridian.example"),
}
"""What tenants share, and what each strict tenant has of its own."""


class Tools(NamedTuple):
    """The real programs."""

    prometheus: Path
    alertmanager: Path


class Server(NamedTuple):
    """A pair of servers: the URLs at which this machine asks them, the main file, and the rules that it will name."""

    prometheus: str
    alertmanager: str
    main: Path
    rules: list[str]


class Stage(NamedTuple):
    """Everything that plays."""

    servers: Mapping[str, Server]
    scene: Scene
    world: World


class Casting(NamedTuple):
    """Who plays: the internet, the machines, the mail server's only client.

    `names` are what else the certificate must be for.
    """

    world: World
    scene: Scene
    mail: tuple[str, str]
    names: tuple[str, ...]


def built(folder: Path, secrets: Mapping[str, str]) -> Path:
    """The environment's artifacts below `folder`, which name exactly the files that hold `secrets`."""
    root = folder / "secrets"
    files = dict(sources())
    files[DEFAULTS] = files[DEFAULTS].replace(ROOT, str(root).encode())
    build = pipeline.compile(snapshot(files))
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


_ALONE = ["--cluster.listen-address=", "--data.retention=240h"]
"""Without others, and with the retention that the environment says."""


class _Around(NamedTuple):
    """What stands around the servers: the programs, proxies for outside and inside, the post, what all of them show."""

    tools: Tools
    outside: str
    inside: str
    smarthost: str
    shown: Certificate


@contextmanager
def playing(build: Path, tools: Tools, cast: Casting) -> Iterator[Stage]:
    """Starts everybody, lets each Prometheus see its targets, and then gives it its rules."""
    with ExitStack() as stack:
        around = _around(stack, build, tools, cast)
        servers = {name: _pair(stack, own, build, around) for name, own in SYSTEMS.items()}
        for server in servers.values():
            assert until(partial(_scraped, server, cast.scene), 30), server
            adapted.ruled(server.main, server.rules)
            fetch(f"{server.prometheus}/-/reload", b"")
        yield Stage(servers, cast.scene, cast.world)


def _around(stack: ExitStack, folder: Path, tools: Tools, cast: Casting) -> _Around:
    hosts = [host.partition(":")[0] for host in (*services.HOSTS, *cast.scene.logins)]
    shown = certificate(folder, ("127.0.0.1", *hosts, *cast.names))
    office = Post(cast.mail, partial(services.mailed, cast.world), cast.world.refused)
    return _Around(
        tools=tools,
        outside=stack.enter_context(internet(partial(services.answer, cast.world), shown)),
        inside=stack.enter_context(internet(partial(exporter.answer, cast.scene), shown)),
        smarthost=stack.enter_context(post(office, shown)),
        shown=shown,
    )


@contextmanager
def off_work(build: Path, tools: Tools, cast: Casting, name: str) -> Iterator[str]:
    """One Alertmanager alone, at a moment when nobody works: its URL."""
    with ExitStack() as stack:
        around = _around(stack, build, tools, cast)
        yield _alertmanager(stack, SYSTEMS[name], build, around, at_work=False)


def _pair(stack: ExitStack, own: Own, build: Path, around: _Around) -> Server:
    """Starts an Alertmanager and its Prometheus, which has no rules yet."""
    alertmanager = _alertmanager(stack, own, build, around, at_work=True)
    main = build / own.folder / "prometheus.yaml"
    rules = adapted.prometheus(main, around.inside, alertmanager.removeprefix("http://"))
    flags = [f"--config.file={main}", "--storage.tsdb.path=series", "--web.enable-lifecycle"]
    prometheus = _start(stack, main.parent, around.shown, [str(around.tools.prometheus), *flags])
    return Server(prometheus, alertmanager, main, rules)


def _alertmanager(stack: ExitStack, own: Own, build: Path, around: _Around, *, at_work: bool) -> str:
    file = build / own.folder / "alertmanager.yaml"
    adapted.alertmanager(file, around.outside, around.smarthost, at_work=at_work)
    flags = [f"--config.file={file}", "--storage.path=alerts", f"--web.external-url={own.url}", *_ALONE]
    return _start(stack, file.parent, around.shown, [str(around.tools.alertmanager), *flags])


def _start(stack: ExitStack, folder: Path, shown: Certificate, command: list[str]) -> str:
    """The URL of a server that trusts what is shown, and stores in `folder`."""
    settings = {"SSL_CERT_FILE": str(shown.chain)}
    return stack.enter_context(running([*command, "--web.listen-address=127.0.0.1:0"], folder, settings))


def fetch(url: str, body: bytes | None = None) -> str:
    """The response of a server; a `body` is posted."""
    with urlopen(Request(url, body, {"Content-Type": "application/json"}), timeout=10) as answer:  # noqa: S310
        text: str = answer.read().decode()
    return text


def query(server: Server, expr: str) -> list[dict[str, Any]]:
    """The series that a Prometheus finds."""
    answer = json.loads(fetch(f"{server.prometheus}/api/v1/query?query={quote(expr)}"))
    found: list[dict[str, Any]] = answer["data"]["result"]
    return found


def _scraped(server: Server, scene: Scene) -> bool:
    """Whether every target that is not down has answered twice, so that there are rates."""
    targets = json.loads(fetch(f"{server.prometheus}/api/v1/targets?state=active"))["data"]["activeTargets"]
    up = [each for each in targets if scene.broken.get(each["labels"]["instance"]) != exporter.DOWN]
    return len(up) > 0 and len(query(server, "sum_over_time(up[1m]) >= 2")) >= len(up)


def firing(stage: Stage) -> set[tuple[str, str, str]]:
    """The alerts that fire in any Prometheus: tenant, if it is one's, name, service."""
    found = [each["metric"] for one in stage.servers.values() for each in query(one, 'ALERTS{alertstate="firing"}')]
    return {(each.get("tenant", ""), each["alertname"], each.get("service", "")) for each in found}


def suppressed(alertmanager: str, reason: str) -> int:
    """How many times an Alertmanager did not tell of an alert, for a reason of its own words."""
    name = f'alertmanager_notifications_suppressed_total{{reason="{reason}"}} '
    lines = fetch(f"{alertmanager}/metrics").splitlines()
    return sum(int(line.removeprefix(name)) for line in lines if line.startswith(name))


def send(alertmanager: str, alerts: Sequence[Mapping[str, str]], ahead: timedelta) -> None:
    """Sends alerts with these labels, to end in a while or now."""
    end = (datetime.now(UTC) + ahead).isoformat()
    sent = [{"labels": labels, "annotations": {"summary": "Whose is it?"}, "endsAt": end} for labels in alerts]
    fetch(f"{alertmanager}/api/v2/alerts", json.dumps(sent).encode())
