"""Routes and receivers are subjects, with matchers, receivers and channels."""

import pytest

from tests.policy.judging import OVERLAY, made
from tests.sealing import sealed
from varve.model.policy import Scope

pytestmark = pytest.mark.usefixtures("one_kit")

NOTIFY = """\
users:
  ada: {name: Ada, email: ada@acme.example}
  bob: {name: Bob, email: b@acme.example, receiver: {telegram: {bot_token: {secret: bot/token}, chat_id: 5}}}
notify:
  receivers:
    team: {email: {to: [a@acme.example]}}
    ada: {user: ada}
    bob: {user: bob}
  routes:
    critical: {receivers: [team]}
    other: {match: ['team=~"a|b"', "region!=eu"], receivers: [ada, bob]}
    rest: {match: [], receivers: [team], order: 1000}
"""


def files() -> dict[str, str]:
    return {OVERLAY: NOTIFY, "tenants/acme/secrets/bot.sops.yaml": sealed("bot", "token")}


def test_a_receiver_has_the_fields_of_its_channel() -> None:
    found = {each.data["id"]: (each.data, each.name) for each in made(Scope.RECEIVER, files())}
    assert found == {
        "team": ({"id": "team", "type": "email", "to": ["a@acme.example"]}, "notify.receivers.team.email"),
        "ada": ({"id": "ada", "type": "email", "to": ["ada@acme.example"]}, "users.ada"),
        "bob": (
            {"id": "bob", "type": "telegram", "bot_token": {"secret": "bot/token"}, "chat_id": 5},
            "users.bob.receiver.telegram",
        ),
    }


def test_a_route_has_its_matchers_one_by_one() -> None:
    found = {each.data["id"]: (each.data["match"], each.data["receivers"]) for each in made(Scope.ROUTE, files())}
    assert found == {
        "critical": (['severity="critical"'], ["team"]),
        "other": (['team=~"a|b"', 'region!="eu"'], ["ada", "bob"]),
        "rest": ([], ["team"]),
    }
