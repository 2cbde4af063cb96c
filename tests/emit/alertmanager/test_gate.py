"""What an older Alertmanager does not have is refused in the source, with the version that has it."""

from typing import TYPE_CHECKING

import pytest

from tests.emit.alertmanager.notifying import DEFAULTS, OVERLAY, findings, task
from varve.emit.alertmanager import emit, gate
from varve.emit.alertmanager.field import TABLE, Row
from varve.language.version import Version

if TYPE_CHECKING:
    from varve.model.source import Map

RECEIVERS: dict[tuple[str, str], str] = {
    ("slack", "url"): '{channel: "#acme", url: {secret: s/s}}',
    ("slack", "token"): '{channel: "#acme", token: {secret: s/s}}',
    ("slack", "update"): '{channel: "#acme", token: {secret: s/s}, update: true}',
    ("slack", "blocks"): '{channel: "#acme", url: {secret: s/s}, blocks: true}',
    ("pagerduty", "routing_key"): "{routing_key: {secret: s/s}}",
    ("webhook", "url"): "{url: {secret: s/s}}",
    ("opsgenie", "api_key"): "{api_key: {secret: s/s}}",
    ("msteams", "url"): "{url: {secret: s/s}}",
    ("discord", "url"): "{url: {secret: s/s}}",
    ("telegram", "bot_token"): "{bot_token: {secret: s/s}, chat_id: 1}",
    ("telegram", "message_thread_id"): "{bot_token: {secret: s/s}, chat_id: 1, message_thread_id: 2}",
    ("jira", ""): "{api_url: https://jira.example, project: OPS, issue_type: Bug}",
}
OLDEST = Version(0, 25)


def before(version: Version) -> Version:
    return Version(0, version.minor - 1)


def one(kind: str, text: str) -> str:
    return f"notify:\n  receivers:\n    them:\n      {kind}: {text.replace('s/s', 'ss/ss')}\n"


@pytest.mark.parametrize("row", TABLE, ids=[f"{row.kind} {row.field}" for row in TABLE])
def test_the_first_version_with_a_field_passes_and_the_one_before_does_not(row: Row) -> None:
    text = one(row.kind, RECEIVERS[row.kind, row.field])
    first = task(text, max(row.since, OLDEST))
    gate.check(first)
    assert findings(first) == []
    if row.since > OLDEST:
        older = task(text, before(row.since))
        gate.check(older)
        codes = [each.rule.code for each in older.report]
        assert ("emit/secret-without-file" if row.secret else "emit/receiver-needs-newer") in codes


def test_a_secret_is_refused_at_its_line_with_another_way_and_the_version_that_has_one() -> None:
    made = task("notify: {receivers: {hook: {webhook: {url: {secret: hook/url}}}}}", OLDEST)
    assert list(emit(made)) == []
    (found,) = made.report
    assert found.message == "Alertmanager 0.25, which `production` runs, cannot read `url` of `webhook` from a file"
    assert found.place is not None
    assert (found.place.file, found.place.keys) == (OVERLAY, ("notify", "receivers", "hook", "webhook", "url"))
    assert found.hint.endswith("or raise `platform.targets.alertmanager.version` to 0.26")


def test_the_channel_of_a_user_is_looked_at_too() -> None:
    person = "name: A\nemail: a@acme.example\nreceiver: {telegram: {bot_token: {secret: bot/token}, chat_id: 1}}\n"
    made = task("users:\n  alice: {" + ", ".join(person.splitlines()) + "}\n", OLDEST)
    gate.check(made)
    assert [each.rule.code for each in made.report] == ["emit/secret-without-file"]


CLOUD: dict[str, Version | None] = {
    "https://jira.example/rest/api/2": None,
    "https://atlassian.net.example/rest/api/2": None,
    "https://acme.atlassian.net/rest/api/2": Version(0, 29),
    "https://2nd.atlassian.net/rest/api/2": Version(0, 31),
    "https://api.atlassian.com/ex/jira/1f-2e/rest/api/2": Version(0, 29),
    "https://api.atlassian.com/ex/jira/2f-1e/rest/api/2": Version(0, 31),
}


@pytest.mark.parametrize(("url", "first"), CLOUD.items(), ids=CLOUD)
def test_jira_cloud_needs_an_alertmanager_that_can_search_it(url: str, first: Version | None) -> None:
    text = one("jira", f"{{api_url: '{url}', project: OPS, issue_type: Bug}}")
    for version in (Version(0, 28), Version(0, 29), Version(0, 30), Version(0, 31)):
        made = task(text, version)
        gate.check(made)
        needed = f"emit/receiver-needs-newer: Jira Cloud needs Alertmanager {first} but `production` runs {version}"
        assert findings(made) == ([needed] if first and version < first else [])


def test_a_field_that_is_false_needs_no_version() -> None:
    slack = '{channel: "#acme", url: {secret: ss/ss}, blocks: false, update: false}'
    made = task(one("slack", slack), OLDEST)
    gate.check(made)
    assert findings(made) == []


def test_the_platforms_own_receiver_is_refused_in_the_platforms_file() -> None:
    made = task("labels: {a: b}", OLDEST)
    receiver: Map = {"jira": {"api_url": "https://jira.example", "project": "OPS", "issue_type": "Bug"}}
    environment = made.environment._replace(platform={**made.environment.platform, "receiver": receiver})
    gate.check_platform(environment, made.report)
    (found,) = made.report
    assert found.message == "`jira` needs Alertmanager 0.28 but `production` runs 0.25"
    assert found.place is not None
    assert found.place.file == DEFAULTS


@pytest.mark.parametrize(("version", "refused"), [(Version(0, 25), True), (Version(0, 26), False)], ids=str)
def test_a_heartbeat_needs_an_alertmanager_that_reads_its_address_from_a_file(
    version: Version, *, refused: bool
) -> None:
    made = task("labels: {a: b}", version)
    heartbeat: Map = {"url": {"secret": "beat/address"}, "interval": "1m"}
    environment = made.environment._replace(platform={**made.environment.platform, "heartbeat": heartbeat})
    gate.check_platform(environment, made.report)
    message = "Alertmanager 0.25, which `production` runs, cannot read the address of a heartbeat from a file"
    assert [each.message for each in made.report] == ([message] if refused else [])
    hints = ["remove `heartbeat`, or raise `platform.targets.alertmanager.version` to 0.26"]
    assert [each.hint for each in made.report] == (hints if refused else [])


def test_a_platform_without_a_receiver_has_nothing_to_refuse() -> None:
    made = task("labels: {a: b}", OLDEST)
    platform = {key: value for key, value in made.environment.platform.items() if key != "receiver"}
    gate.check_platform(made.environment._replace(platform=platform), made.report)
    assert findings(made) == []
