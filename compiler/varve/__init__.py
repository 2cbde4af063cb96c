"""varve compiles layered tenant and environment sources into configuration, and proves its isolation."""

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

if not TYPE_CHECKING:  # else type checkers would accept any name

    def __getattr__(name: str) -> object:
        """A name of the Python interface, imported on first use, so that the command line starts without all of it."""
        if name not in _HOMES:
            raise AttributeError(f"module `varve` has no `{name}`", name=name, obj=import_module(__name__))
        return getattr(import_module(f"varve.api.{_HOMES[name]}"), name)
