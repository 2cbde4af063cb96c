"""Groups of alerts as Alertmanager hands them to a template, and the template files that are linked for them."""

import json
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from tests.workbench import ROOT
from varve.emit.function import functions_with_texts
from varve.emit.shape import ANY_MAP, checked
from varve.emit.template.engine import Engine
from varve.language.message import LANGUAGES, Catalogue, catalogue
from varve.link import notification
from varve.link.linking import Linking
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.source import Map, Value
from varve.model.unit import Environment

LOCALES = {"fr": "fr_FR", "en": "en_GB", "de": "de_DE", "es": "es_ES", "it": "it_IT"}
WORDS = "templates/alertmanager/words.yaml.j2"

Alert: TypeAlias = dict[str, Any]

HOSTILE = '<!channel> <@U123> & "q" `b` {{ .Status }} \\ \x00\x07\x7f\x85\u2028\u202e\ufeff\n- x: [1]\t*b* &amp; |é😀'
"""What a label may hold: mentions, quotes, templates, controls, the structure of YAML."""


@cache
def templates() -> Mapping[str, str]:
    """The templates of texts, by path."""
    found = [path for name in ("alertmanager", "slack") for path in sorted((ROOT / "templates" / name).glob("*.j2"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in found}


@cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """The texts of every language, by msgid."""
    read = [catalogue((ROOT / f"templates/messages/{each}.po").read_text("utf-8"), each) for each in LANGUAGES]
    return {each.language: each.texts for each in read if isinstance(each, Catalogue)}


def environment(alertmanager: str = "0.34") -> Environment:
    """An environment that has all systems."""
    platform: Map = {
        "targets": {"alertmanager": {"version": alertmanager}, "grafana": {"version": "13.0"}},
        "alertmanager": {"url": "https://alerts.example"},
        "grafana": {"url": "https://grafana.example"},
    }
    return Environment("production", platform, Stack(()))


def linking(alertmanager: str = "0.34", changed: Mapping[str, str] | None = None) -> Linking:
    """The linking of that environment, some of whose templates are changed."""
    engine, report = Engine({**templates(), **(changed or {})}), Report()

    def render(path: str, context: Mapping[str, Value], locale: str | None) -> Map:
        spoken = functions_with_texts(messages(), locale or "en_GB")
        return checked(engine.render(path, {**context, **spoken}, {}, report), ANY_MAP, path, report)

    return Linking(environment(alertmanager), (), render, lambda _: None, {}, report)


@cache
def written(locale: str, alertmanager: str = "0.34") -> str:
    """The template file of a locale, of which nothing is said."""
    link = linking(alertmanager)
    text = notification.artifact(link, f"alertmanager/{locale}.tmpl").data.decode()
    assert [each.message for each in link.report] == []
    return text


def alert(
    number: int = 0, status: str = "firing", labels: Alert | None = None, annotations: Alert | None = None
) -> Alert:
    """One alert of a service, with everything that ours have."""
    return {
        "status": status,
        "labels": {
            "alertname": "HttpErrorsHigh",
            "tenant": "acme",
            "service": f"checkout-{number}",
            "severity": ("critical", "warning", "info")[number % 3],
            **(labels or {}),
        },
        "annotations": {
            "summary": f"5 % of requests fail ({number})",
            "description": "First line.\nSecond line.",
            "owner": "payments",
            "contact": "#acme-alerts",
            "runbook_url": "https://runbooks.example/errors?a=1&b=2",
            "dashboard_url": "https://grafana.example/d/abc",
            "silence_url": "https://alerts.example/#/silences/new?filter=%7Bservice%3D%22checkout%22%7D",
            **(annotations or {}),
        },
        "startsAt": "2026-11-21T05:00:00.123Z",
        "endsAt": "2026-11-21T06:30:00Z",
        "generatorURL": "http://prometheus.example",
        "fingerprint": str(number),
    }


def hostile(number: int = 0) -> Alert:
    """An alert every text of which is long and means harm."""
    labels = dict.fromkeys(("alertname", "tenant", "service", "severity"), HOSTILE * 40)
    annotations = dict.fromkeys(("summary", "description", "owner", "contact"), HOSTILE * 120)
    urls = {
        "runbook_url": "javascript:alert(1)",
        "dashboard_url": "https://x.example/" + "y" * 5000,
        "silence_url": 'https://x.example/<>|"`é' + "<" * 600,
    }
    return alert(number, labels=labels, annotations=annotations | urls)


def group(*alerts: Alert, status: str = "firing") -> Alert:
    """What a template is given."""
    return {
        "receiver": "acme/team",
        "status": status,
        "alerts": list(alerts),
        "groupLabels": {"tenant": "acme"},
        "commonLabels": {"tenant": "acme"},
        "commonAnnotations": {},
        "externalURL": "https://alerts.example",
    }


BARE: Alert = {"status": "firing", "labels": {"alertname": "Up"}, "annotations": {}, "startsAt": "2026-11-21T05:00:00Z"}

GROUPS: Mapping[str, Alert] = {
    "one alert": group(alert()),
    "one that is over": group(alert(status="resolved"), status="resolved"),
    "some that fire and some that are over": group(
        *(alert(each, "firing" if each % 2 else "resolved") for each in range(6))
    ),
    "forty alerts": group(*map(alert, range(40))),
    "forty that are over": group(*(alert(each, "resolved") for each in range(40)), status="resolved"),
    "an alert with nothing but its name": group(BARE),
    "a hostile alert": group(hostile()),
    "forty hostile alerts": group(*map(hostile, range(40))),
}


def render(amtool: Path, folder: Path, named: str, data: Alert, kind: str = "text") -> str:
    """What the real tool makes of the template called `named`, from the files in `folder`."""
    given = folder / "data.json"
    given.write_text(json.dumps(data), "utf-8")
    options = [f"--template.glob={folder}/*.tmpl", f"--template.data={given}", f"--template.type={kind}"]
    done = subprocess.run(
        [amtool, "template", "render", *options, f"--template.text={named}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
