"""The example's production, played on this machine: real servers, real rules and routes, and strict strangers to tell.

Three Prometheus scrape what exporters would say, evaluate the example's rules and fire into three Alertmanagers, which
tell people, pagers and machines. All of it is what varve has written; `tests/live/adapted.py` says what little is
changed, and why that changes nothing that is asked here. Whom the routes should tell is written down once more below,
by hand, from what the tenants' files say.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest

from tests.live import services, stage
from tests.live.exporter import DOWN, SILENT, Scene
from tests.live.internet import Request
from tests.live.process import until
from tests.live.services import Notification, World, basic
from tests.live.stage import Casting, Stage, Tools

HERE = "production.meridian.example"
SECONDS = 30

SECRETS = {
    "platform/heartbeat/production": "https://hc-ping.com/shared",
    "platform/heartbeat/production-bank": "https://hc-ping.com/bank",
    "platform/heartbeat/production-payments": "https://hc-ping.com/payments",
    "platform/slack/production": "https://hooks.slack.com/services/T0/B0/platform",
    "platform/smtp/password": "the password of the mail server",
    "platform/mimir/production": "nobody asks",
    "tenants/bank/metrics/token": "token-of-core-banking",
    "tenants/bank/pagerduty/routing_key": "routing-key-of-bank",
    "tenants/bank/siem/url": "https://siem.bank.meridian.example/alerts",
    "tenants/fleet/discord/webhook": "https://discord.com/api/webhooks/1/fleet",
    "tenants/freight/slack/webhook": "https://hooks.slack.com/services/T0/B0/freight",
    "tenants/freight/teams/workflow": "https://freight.webhook.office.com/workflows/1",
    "tenants/insurance/jira/password": "the password of Jira",
    "tenants/marketplace/slack/webhook": "https://hooks.slack.com/services/T0/B0/marketplace",
    "tenants/marketplace/telegram/bot": "1:marketplace",
    "tenants/parcel/slack/webhook": "https://hooks.slack.com/services/T0/B0/parcel",
    "tenants/payments/exporters/vault": "the password of the vault",
    "tenants/payments/pagerduty/routing_key": "routing-key-of-payments",
    "tenants/payments/slack/webhook": "https://hooks.slack.com/services/T0/B0/payments",
    "tenants/platform/opsgenie/api_key": "key-of-opsgenie",
    "tenants/platform/slack/token": "token-of-slack",
}
"""The files that the artifacts name, no more and no less, and what they hold."""

REACHED = {
    "platform": SECRETS["platform/slack/production"],
    "watcher": SECRETS["platform/heartbeat/production"],
    "watcher of bank": SECRETS["platform/heartbeat/production-bank"],
    "watcher of payments": SECRETS["platform/heartbeat/production-payments"],
    "bank/bereitschaft": SECRETS["tenants/bank/pagerduty/routing_key"],
    "bank/siem": SECRETS["tenants/bank/siem/url"],
    "bank/jonas": "mailto:jonas.weber@meridian.example",
    "fleet/crew": SECRETS["tenants/fleet/discord/webhook"],
    "fleet/tom": "mailto:tom.hughes@meridian.example",
    "freight/leitstand": SECRETS["tenants/freight/slack/webhook"],
    "freight/dienstplan": SECRETS["tenants/freight/teams/workflow"],
    "freight/anke": "mailto:anke.petersen@meridian.example",
    "insurance/support": "mailto:insurance-support@meridian.example",
    "insurance/desk": basic("alerts", SECRETS["tenants/insurance/jira/password"]),
    "invoicing/bureau": "mailto:facturation@meridian.example",
    "lab/all": "mailto:lab@meridian.example",
    "marketplace/turno": SECRETS["tenants/marketplace/telegram/bot"],
    "marketplace/squadra": SECRETS["tenants/marketplace/slack/webhook"],
    "marketplace/giulia": "mailto:giulia.ferri@meridian.example",
    "parcel/guardia": SECRETS["tenants/parcel/slack/webhook"],
    "parcel/lucia": "mailto:lucia.ortega@meridian.example",
    "payments/oncall": SECRETS["tenants/payments/pagerduty/routing_key"],
    "payments/team": SECRETS["tenants/payments/slack/webhook"],
    "payments/camille": "mailto:camille.moreau@meridian.example",
    "platform/oncall": f"GenieKey {SECRETS['tenants/platform/opsgenie/api_key']}",
    "platform/team": f"Bearer {SECRETS['tenants/platform/slack/token']}",
}
"""Every receiver, and by what it is reached: whoever knows that tells it something, and nobody else."""

LOGINS = {
    f"vault-1.payments.{HERE}:8443": basic("prometheus", SECRETS["tenants/payments/exporters/vault"]),
    **{f"core-{number}.bank.{HERE}:9443": f"Bearer {SECRETS['tenants/bank/metrics/token']}" for number in (1, 2, 3, 4)},
}
"""The hosts that let only those scrape them who say this."""

LATE = f"kafka-2.{HERE}:7071"
BROKEN: Mapping[str, tuple[str, str]] = {
    f"core-1.bank.{HERE}:9100": (DOWN, ""),
    f"sepa-1.bank.{HERE}:9090": ('sepa_pending_transfers{scheme="SCT"} 6000', ""),
    f"https://drivers.{HERE}/up": ("probe_success 0", ""),
    f"ingest-1.fleet.{HERE}:9090": (SILENT, ""),
    f"ingest-2.fleet.{HERE}:9090": (SILENT, ""),
    f"customs-1.freight.{HERE}:9100": (DOWN, ""),
    f"customs-1.freight.{HERE}:9090": ('customs_declarations_open{office="Hamburg"} 300', ""),
    f"tracking-1.freight.{HERE}:9090": ('tracking_last_position_timestamp_seconds{source="AIS"} 1', ""),
    f"https://claims.{HERE}/health": ("probe_success 0", ""),
    f"quotes-1.insurance.{HERE}:9090": (SILENT, ""),
    f"archive-1.invoicing.{HERE}:9000": ("minio_cluster_replication_failed_bytes 10", ""),
    f"hello.lab.{HERE}:8080": (SILENT, ""),
    f"search-1.shop.{HERE}:9100": (DOWN, ""),
    f"search-1.shop.{HERE}:9090": ("search_index_built_timestamp_seconds 1", ""),
    f"web-1.shop.{HERE}:9090": (
        "cart_abandoned_total %(now)s\ncart_opened_total %(now)s",
        "cart_abandoned_total %(now)s\ncart_opened_total %(fast)s",
    ),
    f"depot-madrid.parcel.{HERE}:9712": ('belt_running{belt="3"} 0\ndepot_open 1', ""),
    f"routing-1.parcel.{HERE}:9090": (SILENT, ""),
    f"routing-2.parcel.{HERE}:9090": (SILENT, ""),
    f"checkout-1.payments.{HERE}:9090": (
        'checkout_authorisations_total{acquirer="Nordbank",outcome="authorised"} 7',
        'checkout_authorisations_total{acquirer="Nordbank",outcome="authorised"} %(fast)s',
    ),
    f"ledger-1.payments.{HERE}:9090": ("ledger_balance_cents 12", ""),
    f"vault-1.payments.{HERE}:8443": ("vault_master_key_rotated_timestamp_seconds 1", ""),
    f"kafka-1.{HERE}:7071": ("kafka_controller_offline_partitions 2", ""),
}
"""What hosts say, and the URLs that are probed, while something is wrong, and once it is mended."""

TITLES = {
    "de": "{alert}, {service}: {end}",
    "en": "{alert} of {service}: {end}",
    "es": "{alert}, {service}: {end}",
    "fr": "{alert}, {service}\N{NO-BREAK SPACE}: {end}",
    "it": "{alert}, {service}: {end}",
}
ENDS = {
    "de": ("aktiv", "behoben"),
    "en": ("firing", "resolved"),
    "es": ("activa", "resuelta"),
    "fr": ("en cours", "résolue"),
    "it": ("attivo", "risolto"),
}
GRAFANA = "https://grafana.meridian.example"
MARKS = {"critical": "🔴", "warning": "🟠", "info": "🔵"}
RUNBOOKS = "https://runbooks.meridian.example"


class Alarm(NamedTuple):
    """An alert that goes off: what it is, in which language it is said, and whom the tenant's routes tell."""

    alert: str
    service: str
    severity: str
    language: str
    summary: str
    receivers: tuple[str, ...]
    runbook: str = ""


