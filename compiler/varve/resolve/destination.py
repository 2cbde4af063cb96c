"""Where the links of an alert can lead."""

from varve.model.unit import Environment
from varve.resolve.platform import version


def links(environment: Environment) -> tuple[str, ...]:
    """The links that alerts may carry in an environment: every one to a runbook, others where the systems are there."""
    dashboard = version(environment, "grafana") is not None and "grafana" in environment.platform
    silence = version(environment, "alertmanager") is not None and "alertmanager" in environment.platform
    return ("runbook", *(("dashboard",) if dashboard else ()), *(("silence",) if silence else ()))
