"""Checks that scrapes, probes and receivers of tenants do not connect to the servers, the platform or the cloud."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple, cast
from urllib.parse import unquote

from varve.check.shape.format import FORMATS
from varve.language import address
from varve.language.address import Address
from varve.language.cache_key import IdentityKey
from varve.model.diagnostic import Report, Rule
from varve.model.layer import Stack
from varve.model.source import Keys, Map, Value
from varve.model.unit import Environment, Resolved
from varve.resolve import notify
from varve.resolve.history import history
from varve.resolve.notify import Channel
from varve.resolve.reporting import ValueReporter

FORBIDDEN_TARGET = Rule(
    "check/forbidden-target",
    "Scrape or probe target is not allowed",
    "Prometheus and the blackbox exporter run inside the platform's network and connect wherever they are configured "
    "to: to themselves, to a cloud's metadata service, to the platform's own systems. So a tenant may name none of "
    "these, and only hosts of `platform.scrape.allow` if the platform sets it. A job defined entirely in the "
    "platform's own files is exempt.",
)
FEDERATION = Rule(
    "check/federation",
    "A scrape of another Prometheus by federation",
    "A Prometheus that answers `/federate` returns the series of all who share it, under the label of the tenant "
    "that scrapes it. Scrape the service itself. If a server is meant to be federated, the platform defines the job.",
)
FORBIDDEN_MODULE = Rule(
    "check/forbidden-module",
    "Probe module is not allowed for tenants",
    "A module of the blackbox exporter may send its own headers, credentials or text, and report what it finds. The "
    "platform lists the modules that every tenant may use under `platform.blackbox.modules`; the default is "
    "`http_2xx` alone.",
)
FORBIDDEN_RECEIVER = Rule(
    "check/forbidden-receiver",
    "Receiver address is not allowed",
    "Alertmanager runs inside the platform's network and sends to whatever address a receiver has. So a plain-text "
    "address in a source may not be one of the servers themselves, of a cloud's metadata service or of the "
    "platform's systems; if the platform sets `platform.notify.allow`, the address must be one of these hosts, and "
    "if it sets `platform.notify.domains`, an e-mail must go to one of these domains. An address that is a secret is "
    "not visible here: the network has to refuse what must not be reached. A receiver defined entirely in the "
    "platform's own files is exempt.",
)

USUAL_MODULE: Final = "http_2xx"
_MAIL: Final = 25


class _Reach(NamedTuple):
    """The platform's own addresses, the allowed patterns of hosts (None for any), and the rule to report others."""

    own: frozenset[Address]
    hosts: list[str] | None
    rule: Rule
    what: str


class _Bounds(NamedTuple):
    """The limits for scrapes and probes, for receivers and for e-mail, and the modules that all tenants may use."""

    jobs: _Reach
    receivers: _Reach
    mailboxes: _Reach
    modules: list[str]


def check(unit: Resolved, environment: Environment, report: Report) -> None:
    """Report a unit's scrapes, probes and receivers with forbidden addresses, unless the platform defines them."""
    bounds = _bounds(IdentityKey(environment.platform))
    for service, value in cast("dict[str, dict[str, Map]]", unit.value["services"]).items():
        for section, check_job in (("scrape", _check_scrape), ("probes", _check_probe)):
            for name, job in cast("dict[str, Map]", value.get(section, {})).items():
                keys, diagnostics = ("services", service, section, name), Report()
                check_job(keys, job, bounds, ValueReporter(unit.stack, diagnostics))
                _report_unless_exempt(unit.stack, keys, diagnostics, report)
    for channel in notify.channels(unit.value):
        diagnostics = Report()
        _check_receiver(channel, bounds, ValueReporter(unit.stack, diagnostics))
        _report_unless_exempt(unit.stack, channel.keys, diagnostics, report)
    for name, user in notify.users_by_email(unit.value).items():
        at, diagnostics = ("users", name), Report()
        within = bounds.mailboxes, ValueReporter(unit.stack, diagnostics)
        _check_address((*at, "email"), *_mailbox(cast("str", user["email"])), within)
        _report_unless_exempt(unit.stack, at, diagnostics, report)


def _report_unless_exempt(stack: Stack, keys: Keys, diagnostics: Report, report: Report) -> None:
    if len(diagnostics) and not _is_set_by_platform(stack, keys):
        report.extend(diagnostics)


