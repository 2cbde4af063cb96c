"""Checks that a strict tenant's own servers are nobody else's, and that no Alertmanager is two environments'."""

from collections.abc import Iterator
from typing import Final, TypeAlias, cast

from varve.language.address import Address, Endpoint, endpoint_of, is_relative, of_target
from varve.model.diagnostic import Diagnostic, Note, Report, Rule, Severity
from varve.model.source import Keys, Map, Value
from varve.model.unit import Environment
from varve.resolve import notify
from varve.resolve.history import origin
from varve.resolve.reporting import ValueReporter

SHARED_SERVER = Rule(
    "check/shared-server",
    "Strict tenant's own server is somebody else's",
    "A strict tenant has a Prometheus and an Alertmanager of its own, and each of them loads the files of this tenant "
    "alone. An Alertmanager that is also somebody else's has the routes of one of the two: the alerts of the other "
    "reach nobody but the platform, and a silence that is opened there mutes nothing. A Prometheus that is also "
    "somebody else's shows the tenant what is not its own. Under `platform.strict.<tenant>`, set the addresses of "
    "servers that nobody else uses.",
)
SHARED_ALERTMANAGER = Rule(
    "check/shared-alertmanager",
    "Two environments share an Alertmanager",
    "An Alertmanager loads one configuration, and varve writes one for each environment. If Prometheus of two "
    "environments sends its alerts to the same Alertmanager, those of one environment take the routes of the other: "
    "staging pages who is on call for production, or production's alerts reach only whom staging notifies. "
    "`platform.alertmanagers` in a file that all environments inherit is the same for each. Set the addresses of an "
    "Alertmanager of its own in the file of each environment. Names that each host or Kubernetes cluster resolves by "
    "itself, such as `alertmanager`, `alertmanager.monitoring.svc` and `localhost`, are not compared.",
    Severity.WARNING,
)

_Placed: TypeAlias = Iterator[tuple[Keys, Address | Endpoint]]

_SYSTEMS: Final = {"alertmanagers": "Alertmanager", "alertmanager_url": "Alertmanager", "prometheus_url": "Prometheus"}


def check_platform(environment: Environment, report: Report) -> None:
    """Report addresses of strict tenants' servers that are those of the shared servers or of another strict tenant."""
    reporter, platform = ValueReporter(environment.stack, report), environment.platform
    for placed in (_alertmanagers(platform), _pages(platform), _sources(platform)):
        seen: dict[Address | Endpoint, Keys] = {}
        for keys, address in placed:
            first = seen.setdefault(address, keys)
            if _owner(first) != _owner(keys):
                _report(first, keys, reporter)


def sends(environment: Environment) -> bool:
    """Whether varve configures Alertmanagers of an environment that can be told from those of others."""
    return bool(_compared(environment))


def mistakes(first: Environment, second: Environment) -> Iterator[Diagnostic]:
    """What is wrong if Prometheus of both environments sends alerts to one Alertmanager, once for each of its owners.

    It has to be configured for both: an environment without that target may well use that of another.
    """
    known, reported = _compared(first), set[str | None]()
    for address, keys in _compared(second).items():
        if address not in known or _owner(keys) in reported:
            continue
        reported.add(_owner(keys))
        place, _ = origin(second.stack, keys)
        other, _ = origin(first.stack, known[address])
        message = f"`{second.name}` and `{first.name}` send alerts to one Alertmanager, with the routes of one of them"
        notes = (Note(f"that of `{first.name}`", other),) if other != place else ()
        hint = "list Alertmanagers of its own in the file of each environment, and none in a file that all inherit"
        yield Diagnostic(SHARED_ALERTMANAGER, message, place, notes, hint)


def _compared(environment: Environment) -> dict[Address, Keys]:
    """The Alertmanagers of an environment by their addresses, none if varve does not configure them."""
    if "alertmanager" not in cast("Map", environment.platform["targets"]):
        return {}
    found: dict[Address, Keys] = {}
    for keys, address in _alertmanagers(environment.platform):
        if not is_relative(address.host):
            found.setdefault(address, keys)
    return found


def _report(first: Keys, keys: Keys, reporter: ValueReporter) -> None:
    other = f"that of `{_owner(first)}`" if _owner(first) else "one that other tenants share"
    message = f"the {_SYSTEMS[str(keys[3])]} of `{_owner(keys)}`, which is strict, is also {other}"
    note = Note("the other one", origin(reporter.stack, first)[0])
    reporter.at(keys, SHARED_SERVER, message, note, hint="set the address of a server that only this tenant uses")


def _owner(keys: Keys) -> str | None:
    """The strict tenant whose server has the address at `keys`; None if tenants share it."""
    return str(keys[2]) if keys[1] == "strict" else None


def _alertmanagers(platform: Map) -> Iterator[tuple[Keys, Address]]:
    """Where each Prometheus sends its alerts, the shared one first."""
    sections: dict[Keys, Map] = {("platform",): platform}
    sections |= {("platform", "strict", name): each for name, each in notify.maps(platform, "strict").items()}
    for at, each in sections.items():
        for index, target in enumerate(cast("list[str]", each.get("alertmanagers") or [])):
            yield (*at, "alertmanagers", index), of_target(target)


def _pages(platform: Map) -> _Placed:
    """Where people open each Alertmanager."""
    if shared := cast("Map", platform.get("alertmanager") or {}).get("url"):
        yield ("platform", "alertmanager", "url"), _resource(shared)
    yield from _own(platform, "alertmanager_url")


def _sources(platform: Map) -> _Placed:
    """Where Grafana reads each tenant's series."""
    grafana = cast("dict[str, dict[str, Map]]", platform.get("grafana") or {})
    for name, each in grafana.get("datasources", {}).items():
        yield ("platform", "grafana", "datasources", name, "url"), _resource(each["url"])
    yield from _own(platform, "prometheus_url")


def _own(platform: Map, key: str) -> _Placed:
    for tenant, each in notify.maps(platform, "strict").items():
        if key in each:
            yield ("platform", "strict", tenant, key), _resource(each[key])


def _resource(url: Value) -> Endpoint:
    return endpoint_of(str(url)).resource
