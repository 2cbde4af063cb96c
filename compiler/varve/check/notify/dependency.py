"""Whether the services of a unit depend only on services that exist, and not on each other in a circle."""

from collections.abc import Mapping, Sequence

from varve.language.name import nearest
from varve.model.diagnostic import Report, Rule
from varve.model.unit import Resolved
from varve.resolve import notify
from varve.resolve.reporting import ValueReporter

UNKNOWN_DEPENDENCY = Rule(
    "check/unknown-dependency",
    "Service depends on an unknown service",
    "`depends_on` names services of the same tenant, whose critical alerts inhibit the warnings of this one. A name "
    "that is not a service inhibits nothing.",
)
DEPENDENCY_CYCLE = Rule(
    "check/dependency-cycle",
    "Services depend on each other in a circle",
    "The critical alerts of a dependency inhibit the warnings of what depends on it, because they point to the "
    "cause. In a circle every service would be the cause of every other, and their warnings would be lost. Break the "
    "circle where the dependency is weakest.",
)


def check(unit: Resolved, report: Report) -> None:
    """Report dependencies on services that do not exist, and each circle once."""
    reporter = ValueReporter(unit.stack, report)
    services = notify.maps(unit.value, "services")
    needed = {name: notify.texts(settings, "depends_on") for name, settings in services.items()}
    for service, names in needed.items():
        for index, name in enumerate(names):
            if name not in services:
                meant = nearest(name, services)
                hint = f"did you mean `{meant}`?" if meant else "name a service of the tenant, or remove it"
                keys = ("services", service, "depends_on", index)
                reporter.at(keys, UNKNOWN_DEPENDENCY, f"there is no service `{name}`", hint=hint)
    for circle in _circles(needed):
        keys = ("services", circle[0], "depends_on", needed[circle[0]].index(circle[1 % len(circle)]))
        chain = ", and that on ".join(f"`{each}`" for each in [*circle[1:], circle[0]])
        message = f"`{circle[0]}` depends on {'itself' if len(circle) == 1 else chain}"
        reporter.at(keys, DEPENDENCY_CYCLE, message, hint="remove it")


def _circles(needed: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The circles, each from its first service by name; every service is in at most one of them."""
    found: list[list[str]] = []
    for service in sorted(needed):
        path = _path_back(service, needed)
        if path and not any(set(path) & set(circle) for circle in found):
            found.append(path)
    return found


def _path_back(service: str, needed: Mapping[str, Sequence[str]]) -> list[str]:
    """The shortest path from a service back to itself, or an empty list."""
    paths, seen = [[service]], {service}
    for path in paths:
        for name in needed.get(path[-1], ()):
            if name == service:
                return path
            if name not in seen:
                seen.add(name)
                paths.append([*path, name])
    return []
