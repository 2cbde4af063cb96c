"""Stores that separate tenants: no series are stored under another tenant's name, whatever the platform writes."""

from pathlib import Path
from typing import Final

from tests.defences.attack import (
    Attack,
    Files,
    each,
    goes_through_without,
    has_a_twin,
    instead,
    is_refused,
    together,
    without,
)
from tests.defences.volley import ONE_ENVIRONMENT, unproven
from varve.check.isolation import store as store_check
from varve.link.isolation import store

TEMPLATE: Final = "templates/prometheus/prometheus.yaml.j2"
SHIPPED: Final = (Path(__file__).parents[2] / TEMPLATE).read_text("utf-8")
FIELDS: Final = '["headers", "write_relabel_configs", "metadata_config", "basic_auth", "authorization"]'
TENANT: Final = "tenant: {name: %s, tier: gold, region: eu-west-1, isolation: logical, owners: [sre@%s.example]}\n"
STORE: Final = "platform: {remote_write: {mimir: {url: 'https://mimir.example/push', tenants: {%s}}}}\n"
TWO: Final[Files] = {
    **ONE_ENVIRONMENT,
    "environments/production.yaml": STORE % "header: X-Scope-OrgID, rest: infra",
    "tenants/crew/tenant.yaml": TENANT % ("Crew", "crew"),
}
PLACE: Final = "build/production/shared/prometheus.yaml"

unasked: Final = instead(store, "breaches", lambda *_: ())
"""The proof without its checks of stores."""


def template(before: str, after: str) -> Files:
    """Two tenants, and a template of the platform."""
    assert before in SHIPPED
    return {**TWO, TEMPLATE: SHIPPED.replace(before, after)}


TWIN: Final = template("remote_write:\n", "# Mimir's alone.\nremote_write:\n")
ATTACKS: Final = {
    "a tenant that is called as the rest": Attack(
        {**TWO, "tenants/infra/tenant.yaml": ">>>" + TENANT % ("Infra", "infra")},
        "check/taken-rest",
        {**TWO, "tenants/infras/tenant.yaml": TENANT % ("Infra", "infra")},
        together(without(store_check, "check"), unproven),
        "        regex: infra\n",
    ),
    "a tenant that is called nearly as the rest": Attack(
        {
            **ONE_ENVIRONMENT,
            "environments/production.yaml": STORE % "header: X-Scope-OrgID, rest: Acme",
            "tenants/acme/tenant.yaml": ">>>" + TENANT % ("A", "a"),
        },
        "check/taken-rest",
        {**ONE_ENVIRONMENT, "environments/production.yaml": STORE % "header: X-Scope-OrgID, rest: acme.rest"},
        together(without(store_check, "check"), unproven),
        "        regex: acme\n",
    ),
    "a tenant that is called as what is sent without a header": Attack(
        {**TWO, "tenants/anonymous/tenant.yaml": ">>>" + TENANT % ("A", "a")},
        "check/default-tenant",
        {**TWO, "tenants/anonymous-2/tenant.yaml": TENANT % ("A", "a")},
        without(store_check, "check"),
        "      X-Scope-OrgID: anonymous\n",
    ),
    "a template that keeps nobody's series away": Attack(
        template('"write_relabel_configs", ', ""),
        "link/not-confined",
        TWIN,
        unasked,
        "      X-Scope-OrgID: acme\n    metadata_config:\n",
        PLACE,
    ),
    "a template that says what all metrics mean": Attack(
        template('"metadata_config", ', ""),
        "link/not-confined",
        TWIN,
        unasked,
        "        regex: crew\n  - name: mimir\n",
        PLACE,
    ),
    "a template that names nobody": Attack(
        template('"headers", ', ""),
        "link/not-confined",
        TWIN,
        unasked,
        "    url: https://mimir.example/push\n    write_relabel_configs:\n",
        PLACE,
    ),
    "a template that names one tenant for all": Attack(
        template("    {{ field }}: {{ each[field] }}", "    {{ field }}: {{ remote_write[0][field] }}"),
        "link/not-confined",
        TWIN,
        unasked,
        "name: mimir/crew\n    url: https://mimir.example/push\n    headers:\n      X-Scope-OrgID: acme\n",
        PLACE,
    ),
    "a template that writes to the store once more, under another name": Attack(
        template("remote_write:\n", "remote_write:\n  - name: more\n    url: https://mimir.example/push\n"),
        "link/not-confined",
        template("remote_write:\n", "remote_write:\n  - name: more\n    url: https://plain.example/push\n"),
        unasked,
        "  - name: more\n    url: https://mimir.example/push\n",
        PLACE,
    ),
    "a template that reads as a tenant": Attack(
        {
            **TWO,
            TEMPLATE: SHIPPED
            + "remote_read:\n  - url: https://mimir.example/read\n    headers: {X-Scope-OrgID: acme}\n",
        },
        "link/not-confined",
        {
            **TWO,
            TEMPLATE: SHIPPED
            + "remote_read:\n  - url: https://mimir.example/read\n    headers: {X-Scope-OrgID: infra}\n",
        },
        unasked,
        "read\n    headers:\n      X-Scope-OrgID: acme\n",
        PLACE,
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