ALARMS: Mapping[str, tuple[Alarm, ...]] = {
    "bank": (
        Alarm(
            *("HostDown", "nodes", "critical", "de", f"core-1.bank.{HERE}:9100 ist ausgefallen"),
            ("bank/siem", "bank/bereitschaft", "bank/jonas"),
            f"{RUNBOOKS}/bank/nodes",
        ),
        Alarm(
            *("SepaBacklog", "sepa", "warning", "de", "6000 Aufträge im Verfahren SCT warten"),
            ("bank/siem", "bank/jonas"),
        ),
    ),
    "fleet": (
        Alarm(
            *("ProbeFailing", "dispatch", "critical", "en", "dispatch cannot be reached from outside"),
            ("fleet/crew", "fleet/tom"),
        ),
        Alarm(
            *("SloEventsAbsent", "telemetry", "warning", "en", "telemetry: no events of ingestion are counted"),
            ("fleet/crew",),
            f"{RUNBOOKS}/fleet/telemetry",
        ),
    ),
    "freight": (
        Alarm(
            *("HostDown", "nodes", "critical", "de", f"customs-1.freight.{HERE}:9100 ist ausgefallen"),
            ("freight/leitstand", "freight/dienstplan"),
        ),
        Alarm(
            *("PositionsStale", "tracking", "warning", "de", "AIS liefert keine Positionen"),
            ("freight/leitstand",),
            f"{RUNBOOKS}/freight/tracking",
        ),
        Alarm(
            *("DeclarationsPileUp", "customs", "info", "de", "In Hamburg stauen sich 300 Anmeldungen"),
            ("freight/anke",),
        ),
    ),
    "insurance": (
        Alarm(
            *("ProbeFailing", "claims", "critical", "en", "claims cannot be reached from outside"),
            ("insurance/support", "insurance/desk"),
        ),
        Alarm(
            *("HttpRequestsAbsent", "quotes", "warning", "en", "quotes counts no requests"),
            ("insurance/desk",),
            f"{RUNBOOKS}/insurance/quotes",
        ),
        Alarm(
            *("SloEventsAbsent", "quotes", "warning", "en", "quotes: no events of answers are counted"),
            ("insurance/desk",),
            f"{RUNBOOKS}/insurance/quotes",
        ),
    ),
    "invoicing": (
        Alarm(
            *("ArchiveNotReplicated", "archive", "warning", "fr"),
            "Des factures n’existent qu’en un seul exemplaire",
            ("invoicing/bureau",),
        ),
    ),
    "lab": (Alarm("HttpRequestsAbsent", "hello", "warning", "en", "hello counts no requests", ("lab/all",)),),
    "marketplace": (
        Alarm(
            *("HostDown", "nodes", "critical", "it", f"search-1.shop.{HERE}:9100 è fuori servizio"),
            ("marketplace/turno", "marketplace/squadra"),
        ),
        Alarm(
            *("IndexStale", "search", "warning", "it", "L’indice di ricerca è vecchio"),
            ("marketplace/squadra",),
        ),
        Alarm(
            *("CartsAbandoned", "storefront", "info", "it", "Quasi nessuno arriva alla cassa"),
            ("marketplace/giulia",),
            f"{RUNBOOKS}/marketplace/storefront",
        ),
    ),
    "parcel": (
        Alarm(
            *("BeltStopped", "depots", "critical", "es"),
            f"La cinta 3 de depot-madrid.parcel.{HERE}:9712 está parada",
            ("parcel/guardia", "parcel/lucia"),
        ),
        Alarm(
            *("HttpRequestsAbsent", "routing", "warning", "es", "routing"),
            ("parcel/guardia",),
            f"{RUNBOOKS}/parcel/routing",
        ),
        Alarm(
            *("SloEventsAbsent", "routing", "warning", "es", "plans-in-time"),
            ("parcel/guardia",),
            f"{RUNBOOKS}/parcel/routing",
        ),
    ),
    "payments": (
        Alarm(
            *("AcquirerSilent", "checkout", "critical", "fr", "Nordbank n’autorise plus aucun paiement"),
            ("payments/camille", "payments/oncall", "payments/team"),
            f"{RUNBOOKS}/payments/acquirers",
        ),
        Alarm(
            *("LedgerUnbalanced", "ledger", "critical", "fr", "Le grand livre n’est pas équilibré"),
            ("payments/oncall", "payments/team"),
            f"{RUNBOOKS}/payments/ledger",
        ),
        Alarm(
            *("KeyCeremonyDue", "cards", "warning", "fr"),
            "La clé maîtresse aura bientôt un an : planifiez la cérémonie",
            ("payments/team",),
            f"{RUNBOOKS}/payments/cards",
        ),
        Alarm(
            *("Escalated", "cards", "warning", "fr", "KeyCeremonyDue est en cours depuis 30 minutes"),
            ("payments/oncall",),
            f"{RUNBOOKS}/payments/cards",
        ),
    ),
    "platform": (
        Alarm(
            *("PartitionsWithoutLeader", "kafka", "critical", "en", "2 partitions have no leader"),
            ("platform/oncall", "platform/team"),
        ),
        Alarm(
            *("Escalated", "kafka", "critical", "en", "PartitionsWithoutLeader has been firing for 1 hour"),
            ("platform/oncall",),
        ),
        Alarm(
            *("ConsumerGroupBehind", "kafka", "warning", "en", "billing is 200k events behind"),
            ("platform/team",),
        ),
    ),
}
"""What goes off in each tenant, and whom it tells: read off the tenants' files, and not off the routes."""

