"""The target Alertmanager: a configuration that is complete by itself, and from which the environment's is linked."""

from collections.abc import Iterator
from typing import Final, cast

from varve.emit import narrow
from varve.emit.alertmanager import gate, heartbeat, inhibition, interval, message, receiver, route
from varve.emit.kit import Task
from varve.language import canonical
from varve.language.canonical import Encoded
from varve.model.artifact import Artifact
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.resolve import notify
from varve.resolve.heartbeat import Heartbeat
from varve.resolve.heartbeat import heartbeat as heartbeat_of
from varve.resolve.platform import secret_path

_UNIT_FOLDER: Final = "../../shared/alertmanager"
_ENVIRONMENT_FOLDER: Final = "alertmanager"

_UNIT: Final = ("tenant", "locale", "timezone", "users", "notify")
_PLATFORM: Final = (
    *("targets", "alertmanager", "grafana", "receiver", "locale", "smtp", "secrets", "heartbeat", "strict"),
)
"""The parts of a unit, besides the dependencies of its services, and of the platform map on which a file depends."""


def emit(task: Task) -> Iterator[Artifact]:
    """The unit's own configuration of Alertmanager: complete, so that a strict tenant's server can run with it.

    Reports receivers that the environment's Alertmanager does not support.
    """
    gate.check(task)
    if not task.report.broken:
        encoded = narrow.once(task, _part(task.unit.value), _PLATFORM, "alertmanager", _encoded)
        yield task.artifact("alertmanager.yaml", encoded)


def frame(environment: Environment) -> Map:
    """An environment's configuration before any tenant's is added to it; paths are relative to its own folder."""
    locales = receiver.platform_locales(environment)
    template_files = _template_files(_ENVIRONMENT_FOLDER, locales)
    base = _configuration(environment, [receiver.of_platform(environment)], template_files)
    return _with_heartbeat(base, heartbeat_of(environment))


def _part(value: Map) -> Map:
    """The part of a unit on which its configuration depends."""
    services = notify.maps(value, "services").items()
    dependencies: Map = {name: {"depends_on": each["depends_on"]} for name, each in services if "depends_on" in each}
    return {"services": dependencies, **{key: value[key] for key in _UNIT if key in value}}


def _encoded(task: Task) -> Encoded:
    return canonical.encoded_yaml(_unit_configuration(task))


def _unit_configuration(task: Task) -> Map:
    locales = receiver.platform_locales(task.environment) | receiver.locales(task)
    receivers = [receiver.of_platform(task.environment), *receiver.of_unit(task)]
    base = _configuration(task.environment, receivers, _template_files(_UNIT_FOLDER, locales))
    intervals = interval.of_unit(task)
    configuration: Map = {
        **base,
        "route": {**cast("Map", base["route"]), "routes": [route.node(task)]},
        **({"time_intervals": cast("list[Value]", intervals)} if intervals else {}),
        "inhibit_rules": cast("list[Value]", inhibition.of_unit(task)),
    }
    is_strict = cast("Map", task.unit.value["tenant"])["isolation"] == "strict"
    return _with_heartbeat(configuration, heartbeat_of(task.environment, task.unit.unit.tenant) if is_strict else None)


def _with_heartbeat(configuration: Map, settings: Heartbeat | None) -> Map:
    """The configuration with the heartbeat's receiver and its node before all others, if there is a heartbeat."""
    if settings is None:
        return configuration
    root = cast("Map", configuration["route"])
    first, *others = cast("list[Value]", configuration["receivers"])
    return {
        **configuration,
        "route": {**root, "routes": [heartbeat.node(settings), *cast("list[Value]", root.get("routes") or [])]},
        "receivers": [first, heartbeat.receiver(settings), *others],
    }


def _template_files(folder: str, locales: frozenset[str]) -> list[Value]:
    """The paths of the template files that define the texts, relative to the configuration."""
    return [f"{folder}/{message.template_file(locale)}" for locale in sorted(locales)]


def _configuration(environment: Environment, receivers: list[Map], template_files: list[Value]) -> Map:
    """The platform's part, with `receivers` and `template_files`."""
    smtp = _smtp(environment)
    return {
        **({"global": smtp} if smtp else {}),
        "templates": template_files,
        "route": route.root(environment.platform),
        "receivers": cast("list[Value]", receivers),
    }


def _smtp(environment: Environment) -> Map:
    smtp = cast("Map", environment.platform.get("smtp") or {})
    fields = {"smarthost": "smarthost", "from": "from", "username": "auth_username", "require_tls": "require_tls"}
    settings = {f"smtp_{field}": smtp[key] for key, field in fields.items() if key in smtp}
    if "from" in smtp:
        settings["smtp_from"] = receiver.literal(str(smtp["from"]))
    if "password" in smtp:
        settings["smtp_auth_password_file"] = secret_path(environment, "platform", smtp["password"])
    return settings
