"""The real amtool writes every text in every language, for alerts as they come and for alerts that mean harm."""

import json
import re
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import slack_server
from tests.notified import GROUPS, LOCALES, Alert, alert, environment, group, messages, render, written
from varve.emit.alertmanager.mention import mentions
from varve.emit.alertmanager.message import message
from varve.emit.kit import Kit, Task
from varve.emit.once import Once
from varve.emit.template.engine import Engine
from varve.language.fault import Fault
from varve.language.notification import (
    HTML,
    JIRA,
    JSON_MRKDWN,
    JSON_PLAIN,
    LEAD,
    MRKDWN,
    PLAIN,
    TEAMS,
    Medium,
    laid,
    read,
    write,
)
from varve.language.notification import medium as media
from varve.language.notification.name import WORDS as NOTIFICATION_WORDS
from varve.link.notification import DEFINED
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.unit import Resolved, Unit

AGES = {"newest": "0.34", "oldest": "0.25"}
CALL = re.compile(r'\{\{ template "([^"]+)" \. \}\}')
DEFINE = re.compile(r'^\{\{ define "(varve\.\w+\.(?!value\.)[^"]+)" \}\}', re.MULTILINE)
VALUE = re.compile(r'^\{\{ define "(varve\.\w+\.value\.(\w+)\.(line|lines|url)\.?(\d*))" \}\}', re.MULTILINE)
KINDS = ("slack", "blocks", "pagerduty", "email", "webhook", "opsgenie", "msteams", "discord", "telegram", "jira")
SEPARATOR = "\n\x1e\n"


def _file(folder: Path, locale: str, alertmanager: str) -> list[str]:
    """Writes the file of a locale, and names the texts that it defines."""
    text = written(locale, alertmanager)
    (folder / f"{locale}.tmpl").write_text(text, "utf-8")
    return DEFINE.findall(text)


def _all(amtool: Path, folder: Path, names: list[str], data: Alert) -> dict[str, str]:
    """Every text of a group of alerts, by its name."""
    kinds = {
        "text": [each for each in names if ".email.html" not in each],
        "html": [each for each in names if ".email.html" in each],
    }
    rendered: dict[str, str] = {}
    for kind, those in kinds.items():
        template = SEPARATOR.join(f'{{{{ template "{name}" . }}}}' for name in those)
        texts = render(amtool, folder, template, data, kind).split(SEPARATOR)
        rendered |= dict(zip(those, texts, strict=True)) if those else {}
    return rendered


CASES = [
    *((age, "fr_FR", group) for age in AGES for group in GROUPS),
    *(("newest", locale, "forty hostile alerts") for locale in LOCALES.values() if locale != "fr_FR"),
]


@pytest.mark.parametrize(("age", "locale", "case"), CASES, ids=map(" ".join, CASES))
def test_every_text_is_written_and_within_its_limit(
    age: str, locale: str, case: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    names = _file(tmp_path, locale, AGES[age])
    rendered = _all(request.getfixturevalue(f"amtool_{age}"), tmp_path, names, GROUPS[case])
    for name, text in rendered.items():
        short = name.removeprefix(f"varve.{locale}.")
        assert text.strip() or re.fullmatch("pagerduty.*url", short), name
        assert short not in DEFINED or short == "email.html" or len(text) <= DEFINED[short].most, name
        assert "<no value>" not in text
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u202e\ufeff]", text), name
        if short.startswith("slack.") and short != "slack.blocks":
            assert not re.search("<[!@#](?!date\\^)", text), name
        if short.endswith((".url", ".link")):
            assert re.fullmatch(r"|https?://[^\s<>|\"`]+", text), text


@pytest.mark.parametrize("case", CASES[len(GROUPS) :], ids=map(" ".join, CASES[len(GROUPS) :]))
def test_a_message_of_block_kit_is_json_that_slack_takes(
    case: tuple[str, str, str], tmp_path: Path, amtool_newest: Path
) -> None:
    _, locale, name = case
    _file(tmp_path, locale, "0.34")
    text = render(amtool_newest, tmp_path, f'{{{{ template "varve.{locale}.slack.blocks" . }}}}', GROUPS[name])
    message = json.loads(text)
    assert slack_server.fault(message) == ""
    assert slack_server.mentions(message) == []
    # Alertmanager reads what was written once more, as YAML.
    assert yaml.safe_load(text) == message


