"""Where servers connect for a tenant: scrapes, probes and notifications, and which of the servers' fields they use.

The keys that no tenant can write are listed, one by one, in `tests/test_surfaces.py`.
"""

from collections.abc import Iterable
from typing import Final, cast

import pytest

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
from tests.defences.loose import loose, open_schemas
from tests.defences.test_routes import OVERLAY, OWN, TWO, notifying
from tests.defences.volley import ONE_ENVIRONMENT, Volley, are_refused, go_through_without, have_a_twin, unproven
from tests.emit.repository import CHECKOUT, SEALED
from varve.check.isolation import discovery, reach
from varve.check.notify import mention
from varve.check.unit import reference
from varve.emit.alertmanager import receiver
from varve.emit.kit import Task
from varve.emit.prometheus import scrape
from varve.link.isolation import scrape as proof
from varve.model.source import Map, Value

BLACKBOX: Final[Files] = {
    **ONE_ENVIRONMENT,
    "environments/production.yaml": (
        "platform: {blackbox: {address: 'blackbox:9115', modules: [http_2xx, http_2xx_french]},"
        " external_labels: {environment: production}}\n"
    ),
}


WRITING: Final = "job_name: x\nfile_sd_configs: [{files: [/etc/targets/%s/checkout/app.json]}]\n"


def scraping(target: str, more: str = "") -> Files:
    return {**ONE_ENVIRONMENT, CHECKOUT: f"scrape: {{app: {{targets: [{target}]{more}}}}}\n"}


def finding(folder: str, template: str | None = None) -> Files:
    """A scrape whose targets are discovered, or given by a template."""
    platform = "platform:\n  external_labels: {environment: production}\n  secrets: {root: /run/secrets/varve}\n"
    found = f"  discovery: {{files: {{folder: {folder}}}}}\n"
    job = "targets: ['a:1']" if template else "discovered: true"
    scraped = {CHECKOUT: f"scrape: {{app: {{{job}}}}}\n", "environments/production.yaml": platform + found}
    return {**ONE_ENVIRONMENT, **scraped, **({"templates/prometheus/scrape.yaml.j2": template} if template else {})}


def through(target: str, more: str = "") -> Files:
    return {
        **BLACKBOX,
        **scraping(target, more),
        "environments/production.yaml": BLACKBOX["environments/production.yaml"],
    }


def probing(url: str, module: str = "http_2xx") -> Files:
    return {**BLACKBOX, CHECKOUT: f"probes: {{home: {{http: {{url: {url}, module: {module}}}}}}}\n"}


def posting(url: str) -> Files:
    receiver_ = f"jira: {{api_url: {url}, project: OPS, issue_type: Bug}}"
    return notifying("critical: {receivers: [ab]}", channels=f"{OWN}, ab: {{{receiver_}}}")


def calling(who: str) -> Files:
    """A Slack receiver that mentions somebody; the platform grants one person."""
    receiver_ = f'ab: {{slack: {{channel: "#a", url: {{secret: keys/token}}, mention: [{who}]}}}}'
    more: Files = {
        "environments/tenants/acme.yaml": "mentions: [U012AB3CD]\n",
        "tenants/acme/secrets/keys.sops.yaml": SEALED,
    }
    return {**notifying("critical: {receivers: [ab]}", channels=f"{OWN}, {receiver_}"), **more}


# Addresses in any spelling

HOSTS: Final = {
    "the server itself": "127.0.0.1",
    "another address of the server": "127.8.9.10",
    "every address of the server": "0.0.0.0",  # noqa: S104 - it is not bound
    "the server by its name": "localhost",
    "the server by its name in capitals": "LocalHost",
    "the server by its longer name": "localhost.localdomain",
    "whatever is below the server's name": "a.localhost",
    "the server by its newer address": "[::1]",
    "every newer address of the server": "[::]",
    "an older address in a newer one": "[::ffff:127.0.0.1]",
    "an older address through a gateway": "[64:ff9b::7f00:1]",
    "an address as one number": "2130706433",
    "an address in base 16": "0x7f.1",
    "an address cut short": "127.1",
    "what a cloud tells its machines": "169.254.169.254",
    "what a cloud tells its machines, in a newer address": "[::ffff:a9fe:a9fe]",
    "what a cloud tells its machines, by name": "metadata.google.internal",
    "what another cloud tells its machines": "100.100.100.200",
    "a link-local address": "[fe80::1]",
}
FINE: Final = ("10.0.0.1", "localhost.acme.example", "[2001:db8::1]", "metadata.acme.example")


def of_targets(hosts: Iterable[str]) -> Files:
    targets = "".join(f"      - >>>'{host}:9090'\n" for host in hosts)
    return {**ONE_ENVIRONMENT, CHECKOUT: f"scrape:\n  app:\n    targets:\n{targets}"}


