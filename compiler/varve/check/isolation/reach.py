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
from varve.resolve.reporting import Saying

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

    looked: _Reach
    told: _Reach
    written: _Reach
    modules: list[str]


def check(unit: Resolved, environment: Environment, report: Report) -> None:
    """Report a unit's scrapes, probes and receivers with forbidden addresses, unless the platform defines them."""
    bounds, services = (
        _bounds(IdentityKey(environment.platform)),
        cast("dict[str, dict[str, Map]]", unit.value["services"]),
    )
    for service, value in services.items():
        for section, look in (("scrape", _scrape), ("probes", _probe)):
            for name, job in cast("dict[str, Map]", value.get(section, {})).items():
                keys, said = ("services", service, section, name), Report()
                look(keys, job, bounds, Saying(unit.stack, said))
                _unless_the_platforms(unit.stack, keys, said, report)
    for channel in notify.channels(unit.value):
        said = Report()
        _receiver(channel, bounds, Saying(unit.stack, said))
        _unless_the_platforms(unit.stack, channel.keys, said, report)
    for name, user in notify.users_by_email(unit.value).items():
        own, said = ("users", name), Report()
        _look((*own, "email"), *_mailbox(cast("str", user["email"])), (bounds.written, Saying(unit.stack, said)))
        _unless_the_platforms(unit.stack, own, said, report)


def _unless_the_platforms(stack: Stack, keys: Keys, said: Report, report: Report) -> None:
    if len(said) and not _is_the_platforms(stack, keys):
        report.extend(said)


@lru_cache(maxsize=16)
def _bounds(platform: IdentityKey[Map]) -> _Bounds:
    scrape, blackbox, told = (
        cast("dict[str, list[str]]", platform.value.get(key, {})) for key in ("scrape", "blackbox", "notify")
    )
    own = frozenset(_addresses(platform.value))
    return _Bounds(
        _Reach(own, scrape.get("allow"), FORBIDDEN_TARGET, "job"),
        _Reach(own, told.get("allow"), FORBIDDEN_RECEIVER, "receiver"),
        _Reach(frozenset(), told.get("domains"), FORBIDDEN_RECEIVER, "receiver"),
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


def _scrape(keys: Keys, job: Map, bounds: _Bounds, say: Saying) -> None:
    for index, target in enumerate(cast("list[str]", job.get("targets") or [])):
        _look((*keys, "targets", index), target, address.of_target(target), (bounds.looked, say))
    path = unquote(cast("str", job.get("metrics_path", ""))).casefold().partition("?")[0]
    if "federate" in path.split("/"):
        message = f"`{job['metrics_path']}` reads everybody's series from a Prometheus"
        say.at((*keys, "metrics_path"), FEDERATION, message, hint="scrape the service itself")


def _probe(keys: Keys, job: Map, bounds: _Bounds, say: Saying) -> None:
    http = cast("dict[str, str]", job["http"])
    _look((*keys, "http", "url"), http["url"], address.of_url(http["url"]), (bounds.looked, say))
    module = http.get("module", USUAL_MODULE)
    if module not in bounds.modules:
        hint = f"write one of {', '.join(bounds.modules)}" if bounds.modules else "remove the probe"
        message = f"`{module}` is not a blackbox exporter module that tenants may use"
        say.at((*keys, "http", "module"), FORBIDDEN_MODULE, message, hint=hint)


def _receiver(channel: Channel, bounds: _Bounds, say: Saying) -> None:
    """Check the plain-text addresses of a channel; all others are secrets, or fixed by varve."""
    if channel.kind == "jira":
        url = cast("str", channel.said["api_url"])
        _look((*channel.keys, "api_url"), url, address.of_url(url), (bounds.told, say))
    for index, each in enumerate(cast("list[str]", channel.said.get("to", []) if channel.kind == "email" else [])):
        _look((*channel.keys, "to", index), *_mailbox(each), (bounds.written, say))


def _mailbox(text: str) -> tuple[str, Address]:
    return text, Address(text.rpartition("@")[2].lower(), _MAIL)


def _look(keys: Keys, text: str, to: Address, within: tuple[_Reach, Saying]) -> None:
    """Report an address that is dangerous, belongs to the platform, or is not among the allowed ones."""
    reach, say = within
    ask = f"ask the platform to define this {reach.what}"
    hint = f"use a host of the tenant's own, or {ask}"
    if danger := address.danger(to.host):
        say.at(keys, reach.rule, f"`{text}` is {danger}", hint=hint)
    elif to in reach.own:
        say.at(keys, reach.rule, f"`{text}` belongs to the platform", hint=hint)
    elif reach.hosts is not None and not any(address.matches(to.host, each) for each in reach.hosts):
        is_no, a = ("is not in a domain", "an address") if to.port == _MAIL else ("is not a host", "a host")
        hint = f"use {a} of {', '.join(reach.hosts)}" if reach.hosts else ask
        say.at(keys, reach.rule, f"`{text}` {is_no} that the platform allows", hint=hint)


def _is_the_platforms(stack: Stack, keys: Keys) -> bool:
    """Whether only platform files define a job, without references to values that a tenant could set."""
    contributions = [contribution for contribution in history(stack, keys) if contribution.verdict != "overridden"]
    ours = [each for each in contributions if each.layer.owner == "platform" and isinstance(each.value, dict)]
    return bool(contributions) and len(ours) == len(contributions) and not any(_refers(each.value) for each in ours)


def _refers(value: Value) -> bool:
    if isinstance(value, (dict, list)):
        return any(map(_refers, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and "%{" in value