UNCLAIMED = {
    "shared": (
        {"alertname": "OfNobody", "severity": "critical"},
        {"alertname": "OfAStranger", "severity": "critical", "tenant": "stranger"},
        {"alertname": "OfNoSeverity", "severity": "none", "tenant": "fleet", "service": "dispatch"},
        {"alertname": "Heartbeat", "severity": "none", "tenant": "fleet", "service": "telemetry"},
    ),
    "bank": ({"alertname": "OfAnother", "severity": "critical", "tenant": "fleet", "service": "dispatch"},),
    "payments": ({"alertname": "OfNoRoute", "severity": "none", "tenant": "payments", "service": "cards"},),
}
"""Alerts that no tenant's route is for, by the Alertmanager that they are sent to."""

BEATS = {(each, "Heartbeat", False) for each in ("watcher", "watcher of bank", "watcher of payments")}
"""What those hear who watch from outside: each pair of servers has an address of its own."""


class Seen(NamedTuple):
    """What came of it."""

    build: Path
    taken: list[Notification]
    refused: list[str]
    fired: set[tuple[str, str, str]]
    inhibited: tuple[int, set[tuple[str, str, bool]]]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, prometheus_newest: Path, alertmanager_newest: Path) -> Seen:
    """Everything breaks, an inhibited alert joins late, everything is mended; each act lasts until all are told."""
    build = stage.built(tmp_path_factory.mktemp("live"), SECRETS)
    with stage.playing(build, Tools(prometheus_newest, alertmanager_newest), _cast()) as play:
        return _played(play, build)


