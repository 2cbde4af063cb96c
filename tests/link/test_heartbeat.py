"""The heartbeat's rule is one file, in the platform's language, that every Prometheus loads first."""

from typing import Final

import pytest
import yaml

from tests.emit.alertmanager.notifying import notifying, sealed
from tests.emit.repository import Changed, parsed, sound
from tests.link.isolation.confined import made

FILE: Final = "build/production/shared/rules/heartbeat.yaml"
RULE: Final = {"alert": "Heartbeat", "expr": "vector(1)", "labels": {"severity": "none"}}
SUMMARIES: Final = {
    "de_DE": "Die Alarmierung der Umgebung production funktioniert",
    "en_GB": "The alerting of production works",
    "es_ES": "El sistema de alertas del entorno production funciona",
    "fr_FR": "Le système d’alerte de l’environnement production fonctionne",
    "it_IT": "Il sistema di allarme dell’ambiente production funziona",
}
HEARTBEAT: Final = "platform: {external_labels: {environment: production}, heartbeat: {url: {secret: beat/url}}}\n"


def beating(locale: str = "en_GB") -> Changed:
    """A heartbeat in production, for a platform of that language."""
    beat = {"environments/production.yaml": HEARTBEAT, **sealed("environments/secrets", HEARTBEAT)}
    return {**notifying("notify: {}", more={"locale": locale}), **beat}


@pytest.mark.parametrize(("locale", "summary"), SUMMARIES.items())
def test_the_annotations_are_in_the_platforms_language(locale: str, summary: str) -> None:
    built = sound(beating(locale))
    ((rule,),) = [group["rules"] for group in parsed(built, FILE)["groups"]]
    assert {key: rule[key] for key in RULE} == RULE
    assert rule["annotations"].keys() == {"summary", "description"}
    assert rule["annotations"]["summary"] == summary


def test_every_prometheus_loads_the_heartbeat_first() -> None:
    files = {path: yaml.safe_load(each.data) for path, each in made().artifacts.items() if "/prometheus.yaml" in path}
    assert files["build/production/shared/prometheus.yaml"]["rule_files"][0] == "rules/heartbeat.yaml"
    rule_files = files["build/production/tenants/bank/prometheus.yaml"]["rule_files"]
    assert rule_files[0] == "../../shared/rules/heartbeat.yaml"
    assert "heartbeat" not in str(files["build/staging/shared/prometheus.yaml"]["rule_files"])


def test_without_a_heartbeat_there_is_no_file() -> None:
    assert FILE not in sound(notifying("notify: {}")).artifacts
    assert FILE.replace("production", "staging") not in made().artifacts


def test_the_platforms_own_template_sets_only_the_annotations() -> None:
    built = sound({**beating(), "templates/prometheus/heartbeat.yaml.j2": "summary: Alive\nexpr: up\n"})
    ((rule,),) = [group["rules"] for group in parsed(built, FILE)["groups"]]
    assert rule == {**RULE, "annotations": {"summary": "Alive", "expr": "up"}}
