"""Unsealed credentials: every source and artifact is searched for them, and no output contains one.

Sealed secrets do not apply: artifacts contain paths of files, and no command that compiles opens a secret.
"""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.defences.attack import (
    Attack,
    each,
    findings,
    goes_through_without,
    has_a_twin,
    instead,
    is_refused,
    repository,
    switched_off,
    without,
)
from tests.emit.repository import CHECKOUT
from varve import pipeline
from varve.check.secrets import unsealed
from varve.language import credential
from varve.render.document import document
from varve.render.situate import situate
from varve.render.text import text

UNSEEN: Final = instead(credential, "find", lambda _: iter(()))
TOKEN: Final = "glpat-" + "q8Zr4Tb1XwYc7NnV2eLs"
WEBHOOK: Final = "https://hooks.slack.com/services/T0AB1CD2E/B0AB1CD2E/" + "aB1cD2eF3gH4iJ5kL6mN7oP8"
ALERTED: Final = "alerts: {A: {expr: up, severity: info, summary: %s}}\n"
VENDOR: Final = "tenants/acme/rules/node.yaml"
VENDORS: Final = "groups: [{name: g, rules: [{alert: A, expr: up, annotations: {summary: %s}}]}]\n"

ATTACKS: Final[Mapping[str, Attack]] = {
    "a webhook in a summary": Attack(
        {CHECKOUT: ALERTED % f">>>'post to {WEBHOOK}'"},
        "check/leaked-secret",
        {CHECKOUT: ALERTED % "post to https://hooks.slack.com"},
        UNSEEN,
        WEBHOOK,
    ),
    "a token in a label": Attack(
        {CHECKOUT: f"labels: {{build_token: >>>{TOKEN}}}\n" + ALERTED % "a"},
        "check/leaked-secret",
        {CHECKOUT: "labels: {build_token: glpat}\n" + ALERTED % "a"},
        UNSEEN,
        TOKEN,
    ),
    "a login behind a word that hides it": Attack(
        {CHECKOUT: ALERTED % ">>>'secret: postgresql://app:hunter22@db.acme.example/ledger'"},
        "check/leaked-secret",
        {CHECKOUT: ALERTED % "'secret: postgresql://db.acme.example/ledger'"},
        UNSEEN,
        "app:hunter22@",
    ),
    "a password in a vendor's rule": Attack(
        {VENDOR: VENDORS % ">>>'password=Vr4gT7bN2qLx'"},
        "check/leaked-secret",
        {VENDOR: VENDORS % "'password: ask the vault'"},
        UNSEEN,
        "Vr4gT7bN2qLx",
    ),
}


@each(ATTACKS)
def test_the_attack_is_refused_and_reaches_no_artifact(attack: Attack) -> None:
    is_refused(attack)


@each(ATTACKS)
def test_its_benign_twin_is_built(attack: Attack) -> None:
    has_a_twin(attack)


@each(ATTACKS)
def test_without_the_defence_it_would_go_through(attack: Attack) -> None:
    goes_through_without(attack)


@each(ATTACKS)
def test_diagnostics_do_not_quote_the_credential(attack: Attack) -> None:
    seen = repository(attack.files)
    assert isinstance(attack.evidence, str)
    assert attack.evidence not in text(situate(pipeline.compile(seen).diagnostics, seen))


@pytest.mark.parametrize("value", [WEBHOOK, TOKEN])
def test_a_document_hides_what_its_values_hold(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert value not in document({"a": [f"see {value}"]})
    assert "see ***" in document({"a": [f"see {value}"]})
    monkeypatch.setattr(credential, "_found", lambda _: iter(()))
    assert value in document({"a": [f"see {value}"]})


PLAIN: Final = {
    "a source": ("tenants/acme/secrets/slack.yaml", "tenants/acme/secrets/README.md"),
    "a text": ("tenants/acme/secrets/a.txt", "tenants/secrets/a.txt"),
    "a text for one environment": ("tenants/acme/secrets/production/a.txt", "tenants/acme/secrets/production/a.md"),
    "a file below a folder of secrets": ("tenants/acme/secrets/a/b/c/slack", "tenants/acme/docs/secrets/slack"),
    "a hidden file": ("tenants/acme/secrets/.env", "tenants/acme/.env"),
    "a text of the platform": ("environments/secrets/smtp.txt", "environments/secrets/smtp.md"),
    "a file with half a sealed one's name": ("tenants/acme/secrets/a.sops.txt", "tenants/acme/a.sops.txt"),
}


@pytest.mark.parametrize(("path", "harmless"), PLAIN.values(), ids=PLAIN)
def test_a_plain_text_in_a_folder_of_secrets_is_refused_and_not_quoted(path: str, harmless: str) -> None:
    """A file beside it that keeps no secrets, in a place for notes, is not."""
    seen = repository({path: "password: hunter2\n"})
    build = pipeline.compile(seen)
    assert findings(seen, build) == [("check/unsealed-file", f"{path}:1:1")]
    assert "hunter2" not in text(situate(build.diagnostics, seen))
    beside = repository({harmless: "see the handbook\n"})
    assert "check/unsealed-file" not in [code for code, _ in findings(beside, pipeline.compile(beside))]
    with switched_off(without(unsealed, "check")):
        assert findings(seen, pipeline.compile(seen)) == []