def _cast() -> Casting:
    world = World({known: receiver for receiver, known in REACHED.items()})
    scene = Scene(LOGINS, {place: broken for place, (broken, _) in BROKEN.items()})
    mail = ("alerts", SECRETS["platform/smtp/password"])
    return Casting(world, scene, mail, ("vault.payments.meridian.example",))


def _played(play: Stage, build: Path) -> Seen:
    shared = play.servers["shared"].alertmanager
    firing, late = _expected(over=False), _of("ConsumerGroupBehind")
    _send(play, timedelta(hours=1))
    patience = _wait_for(play, BEATS | firing - late, SECONDS)
    fired = stage.firing(play)
    play.scene.broken[LATE] = 'kafka_consumer_group_lag{group="billing"} 200000'
    until(lambda: stage.suppressed(shared, "inhibition"), patience)
    inhibited = stage.suppressed(shared, "inhibition"), late & {each[:3] for each in play.world.taken}
    play.scene.healed.update({place: mended for place, (_, mended) in BROKEN.items()})
    for place in BROKEN:
        del play.scene.broken[place]
    mended = {each for each in _expected(over=True) - late if each[0] != "platform"}
    patience = _wait_for(play, firing | mended, patience)
    play.scene.broken.clear()
    _send(play, timedelta())
    _wait_for(play, firing | _expected(over=True), patience)
    return Seen(build, play.world.taken, play.world.refused, fired, inhibited)


