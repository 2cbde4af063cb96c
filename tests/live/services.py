"""The services that are notified of alerts: each accepts what the real one accepts, and refuses the rest."""

import json
import re
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias
from urllib.parse import parse_qs, urlsplit

from tests import slack_server
from tests.live.internet import Answer, Request
from tests.live.mail import Mail

Json: TypeAlias = Any

CALLS: Final = {"payments/team": "<!here>"}
"""Whom a receiver on Slack is granted to call, and calls while something critical fires."""


class Notification(NamedTuple):
    """A notification: where it arrived, its title, whether the alert is over, and all of its texts."""

    where: str
    title: str
    over: bool
    text: str


@dataclass(slots=True)
class World:
    """The services on the internet: what they took, what they refused, and what they remember.

    `logins` has the receiver by what a request must know to reach it: an address, a key, a token.
    """

    logins: Mapping[str, str]
    taken: list[Notification] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    messages: dict[str, Notification] = field(default_factory=dict)
    issues: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class _RefusedError(Exception):
    """The service says no: a status and its words."""


def answer(world: World, request: Request) -> Answer:
    """The response of a request's host."""
    service = _HOSTS.get(request.host, _unknown)
    with world.lock:
        try:
            return service(world, request)
        except _RefusedError as no:
            world.refused.append(f"{request.method} {request.host}{request.path}: {no} {request.body.decode()[:2000]}")
            return Answer(400, str(no).encode(), "text/plain")


def mailed(world: World, mail: Mail) -> None:
    """Takes a mail for its reader; the mail server knows no others."""
    parts = [part.get_content() for part in mail.message.walk() if not part.is_multipart()]
    where = world.logins.get(f"mailto:{','.join(mail.to)}", f"a stranger, {mail.to}")
    with world.lock:
        _take(world, where, str(mail.message["Subject"]), parts)


def _reply(status: int, body: Json) -> Answer:
    return Answer(status, json.dumps(body).encode())


def _unknown(_: World, request: Request) -> Answer:
    raise _RefusedError(f"nobody should ask {request.host}")


def _demand(what: object, words: str) -> None:
    if not what:
        raise _RefusedError(words)


def _known(world: World, credential: str) -> str:
    _demand(credential in world.logins, f"unknown credential {credential}")
    return world.logins[credential]


def _json(request: Request, *, method: str = "POST") -> Json:
    _demand(request.method == method, f"not {method}")
    _demand(request.headers.get("content-type", "").partition(";")[0] == "application/json", "not sent as JSON")
    try:
        return json.loads(request.body.decode())
    except ValueError:
        raise _RefusedError("no JSON") from None


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inside:
        yield from _texts(each)


def _take(world: World, where: str, title: str, message: Json) -> Notification:
    notification = Notification(where, title, title.startswith("✅"), "\n".join(_texts(message)))
    world.taken.append(notification)
    return notification


def _limited(fields: Json, limits: Mapping[str, int]) -> None:
    for name, limit in limits.items():
        text = fields.get(name, "")
        _demand(isinstance(text, str) and len(text) <= limit, f"{name} is no text or longer than {limit}")


def _slack_title(message: Json, where: str) -> str:
    """The title of a message that Slack takes, and that calls whom its receiver is granted, and nobody else."""
    wrong = slack_server.fault(message)
    _demand(not wrong, wrong)
    (attachment,) = message["attachments"]
    title, called = str(attachment["title"]), attachment.pop("pretext", "")
    _demand(called == (CALLS.get(where, "") if title.startswith("🔴") else ""), f"calls {called!r}")
    _demand(not slack_server.mentions(message), "mentions somebody")
    return title


def _slack_webhook(world: World, request: Request) -> Answer:
    where = _known(world, f"https://{request.host}{request.path}")
    message = _json(request)
    _take(world, where, _slack_title(message, where), message)
    return Answer(200, b"ok", "text/html")


def _slack_app(world: World, request: Request) -> Answer:
    """`chat.postMessage` makes a message, and `chat.update` changes one that there is."""
    where = _known(world, request.headers.get("authorization", ""))
    message = _json(request)
    new = request.path == "/api/chat.postMessage"
    _demand(new or request.path == "/api/chat.update", "unknown_method")
    _demand(new or message.get("ts") in world.messages, "message_not_found")
    _demand(message.get("channel") == ("#platform-alerts" if new else "C0PLATFORM"), "channel_not_found")
    stamp = f"1795237200.{len(world.messages):06}" if new else message["ts"]
    world.messages[stamp] = _take(world, where, _slack_title(message, where), message)
    return _reply(200, {"ok": True, "channel": "C0PLATFORM", "ts": stamp})


