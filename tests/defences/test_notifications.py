"""Notifications: whatever an alert contains is only text to its readers, as the real Alertmanager renders it.

Silences do not apply, because varve writes none; nor do templates of tenants, because they cannot have any.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests import slack_server
from tests.defences.attack import Files, instead, repository, switched_off
from tests.defences.test_routes import OVERLAY, TWO
from tests.defences.volley import unproven
from tests.notified import Alert, alert, group, render, written
from varve import pipeline
from varve.emit.alertmanager import receiver
from varve.language import gotemplate
from varve.language.notification import medium

LOCALE: Final = "en_GB"
SLACK: Final = ("text", "title", "fallback", "footer", "link", "owner.value", "service.value", "contact.value")
BLOCKS: Final = "slack.blocks"
SEPARATOR: Final = "\n\x1e\n"
LIVE: Final = re.compile(r"<(?!https?://alerts\.example|https?://grafana\.example|https?://runbooks\.example)[^>]")

MENTIONS: Final = {
    "everybody in the channel": "<!channel>",
    "everybody who is there": "<!here>",
    "everybody": "<!everyone>",
    "everybody, with words": "<!everyone|nobody>",
    "a group": "<!subteam^S0123456>",
    "a person": "<@U0123456>",
    "a person, with words": "<@U0123456|nobody>",
    "a channel": "<#C0123456>",
    "a date that leads elsewhere": "<!date^1^{date}^https://evil.example|now>",
    "a mention in capitals": "<!CHANNEL>",
    "a mention behind entities": "&lt;!channel&gt;",
    "a mention behind entities of entities": "&amp;lt;!channel&amp;gt;",
    "a mention by numbers": "&#60;!channel&#62;",
    "a mention around a blank of no width": "<\u200b!channel>",
    "a mention around a control character": "<\x00!channel>",
    "a mention around a turn of direction": "<\u202e!channel>",
    "a mention over two lines": "<!chan\nnel>",
    "a mention in bold": "*<!channel>*",
    "a mention as code": "`<!channel>`",
    "a mention as a quotation": "> <!channel>",
    "a mention that is never closed": "<!channel",
    "a mention in a mention": "<<!channel>!channel>",
    "a mention by an escape": "\\u003c!channel\\u003e",
    "a mention by an escape of a line": "\\n<!channel>",
}
DISGUISES: Final = {
    "a link that shows another": "<https://evil.example|https://acme.example>",
    "a link that shows a button": "<https://evil.example|Silence>",
    "a letter": "<mailto:a@evil.example|a@acme.example>",
    "a program": "<javascript:alert(1)|a>",
}
STRUCTURES: Final = {
    "the end of a string": '"}], "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "<!channel>"}}]}',
    "the end of a string, escaped": '\\"}]}',
    "a backslash at the end": "a\\",
    "the structure of YAML": "\n- x: [1]\n  y: &a *a",
    "a template": '{{ template "slack.default.text" . }}',
    "a template that reads": "{{ .CommonAnnotations }}{{ range .Alerts }}{{ .Annotations }}{{ end }}",
    "a template that defines": '{{ define "varve.en_GB.slack.text" }}<!channel>{{ end }}',
    "the end of a template": '" }}<!channel>{{ "',
    "the beginning of a comment": "{{/*",
    "a sequence for a terminal": "\x1b]8;;https://evil.example\x07a\x1b]8;;\x07",
}
GIANTS: Final = {
    "a giant text": "a" * 200_000,
    "a giant text of mentions": "<!channel>" * 9_000,
    "a giant text of signs": "&<>" * 30_000,
    "ten thousand lines": "a\n" * 10_000,
    "a giant text of quotes": '"\\' * 40_000,
    "a giant text of letters beyond the first plane": "😀" * 30_000,
}
PAYLOADS: Final = {**MENTIONS, **DISGUISES, **STRUCTURES, **GIANTS}
MOST: Final = 4_000
"""The number of characters of a message that Slack shows at once."""


def alert_with(text: str) -> Alert:
    """An alert with this text in every place that can have one."""
    labels = dict.fromkeys(("alertname", "service", "severity", "tenant"), text)
    return group(alert(labels=labels, annotations=dict.fromkeys(("summary", "description", "owner", "contact"), text)))


def laid(folder: Path, text: str) -> Path:
    (folder / f"{LOCALE}.tmpl").write_text(text, "utf-8")
    return folder


def rendered(amtool: Path, folder: Path, text: str) -> tuple[dict[str, str], str]:
    """What Slack receives: by attachments, by field, and as Block Kit."""
    names = [*(f"slack.{each}" for each in SLACK), BLOCKS]
    templates = SEPARATOR.join(f'{{{{ template "varve.{LOCALE}.{name}" . }}}}' for name in names)
    *texts, blocks = render(amtool, folder, templates, alert_with(text)).split(SEPARATOR)
    return dict(zip(SLACK, texts, strict=True)), blocks


def live(texts: dict[str, str]) -> list[str]:
    """The fields in which Slack would see more than text; dates are varve's own."""
    clean = {name: re.sub(r"<!date\^[0-9]+\^\{[^<>|]*\|[^<>]*>", "", text) for name, text in texts.items()}
    return [name for name, text in clean.items() if re.search(r"<[!@#]|<[a-z]+:[^>]*\|", text) or LIVE.search(text)]


