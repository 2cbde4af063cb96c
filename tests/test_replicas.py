"""Two real Prometheus run on one compiled file: people hear of an alert once, and a store can tell the two apart."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

import pytest

from tests.emit.repository import CHECKOUT, SEALED, sound
from tests.live.process import running, until
from tests.live.stage import fetch

NAMES: Final = ("prometheus-0", "prometheus-1")
SHARED: Final = "build/production/shared"
SECONDS: Final = 60
PORT: Final = "--web.listen-address=127.0.0.1:0"
STORED: Final = "--storage.tsdb.path=series"
RELABELLING: Final = re.compile(rb"  alert_relabel_configs:\n(?:    .*\n)+?(?=  alertmanagers:)")

PLATFORM = """platform:
  targets: {prometheus: %(prometheus)s, alertmanager: {version: "0.34"}}
  prometheus: {scrape_interval: 1s, evaluation_interval: 1s}
  external_labels: {cluster: eu-1, price: "5$"}
  replica: {label: __replica__, variable: HOSTNAME}
  alertmanagers: ["%(alertmanager)s"]
  alertmanager: {url: "https://alertmanager.example"}
  receiver: {webhook: {url: {secret: alerts/token}}}
  remote_write:
    told: {url: "%(store)s/api/v1/write"}
    untold: {url: "%(store)s/api/v1/write", replica: false}
"""
ALERT = """alerts: {Gone: {expr: absent(nothing_counts_this), severity: critical, summary: Nothing counts this}}
scrape:
  app:
    targets: ["checkout.example:9090"]
    sample_limit: 500
    target_limit: 9
    label_limit: 20
    label_name_length_limit: 60
    label_value_length_limit: 70
"""
YOUNG = '{version: "3.5"}'
OLD = '{version: "2.42", features: [expand-external-labels]}'


class Pair(NamedTuple):
    """Two servers: the fixture that finds their program, what the platform says of them, and how they are started."""

    server: str
    version: str
    flags: tuple[str, ...]


class Receivers(NamedTuple):
    """What the servers send to, by URL: an Alertmanager, and a Prometheus that stores their samples."""

    alertmanager: str
    store: str

    def alerts(self) -> list[dict[str, str]]:
        """The labels of each alert that the Alertmanager has received."""
        return [each["labels"] for each in json.loads(fetch(f"{self.alertmanager}/api/v2/alerts"))]

    def replicas(self) -> set[str]:
        """The names under which the store has the one alert's series."""
        answer = fetch(f"{self.store}/api/v1/query?query={quote('count by (__replica__) (ALERTS)')}")
        return {each["metric"].get("__replica__", "") for each in json.loads(answer)["data"]["result"]}


def compiled(folder: Path, version: str, receivers: Receivers) -> Path:
    """The servers' one main file, beside all that it names; the same for the Alertmanager."""
    words = {
        "prometheus": version,
        "alertmanager": receivers.alertmanager.removeprefix("http://"),
        "store": receivers.store,
    }
    changed = {
        "environments/production.yaml": PLATFORM % words,
        "environments/secrets/alerts.sops.yaml": SEALED,
        CHECKOUT: ALERT,
    }
    for path, artifact in sound(changed).artifacts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(artifact.data)
    return folder / SHARED / "prometheus.yaml"


@pytest.fixture
def receivers(prometheus_newest: Path, alertmanager_newest: Path, tmp_path: Path) -> Iterator[Receivers]:
    """An Alertmanager on its compiled file, and a Prometheus that takes what it is sent, both without any past."""
    compiled(tmp_path, YOUNG, Receivers("http://127.0.0.1:9093", "http://127.0.0.1:9090"))
    store = tmp_path / "store"
    store.mkdir()
    (store / "prometheus.yml").write_text("{}\n")
    taking = ["--web.enable-remote-write-receiver", "--config.file=prometheus.yml", PORT, STORED]
    flags = ["--config.file=alertmanager.yaml", "--cluster.listen-address=", PORT]
    with ExitStack() as stack:
        manager = stack.enter_context(running([str(alertmanager_newest), *flags], tmp_path / SHARED, {}))
        yield Receivers(manager, stack.enter_context(running([str(prometheus_newest), *taking], store, {})))


@contextmanager
def playing(main: Path, prometheus: Path, flags: Sequence[str]) -> Iterator[None]:
    """Both servers, once each has sent its alerts."""
    with ExitStack() as stack:
        urls = []
        for name in NAMES:
            (main.parent / name).mkdir(parents=True)
            command = [str(prometheus), f"--config.file={main}", PORT, STORED, "--rules.alert.resend-delay=1s", *flags]
            urls.append(stack.enter_context(running(command, main.parent / name, {"HOSTNAME": name})))
        for url in urls:
            assert until(partial(_has_sent, url), SECONDS), url
        yield


def _has_sent(url: str) -> bool:
    found = re.search(r"^prometheus_notifications_sent_total\{[^}]*\} (\d+)$", fetch(f"{url}/metrics"), re.MULTILINE)
    return found is not None and int(found[1]) > 0


@pytest.mark.parametrize(
    "pair",
    [
        Pair("prometheus_newest", YOUNG, ()),
        Pair("prometheus_oldest", OLD, ("--enable-feature=expand-external-labels",)),
    ],
    ids=["the newest", "the oldest, with its flag"],
)
def test_an_alert_of_a_pair_is_one_alert_and_their_samples_are_two(
    receivers: Receivers, tmp_path: Path, request: pytest.FixtureRequest, pair: Pair
) -> None:
    main = compiled(tmp_path, pair.version, receivers)
    with playing(main, request.getfixturevalue(pair.server), pair.flags):
        labels = {"alertname": "Gone", "severity": "critical", "tenant": "acme", "service": "checkout"}
        assert receivers.alerts() == [{**labels, "cluster": "eu-1", "price": "5$"}]
        assert until(lambda: receivers.replicas() >= {*NAMES, ""}, SECONDS), receivers.replicas()
        assert receivers.replicas() == {*NAMES, ""}


def test_without_the_relabelling_the_same_alert_is_two(
    receivers: Receivers, prometheus_newest: Path, tmp_path: Path
) -> None:
    main = compiled(tmp_path, YOUNG, receivers)
    left, many = RELABELLING.subn(b"", main.read_bytes())
    assert many == 1
    main.write_bytes(left)
    with playing(main, prometheus_newest, ()):
        assert {each["__replica__"] for each in receivers.alerts()} == set(NAMES)
