"""What Prometheus would refuse of fields that are sound one by one."""

import pytest

from tests.emit.repository import BLACKBOX, CHECKOUT, SEALED, Changed, repository, sound
from varve import pipeline
from varve.render.frame import where
from varve.render.situate import situate

METRICS = {"tenants/acme/secrets/metrics.sops.yaml": SEALED, "environments/secrets/metrics.sops.yaml": SEALED}
PRODUCTION = "environments/production.yaml"
BASIC = "basic_auth: {username: u, password: {secret: metrics/password}}"
TOKEN = "authorization: {credentials: {secret: metrics/token}}"


def _said(changed: Changed) -> list[tuple[str, str, list[str]]]:
    """Each place, what is said there, and the places of the notes."""
    snapshot = repository({**METRICS, **changed})
    return [
        (
            where(each.spot) if each.spot else "",
            each.diagnostic.message,
            [where(note) for note in each.notes if note is not None],
        )
        for each in situate(pipeline.compile(snapshot).diagnostics, snapshot)
    ]


def _job(said: str) -> Changed:
    return {CHECKOUT: f"scrape:\n  app: {{targets: ['a:1'], {said}}}\n"}


REFUSED: dict[str, tuple[Changed, tuple[str, str, list[str]]]] = {
    "a timeout longer than the job's interval": (
        _job("interval: 5s, timeout: 10s"),
        (f"{CHECKOUT}:2:51", "a scrape may take `10s`, longer than the interval of `5s`", [f"{CHECKOUT}:2:37"]),
    ),
    "a timeout longer than the environment's interval": (
        _job("timeout: 31s"),
        (
            f"{CHECKOUT}:2:36",
            "a scrape may take `31s`, longer than the interval of `30s`",
            ["environments/defaults.yaml:6:33"],
        ),
    ),
    "a probe's timeout": (
        {
            CHECKOUT: "probes:\n  home: {http: {url: 'https://a.example', interval: 10s, timeout: 20s}}\n",
            **BLACKBOX,
        },
        (f"{CHECKOUT}:2:66", "a scrape may take `20s`, longer than the interval of `10s`", [f"{CHECKOUT}:2:52"]),
    ),
    "two ways to log in": (
        _job(f"{BASIC}, {TOKEN}"),
        (f"{CHECKOUT}:2:107", "two ways to log in are said", [f"{CHECKOUT}:2:39"]),
    ),
    "a basic authorization by the wrong field": (
        _job("authorization: {type: BASIC, credentials: {secret: metrics/token}}"),
        (f"{CHECKOUT}:2:49", "`BASIC` is no type of `authorization`", []),
    ),
    "a timeout of the environment": (
        {PRODUCTION: "platform: {prometheus: {scrape_interval: 10s, scrape_timeout: 1m}}\n"},
        (f"{PRODUCTION}:1:63", "a scrape may take `1m`, longer than the interval of `10s`", [f"{PRODUCTION}:1:42"]),
    ),
    "two ways to log in of a remote write": (
        {PRODUCTION: f"platform: {{remote_write: {{mimir: {{url: 'https://m.example', {BASIC}, {TOKEN}}}}}}}\n"},
        (f"{PRODUCTION}:1:144", "two ways to log in are said", [f"{PRODUCTION}:1:76"]),
    ),
}


@pytest.mark.parametrize(("changed", "expected"), REFUSED.values(), ids=REFUSED)
def test_prometheus_would_refuse(changed: Changed, expected: tuple[str, str, list[str]]) -> None:
    assert _said(changed) == [expected]


@pytest.mark.parametrize(
    "changed",
    [
        _job("interval: 10s, timeout: 10s"),
        _job("interval: 1m, timeout: 31s"),
        _job("interval: 5s"),
        _job(BASIC),
        _job(TOKEN),
        {PRODUCTION: "platform: {prometheus: {scrape_timeout: 30s}}\n"},
    ],
    ids=[
        "a timeout as long as the interval",
        "a timeout below the job's own interval",
        "an interval below the usual timeout, which Prometheus then shortens",
        "a password",
        "a token",
        "a timeout of the environment as long as its interval",
    ],
)
def test_prometheus_takes(changed: Changed) -> None:
    assert sound({**METRICS, **changed}).units
