"""Does a tenant reach only what is its own: scrapes, probes and receivers that lead to nothing of the servers' own."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple, cast
from urllib.parse import unquote

from varve.check import address
from varve.check.address import Address
from varve.check.shape.format import FORMATS
from varve.language.same import Same
from varve.model.diagnostic import Report, Rule
from varve.model.layer import Stack
from varve.model.source import Keys, Map, Value
from varve.model.unit import Environment, Resolved
from varve.resolve import notify
from varve.resolve.history import history
from varve.resolve.notify import Channel
from varve.resolve.saying import Saying

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
    """What an environment keeps to itself, the patterns of hosts that are open, and how to say what is not."""

    own: frozenset[Address]
    hosts: list[str] | None
    rule: Rule
    what: str


class _Bounds(NamedTuple):
    """How far a unit may look, how far it may tell, to which domains it may write, and the modules that are for all."""

    looked: _Reach
    told: _Reach
    written: _Reach
    modules: list[str]


def check(unit: Resolved, environment: Environment, report: Report) -> None:
    """Report each scrape, probe and receiver of a unit that leads out of reach, unless the platform says it."""
    bounds, services = _bounds(Same(environment.platform)), cast("dict[str, dict[str, Map]]", unit.value["services"])
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
    for name, user in notify.written_to(unit.value).items():
        own, said = ("users", name), Report()
        _look((*own, "email"), *_mailbox(cast("str", user["email"])), (bounds.written, Saying(unit.stack, said)))
        _unless_the_platforms(unit.stack, own, said, report)


def _unless_the_platforms(stack: Stack, keys: Keys, said: Report, report: Report) -> None:
    if len(said) and not _is_the_platforms(stack, keys):
        report.extend(said)


@lru_cache(maxsize=16)
def _bounds(platform: Same[Map]) -> _Bounds:
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
    """The addresses of the platform's own systems, wherever its map names one."""
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
    """Where a channel leads, of what it says in plain: the rest are secrets, and addresses that varve writes."""
    if channel.kind == "jira":
        url = cast("str", channel.said["api_url"])
        _look((*channel.keys, "api_url"), url, address.of_url(url), (bounds.told, say))
    for index, each in enumerate(cast("list[str]", channel.said.get("to", []) if channel.kind == "email" else [])):
        _look((*channel.keys, "to", index), *_mailbox(each), (bounds.written, say))


def _mailbox(text: str) -> tuple[str, Address]:
    return text, Address(text.rpartition("@")[2].lower(), _MAIL)


def _look(keys: Keys, text: str, to: Address, within: tuple[_Reach, Saying]) -> None:
    """Report an address that is nobody's to reach, the platform's own, or not among those that are allowed."""
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
    """Whether platform files alone say a job, and refer to nothing that a tenant could say."""
    voices = [voice for voice in history(stack, keys) if voice.verdict != "overridden"]
    ours = [each for each in voices if each.layer.owner == "platform" and isinstance(each.value, dict)]
    return bool(voices) and len(ours) == len(voices) and not any(_refers(each.value) for each in ours)


def _refers(value: Value) -> bool:
    if isinstance(value, (dict, list)):
        return any(map(_refers, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and "%{" in value
