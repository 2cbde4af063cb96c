"""Whether heartbeats can be sent, and whether each server that sends one has an address of its own."""

from collections.abc import Iterator
from typing import Final, cast

from varve.language.name import dotted
from varve.model.diagnostic import Diagnostic, Note, Report, Rule
from varve.model.source import Keys, Map
from varve.model.unit import Environment
from varve.resolve import notify
from varve.resolve.history import origin
from varve.resolve.reporting import ValueReporter

IDLE_HEARTBEAT = Rule(
    "check/idle-heartbeat",
    "Nothing would send the heartbeat",
    "A heartbeat is an alert that always fires, and Alertmanager sends it to a service outside, which notices when "
    "it stops. It needs an Alertmanager under `platform.targets`, and `platform.heartbeat`; strict tenants have "
    "heartbeats only if the environment has one.",
)
STRICT_WITHOUT_HEARTBEAT = Rule(
    "check/strict-without-heartbeat",
    "Strict tenant has no heartbeat of its own",
    "A strict tenant has a Prometheus and an Alertmanager of its own, which can stop while the shared ones go on. So "
    "if the environment has a heartbeat, they need one too, with an address of their own: "
    "`platform.strict.<tenant>.heartbeat_url`.",
)
SHARED_HEARTBEAT = Rule(
    "check/shared-heartbeat",
    "Two heartbeats share an address",
    "Whoever watches an address only knows that something called it. If two servers call the same one, either can "
    "stop without anybody noticing as long as the other goes on. That is so for the servers of two environments, too: "
    "a heartbeat that all environments inherit has one address. Have the watching service issue an address for each.",
)

_AT: Final[Keys] = ("platform", "heartbeat")


def check_platform(environment: Environment, report: Report) -> None:
    """Report heartbeats of an environment that nothing would send, that are missing, or that share an address."""
    reporter, platform = ValueReporter(environment.stack, report), environment.platform
    addresses = dict(_addresses(platform))
    if "heartbeat" not in platform:
        for keys in addresses:
            message = f"`{dotted(keys)}` is set but `{environment.name}` has no heartbeat"
            reporter.at(keys, IDLE_HEARTBEAT, message, hint="set `platform.heartbeat`, or remove it", on="key")
    elif "alertmanager" not in cast("Map", platform["targets"]):
        message = f"`{environment.name}` has no Alertmanager to send a heartbeat"
        hint = "set `platform.targets.alertmanager`, or remove `heartbeat`"
        reporter.at(_AT, IDLE_HEARTBEAT, message, hint=hint, on="key")
    else:
        _check_missing(environment, reporter)
        _check_shared(addresses, reporter)


def is_sent(environment: Environment) -> bool:
    """Whether an environment has the address of a heartbeat."""
    return next(_addresses(environment.platform), None) is not None


def mistakes(first: Environment, second: Environment) -> Iterator[Diagnostic]:
    """What is wrong if servers of both environments send their heartbeats to one address."""
    known = {secret: keys for keys, secret in _addresses(first.platform)}
    for keys, secret in _addresses(second.platform):
        if secret in known:
            place, _ = origin(second.stack, keys)
            other, _ = origin(first.stack, known[secret])
            message = f"`{secret}` is the address of a heartbeat in `{second.name}` and in `{first.name}`"
            notes = (Note(f"that of `{first.name}`", other),) if other != place else ()
            hint = "have the watching service issue one for each environment, and set it there"
            yield Diagnostic(SHARED_HEARTBEAT, message, place, notes, hint)


def _addresses(platform: Map) -> Iterator[tuple[Keys, str]]:
    """The secret of each heartbeat, by the keys that refer to it."""
    if "heartbeat" in platform:
        yield (*_AT, "url"), _secret(cast("Map", platform["heartbeat"]), "url")
    for tenant, settings in notify.maps(platform, "strict").items():
        if "heartbeat_url" in settings:
            yield ("platform", "strict", tenant, "heartbeat_url"), _secret(settings, "heartbeat_url")


def _secret(settings: Map, key: str) -> str:
    return cast("dict[str, str]", settings[key])["secret"]


def _check_missing(environment: Environment, reporter: ValueReporter) -> None:
    for tenant, settings in notify.maps(environment.platform, "strict").items():
        if "heartbeat_url" not in settings:
            place, _ = origin(environment.stack, _AT)
            message = f"`{environment.name}` has a heartbeat but the servers of `{tenant}` have none"
            hint = f"set `platform.strict.{tenant}.heartbeat_url`"
            note = Note("the environment's heartbeat", place)
            reporter.at(("platform", "strict", tenant), STRICT_WITHOUT_HEARTBEAT, message, note, hint=hint, on="key")


def _check_shared(addresses: dict[Keys, str], reporter: ValueReporter) -> None:
    seen: dict[str, Keys] = {}
    for keys, secret in addresses.items():
        if secret in seen:
            first, _ = origin(reporter.stack, seen[secret])
            message = f"`{secret}` is also the address of another heartbeat"
            note = Note("the other one", first)
            reporter.at(keys, SHARED_HEARTBEAT, message, note, hint="have the watching service issue one for each")
        seen.setdefault(secret, keys)
