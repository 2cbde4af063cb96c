"""Every attack that is refused would go through without its defence, and its benign twin goes through with it."""

from collections.abc import Callable
from typing import Final, NamedTuple

import pytest

from tests.emit.repository import BLACKBOX, CHECKOUT, Changed, build, pack, said
from varve.check import format as formats
from varve.check import label, reach, schema, wording
from varve.emit.prometheus import foreign, rules, taken
from varve.emit.shape import ANY_MAP

ANY: Final = formats.Format(formats.BAD_URL, "", lambda _: None)


class Attack(NamedTuple):
    """A repository that is refused by a code, its twin, how to switch the defence off, and what is then built."""

    files: Changed
    code: str
    twin: Changed
    off: Callable[[pytest.MonkeyPatch], None]
    evidence: str


def without(holder: object, name: str) -> Callable[[pytest.MonkeyPatch], None]:
    """A defence that does nothing."""
    return lambda patch: patch.setattr(holder, name, lambda *_: None)


def any_text(name: str) -> Callable[[pytest.MonkeyPatch], None]:
    """A format that every text has, in validators that know it."""

    def off(patch: pytest.MonkeyPatch) -> None:
        loose = {**formats.FORMATS, name: ANY}
        for module in (schema, wording):
            patch.setattr(module, "FORMATS", loose)
        schema._native.cache_clear()  # noqa: SLF001 - made of the formats

    return off


def shapeless(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rules, "RULES_SHAPE", ANY_MAP)


def unkept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rules, "scoped", lambda expr, _: expr)
    patch.setattr(rules, "prove", lambda *_: None)
    patch.setattr(foreign, "check", lambda _: None)


def scraping(target: str, more: str = "") -> str:
    return f"scrape: {{app: {{targets: ['{target}']{more}}}}}\n"


def probing(url: str, module: str) -> str:
    return f"probes: {{home: {{http: {{url: '{url}', module: {module}}}}}}}\n"


ALERTED: Final = "alerts: {A: {expr: up > 1, severity: info, summary: a, labels: {%s: x}}}\n"
MINE: Final = pack("rules: [{record: 'mine:x', expr: vector(1)}]\n")
VENDOR: Final = 'groups: [{name: g, rules: [{record: a, expr: \'label_replace(up, "%s", "bank", "", "")\'}]}]\n'
RECORDED: Final = "packs: {mine: {}}\nrecords: {'%s': {expr: vector(7)}}\n"

ATTACKS: Final = {
    "a scrape of what shares the server": Attack(
        {CHECKOUT: scraping("127.0.0.1:9090")},
        "check/forbidden-target",
        {CHECKOUT: scraping("10.0.0.1:9090")},
        without(reach, "_look"),
        "127.0.0.1:9090",
    ),
    "a scrape through the prober": Attack(
        {**BLACKBOX, CHECKOUT: scraping("blackbox:9115", ", metrics_path: /probe, params: {target: ['10.0.0.1']}")},
        "check/forbidden-target",
        {**BLACKBOX, CHECKOUT: scraping("belts:9115", ", metrics_path: /probe, params: {target: ['10.0.0.1']}")},
        without(reach, "_look"),
        "- blackbox:9115",
    ),
    "federation": Attack(
        {CHECKOUT: scraping("prometheus.acme.example:9090", ", metrics_path: /federate")},
        "check/federation",
        {CHECKOUT: scraping("prometheus.acme.example:9090", ", metrics_path: /metrics")},
        without(reach, "_scrape"),
        "metrics_path: /federate",
    ),
    "a probe of a cloud's metadata": Attack(
        {**BLACKBOX, CHECKOUT: probing("http://169.254.169.254/latest", "http_2xx")},
        "check/forbidden-target",
        {**BLACKBOX, CHECKOUT: probing("http://acme.example/latest", "http_2xx")},
        without(reach, "_look"),
        "http://169.254.169.254/latest",
    ),
    "a module that is not for everybody": Attack(
        {**BLACKBOX, CHECKOUT: probing("http://acme.example", "smtp_starttls")},
        "check/forbidden-module",
        {**BLACKBOX, CHECKOUT: probing("http://acme.example", "http_2xx_french")},
        without(reach, "_probe"),
        "smtp_starttls",
    ),
    "a label of another server": Attack(
        {CHECKOUT: ALERTED % "environment"},
        "check/external-label",
        {CHECKOUT: ALERTED % "env"},
        without(label, "check"),
        "environment: x",
    ),
    "a recording of a pack": Attack(
        {**MINE, CHECKOUT: RECORDED % "mine:x"},
        "emit/taken-name",
        {**MINE, CHECKOUT: RECORDED % "mine:y"},
        without(taken, "check"),
        "record: mine:x\n        expr: vector(7)",
    ),
    "a URL that no browser and no server reads": Attack(
        {CHECKOUT: "runbook: 'https://acme.example/%zz'\n" + ALERTED % "env"},
        "check/bad-url",
        {CHECKOUT: "runbook: 'https://acme.example/%7e'\n" + ALERTED % "env"},
        any_text("http-url"),
        "https://acme.example/%zz",
    ),
    "a query of another tenant's series": Attack(
        {CHECKOUT: "records: {'checkout:seen': {expr: 'sum(up{tenant!=\"acme\"})'}}\n"},
        "emit/foreign-series",
        {CHECKOUT: "records: {'checkout:seen': {expr: 'sum(up{job!=\"acme\"})'}}\n"},
        unkept,
        'expr: sum(up{tenant!="acme"})',
    ),
    "a vendor's rule that forges a tenant": Attack(
        {"tenants/acme/rules/node.yaml": VENDOR % "tenant"},
        "emit/foreign-series",
        {"tenants/acme/rules/node.yaml": VENDOR % "owner"},
        unkept,
        'expr: label_replace(up, "tenant"',
    ),
    "a pack that reads the series of all": Attack(
        {**pack("rules: [{record: 'a:b', expr: sum(up)}]\n"), CHECKOUT: "packs: {mine: {}}\n"},
        "emit/unscoped-template",
        {
            **pack("rules: [{record: 'a:b', expr: 'sum(up{tenant=\"{{ tenant.id }}\"})'}]\n"),
            CHECKOUT: "packs: {mine: {}}\n",
        },
        unkept,
        "expr: sum(up)",
    ),
    "an alert without a name": Attack(
        {**pack("rules: [{alert: '', expr: vector(1)}]\n"), CHECKOUT: "packs: {mine: {}}\n"},
        "emit/wrong-shape",
        {**pack("rules: [{alert: A, expr: vector(1)}]\n"), CHECKOUT: "packs: {mine: {}}\n"},
        shapeless,
        'alert: ""',
    ),
}


@pytest.fixture(autouse=True)
def fresh_validators() -> object:
    """Validators are remembered, and some here are made of other formats."""
    yield
    schema._native.cache_clear()  # noqa: SLF001 - as above


def everything(files: Changed) -> str:
    return "".join(each.data.decode() for each in build(files).artifacts.values())


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_the_attack_is_refused_and_reaches_no_artifact(attack: Attack) -> None:
    assert {each.partition(":")[0] for each in said(build(attack.files))} == {attack.code}
    assert attack.evidence not in everything(attack.files)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_its_benign_twin_is_built(attack: Attack) -> None:
    assert said(build(attack.twin)) == []


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_without_the_defence_it_would_go_through(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    attack.off(monkeypatch)
    assert said(build(attack.files)) == []
    assert attack.evidence in everything(attack.files)