def _wait_for(play: Stage, wanted: set[tuple[str, str, bool]], patience: float) -> float:
    """Waits until all that is wanted was told; whether it was, a test says. How long to wait for what comes next."""
    arrived = until(lambda: wanted <= {each[:3] for each in play.world.taken}, patience)
    return patience if arrived else 3


def _send(play: Stage, ahead: timedelta) -> None:
    for name, alerts in UNCLAIMED.items():
        stage.send(play.servers[name].alertmanager, alerts, ahead)


PAGERS = {"bank/bereitschaft", "payments/oncall", "platform/oncall", "insurance/desk"}
MACHINES = {"bank/siem"}


def _title(alarm: Alarm, receiver: str, *, over: bool) -> str:
    """What stands first: for people whether it goes on; for pagers, which say that themselves, what it is."""
    mark = "✅" if over else "🔔" if receiver in MACHINES else MARKS.get(alarm.severity, "🔵")
    if receiver in MACHINES:
        return f"{mark} {alarm.alert}, {alarm.service}"
    if receiver in PAGERS:
        summary = alarm.summary if receiver != "platform/oncall" else re.sub("(?s)(.{40}).+", r"\1…", alarm.summary)
        title = TITLES[alarm.language].format(alert=alarm.alert, service=alarm.service, end=summary)
        return f"{mark} {title}" if over else title
    end = ENDS[alarm.language][over]
    return f"{mark} {TITLES[alarm.language].format(alert=alarm.alert, service=alarm.service, end=end)}"


def _alarms() -> Iterator[Alarm]:
    for alarms in ALARMS.values():
        yield from alarms
    for labels in (each for sent in UNCLAIMED.values() for each in sent):
        about = labels.get("service") or labels.get("tenant") or "-"
        yield Alarm(labels["alertname"], about, labels["severity"], "en", "Whose is it?", ("platform",))


def _expected(*, over: bool) -> set[tuple[str, str, bool]]:
    """All that anybody should be told: of what goes on, or of what is over."""
    return {(each, _title(alarm, each, over=over), over) for alarm in _alarms() for each in alarm.receivers}


def _of(alert: str) -> set[tuple[str, str, bool]]:
    """What is told of an alert, whenever it is."""
    return {each for over in (False, True) for each in _expected(over=over) if alert in each[1]}


