"""The links that an alert can have."""

from varve.model.unit import Environment
from varve.resolve.platform import version


def links(environment: Environment) -> tuple[str, ...]:
    """The kinds of links of an environment's alerts: always `runbook`, others if it has the system they lead to."""
    dashboard = version(environment, "grafana") is not None and "grafana" in environment.platform
    silence = version(environment, "alertmanager") is not None and "alertmanager" in environment.platform
    return ("runbook", *(("dashboard",) if dashboard else ()), *(("silence",) if silence else ()))