def of_probes(hosts: Iterable[str]) -> Files:
    probes = (f"  p{number}: {{http: {{url: >>>'http://{host}/x'}}}}\n" for number, host in enumerate(hosts))
    return {**BLACKBOX, CHECKOUT: "".join(["probes:\n", *probes])}


def of_receivers(hosts: Iterable[str]) -> Files:
    """Jira is the only channel whose address is not a secret."""
    names = [f"r{number}" for number, _ in enumerate(hosts)]
    entries = (
        f"    {name}: {{jira: {{api_url: >>>'https://{host}/rest/api/2', project: OPS, issue_type: Bug}}}}\n"
        for name, host in zip(names, hosts, strict=True)
    )
    routes = f"  routes: {{rest: {{match: [], receivers: [{', '.join(names)}]}}}}\n"
    return {**TWO, OVERLAY: "".join(["notify:\n  receivers:\n", *entries, routes])}


LAID: Final = {
    "a scrape of": (of_targets, "check/forbidden-target", "{}:9090"),
    "a probe of": (of_probes, "check/forbidden-target", "http://{}/x"),
    "a receiver at": (of_receivers, "check/forbidden-receiver", "https://{}/rest/api/2"),
}
blind: Final = together(without(reach, "_check_address"), unproven)
VOLLEYS: Final = {
    f"{what} {next(iter(HOSTS))}, and {len(HOSTS) - 1} more": Volley(
        lay([*HOSTS.values()]), code, lay(FINE), blind, frozenset(map(form.format, HOSTS.values()))
    )
    for what, (lay, code, form) in LAID.items()
}


@pytest.mark.parametrize("volley", VOLLEYS.values(), ids=VOLLEYS)
def test_forbidden_addresses_are_refused_in_any_spelling(volley: Volley) -> None:
    are_refused(volley)


@pytest.mark.parametrize("volley", VOLLEYS.values(), ids=VOLLEYS)
def test_similar_allowed_addresses_are_built(volley: Volley) -> None:
    have_a_twin(volley)


@pytest.mark.parametrize("volley", VOLLEYS.values(), ids=VOLLEYS)
def test_without_the_defence_servers_would_connect_there(volley: Volley) -> None:
    go_through_without(volley)


# Other ways to reach what is not the tenant's


def unchecked_jobs(task: Task, service: str) -> list[Value]:
    """Scrape jobs with exactly what their source contains."""
    value = cast("dict[str, Map]", task.unit.value["services"])[service]
    return [{"job_name": name, **cast("Map", job)} for name, job in cast("Map", value.get("scrape", {})).items()]


copied: Final = together(open_schemas, instead(scrape, "jobs", unchecked_jobs), without(reference, "check"), unproven)
MAIL: Final = ", ab: {email: {to: [a@acme.example]%s}}"
ALERTED: Final = "alerts: {A: {expr: up, severity: info, summary: a}}\n"
SMUGGLED: Final = {
    "a file as a login": (">>>bearer_token_file: /run/secrets/bank/token", "honor_timestamps: true"),
    "a file as credentials": (
        "authorization: {type: Bearer, >>>credentials_file: /run/secrets/bank/token}",
        "honor_timestamps: true",
    ),
    "a file as a certificate": ("tls_config: {>>>ca_file: /etc/shadow}", "tls_config: {server_name: a}"),
    "targets from a file": (">>>file_sd_configs: [{files: [/etc/varve/bank.json]}]", "sample_limit: 5"),
    "targets from a cloud": (">>>ec2_sd_configs: [{region: eu-west-1}]", "sample_limit: 5"),
    "labels that targets choose": (">>>honor_labels: true", "honor_timestamps: true"),
    "labels that are written anew": (
        ">>>relabel_configs: [{target_label: tenant, replacement: bank}]",
        "labels: {owner: bank}",
    ),
    "samples that are written anew": (
        ">>>metric_relabel_configs: [{action: labelmap, regex: exported_(.+)}]",
        "labels: {owner: bank}",
    ),
    "another way out": (">>>proxy_url: http://proxy.bank.example:3128", "scheme: https"),
    "redirects": (">>>follow_redirects: true", "scheme: https"),
}


def smuggled(setting: str) -> Files:
    return scraping("'a.acme.example:1'", f", {setting}")