def _to(notifications: set[tuple[str, str, bool]], tenant: str) -> list[tuple[str, str, bool]]:
    return sorted(each for each in notifications if each[0].partition("/")[0] == tenant and "/" in each[0])


@pytest.mark.parametrize("tenant", ALARMS)
def test_whom_the_routes_name_is_told_in_their_language_and_nobody_else(tenant: str, seen: Seen) -> None:
    wanted = _expected(over=False) | _expected(over=True)
    assert _to({each[:3] for each in seen.taken}, tenant) == _to(wanted, tenant)


def test_the_platform_is_told_of_what_reaches_nobody_and_of_nothing_else(seen: Seen) -> None:
    wanted = _expected(over=False) | _expected(over=True)
    taken = {each[:3] for each in seen.taken}
    assert {each for each in taken if each[0] == "platform"} == {each for each in wanted if each[0] == "platform"}
    assert {each[0] for each in taken} == REACHED.keys()


def test_whoever_watches_hears_the_heartbeat_and_nothing_else(seen: Seen) -> None:
    assert {each[:3] for each in seen.taken if each.where.startswith("watcher")} == BEATS


def test_nothing_of_a_tenant_reaches_another(seen: Seen) -> None:
    named = {
        (each.where, tenant) for each in seen.taken for tenant in re.findall(r"tenant%3D%22([a-z]+)%22", each.text)
    }
    assert {(where, tenant) for where, tenant in named if where.partition("/")[0] != tenant} == set()
    assert {tenant for _, tenant in named} == ALARMS.keys()


def test_no_service_refuses_what_it_is_told(seen: Seen) -> None:
    assert seen.refused == []


def test_what_fires_is_what_is_broken(seen: Seen) -> None:
    early = {(tenant, each.alert, each.service) for tenant, alarms in ALARMS.items() for each in alarms}
    assert seen.fired == early - {("platform", "ConsumerGroupBehind", "kafka")} | {("", "Heartbeat", "")}


def test_a_warning_waits_until_its_service_has_no_critical_alert(seen: Seen) -> None:
    times, early = seen.inhibited
    assert times > 0
    assert early == set()
    assert _of("ConsumerGroupBehind") <= {each[:3] for each in seen.taken}


def test_nobody_is_told_outside_working_hours_or_in_quiet_ones(
    tmp_path: Path, prometheus_newest: Path, alertmanager_newest: Path
) -> None:
    """Warnings have hours, Camille has nights and weekends off, and critical alerts find somebody at any time."""
    of_payments = {"tenant": "payments", "service": "cards"}
    critical = {**of_payments, "alertname": "Loud", "severity": "critical", "escalate_to": "acquiring"}
    warning = {**of_payments, "alertname": "Quiet", "severity": "warning", "service": "ledger"}
    build, cast = stage.built(tmp_path, SECRETS), _cast()
    with stage.off_work(build, Tools(prometheus_newest, alertmanager_newest), cast, "payments") as alertmanager:
        stage.send(alertmanager, [critical, warning], timedelta(hours=1))
        for reason in ("active_time_interval", "mute_time_interval"):
            assert until(partial(stage.suppressed, alertmanager, reason), SECONDS), reason
        until(lambda: len(cast.world.taken) > 1, SECONDS)
    assert sorted((each.where, each.title.partition(",")[0]) for each in cast.world.taken) == [
        ("payments/oncall", "Loud"),
        ("payments/team", "🔴 Loud"),
    ]


