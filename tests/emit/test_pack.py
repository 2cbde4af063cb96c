"""Which packs apply, and the contexts of their templates."""

from collections.abc import Mapping
from typing import cast

import pytest

from tests.emit.repository import ACME, BLACKBOX, CHECKOUT, Changed, pack, parsed, sound, task
from varve.emit.pack import Use, use_keys, uses
from varve.emit.template.given import Given, GoTemplate
from varve.language.message import Catalogue
from varve.model.unit import Unit

LOCALE = "environments/tiers/gold.yaml"
_COUNTERS = """errors: 'errors_total{tenant="acme"}', total: 'requests_total{tenant="acme"}'"""
SLO = f"slos: {{availability: {{objective: 99.9, window: 30d, {_COUNTERS}}}}}\n"
PROBE = "probes: {home: {http: {url: 'https://acme.example'}}}\n"


def _uses(changed: Changed, service: str | None = "checkout") -> list[Use]:
    return list(uses(task(changed), service))


def _context(changed: Changed, service: str | None = "checkout", name: str = "mine") -> Mapping[str, Given]:
    (found,) = [use.context for use in _uses(changed, service) if use.pack.name == name]
    return found


APPLY: dict[str, tuple[Changed, str | None, list[str]]] = {
    "none for a service that uses none": ({CHECKOUT: "owner: payments\n"}, "checkout", []),
    "those that a service uses, sorted": (
        {CHECKOUT: "packs: {http-service: {}, host: {}}\n"},
        "checkout",
        ["host", "http-service"],
    ),
    "that of objectives to a service with objectives": ({CHECKOUT: SLO}, "checkout", ["slo"]),
    "that of probes to a service with probes": ({CHECKOUT: PROBE, **BLACKBOX}, "checkout", ["blackbox-http"]),
    "none for objectives that are an empty map": ({CHECKOUT: "slos: {}\nprobes: {}\n"}, "checkout", []),
    "every pack of tenants to every tenant": (pack("rules: []\n", "tenant"), None, ["mine", "tenant"]),
}


@pytest.mark.parametrize(("changed", "service", "expected"), APPLY.values(), ids=APPLY)
def test_packs_apply(changed: Changed, service: str | None, expected: list[str]) -> None:
    assert [use.pack.name for use in _uses(changed, service)] == expected


PROPERTIES = "{limit: {type: integer, default: 5}, channel: {type: string}, ratio: {type: number, default: 0.5}}"
MINE = pack("rules: []\n", properties=PROPERTIES)


def test_parameters_are_set_values_then_defaults_then_null() -> None:
    given = _context({**MINE, CHECKOUT: "packs: {mine: {ratio: 0.1}}\n"})["pack"]
    assert given == {"limit": 5, "channel": None, "ratio": 0.1}


def test_a_pack_of_a_service_is_given_these() -> None:
    context = _context({**MINE, CHECKOUT: "owner: payments\npacks: {mine: {}}\n"})
    assert set(context) == {
        *("tenant", "locale", "timezone", "features", "service", "pack", "text"),
        *("seconds", "budget", "burns", "duration", "number", "percent"),
    }
    assert context["service"] == {"id": "checkout", "owner": "payments"}
    assert cast("dict[str, str]", context["tenant"])["id"] == "acme"


def test_the_context_of_a_pack_does_not_depend_on_the_environment() -> None:
    """So the rules of a pack are the same wherever its parameters are, and are rendered once."""
    given = {**MINE, CHECKOUT: "packs: {mine: {}}\n", "environments/staging.yaml": "locale: en_GB\n"}
    contexts = [
        {key: each for key, each in use.context.items() if key != "text"}
        for environment in ("staging", "production")
        for use in uses(task(given, Unit("acme", environment)), "checkout")
    ]
    assert contexts[0] == contexts[1]


@pytest.mark.parametrize(("section", "source", "pack"), [("slos", SLO, "slo"), ("probes", PROBE, "blackbox-http")])
def test_a_pack_that_applies_by_itself_is_given_its_section(section: str, source: str, pack: str) -> None:
    given = {CHECKOUT: SLO + PROBE, **BLACKBOX}
    context = _context(given, name=pack)
    assert context[section] == task({**given, CHECKOUT: source}).unit.value["services"]["checkout"][section]  # type: ignore[index, call-overload]
    assert {"slos", "probes"} & set(context) == {section}


def test_a_pack_is_given_counters_and_expressions_of_the_tenant_alone() -> None:
    query = "{depth: {type: string, format: promql}, name: {type: string}, other: {type: string, format: promql}}"
    source = SLO.replace('{tenant="acme"}', "") + "packs: {mine: {depth: 'max(x) > y{a=\"b\"}', name: up}}\n"
    given = {**pack("rules: []\n", properties=query), CHECKOUT: source}
    assert _context(given)["pack"] == {
        "depth": 'max(x{tenant="acme"}) > y{tenant="acme",a="b"}',
        "name": "up",
        "other": None,
    }
    assert _context(given, name="slo")["slos"] == _context({CHECKOUT: SLO}, name="slo")["slos"]