@lru_cache(maxsize=16)
def _bounds(platform: IdentityKey[Map]) -> _Bounds:
    scrape, blackbox, notifications = (
        cast("dict[str, list[str]]", platform.value.get(key, {})) for key in ("scrape", "blackbox", "notify")
    )
    own = frozenset(_addresses(platform.value))
    return _Bounds(
        _Reach(own, scrape.get("allow"), FORBIDDEN_TARGET, "job"),
        _Reach(own, notifications.get("allow"), FORBIDDEN_RECEIVER, "receiver"),
        _Reach(frozenset(), notifications.get("domains"), FORBIDDEN_RECEIVER, "receiver"),
        blackbox.get("modules", [USUAL_MODULE]),
    )


def _addresses(value: Value) -> Iterator[Address]:
    """The addresses of the platform's own systems: every address anywhere in its settings."""
    if isinstance(value, (dict, list)):
        yield from chain.from_iterable(map(_addresses, value.values() if isinstance(value, dict) else value))
    elif isinstance(value, str) and FORMATS["host-port"].fault(value) is None:
        yield address.of_target(value)
    elif isinstance(value, str) and FORMATS["http-url"].fault(value) is None:
        yield address.of_url(value)


def _check_scrape(keys: Keys, job: Map, bounds: _Bounds, reporter: ValueReporter) -> None:
    for index, target in enumerate(cast("list[str]", job.get("targets") or [])):
        _check_address((*keys, "targets", index), target, address.of_target(target), (bounds.jobs, reporter))
    path = unquote(cast("str", job.get("metrics_path", ""))).casefold().partition("?")[0]
    if "federate" in path.split("/"):
        message = f"`{job['metrics_path']}` reads everybody's series from a Prometheus"
        reporter.at((*keys, "metrics_path"), FEDERATION, message, hint="scrape the service itself")


def _check_probe(keys: Keys, job: Map, bounds: _Bounds, reporter: ValueReporter) -> None:
    http = cast("dict[str, str]", job["http"])
    _check_address((*keys, "http", "url"), http["url"], address.of_url(http["url"]), (bounds.jobs, reporter))
    module = http.get("module", USUAL_MODULE)
    if module not in bounds.modules:
        hint = f"write one of {', '.join(bounds.modules)}" if bounds.modules else "remove the probe"
        message = f"`{module}` is not a blackbox exporter module that tenants may use"
        reporter.at((*keys, "http", "module"), FORBIDDEN_MODULE, message, hint=hint)


def _check_receiver(channel: Channel, bounds: _Bounds, reporter: ValueReporter) -> None:
    """Check the plain-text addresses of a channel; all others are secrets, or fixed by varve."""
    if channel.kind == "jira":
        url = cast("str", channel.settings["api_url"])
        _check_address((*channel.keys, "api_url"), url, address.of_url(url), (bounds.receivers, reporter))
    for index, each in enumerate(cast("list[str]", channel.settings.get("to", []) if channel.kind == "email" else [])):
        _check_address((*channel.keys, "to", index), *_mailbox(each), (bounds.mailboxes, reporter))


def _mailbox(text: str) -> tuple[str, Address]:
    return text, Address(text.rpartition("@")[2].lower(), _MAIL)


def _check_address(keys: Keys, text: str, to: Address, within: tuple[_Reach, ValueReporter]) -> None:
    """Report an address that is dangerous, belongs to the platform, or is not among the allowed ones."""
    reach, reporter = within
    request = f"ask the platform to define this {reach.what}"
    hint = f"use a host of the tenant's own, or {request}"
    if danger := address.danger(to.host):
        reporter.at(keys, reach.rule, f"`{text}` is {danger}", hint=hint)
    elif to in reach.own:
        reporter.at(keys, reach.rule, f"`{text}` belongs to the platform", hint=hint)
    elif reach.hosts is not None and not any(address.matches(to.host, each) for each in reach.hosts):
        denial, noun = ("is not in a domain", "an address") if to.port == _MAIL else ("is not a host", "a host")
        hint = f"use {noun} of {', '.join(reach.hosts)}" if reach.hosts else request
        reporter.at(keys, reach.rule, f"`{text}` {denial} that the platform allows", hint=hint)


def _is_set_by_platform(stack: Stack, keys: Keys) -> bool:
    """Whether only platform files define a job, without references to values that a tenant could set."""
    contributions = [each for each in history(stack, keys) if each.verdict != "overridden"]
    parts = [each for each in contributions if each.layer.owner == "platform" and isinstance(each.value, dict)]
    return bool(contributions) and len(parts) == len(contributions) and not any(_refers(each.value) for each in parts)


def _refers(value: Value) -> bool:
    if isinstance(value, (dict, list)):
        return any(map(_refers, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and "%{" in value