JSON = {"content-type": "application/json"}
KEY = {**JSON, "authorization": REACHED["platform/oncall"]}
JIRA = {**JSON, "authorization": REACHED["insurance/desk"]}
EVENT = {"routing_key": REACHED["bank/bereitschaft"], "event_action": "trigger", "dedup_key": "1"}
REFUSED = {
    "another alert than the heartbeat": (
        "hc-ping.com",
        "/shared",
        JSON,
        {"status": "firing", "groupLabels": {"alertname": "Heartbeat", "tenant": "fleet"}},
    ),
    "a stranger": ("example.com", "/", JSON, {}),
    "a webhook that there is not": ("hooks.slack.com", "/services/T0/B0/other", JSON, {"text": "a"}),
    "a message of no JSON": ("hooks.slack.com", "/services/T0/B0/freight", {}, {"text": "a"}),
    "a message that says nothing": ("hooks.slack.com", "/services/T0/B0/freight", JSON, {"text": ""}),
    "no token": ("slack.com", "/api/chat.postMessage", JSON, {"text": "a"}),
    "an event of no severity": (
        "events.eu.pagerduty.com",
        "/v2/enqueue",
        JSON,
        {**EVENT, "payload": {"summary": "a", "source": "b", "severity": "grave"}},
    ),
    "an event of no source": ("events.eu.pagerduty.com", "/v2/enqueue", JSON, {**EVENT, "payload": {"summary": "a"}}),
    "a message that is too long": ("api.eu.opsgenie.com", "/v2/alerts", KEY, {"alias": "a", "message": "m" * 131}),
    "a priority that there is not": (
        "api.eu.opsgenie.com",
        "/v2/alerts",
        KEY,
        {"alias": "a", "message": "m", "priority": "P0"},
    ),
    "no card": ("freight.webhook.office.com", "/workflows/1", JSON, {"type": "message", "attachments": []}),
    "an embed that is too long": (
        "discord.com",
        "/api/webhooks/1/fleet",
        JSON,
        {"embeds": [{"title": "t" * 257, "description": "d"}]},
    ),
    "another chat": ("api.telegram.org", "/bot1:marketplace/sendMessage", JSON, {"chat_id": "1", "text": "a"}),
    "an empty text": ("api.telegram.org", "/bot1:marketplace/sendMessage", JSON, {"chat_id": "-1001234567890"}),
    "no path of the interface": ("jira.meridian.example", "/search", JIRA, {"jql": ""}),
    "an old webhook": ("siem.bank.meridian.example", "/alerts", JSON, {"version": "3"}),
}


@pytest.mark.parametrize(("host", "path", "headers", "body"), REFUSED.values(), ids=REFUSED)
def test_the_services_are_strict(host: str, path: str, headers: dict[str, str], body: dict[str, object]) -> None:
    world = _cast().world
    assert services.answer(world, Request("POST", host, path, headers, json.dumps(body).encode())).status == 400
    assert (world.taken, len(world.refused)) == ([], 1)


SHORT = {"fleet/crew", "marketplace/turno"}
"""Chats whose messages have no room for long links."""


@pytest.mark.parametrize("tenant", ALARMS)
def test_every_link_leads_to_what_there_is(tenant: str, seen: Seen) -> None:
    manager = stage.SYSTEMS.get(tenant, stage.SYSTEMS["shared"]).url
    for alarm in ALARMS[tenant]:
        title = {receiver: _title(alarm, receiver, over=False) for receiver in alarm.receivers}
        found = [each for each in seen.taken if title.get(each.where) == each.title]
        assert {each.where for each in found} == set(alarm.receivers)
        dashboard = json.loads((seen.build / f"tenants/{tenant}/dashboards/{alarm.service}.json").read_bytes())
        apart = f'escalation="{alarm.severity}-' if alarm.alert == "Escalated" else f'severity="{alarm.severity}"'
        labels = f'{{alertname="{alarm.alert}",tenant="{tenant}",service="{alarm.service}",{apart}'
        silence = f"{manager}/#/silences/new?filter={quote(labels, safe='')}"
        links = [alarm.runbook, f"{GRAFANA}/d/{dashboard['uid']}?orgId=", silence]
        for each in found:
            wanted = [alarm.summary, *([] if each.where in SHORT else links)]
            assert [text for text in wanted if text not in each.text] == [], each