def wrong(blocks: str) -> list[str]:
    """Why Slack would refuse a Block Kit message, or whom it would mention."""
    try:
        message: dict[str, Any] = json.loads(blocks)
    except ValueError as error:
        return [str(error)]
    return [*filter(None, [slack_server.fault(message)]), *slack_server.mentions(message)]


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the texts of a locale."""
    return laid(tmp_path_factory.mktemp("texts"), written(LOCALE))


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The same, with values that are not escaped."""
    with switched_off(instead(medium, "text", unescaped)):
        yield laid(tmp_path_factory.mktemp("bare"), written.__wrapped__(LOCALE))


def unescaped(text: str, most: int, place: medium.Medium, *, lines: bool = False) -> str:  # noqa: ARG001 - in its place
    return text


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_a_payload_is_only_text_and_not_too_long(payload: str, texts: Path, amtool_newest: Path) -> None:
    by_field, blocks = rendered(amtool_newest, texts, payload)
    assert live(by_field) == []
    assert wrong(blocks) == []
    assert yaml.safe_load(blocks) == json.loads(blocks)
    assert max(map(len, by_field.values())) < MOST


@pytest.mark.parametrize("payload", ["a < b & c > d", "#payments", "@alice", "2 * 3", "https://acme.example/a|b"])
def test_a_payload_is_still_readable(payload: str, texts: Path, amtool_newest: Path) -> None:
    by_field, blocks = rendered(amtool_newest, texts, payload)
    shown = payload.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert shown in by_field["text"]
    assert shown in json.dumps(json.loads(blocks), ensure_ascii=False)


HARMS: Final = (
    "everybody in the channel",
    "a person",
    "a link that shows another",
    "the end of a string",
    "a giant text",
)


@pytest.mark.parametrize("sentence", HARMS)
def test_without_escaping_a_payload_would_be_more_than_text(sentence: str, bare: Path, amtool_newest: Path) -> None:
    by_field, blocks = rendered(amtool_newest, bare, PAYLOADS[sentence])
    assert live(by_field) or wrong(blocks) or max(map(len, by_field.values())) > MOST


# Texts of sources that Alertmanager would read as templates

TEMPLATES: Final = (
    "{{ .CommonLabels }}",
    '{{ template "slack.default.text" . }}',
    "{{ range .Alerts }}{{ .Annotations }}{{ end }}",
    '{{ "}}" }}',
    "{{/* a */}}",
    "{{ {{",
)
FIELD: Final = """
notify:
  receivers:
    jira: {jira: {api_url: "https://jira.acme.example/rest/api/2", project: OPS, issue_type: %s}}
    mail: {email: {to: ["{{.a}}@acme.example"]}}
  routes: {all: {match: [], receivers: [jira, mail]}}
"""


def fields(template: str) -> tuple[str, str]:
    """Two texts of a source, as the artifact passes them to Alertmanager."""
    files: Files = {**TWO, OVERLAY: FIELD % json.dumps(template)}
    build = pipeline.compile(repository(files))
    assert build.diagnostics == ()
    made = yaml.safe_load(build.artifacts["build/production/tenants/acme/alertmanager.yaml"].data)
    receivers = {each["name"]: each for each in made["receivers"]}
    return receivers["acme/jira"]["jira_configs"][0]["issue_type"], receivers["acme/mail"]["email_configs"][0]["to"]


@pytest.mark.parametrize("template", TEMPLATES)
def test_alertmanager_does_not_run_a_text_as_a_template(template: str, tmp_path: Path, amtool_newest: Path) -> None:
    laid(tmp_path, written(LOCALE))
    kind, to = fields(template)
    assert render(amtool_newest, tmp_path, kind, group(alert())) == template
    assert render(amtool_newest, tmp_path, to, group(alert())) == "{{.a}}@acme.example"


def test_without_escaping_alertmanager_would_run_the_text(tmp_path: Path, amtool_newest: Path) -> None:
    laid(tmp_path, written(LOCALE))
    with switched_off(instead(receiver, "literal", lambda text: text)), switched_off(unproven):
        kind, _ = fields(TEMPLATES[0])
    assert "acme" in render(amtool_newest, tmp_path, kind, group(alert()))


# Texts of sources that Prometheus would read as templates

LABELLED: Final[dict[str, Callable[[str], Files]]] = {
    "a label of a tenant": lambda text: {"tenants/acme/overlays/production.yaml": f"labels: {{note: {text}}}\n"},
    "a label of a service": lambda text: {
        "tenants/acme/services/checkout.yaml": f"labels: {{note: {text}}}\n{ALERT % ''}"
    },
    "a label of an alert": lambda text: {"tenants/acme/services/checkout.yaml": ALERT % f", labels: {{note: {text}}}"},
}
ALERT: Final = "alerts: {A: {expr: up, severity: info, summary: a%s}}\n"
QUERY: Final = '{{ query "up" }}'


def label(files: Files) -> str:
    build = pipeline.compile(repository(files))
    assert build.diagnostics == ()
    made = yaml.safe_load(build.artifacts["build/production/tenants/acme/rules/checkout.yaml"].data)
    note: str = made["groups"][0]["rules"][0]["labels"]["note"]
    return note


@pytest.mark.parametrize("place", LABELLED)
def test_a_label_that_looks_like_a_template_is_only_text(place: str) -> None:
    assert label(LABELLED[place](json.dumps(QUERY))) == '{{ "{{" }} query "up" }}'


@pytest.mark.parametrize("place", LABELLED)
def test_without_escaping_the_label_would_query(place: str) -> None:
    off = instead(gotemplate, "escape", lambda text: text)
    with switched_off(off), switched_off(instead(gotemplate, "fault", lambda _: None)), switched_off(unproven):
        assert label(LABELLED[place](json.dumps(QUERY))) == QUERY
