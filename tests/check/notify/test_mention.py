"""Whom a receiver calls is granted by the platform alone, and each mention that is not is shown where it stands."""

import pytest

from tests.emit.alertmanager.telling import telling
from tests.emit.repository import Changed, build, said

GRANTS = "environments/tenants/acme.yaml"
TOLD = """
notify:
  receivers: {team: {slack: {channel: "#a", url: {secret: slack/webhook}, mention: %s%s}}}
  routes: {critical: {receivers: [team]}, warning: {receivers: [team]}, info: {receivers: [team]}}
"""
NOBODY = "check/forbidden-mention: this tenant may not mention `%s`"


def calls(mention: str, grants: str = "", more: str = "") -> list[str]:
    changed: Changed = telling(TOLD % (mention, more))
    return said(build({**changed, **({GRANTS: grants} if grants else {})}))


def test_whom_the_platform_grants_is_called() -> None:
    assert calls("[here, S012AB3CD]", "mentions: [here, S012AB3CD, U012AB3CD]\n") == []


@pytest.mark.parametrize("whom", ["here", "channel", "everyone", "U012AB3CD", "S012AB3CD"])
def test_nobody_else_is(whom: str) -> None:
    assert calls(f"[{whom}]") == [NOBODY % whom]
    assert calls(f"[W99999999, {whom}]", "mentions: [W99999999]\n") == [NOBODY % whom]


@pytest.mark.parametrize("whom", ["'<!here>'", "Here", "'@here'", "U1", "'here> <!channel'", "'{{ .Status }}'"])
def test_what_is_no_mention_is_none(whom: str) -> None:
    (found,) = calls(f"[{whom}]", "mentions: [here]\n")
    assert found.startswith("check/bad-shape: ")


@pytest.mark.parametrize("path", ["tenants/acme/tenant.yaml", "tenants/acme/overlays/production.yaml"])
def test_a_tenant_grants_itself_nothing_though_nothing_is_locked(path: str) -> None:
    changed = telling(TOLD % ("[here]", ""))
    text = changed.get(path) or (
        "tenant: {name: ACME, tier: gold, region: eu-west-1, isolation: logical, owners: [sre@acme.example]}\n"
    )
    found = said(build({**changed, path: f"{text}\nmentions: [here]\n"}))
    assert [each.partition(":")[0] for each in found] == ["check/unknown-key"]


def test_a_user_is_held_to_it_as_a_receiver_is() -> None:
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
    assert said(build(telling(person))) == [NOBODY % "channel"]


def test_a_message_of_block_kit_calls_nobody() -> None:
    assert calls("[here]", "mentions: [here]\n", ", blocks: true") == [
        "check/mention-in-blocks: a message with `blocks` cannot mention anybody"
    ]


def test_the_platform_calls_whom_it_likes() -> None:
    slack = '{slack: {channel: "#platform", url: {secret: slack/webhook}, mention: [channel]%s}}'
    changed = telling(TOLD % ("[]", ""), more={"receiver": slack % ""})
    assert said(build(changed)) == []
    changed = telling(TOLD % ("[]", ""), more={"receiver": slack % ", blocks: true"})
    assert {each.partition(":")[0] for each in said(build(changed))} == {"check/mention-in-blocks"}