def test_go_template_parameters_are_given_as_such() -> None:
    each = "{type: string, format: go-template}"
    properties = f"{{a: {each}, b: {each[:-1]}, default: 'at {{{{ $value }}}}'}}, c: {each}, d: {{type: string}}}}"
    source = "packs: {mine: {a: '{{ $labels.a }}', d: '{{ $value }}'}}\n"
    given = _context({**pack("rules: []\n", properties=properties), CHECKOUT: source})["pack"]
    assert given == {
        "a": GoTemplate("{{ $labels.a }}"),
        "b": GoTemplate("at {{ $value }}"),
        "c": None,
        "d": "{{ $value }}",
    }


def test_an_annotation_is_a_go_template_of_the_service_and_a_plain_text_is_none() -> None:
    rules = "rules: [{alert: A, expr: vector(1), labels: {severity: info}, annotations: {{ pack }}}]\n"
    properties = "{note: {type: string, format: go-template}, plain: {type: string}}"
    source = "packs: {mine: {note: 'at {{ $value | humanize }}', plain: 'at {{ $value }}'}}\n"
    made = parsed(sound({**pack(rules, properties=properties), CHECKOUT: source}), f"{ACME}/rules/checkout.yaml")
    (rule,) = made["groups"][0]["rules"]
    assert rule["annotations"]["note"] == "at {{ $value | humanize }}"
    assert rule["annotations"]["plain"] == 'at {{ "{{" }} $value }}'


def test_an_objective_is_given_with_its_own_counters() -> None:
    source = "slos: {quick: {objective: 99, window: 30d, good: good_total, total: t}}\n"
    given = _context({CHECKOUT: source}, name="slo")
    quick = cast("dict[str, dict[str, str]]", given["slos"])["quick"]
    assert (quick["good"], quick["total"]) == ('good_total{tenant="acme"}', 't{tenant="acme"}')
    assert "errors" not in quick


def test_a_pack_of_the_tenant_is_given_its_services_and_quotas_and_none_alone() -> None:
    quotas = {"environments/tenants/acme.yaml": "quotas: {series: 500}\n"}
    context = _context({**pack("rules: []\n", "tenant"), **quotas}, None)
    assert context["quotas"] == {"series": 500}
    assert cast("dict[str, dict[str, str]]", context["services"])["checkout"]["id"] == "checkout"
    assert "service" not in context


def test_missing_quotas_are_empty() -> None:
    assert _context(pack("rules: []\n", "tenant"), None)["quotas"] == {}


LOCALISED = {
    "the unit's own language": ("fr_FR", "{fr: Argent, en: Money}", "Argent"),
    "English where that is missing": ("de_DE", "{fr: Argent, en: Money}", "Money"),
    "the first by name where both are": ("de_DE", "{it: Soldi, fr: Argent}", "Argent"),
    "a text that is the same in all": ("de_DE", "Geld", "Geld"),
}


@pytest.mark.parametrize(("locale", "description", "expected"), LOCALISED.values(), ids=LOCALISED)
def test_descriptions_are_in(locale: str, description: str, expected: str) -> None:
    text = f"description: {description}\n" + SLO.replace("{objective", f"{{description: {description}, objective")
    context = _context({CHECKOUT: text, LOCALE: f"locale: {locale}\n"}, name="slo")
    assert cast("dict[str, str]", context["service"])["description"] == expected
    assert cast("dict[str, dict[str, str]]", context["slos"])["availability"]["description"] == expected


def test_messages_come_from_the_catalogue_of_the_language() -> None:
    po = 'msgid "slow"\nmsgstr "lent"\n'
    given = {**MINE, "templates/packs/mine/messages/fr.po": po, CHECKOUT: "packs: {mine: {}}\n"}
    french = _context({**given, LOCALE: "locale: fr_CA\n"})["text"]
    german = _context({**given, LOCALE: "locale: de_DE\n"})["text"]
    assert french == Catalogue("fr", {"slow": "lent"})
    assert german == Catalogue("de", {})


USED_BY: dict[str, tuple[Changed, str | None, tuple[str, ...]]] = {
    "by name": ({**MINE, CHECKOUT: "packs: {mine: {}}\n"}, "checkout", ("services", "checkout", "packs", "mine")),
    "by objectives": ({CHECKOUT: SLO}, "checkout", ("services", "checkout", "slos")),
    "by probes": ({CHECKOUT: PROBE, **BLACKBOX}, "checkout", ("services", "checkout", "probes")),
    "by being a tenant": (pack("rules: []\n", "tenant"), None, ("tenant",)),
}


@pytest.mark.parametrize(("changed", "service", "expected"), USED_BY.values(), ids=USED_BY)
def test_the_keys_that_use_a_pack(changed: Changed, service: str | None, expected: tuple[str, ...]) -> None:
    assert use_keys(_uses(changed, service)[0], service or "") == expected