ATTACKS: Final = {
    sentence: Attack(
        smuggled(bad), "check/unknown-key", smuggled(good), copied, bad.partition(">>>")[2].partition(":")[0]
    )
    for sentence, (bad, good) in SMUGGLED.items()
} | {
    "a receiver that reads any file": Attack(
        notifying(
            "critical: {receivers: [ab]}", channels=OWN + MAIL % ", >>>auth_password_file: /run/secrets/bank/mail"
        ),
        "check/unknown-key",
        notifying("critical: {receivers: [ab]}", channels=OWN + MAIL % ", resolved: true"),
        together(open_schemas, instead(receiver, "_KINDS", {"email": lambda _, channel: channel}), unproven),
        "auth_password_file: /run/secrets/bank/mail",
    ),
    "a receiver that sends through a mail server of its own": Attack(
        notifying("critical: {receivers: [ab]}", channels=OWN + MAIL % ", >>>smarthost: '127.0.0.1:25'"),
        "check/unknown-key",
        notifying("critical: {receivers: [ab]}", channels=OWN + MAIL % ", resolved: true"),
        together(open_schemas, instead(receiver, "_KINDS", {"email": lambda _, channel: channel}), unproven),
        "127.0.0.1:25",
    ),
    "a receiver that writes its own text": Attack(
        notifying(
            "critical: {receivers: [ab]}", channels=OWN + MAIL % ", >>>html: '{{ template \"email.default.html\" . }}'"
        ),
        "check/unknown-key",
        notifying("critical: {receivers: [ab]}", channels=OWN + MAIL % ", resolved: true"),
        together(open_schemas, instead(receiver, "_KINDS", {"email": lambda _, channel: channel}), unproven),
        'template "email.default.html"',
    ),
    "a scrape through the prober": Attack(
        through(">>>'blackbox:9115'", ", metrics_path: /probe, params: {target: ['10.0.0.1']}"),
        "check/forbidden-target",
        through("'belts:9115'", ", metrics_path: /probe, params: {target: ['10.0.0.1']}"),
        blind,
        "- blackbox:9115",
    ),
    "targets that are found where nobody says": Attack(
        {**ONE_ENVIRONMENT, CHECKOUT: "scrape: {app: {discovered: >>>true}}\n"},
        "check/no-discovery",
        finding("/etc/targets"),
        without(discovery, "check"),
        "target_limit: 1000",
    ),
    "targets that a tenant's own secret says": Attack(
        finding(">>>/run/secrets/varve/tenants"),
        "check/secret-targets",
        finding("/run/secrets-of-nobody/tenants"),
        without(discovery, "check_platform"),
        "- /run/secrets/varve/tenants/acme/checkout/app.json",
    ),
    "targets of another tenant, by a template": Attack(
        finding("/etc/targets", WRITING % "bank"),
        "link/not-confined",
        finding("/etc/targets", WRITING % "acme"),
        instead(proof, "discovery_breaches", lambda *_: ()),
        "- /etc/targets/bank/checkout/app.json",
        at="build/production/tenants/acme/scrape/checkout.yaml",
    ),
    "a receiver that calls everybody": Attack(
        calling(">>>everyone"),
        "check/forbidden-mention",
        calling("U012AB3CD"),
        together(without(mention, "check"), unproven),
        "<!everyone>",
    ),
    "a receiver that calls a group that is not granted": Attack(
        calling("U012AB3CD, >>>S012AB3CD"),
        "check/forbidden-mention",
        calling("U012AB3CD"),
        together(without(mention, "check"), unproven),
        "<!subteam^S012AB3CD>",
    ),
    "a receiver at the platform's own systems": Attack(
        posting(">>>'https://alerts.example/rest/api/2'"),
        "check/forbidden-receiver",
        posting("'https://jira.example/rest/api/2'"),
        blind,
        "https://alerts.example/rest/api/2",
    ),
    "federation": Attack(
        scraping("'prometheus.acme.example:9090'", ", metrics_path: >>>/federate"),
        "check/federation",
        scraping("'prometheus.acme.example:9090'", ", metrics_path: /metrics"),
        together(without(reach, "_check_scrape"), unproven),
        "metrics_path: /federate",
    ),
    "federation, spelt otherwise": Attack(
        scraping("'prometheus.acme.example:9090'", ", metrics_path: >>>/a/%66EDERATE/"),
        "check/federation",
        scraping("'prometheus.acme.example:9090'", ", metrics_path: /federated"),
        together(without(reach, "_check_scrape"), unproven),
        "metrics_path: /a/%66EDERATE/",
    ),
    "a module that is not for everybody": Attack(
        probing("'http://acme.example'", ">>>smtp_starttls"),
        "check/forbidden-module",
        probing("'http://acme.example'", "http_2xx_french"),
        together(without(reach, "_check_probe"), unproven),
        "smtp_starttls",
    ),
    "a URL that no browser and no server reads": Attack(
        {**ONE_ENVIRONMENT, CHECKOUT: "runbook: >>>'https://acme.example/%zz'\n" + ALERTED},
        "check/bad-url",
        {**ONE_ENVIRONMENT, CHECKOUT: "runbook: 'https://acme.example/%7e'\n" + ALERTED},
        loose("http-url"),
        "https://acme.example/%zz",
    ),
    "a link that runs a program": Attack(
        {**ONE_ENVIRONMENT, CHECKOUT: "runbook: >>>'javascript:alert(1)'\n" + ALERTED},
        "check/bad-url",
        {**ONE_ENVIRONMENT, CHECKOUT: "runbook: 'https://acme.example/javascript:alert(1)'\n" + ALERTED},
        loose("http-url"),
        "javascript:alert(1)",
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