@pytest.mark.parametrize("age", AGES)
@pytest.mark.parametrize("data", GROUPS.values(), ids=GROUPS)
def test_who_is_granted_is_called_while_something_critical_fires(
    age: str, data: Alert, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    text = render(request.getfixturevalue(f"amtool_{age}"), tmp_path, mentions(["here", "S012AB3CD"]), data)
    firing = [each["labels"].get("severity") for each in data["alerts"] if each["status"] == "firing"]
    wanted = "<!here> <!subteam^S012AB3CD>" if "critical" in firing else ""
    assert text.strip() == wanted
    message = {"attachments": [{"pretext": text, "text": "a"}]}
    assert slack_server.fault(message) == ""
    assert [each for each in slack_server.mentions(message) if each] == [wanted] * bool(wanted)


URGENCY: dict[str, tuple[list[tuple[str, str]], str, str]] = {
    "a warning before what is critical": ([("firing", "warning"), ("firing", "critical")], "critical", "P1"),
    "what is critical before a warning": ([("firing", "critical"), ("firing", "warning")], "critical", "P1"),
    "what merely informs before a warning": ([("firing", "info"), ("firing", "warning")], "warning", "P3"),
    "what is critical and over": ([("firing", "info"), ("resolved", "critical")], "info", "P5"),
    "all is over": ([("resolved", "warning"), ("resolved", "critical")], "critical", "P1"),
    "an alert that says nothing of it": ([("firing", "")], "info", "P5"),
}


@pytest.mark.parametrize("age", AGES)
@pytest.mark.parametrize("case", URGENCY)
def test_people_are_called_as_loudly_as_the_severest_alert_of_a_group_asks(
    age: str, case: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    states, severity, priority = URGENCY[case]
    _file(tmp_path, "fr_FR", AGES[age])
    alerts = [alert(at, state, labels={"severity": label}) for at, (state, label) in enumerate(states)]
    status = "firing" if any(state == "firing" for state, _ in states) else "resolved"
    names = ["varve.fr_FR.pagerduty.severity", "varve.fr_FR.opsgenie.priority"]
    amtool = request.getfixturevalue(f"amtool_{age}")
    rendered = _all(amtool, tmp_path, names, group(*alerts, status=status))
    assert list(rendered.values()) == [severity, priority]


@pytest.mark.parametrize("data", GROUPS.values(), ids=GROUPS)
def test_what_pagerduty_is_told_in_detail_is_one_text_to_yaml(data: Alert, tmp_path: Path, amtool_newest: Path) -> None:
    names = [name for name in _file(tmp_path, "fr_FR", "0.34") if ".quoted." in name]
    assert len(names) == 6
    for text in _all(amtool_newest, tmp_path, names, data).values():
        assert yaml.safe_load(text) == json.loads(text)
        assert isinstance(json.loads(text), str)


FIELD = "(index .Alerts 0).Annotations.description"
OLD = {"plain": PLAIN, "mrkdwn": MRKDWN, "teams": TEAMS, "jira": JIRA}
WAYS = {**OLD, "json_plain": JSON_PLAIN, "json_mrkdwn": JSON_MRKDWN}


def _inline(kind: str, medium: Medium, most: str) -> str:
    """A pipeline that a definition of the file stands for, with a value in it."""
    return media.url(FIELD, medium) if kind == "url" else media.text(FIELD, int(most), medium, lines=kind == "lines")


@pytest.mark.parametrize("age", AGES)
@pytest.mark.parametrize("case", ["one alert", "an alert with nothing but its name", "a hostile alert"])
def test_what_prints_a_value_prints_it_as_its_pipeline_does(
    age: str, case: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    _file(tmp_path, "es_ES", AGES[age])
    found = VALUE.findall(written("es_ES", AGES[age]))
    assert {way for _, way, _, _ in found} == (WAYS if age == "newest" else OLD).keys()
    amtool = request.getfixturevalue(f"amtool_{age}")
    defined = SEPARATOR.join(f'{{{{ template "{name}" {FIELD} }}}}' for name, _, _, _ in found)
    inline = SEPARATOR.join(f"{{{{ {_inline(kind, WAYS[way], most)} }}}}" for _, way, kind, most in found)
    assert render(amtool, tmp_path, defined, GROUPS[case]) == render(amtool, tmp_path, inline, GROUPS[case])


@pytest.mark.parametrize("age", AGES)
@pytest.mark.parametrize("kind", ["text", "html"])
@pytest.mark.parametrize("case", ["forty alerts", "some that fire and some that are over", "forty that are over"])
def test_a_template_on_many_lines_says_what_it_says_on_one(
    age: str, kind: str, case: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    line = '%(icon)s %(alert)s ("%(service)s"): {{ %(status)s'
    pieces = read(
        [
            line,
            {"link": "runbook", "text": " a "},
            {"each": "warning", "most": 3, "line": line, "rest": "+ %(more)s ", "heading": " %(warning)s, %(firing)s"},
            {"text": " %(severity)s\n", "when": "several"},
        ]
    )
    assert not isinstance(pieces, Fault)
    template = LEAD + write(pieces, HTML if kind == "html" else MRKDWN, dict.fromkeys(NOTIFICATION_WORDS, "w"))
    assert laid(template).count("\n") > template.count("\n") + 20
    amtool = request.getfixturevalue(f"amtool_{age}")
    rendered = [render(amtool, tmp_path, each, GROUPS[case], kind) for each in (template, laid(template))]
    assert rendered[0] == rendered[1]


def _task(alertmanager: str) -> Task:
    unit = Resolved(Unit("acme", "production"), {"tenant": {"id": "acme"}}, Stack(()), {}, {})
    return Task(unit, environment(alertmanager), Kit(Engine({}), {}, messages(), Once()), Report())


@pytest.mark.parametrize("alertmanager", ["0.25", "0.29", "0.30", "0.33", "0.34"])
def test_every_text_that_a_receiver_names_is_defined(alertmanager: str) -> None:
    defined = set(DEFINE.findall(written("de_DE", alertmanager)))
    kinds = [kind for kind in KINDS if kind != "blocks" or alertmanager == "0.34"]
    named = {
        name
        for kind in kinds
        for name in CALL.findall(
            json.dumps(message(_task(alertmanager).environment, kind, "de_DE")).replace('\\"', '"')
        )
    }
    assert named <= defined
    assert "toJson" not in written("de_DE", alertmanager) or alertmanager >= "0.30"


EXPECTED = {
    "fr_FR": ("🔴 HttpErrorsHigh, checkout-0\u00a0: en cours", "et 34 de plus", "critique", "Procédure"),
    "en_GB": ("🔴 HttpErrorsHigh of checkout-0: firing", "and 34 more", "critical", "Runbook"),
    "de_DE": ("🔴 HttpErrorsHigh, checkout-0: aktiv", "und 34 weitere", "kritisch", "Anleitung"),
    "es_ES": ("🔴 HttpErrorsHigh, checkout-0: activa", "y 34 más", "crítica", "Procedimiento"),
    "it_IT": ("🔴 HttpErrorsHigh, checkout-0: attivo", "e altri 34", "critico", "Procedura"),
}


@pytest.mark.parametrize(("locale", "expected"), EXPECTED.items(), ids=EXPECTED)
def test_it_is_said_in_the_language_of_the_locale(
    locale: str, expected: tuple[str, str, str, str], tmp_path: Path, amtool_newest: Path
) -> None:
    rendered = _all(amtool_newest, tmp_path, _file(tmp_path, locale, "0.34"), GROUPS["forty alerts"])
    title, rest, severity, runbook = expected
    assert rendered[f"varve.{locale}.slack.title"] == title
    assert rendered[f"varve.{locale}.slack.text"].splitlines()[-1] == rest.replace("34", "35")
    assert rendered[f"varve.{locale}.slack.severity.value"] == severity
    assert rendered[f"varve.{locale}.slack.runbook.text"] == runbook


def test_an_email_is_html_whose_values_are_text(tmp_path: Path, amtool_newest: Path) -> None:
    _file(tmp_path, "en_GB", "0.34")
    annotations = {"summary": "<script>alert(1)</script> & 'x'", "runbook_url": 'https://x.example/?a=1&b="><i>'}
    data = group(alert(annotations=annotations))
    text = render(amtool_newest, tmp_path, '{{ template "varve.en_GB.email.html" . }}', data, "html")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#39;x&#39;" in text
    assert '<a href="https://x.example/?a=1&amp;b=%22%3E%3Ci%3E">Runbook</a>' in text
    assert "<script" not in text


def test_a_time_is_written_by_the_readers_own_clock_on_slack_and_in_utc_elsewhere(
    tmp_path: Path, amtool_newest: Path
) -> None:
    rendered = _all(amtool_newest, tmp_path, _file(tmp_path, "en_GB", "0.34"), GROUPS["one that is over"])
    first = "<!date^1795237200^{date_short_pretty} {time}|2026-11-21 05:00 UTC>"
    last = "<!date^1795242600^{date_short_pretty} {time}|2026-11-21 06:30 UTC>"
    assert f"From {first} to {last}" in rendered["varve.en_GB.slack.text"]
    assert "From 2026-11-21 05:00 UTC to 2026-11-21 06:30 UTC" in rendered["varve.en_GB.email.text"]


def test_an_entity_is_never_cut_in_two(tmp_path: Path, amtool_newest: Path) -> None:
    _file(tmp_path, "en_GB", "0.34")
    for blanks in range(8):
        data = group(alert(annotations={"owner": "x" * blanks + "&" * 200}))
        text = render(amtool_newest, tmp_path, '{{ template "varve.en_GB.slack.owner.value" . }}', data)
        assert re.fullmatch("x*(&amp;)+…", text), text
        assert len(text) <= 101


def test_a_button_without_a_link_leads_to_the_alertmanager_and_says_so(tmp_path: Path, amtool_newest: Path) -> None:
    rendered = _all(
        amtool_newest, tmp_path, _file(tmp_path, "en_GB", "0.34"), GROUPS["an alert with nothing but its name"]
    )
    assert rendered["varve.en_GB.slack.runbook.text"] == "Alertmanager"
    assert rendered["varve.en_GB.slack.runbook.url"] == "https://alerts.example"
    assert rendered["varve.en_GB.pagerduty.runbook.url"] == ""


def _post(url: str, body: bytes, kind: str = "application/json") -> str:
    from urllib.error import HTTPError

    try:
        with urlopen(Request(url, body, {"Content-Type": kind}), timeout=10) as answer:  # noqa: S310 - of this machine
            return f"{answer.status} {answer.read().decode()}"
    except HTTPError as refused:
        with refused:
            return f"{refused.code} {refused.read().decode()} {refused.headers.get('Retry-After', '')}".strip()


SENT: dict[str, tuple[bytes, str]] = {
    "a text": (b'{"text": "a"}', "200 ok"),
    "no JSON": (b"{", "400 invalid_payload"),
    "nothing": (b"{}", "400 invalid_payload"),
    "no text": (b'{"text": ""}', "400 no_text"),
    "a block that there is not": (b'{"text": "a", "blocks": [{"type": "heading"}]}', "400 invalid_blocks"),
    "a header that is too long": (
        json.dumps({"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]}).encode(),
        "400 invalid_blocks",
    ),
    "a field that there is not": (
        b'{"blocks": [{"type": "divider", "colour": "red"}]}',
        "400 invalid_blocks",
    ),
    "an empty text": (
        b'{"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": " "}}]}',
        "400 invalid_blocks",
    ),
    "a button that leads nowhere": (
        b'{"attachments": [{"text": "a", "actions": [{"type": "button", "text": "a", "url": ""}]}]}',
        "400 invalid_attachments",
    ),
    "an attachment": (
        b'{"attachments": [{"text": "a", "color": "#d0021b", "fields": [{"title": "a", "value": "b"}]}]}',
        "200 ok",
    ),
}


@pytest.mark.parametrize(("body", "expected"), SENT.values(), ids=SENT)
def test_the_server_that_stands_for_slack_is_strict(body: bytes, expected: str) -> None:
    with slack_server.serving() as slack:
        assert _post(slack.url, body) == expected
        assert _post(slack.url, body, "text/plain") == "400 invalid_payload"
        assert len(slack.taken) + len(slack.refused) == 2


def test_the_server_that_stands_for_slack_takes_one_message_a_second() -> None:
    with slack_server.serving(limited=True) as slack:
        assert _post(slack.url, b'{"text": "a"}') == "200 ok"
        assert _post(slack.url, b'{"text": "a"}') == "429 rate_limited 1"


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXT, min_size=4, max_size=4), st.integers(1, 3))
def test_whatever_an_alert_says_slack_takes_the_message(
    tmp_path: Path, amtool_newest: Path, texts: list[str], count: int
) -> None:
    _file(tmp_path, "fr_FR", "0.34")
    service, summary, description, owner = texts
    annotations = {
        "summary": summary,
        "description": description,
        "owner": owner,
        "runbook_url": f"https://x.example/{owner}",
    }
    data = group(*(alert(each, labels={"service": service}, annotations=annotations) for each in range(count)))
    text = render(amtool_newest, tmp_path, '{{ template "varve.fr_FR.slack.blocks" . }}', data)
    message = json.loads(text)
    assert slack_server.fault(message) == ""
    assert slack_server.mentions(message) == []
    assert yaml.safe_load(text) == message


MARKUP = "[click](http://evil.example) ![i](http://evil.example/i) [~admin] {html} [a|http://evil.example] !i.png!"


def test_no_value_makes_a_link_in_teams_or_mentions_anybody_in_jira(amtool_newest: Path, tmp_path: Path) -> None:
    _file(tmp_path, "en_GB", "0.34")
    data = group(alert(annotations={"summary": MARKUP, "description": MARKUP}))
    teams = render(amtool_newest, tmp_path, '{{ template "varve.en_GB.msteams.text" . }}', data)
    assert "[click] (http://evil.example)" in teams
    assert "](" not in teams.replace("](https://", "")
    jira = render(amtool_newest, tmp_path, '{{ template "varve.en_GB.jira.description" . }}', data)
    assert r"\[~admin\] \{html\} \[a\|http://evil.example\] \!i.png\!" in jira
    assert not re.search(r"(?<!\\)[\[{]", jira)