def _pagerduty(world: World, request: Request) -> Answer:
    _demand(request.path == "/v2/enqueue" and len(request.body) <= 512_000, "no such path, or too long")
    event = _json(request)
    where = _known(world, event.get("routing_key", ""))
    _demand(event.get("event_action") in {"trigger", "resolve"}, "event_action")
    _demand(0 < len(event.get("dedup_key", "")) <= 255, "dedup_key")
    payload = event.get("payload", {})
    _limited(payload, {"summary": 1024, "class": 1024, "component": 1024, "source": 1024})
    _demand(payload.get("summary") and payload.get("source"), "summary and source are required")
    _demand(payload.get("severity") in {"critical", "error", "warning", "info"}, "severity")
    _demand(all(re.match("https?://", link["href"]) for link in event.get("links", [])), "links")
    over = event["event_action"] == "resolve"
    _take(world, where, f"✅ {payload['summary']}" if over else payload["summary"], event)
    return _reply(202, {"status": "success", "message": "Event processed", "dedup_key": event["dedup_key"]})


def _opsgenie(world: World, request: Request) -> Answer:
    where = _known(world, request.headers.get("authorization", ""))
    alert = _json(request)
    closed = re.fullmatch(r"/v2/alerts/([^/]{1,512})/close", urlsplit(request.path).path)
    if closed:
        _demand(parse_qs(urlsplit(request.path).query) == {"identifierType": ["alias"]}, "identifierType")
        _take(world, where, f"✅ {world.messages[closed[1]].title}", alert)
    else:
        _demand(request.path == "/v2/alerts", "no such path")
        _limited(alert, {"message": 130, "alias": 512, "description": 15_000, "entity": 512, "source": 100})
        _demand(alert.get("message") and alert.get("alias"), "message and alias are required")
        _demand(alert.get("priority") in {"P1", "P2", "P3", "P4", "P5"}, "priority")
        _demand(len(json.dumps(alert["details"])) <= 8000, "details")
        _demand(all(each.get("type") and each.get("name") for each in alert["responders"]), "responders")
        world.messages[alert["alias"]] = _take(world, where, alert["message"], alert)
    return _reply(202, {"result": "Request will be processed", "took": 0.1, "requestId": "1"})


def _teams(world: World, request: Request) -> Answer:
    where = _known(world, f"https://{request.host}{request.path}")
    _demand(len(request.body) <= 28_000, "longer than a message of Teams")
    message = _json(request)
    _demand(message.get("type") == "message" and len(message.get("attachments", [])) == 1, "no message")
    attached = message["attachments"][0]
    _demand(attached["contentType"] == "application/vnd.microsoft.card.adaptive", "no card")
    card = attached["content"]
    _demand(card["type"] == "AdaptiveCard" and re.fullmatch(r"1\.[0-5]", card["version"]), "no adaptive card")
    _demand(all(each["type"] == "TextBlock" and each["text"].strip() for each in card["body"]), "an empty block")
    _take(world, where, card["body"][0]["text"], card["body"])
    return Answer(202)


def _discord(world: World, request: Request) -> Answer:
    where = _known(world, f"https://{request.host}{request.path}")
    message = _json(request)
    _limited(message, {"content": 2000, "username": 80})
    _demand(0 < len(message["embeds"]) <= 10, "embeds")
    for embed in message["embeds"]:
        _limited(embed, {"title": 256, "description": 4096})
        _demand(embed["title"].strip() and embed["description"].strip(), "an empty embed")
    _demand(sum(map(len, _texts(message["embeds"]))) <= 6000, "embeds")
    _take(world, where, message["embeds"][0]["title"], message)
    return Answer(204)


def _telegram(world: World, request: Request) -> Answer:
    token, _, method = request.path.removeprefix("/bot").partition("/")
    where = _known(world, token)
    message = _json(request)
    _demand(method == "sendMessage" and message.get("chat_id") == "-1001234567890", "chat not found")
    _demand(0 < len(message.get("text", "")) <= 4096, "message text is empty or too long")
    _demand(not message.get("parse_mode"), "a text that is not escaped for it")
    _take(world, where, message["text"].splitlines()[0], message)
    chat = {"id": int(message["chat_id"]), "type": "supergroup", "title": "Turno"}
    return _reply(200, {"ok": True, "result": {"message_id": 1, "date": 1, "chat": chat, "text": message["text"]}})


