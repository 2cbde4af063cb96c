"""Only one way to log in is allowed: with two, Prometheus would refuse the jobs of all tenants."""

import pytest

from tests.emit.repository import CHECKOUT, SEALED, Changed, repository, sound
from tests.sealing import sealed
from varve import pipeline
from varve.render.frame import where
from varve.render.situate import situate

METRICS = {
    "tenants/acme/secrets/metrics.sops.yaml": SEALED,
    "environments/secrets/metrics.sops.yaml": sealed("platform", "token", "password"),
}
PRODUCTION = "environments/production.yaml"
OVERLAY = "tenants/acme/overlays/production.yaml"
BASIC = "basic_auth: {username: u, password: {secret: metrics/password}}"
BEARER = "authorization: {credentials: {secret: metrics/token}}"
BOTH = "`basic_auth` and `authorization` are both set but only one is allowed"


def _findings(changed: Changed) -> list[tuple[str, str, list[str]]]:
    """Each place, its message, and the places of the notes."""
    snapshot = repository({**METRICS, **changed})
    return [
        (
            where(each.spot) if each.spot else "",
            each.diagnostic.message,
            [where(note) for note in each.notes if note is not None],
        )
        for each in situate(pipeline.compile(snapshot).diagnostics, snapshot)
    ]


def _job(login: str) -> Changed:
    return {CHECKOUT: f"scrape:\n  app:\n    targets: ['a:1']\n    {login}\n"}


def _write(login: str) -> Changed:
    return {PRODUCTION: f"platform:\n  remote_write:\n    mimir:\n      url: https://m.example\n      {login}\n"}


REFUSED: dict[str, tuple[Changed, tuple[str, str, list[str]]]] = {
    "both ways at a target": (
        _job(f"{BASIC}\n    {BEARER}"),
        (f"{CHECKOUT}:5:20", BOTH, [f"{CHECKOUT}:4:17"]),
    ),
    "both ways at a remote write": (
        _write(f"{BASIC}\n      {BEARER}"),
        (f"{PRODUCTION}:6:22", BOTH, [f"{PRODUCTION}:5:19"]),
    ),
    "both ways at what finds targets": (
        {
            PRODUCTION: "platform:\n  discovery:\n    http:\n      url: https://sd.example\n"
            f"      {BASIC}\n      {BEARER}\n"
        },
        (f"{PRODUCTION}:6:22", BOTH, [f"{PRODUCTION}:5:19"]),
    ),
    "the type of the other way at a target": (
        _job("authorization: {type: BASIC, credentials: {secret: metrics/token}}"),
        (f"{CHECKOUT}:4:27", "`BASIC` is not allowed as the type of `authorization`", []),
    ),
    "the type of the other way at a remote write": (
        _write("authorization: {type: Basic, credentials: {secret: metrics/token}}"),
        (f"{PRODUCTION}:5:29", "`Basic` is not allowed as the type of `authorization`", []),
    ),
    "a way in the service and another in an overlay": (
        {
            **_job(BASIC),
            OVERLAY: f"services:\n  checkout:\n    scrape:\n      app:\n        {BEARER}\n",
        },
        (f"{OVERLAY}:5:24", BOTH, [f"{CHECKOUT}:4:17"]),
    ),
}


@pytest.mark.parametrize(("changed", "expected"), REFUSED.values(), ids=REFUSED)
def test_logins_that_prometheus_would_refuse(changed: Changed, expected: tuple[str, str, list[str]]) -> None:
    assert _findings(changed) == [expected]


@pytest.mark.parametrize(
    "changed",
    [
        _job(BASIC),
        _job(BEARER),
        _write(BASIC),
        _write(BEARER),
        _job("authorization: {type: Token, credentials: {secret: metrics/token}}"),
    ],
    ids=["a password", "a token", "a password to write", "a token to write", "a type of its own"],
)
def test_logins_that_prometheus_accepts(changed: Changed) -> None:
    assert sound({**METRICS, **changed}).units
