from collections.abc import Mapping

import pytest

from tests.sealing import box, sealed
from varve.check.unit.reference import Definitions, check, check_platform
from varve.language.blob import identify
from varve.language.name import dotted
from varve.model.diagnostic import Diagnostic, Report
from varve.model.layer import Layer, Stack
from varve.model.pack import Pack
from varve.model.snapshot import Entry, Snapshot
from varve.model.source import Map, Value
from varve.model.unit import Environment, Resolved, Unit
from varve.read.reading import reading

SEALED = f"deep:\n  token: {box('deep')}\n" + sealed("metrics", "password")
FILES = {
    "tenants/acme/secrets/metrics.sops.yaml": SEALED,
    "tenants/acme/secrets/staging/metrics.sops.yaml": SEALED.replace("password", "other"),
    "tenants/umbra/secrets/theirs.sops.yaml": SEALED,
    "environments/secrets/ours.sops.yaml": SEALED,
}
PACKS = {
    "host": Pack("host", "service", {}, {}),
    "slo": Pack("slo", "slos", {}, {}),
    "quota": Pack("quota", "tenant", {}, {}),
}
PLATFORM: Map = {"secrets": {"root": "/run"}, "blackbox": {"address": "a:1"}}


def definitions(platform: Map, report: Report, files: Mapping[str, str] = FILES) -> Definitions:
    data = {path: files[path].encode() for path in sorted(files)}
    entries = {path: Entry(identify(each), "100644") for path, each in data.items()}
    snapshot = Snapshot(entries, {entries[path].id: each for path, each in data.items()})
    layers = Stack((Layer("platform", 1, "platform", "production.yaml", {"platform": platform}),))
    return Definitions(PACKS, reading(snapshot, report), Environment("production", platform, layers))


def diagnostics(value: Map, platform: Map = PLATFORM, environment: str = "production") -> list[Diagnostic]:
    report = Report()
    layers = Stack((Layer("tenant", 1, "tenant", "tenant.yaml", value),))
    check(Resolved(Unit("acme", environment), value, layers, {}), definitions(platform, report), report)
    return list(report)


def places(found: list[Diagnostic]) -> list[tuple[str, str, str]]:
    return [(each.rule.code, dotted(each.place.keys), each.place.on) for each in found if each.place]


def using(secret: str) -> Map:
    job: Map = {"basic_auth": {"username": "u", "password": {"secret": secret}}}
    return {"services": {"web": {"scrape": {"app": job}}}}


LOGIN = "services.web.scrape.app.basic_auth.password"
SLOS: Value = {"up": {}}


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"contact": {"user": "alice"}, "users": {"alice": {}}}, id="a user of the tenant"),
        pytest.param({"contact": {"slack": "#a"}}, id="a contact that is no user"),
        pytest.param({"services": {"web": {"packs": {"host": {}}}}}, id="a pack for services"),
        pytest.param({"services": {"web": {"packs": {"slo": {}}, "slos": SLOS}}}, id="a pack for existing objectives"),
        pytest.param({"services": {"web": {"probes": {"home": {}}}}}, id="a probe where there is an exporter"),
        pytest.param(using("metrics/password"), id="a secret"),
        pytest.param(using("metrics/deep.token"), id="a secret inside a map"),
        pytest.param({"labels": {"secret": "nowhere/x"}}, id="a label that is called secret"),
        pytest.param(
            {"services": {"web": {"packs": {"host": {"x": {"secret": "a"}}}}}}, id="a parameter called secret"
        ),
    ],
)
def test_existing_references_are_valid(value: Map) -> None:
    assert diagnostics(value) == []


