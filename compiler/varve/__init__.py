"""varve compiles layered tenant and environment sources into configuration, and proves what it compiled."""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from varve.api.config.live import ConfigManager
    from varve.api.effort import Effort
    from varve.api.findings import ConfigError, Findings
    from varve.api.given.generator import ConfigGenerator
    from varve.api.given.validator import TenantConfigValidator
    from varve.api.policy.evidence import verify_evidence
    from varve.api.repository import open  # noqa: A004 - the word of the field

__version__ = "0.1.0"
__all__ = (
    "ConfigError",
    "ConfigGenerator",
    "ConfigManager",
    "Effort",
    "Findings",
    "TenantConfigValidator",
    "open",
    "verify_evidence",
)

_HOMES: Final = {
    "ConfigError": "findings",
    "ConfigGenerator": "given.generator",
    "ConfigManager": "config.live",
    "Effort": "effort",
    "Findings": "findings",
    "TenantConfigValidator": "given.validator",
    "open": "repository",
    "verify_evidence": "policy.evidence",
}

if not TYPE_CHECKING:  # else every name would seem to be there

    def __getattr__(name: str) -> object:
        """What other programs call, imported when it is first asked for, so that the command line starts without it."""
        if name not in _HOMES:
            raise AttributeError(f"module `varve` has no `{name}`", name=name, obj=import_module(__name__))
        return getattr(import_module(f"varve.api.{_HOMES[name]}"), name)