def _jira(world: World, request: Request) -> Answer:
    """Version 2 of the REST API: an issue is looked for by its label, then made, or changed, and ended in the end."""
    where = _known(world, request.headers.get("authorization", ""))
    moved = re.fullmatch("/rest/api/2/issue/(INS-[0-9]+)/transitions", request.path)
    if moved:
        return _jira_transitions(world, request, moved[1])
    call = re.fullmatch("/rest/api/2/(search|issue(?:/(INS-[0-9]+))?)", request.path)
    _demand(call, "Jira has no such path")
    assert call is not None
    body = _json(request, method="PUT" if call[2] else "POST")
    if call[1] == "search":
        label = re.findall(r'labels="([^"]+)"', body["jql"])
        _demand(label and 'project="INS"' in body["jql"], f"odd query {body}")
        found = [key for key, (_, labels) in world.issues.items() if label[0] in labels]
        status = {"status": {"name": "Open", "statusCategory": {"key": "new"}}}
        return _reply(200, {"issues": [{"key": key, "fields": status} for key in found]})
    fields = body["fields"]
    _demand(0 < len(fields["summary"]) <= 255 and "\n" not in fields["summary"], "summary")
    _demand(len(fields["description"]) <= 32_767, "description")
    _demand(all(each and not re.search(r"\s", each) and len(each) <= 255 for each in fields["labels"]), "labels")
    _demand((fields["project"], fields["issuetype"]) == ({"key": "INS"}, {"name": "Incident"}), "project")
    last = max((int(each.removeprefix("INS-")) for each in world.issues), default=0)
    key = call[2] or f"INS-{last + 1}"
    _demand(not call[2] or key in world.issues, "no such issue")
    world.issues[key] = (fields["summary"], fields["labels"])
    over = fields["description"].startswith("✅")
    _take(world, where, f"✅ {fields['summary']}" if over else fields["summary"], fields)
    return Answer(204) if call[2] else _reply(201, {"id": key, "key": key, "self": f"https://{request.host}"})


def _jira_transitions(world: World, request: Request, key: str) -> Answer:
    """What can become of an issue is asked for by its name, and done by its id; what is over is found no more."""
    _demand(key in world.issues, "no such issue")
    if request.method == "GET":
        return _reply(200, {"transitions": [{"id": "11", "name": "Start"}, {"id": "31", "name": "Resolve"}]})
    _demand(_json(request)["transition"]["id"] == "31", "no such transition")
    del world.issues[key]
    return Answer(204)


def _siem(world: World, request: Request) -> Answer:
    """Version 4 of Alertmanager's own webhook; its title is made of what a machine would read."""
    where = _known(world, f"https://{request.host}{request.path}")
    body = _json(request)
    _demand(body.get("version") == "4" and body["truncatedAlerts"] == 0 and body["alerts"], "not version 4")
    _demand(all({"labels", "annotations", "startsAt", "fingerprint"} <= set(each) for each in body["alerts"]), "alerts")
    labels = body["groupLabels"]
    names = ", ".join(labels[name] for name in ("alertname", "service") if name in labels)
    _take(world, where, f"{'✅' if body['status'] == 'resolved' else '🔔'} {names}", body)
    return Answer(200)


def _watcher(world: World, request: Request) -> Answer:
    """A dead man's switch: whatever is posted to an address says that something is alive, and what it is, the body."""
    where = _known(world, f"https://{request.host}{request.path}")
    body = _json(request)
    _demand((body["status"], body["groupLabels"]) == ("firing", {"alertname": "Heartbeat"}), "another alert")
    _take(world, where, "Heartbeat", body)
    return Answer(200, b"OK", "text/plain")


def basic(username: str, password: str) -> str:
    """What a client sends to say who it is."""
    return f"Basic {b64encode(f'{username}:{password}'.encode()).decode()}"


_HOSTS: Mapping[str, Callable[[World, Request], Answer]] = {
    "hooks.slack.com": _slack_webhook,
    "slack.com": _slack_app,
    "events.eu.pagerduty.com": _pagerduty,
    "api.eu.opsgenie.com": _opsgenie,
    "freight.webhook.office.com": _teams,
    "discord.com": _discord,
    "api.telegram.org": _telegram,
    "jira.meridian.example": _jira,
    "siem.bank.meridian.example": _siem,
    "hc-ping.com": _watcher,
}
HOSTS = tuple(_HOSTS)