@pytest.mark.parametrize(
    ("value", "code", "at", "on", "hint"),
    [
        pytest.param(
            {"contact": {"user": "alise"}, "users": {"alice": {}}},
            "check/unknown-user",
            "contact.user",
            "value",
            "did you mean `alice`?",
            id="a misspelt user",
        ),
        pytest.param(
            {"services": {"web": {"contact": {"user": "bob"}}}},
            "check/unknown-user",
            "services.web.contact.user",
            "value",
            "write `tenants/acme/users/bob.yaml`",
            id="a user where there are none",
        ),
        pytest.param(
            {"services": {"web": {"packs": {"hots": {}}}}},
            "check/unknown-pack",
            "services.web.packs.hots",
            "key",
            "did you mean `host`?",
            id="a misspelt pack",
        ),
        pytest.param(
            {"services": {"web": {"packs": {"quota": {}}}}},
            "check/unknown-pack",
            "services.web.packs.quota",
            "key",
            "remove it",
            id="a pack for tenants",
        ),
        pytest.param(
            using("metric/password"),
            "check/unknown-secret",
            LOGIN,
            "value",
            "did you mean `metrics`?",
            id="a misspelt file",
        ),
        pytest.param(
            using("metrics/pasword"),
            "check/unknown-secret",
            LOGIN,
            "value",
            "did you mean `password`?",
            id="a misspelt key",
        ),
        pytest.param(
            using("theirs/password"),
            "check/unknown-secret",
            LOGIN,
            "value",
            "seal it with `varve secrets edit acme/theirs`, or name one of metrics",
            id="a secret of another tenant",
        ),
        pytest.param(
            using("ours/password"),
            "check/unknown-secret",
            LOGIN,
            "value",
            "seal it with `varve secrets edit acme/ours`, or name one of metrics",
            id="a secret of the platform",
        ),
    ],
)
def test_a_missing_target_is_reported_at_the_reference(value: Map, code: str, at: str, on: str, hint: str) -> None:
    found = diagnostics(value)
    assert places(found) == [(code, at, on)]
    assert [each.hint for each in found] == [hint]


def test_the_message_for_a_pack_that_applies_automatically() -> None:
    found = diagnostics({"services": {"web": {"packs": {"quota": {}, "slo": {}}}}})
    assert [each.message.partition(" automatically to ")[2] for each in found] == [
        "every tenant as a whole",
        "slos, and there are none",
    ]


def test_sealed_files_of_the_environment_take_precedence() -> None:
    assert places(diagnostics(using("metrics/password"), environment="staging")) == [
        ("check/unknown-secret", LOGIN, "value")
    ]
    assert diagnostics(using("metrics/other"), environment="staging") == []


def test_missing_platform_settings_are_reported_where_a_tenant_needs_them() -> None:
    probing: Map = {"services": {"web": {"probes": {"home": {}}}}}
    assert places(diagnostics(probing, {})) == [("check/no-prober", "services.web.probes", "key")]
    assert places(diagnostics(using("metrics/password"), {})) == [("check/no-secrets-root", LOGIN, "value")]


@pytest.mark.parametrize(
    ("secret", "codes"),
    [("ours/password", []), ("ours/x", ["check/unknown-secret"]), ("metrics/password", ["check/unknown-secret"])],
)
def test_secrets_of_the_platform(secret: str, codes: list[str]) -> None:
    far: Map = {"url": "https://far.example", "authorization": {"credentials": {"secret": secret}}}
    report = Report()
    check_platform(definitions({**PLATFORM, "remote_write": {"far": far}}, report), report)
    assert [each.rule.code for each in report] == codes
    assert {dotted(each.place.keys) for each in report if each.place} <= {
        "platform.remote_write.far.authorization.credentials"
    }
    command = f"`varve secrets edit environments/secrets/{secret.partition('/')[0]}.sops.yaml`"
    assert all(command in each.hint for each in report)


def test_an_unsealed_secrets_file_is_reported_without_its_content() -> None:
    report = Report()
    files = {"tenants/acme/secrets/metrics.sops.yaml": "password: hunter2\n"}
    layers = Stack((Layer("tenant", 1, "tenant", "tenant.yaml", using("metrics/password")),))
    unit = Resolved(Unit("acme", "production"), using("metrics/password"), layers, {})
    check(unit, definitions(PLATFORM, report, files), report)
    assert [each.rule.code for each in report] == ["read/not-sealed"]
    assert "hunter2" not in repr(list(report))
