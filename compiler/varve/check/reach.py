"""Does a tenant have only its own looked at: no server's own addresses, nothing of the platform, no unknown module."""

from collections.abc import Iterator
from itertools import chain
from typing import Final, NamedTuple, cast
from urllib.parse import unquote

from varve.check import address
from varve.check.address import Address
from varve.check.format import FORMATS
from varve.model.diagnostic import Report, Rule
from varve.model.layer import Stack
from varve.model.source import Keys, Map, Value
from varve.model.unit import Environment, Resolved
from varve.resolve.history import history
from varve.resolve.saying import Saying

FORBIDDEN_TARGET = Rule(
    "check/forbidden-target",
    "A scrape or a probe leads where no tenant may look",
    "Prometheus and the blackbox exporter stand inside the platform's network, and look wherever they are told: at "
    "themselves, at what a cloud tells its machines, at the platform's own systems. So a tenant may name none of "
    "these, and only hosts of `platform.scrape.allow` where the platform says it. A job that the platform's own files "
    "say in full is bound by none of this.",
)
FEDERATION = Rule(
    "check/federation",
    "A scrape of another Prometheus by federation",
    "What answers `/federate` is a Prometheus, and it gives away the series of all who share it, under the label of "
    "the tenant that asked. Scrape the service itself. Where a server is meant to be federated, the platform says the "
    "job.",
)
FORBIDDEN_MODULE = Rule(
    "check/forbidden-module",
    "A probe asks for a module that is not for tenants",
    "A module of the blackbox exporter may send headers, credentials or text of its own, and report what it finds. The "
    "platform lists the modules that are for everybody under `platform.blackbox.modules`; unless it does, that is "
    "`http_2xx` alone.",
)

USUAL_MODULE: Final = "http_2xx"
_HINT: Final = "name a host of the tenant's own, or ask the platform to say this job"


class _Bounds(NamedTuple):
    """What an environment keeps to itself, the patterns of hosts that may be looked at, and the modules for all."""

    own: frozenset[Address]
    hosts: list[str] | None
    modules: list[str]


def check(unit: Resolved, environment: Environment, report: Report) -> None:
    """Report every scrape and probe of a unit that leads out of the tenant's reach, unless the platform says it."""
    bounds, services = _bounds(environment.platform), cast("dict[str, dict[str, Map]]", unit.value["services"])
    for service, value in services.items():
        for section, look in (("scrape", _scrape), ("probes", _probe)):
            for name, job in cast("dict[str, Map]", value.get(section, {})).items():
                keys, said = ("services", service, section, name), Report()
                look(keys, job, bounds, Saying(unit.stack, said))
                if len(said) and not _is_the_platforms(unit.stack, keys):
                    report.extend(said)


def _bounds(platform: Map) -> _Bounds:
    scrape, blackbox = (cast("dict[str, list[str]]", platform.get(key, {})) for key in ("scrape", "blackbox"))
    return _Bounds(frozenset(_addresses(platform)), scrape.get("allow"), blackbox.get("modules", [USUAL_MODULE]))


def _addresses(value: Value) -> Iterator[Address]:
    """The addresses of the platform's own systems, wherever its map names one."""
    if isinstance(value, (dict, list)):
        yield from chain.from_iterable(map(_addresses, value.values() if isinstance(value, dict) else value))
    elif isinstance(value, str) and FORMATS["host-port"].fault(value) is None:
        yield address.of_target(value)
    elif isinstance(value, str) and FORMATS["http-url"].fault(value) is None:
        yield address.of_url(value)


def _scrape(keys: Keys, job: Map, bounds: _Bounds, say: Saying) -> None:
    for index, target in enumerate(cast("list[str]", job["targets"])):
        _look((*keys, "targets", index), target, address.of_target(target), (bounds, say))
    path = unquote(cast("str", job.get("metrics_path", ""))).casefold().partition("?")[0]
    if "federate" in path.split("/"):
        message = f"`{job['metrics_path']}` asks a Prometheus for the series of everybody"
        say.at((*keys, "metrics_path"), FEDERATION, message, hint="scrape the service itself")


def _probe(keys: Keys, job: Map, bounds: _Bounds, say: Saying) -> None:
    http = cast("dict[str, str]", job["http"])
    _look((*keys, "http", "url"), http["url"], address.of_url(http["url"]), (bounds, say))
    module = http.get("module", USUAL_MODULE)
    if module not in bounds.modules:
        hint = f"write one of {', '.join(bounds.modules)}" if bounds.modules else "take the probe out"
        message = f"`{module}` is no module of the blackbox exporter that is for everybody"
        say.at((*keys, "http", "module"), FORBIDDEN_MODULE, message, hint=hint)


def _look(keys: Keys, text: str, to: Address, within: tuple[_Bounds, Saying]) -> None:
    """Report an address that is nobody's to look at, the platform's own, or not among those that are allowed."""
    bounds, say = within
    if danger := address.danger(to.host):
        say.at(keys, FORBIDDEN_TARGET, f"`{text}` is {danger}", hint=_HINT)
    elif to in bounds.own:
        say.at(keys, FORBIDDEN_TARGET, f"`{text}` is the platform's own", hint=_HINT)
    elif bounds.hosts is not None and not any(address.matches(to.host, each) for each in bounds.hosts):
        hint = f"name a host of {', '.join(bounds.hosts)}" if bounds.hosts else "ask the platform to say this job"
        say.at(keys, FORBIDDEN_TARGET, f"`{text}` is no host that the platform allows", hint=hint)


def _is_the_platforms(stack: Stack, keys: Keys) -> bool:
    """Whether platform files alone say a job, and refer to nothing that a tenant could say."""
    voices = [voice for voice in history(stack, keys) if voice.verdict != "overridden"]
    ours = [each for each in voices if each.layer.owner == "platform" and isinstance(each.value, dict)]
    return bool(voices) and len(ours) == len(voices) and not any(_refers(each.value) for each in ours)


def _refers(value: Value) -> bool:
    if isinstance(value, (dict, list)):
        return any(map(_refers, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and "%{" in value
