"""The heartbeat of an environment: its settings, and its names in the shared configuration."""

from typing import TYPE_CHECKING, Final, NamedTuple, cast

from varve.language.matcher import Matcher
from varve.model.unit import Environment
from varve.resolve.platform import secret_path, strict

if TYPE_CHECKING:
    from varve.model.source import Map

ALERT: Final = "Heartbeat"
RECEIVER: Final = "heartbeat"
"""The receiver of the heartbeat; it cannot clash with tenants' receivers, whose names contain a slash."""

FILE: Final = "rules/heartbeat.yaml"
"""The path of its rule file in the folder that tenants share."""

MATCHERS: Final = (Matcher("alertname", "=", ALERT), Matcher("tenant", "=", ""))
"""The matchers of its route: an alert of a tenant always has a non-empty label `tenant`."""

_DEFAULT_INTERVAL: Final = "1m"


class Heartbeat(NamedTuple):
    """The absolute path of the file with the address that one server notifies, and how often it does."""

    url_file: str
    interval: str


def heartbeat(environment: Environment, tenant: str | None = None) -> Heartbeat | None:
    """The heartbeat of the shared servers, or of a strict `tenant`'s own; None if unset or without an Alertmanager."""
    settings = cast("Map", environment.platform.get("heartbeat") or {})
    url = strict(environment, tenant).get("heartbeat_url") if tenant else settings.get("url")
    if not settings or url is None or "alertmanager" not in cast("Map", environment.platform["targets"]):
        return None
    return Heartbeat(
        secret_path(environment, "platform", url), cast("str", settings.get("interval", _DEFAULT_INTERVAL))
    )
