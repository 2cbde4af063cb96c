"""Only the platform grants whom a receiver may mention, and each other mention is reported at its place."""

import pytest

from tests.emit.alertmanager.notifying import notifying
from tests.emit.repository import Changed, build, findings

GRANTS = "environments/tenants/acme.yaml"
NOTIFY = """
notify:
  receivers: {team: {slack: {channel: "#a", url: {secret: slack/webhook}, mention: %s%s}}}
  routes: {critical: {receivers: [team]}, warning: {receivers: [team]}, info: {receivers: [team]}}
"""
FORBIDDEN = "check/forbidden-mention: this tenant may not mention `%s`"


def calls(mention: str, grants: str = "", more: str = "") -> list[str]:
    changed: Changed = notifying(NOTIFY % (mention, more))
    return findings(build({**changed, **({GRANTS: grants} if grants else {})}))


def test_granted_mentions_are_valid() -> None:
    assert calls("[here, S012AB3CD]", "mentions: [here, S012AB3CD, U012AB3CD]\n") == []


@pytest.mark.parametrize("whom", ["here", "channel", "everyone", "U012AB3CD", "S012AB3CD"])
def test_other_mentions_are_refused(whom: str) -> None:
    assert calls(f"[{whom}]") == [FORBIDDEN % whom]
    assert calls(f"[W99999999, {whom}]", "mentions: [W99999999]\n") == [FORBIDDEN % whom]


@pytest.mark.parametrize("whom", ["'<!here>'", "Here", "'@here'", "U1", "'here> <!channel'", "'{{ .Status }}'"])
def test_a_mention_has_a_certain_form(whom: str) -> None:
    (found,) = calls(f"[{whom}]", "mentions: [here]\n")
    assert found.startswith("check/bad-shape: ")


@pytest.mark.parametrize("path", ["tenants/acme/tenant.yaml", "tenants/acme/overlays/production.yaml"])
def test_a_tenant_cannot_grant_itself_mentions_even_without_locks(path: str) -> None:
    changed = notifying(NOTIFY % ("[here]", ""))
    text = changed.get(path) or (
        "tenant: {name: ACME, tier: gold, region: eu-west-1, isolation: logical, owners: [sre@acme.example]}\n"
    )
    found = findings(build({**changed, path: f"{text}\nmentions: [here]\n"}))
    assert [each.partition(":")[0] for each in found] == ["check/unknown-key"]


def test_the_channel_of_a_user_may_mention_only_those_granted() -> None:
    person = """
notify:
  receivers: {team: {user: alice}}
  routes: {critical: {receivers: [team]}, warning: {receivers: [team]}, info: {receivers: [team]}}
users:
  alice:
    name: Alice
    email: alice@acme.example
    receiver: {slack: {channel: "#a", url: {secret: slack/webhook}, mention: [channel]}}
"""
    assert findings(build(notifying(person))) == [FORBIDDEN % "channel"]


def test_a_block_kit_message_cannot_mention_anybody() -> None:
    assert calls("[here]", "mentions: [here]\n", ", blocks: true") == [
        "check/mention-in-blocks: a message with `blocks` cannot mention anybody"
    ]


def test_the_platform_may_mention_anybody() -> None:
    slack = '{slack: {channel: "#platform", url: {secret: slack/webhook}, mention: [channel]%s}}'
    changed = notifying(NOTIFY % ("[]", ""), more={"receiver": slack % ""})
    assert findings(build(changed)) == []
    changed = notifying(NOTIFY % ("[]", ""), more={"receiver": slack % ", blocks: true"})
    assert {each.partition(":")[0] for each in findings(build(changed))} == {"check/mention-in-blocks"}
