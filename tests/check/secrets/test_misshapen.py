import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import pytest

from tests.workbench import ROOT
from varve.check.secrets.misshapen import SHAPES, Restriction, SecretUse, check, shape
from varve.check.secrets.usage import Use
from varve.emit.alertmanager.field import TABLE
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.secret import Secret
from varve.model.source import Map
from varve.model.unit import Environment
from varve.read.sealed.file import Sealed
from varve.read.sealed.metadata import Metadata

FILE: Final = "tenants/acme/secrets/x.sops.yaml"
SOUND: Final[dict[str, list[str]]] = {
    "slack.url": [
        "https://hooks.slack.com/services/T0AB/B0CD/ejemplo",
        "https://hooks.slack-gov.com/services/T0AB/B0CD/ejemplo",
        "https://chat.acme.example/hooks/x",
    ],
    "slack.token": ["xoxb-1234567890-example"],
    "pagerduty.routing_key": ["R0" + "1a" * 15],
    "webhook.url": ["https://siem.acme.example:8443/x?y=z"],
    "opsgenie.api_key": ["00000000-0000-0000-0000-000000000000"],
    "msteams.url": [
        "https://acme.webhook.office.com/webhookb2/x",
        "https://prod-1.westeurope.logic.azure.com:443/workflows/x?sig=y",
    ],
    "discord.url": ["https://discord.com/api/webhooks/123/abc-DEF_1", "https://canary.discord.com/api/webhooks/1/a"],
    "telegram.bot_token": ["123456789:" + "A" * 35],
    "basic_auth.password": ["hunter 2", "größer", "x"],
    "authorization.credentials": ["abc.def-~+/="],
    "smtp.password": ["hunter2"],
    "heartbeat.url": ["https://hc.example/ping/x"],
    "bank.heartbeat_url": ["https://hc.example/ping/x"],
}
UNSOUND: Final[dict[str, list[str]]] = {
    "slack.url": [
        "http://hooks.slack.com/services/T0AB/B0CD/x",
        "https://hooks.slack.com/services/T0AB",
        "https://hooks.slack.com.evil.example/services/T0AB/B0CD/x",
        "https://evil.example/services/T0AB/B0CD/x",
        "xoxb-1234567890-example",
    ],
    "slack.token": ["https://hooks.slack.com/services/T0AB/B0CD/x", "xoxb-", "Bearer xoxb-1234567890"],
    "pagerduty.routing_key": ["1a" * 15, "1a" * 17, "1a" * 15 + "-x"],
    "webhook.url": [
        "siem.acme.example",
        "http://siem.acme.example/x",
        "https://siem.evil.example/x",
        "https://169.254.169.254/latest",
        "https://u:p@siem.acme.example/x",
        "https://siem.acme.example\\@evil.example/",
        "https://[::1",
    ],
    "opsgenie.api_key": ["short", "GenieKey 00000000-0000-0000-0000-000000000000"],
    "msteams.url": ["https://acme.webhook.office.com.evil.example/x", "https://evil.example/x?y.webhook.office.com/z"],
    "discord.url": ["https://discord.com/api/webhooks/123", "https://discord.example/api/webhooks/1/a"],
    "telegram.bot_token": ["123456789:" + "A" * 34, "A" * 46, "bot123456789:" + "A" * 35],
    "basic_auth.password": ["", " ", "hunter2\n", "hunter\n2", " hunter2", "hunter2\t", "hunter\x002", "hunter\u200b2"],
    "authorization.credentials": ["Bearer abc", "größer", ""],
    "smtp.password": ["hunter2\r\n"],
    "heartbeat.url": ["http://hc.example/ping/x", "hc.example"],
    "bank.heartbeat_url": ["http://hc.example/ping/x"],
}
PLATFORM: Final[Map] = {"notify": {"allow": ["*.acme.example"]}}


def messages(use: str, value: str, tenant: str | None = "acme", platform: Map = PLATFORM) -> list[str]:
    kind, _, field = use.partition(".")
    keys = ("notify", "receivers", "team", kind, field)
    metadata = Metadata((frozenset(),), 1, datetime(2025, 1, 31, tzinfo=UTC), ())
    sealed = Sealed(FILE, {"key": ("key",)}, metadata, frozenset(), "", {})
    using = SecretUse(
        Environment("production", platform, Stack(())), tenant, Stack(()), Use(keys, "x/key", FILE, "key")
    )
    report = Report()
    check([using], {FILE: sealed}, {FILE: {"key": Secret(value.encode())}}, report)
    assert not value.strip() or value not in repr(list(report))
    return [each.message for each in report]


@pytest.mark.parametrize(("use", "value"), [(use, each) for use, values in SOUND.items() for each in values])
def test_a_secret_in_its_issuers_format_is_valid(use: str, value: str) -> None:
    assert not messages(use, value, tenant=None if "heartbeat" in use else "acme")


@pytest.mark.parametrize(("use", "value"), [(use, each) for use, values in UNSOUND.items() for each in values])
def test_anything_else_is_reported_and_not_shown(use: str, value: str) -> None:
    (message,) = messages(use, value, tenant=None if "heartbeat" in use else "acme")
    assert message.startswith(f"`key` of `{FILE}` ")


def test_hosts_are_restricted_only_if_the_platform_lists_any() -> None:
    assert not messages("webhook.url", "https://elsewhere.example/x", platform={})
    assert not messages("webhook.url", "https://elsewhere.example/x", tenant=None)
    assert messages("slack.url", "https://chat.acme.example/hooks/x", platform={})


def test_a_secret_that_was_not_opened_is_not_checked() -> None:
    report = Report()
    use = SecretUse(Environment("p", {}, Stack(())), None, Stack(()), Use(("a", "b"), "x/key", FILE, "key"))
    check([use], {}, {}, report)
    assert not list(report)


def test_every_secret_of_a_receiver_has_a_shape() -> None:
    assert {(row.kind, row.field) for row in TABLE if row.secret} <= SHAPES.keys()
    assert {use for use in SHAPES if use[0]} | {("bank", "heartbeat_url")} == {tuple(use.split(".")) for use in SOUND}
    assert SOUND.keys() == UNSOUND.keys()


def test_every_secret_in_the_schemas_has_a_shape() -> None:
    schemas = [json.loads((ROOT / f"compiler/varve/schemas/{kind}.json").read_bytes()) for kind in ("unit", "platform")]
    fields = {name for schema in schemas for name in secrets(schema)}
    assert len(fields) > 5
    assert fields <= {field for _, field in SHAPES}


def secrets(schema: object) -> Iterator[str]:
    """The names of the properties that are secrets."""
    for name, each in (
        schema.items() if isinstance(schema, dict) else enumerate(schema if isinstance(schema, list) else ())
    ):
        if isinstance(each, dict) and str(each.get("$ref", "")).endswith("#/$defs/secret"):
            yield str(name)
        yield from secrets(each)


def test_an_unknown_use_accepts_any_value() -> None:
    assert shape(("a", "b"))("anything", Restriction(None)) is None
