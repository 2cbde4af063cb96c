"""The meaning of an environment's platform map."""

from functools import lru_cache
from typing import Final, cast

from varve.language.version import Version, parse
from varve.model.source import Map, Value
from varve.model.unit import Environment

_parse: Final = lru_cache(maxsize=64)(parse)  # all units of an environment parse the same few versions

_CREDENTIALS: Final = {"basic_auth": "password", "authorization": "credentials"}
"""The secret field of each way to log in; the target reads it from `<field>_file`."""


def version(environment: Environment, target: str) -> Version | None:
    """The version of a target that the environment runs; None if it does not run it."""
    targets = cast("dict[str, dict[str, str]]", environment.platform["targets"])
    return _parse(targets[target]["version"]) if target in targets else None


def at_least(environment: Environment, target: str, first: Version) -> bool:
    """Whether the environment runs a target in this version or a later one."""
    found = version(environment, target)
    return found is not None and found >= first


def strict(environment: Environment, tenant: str) -> Map:
    """The platform's settings for a strict tenant's own systems; empty if there are none."""
    settings = cast("dict[str, Map]", environment.platform.get("strict", {}))
    return settings.get(tenant, {})


def prometheus_version(environment: Environment) -> Version:
    """The version of Prometheus that the environment runs; every environment has one."""
    return cast("Version", version(environment, "prometheus"))


def prometheus_features(environment: Environment) -> tuple[str, ...]:
    """The feature flags that the environment's Prometheus runs with."""
    targets = cast("dict[str, dict[str, list[str]]]", environment.platform["targets"])
    return tuple(targets["prometheus"].get("features", ()))


def credentials(environment: Environment, holder: str, settings: Map) -> Map:
    """The ways to log in that `settings` contains, with each secret as the absolute path of the file that will hold it.

    `holder` is the owner of the secrets: `tenants/<tenant>` or `platform`.
    """
    return {
        method: _in_files(environment, holder, settings[method], field)
        for method, field in _CREDENTIALS.items()
        if method in settings
    }


def _in_files(environment: Environment, holder: str, given: object, field: str) -> Map:
    login = cast("Map", given)
    kept = {key: value for key, value in login.items() if key != field}
    return {**kept, f"{field}_file": secret_path(environment, holder, login[field])}


def secret_path(environment: Environment, holder: str, reference: Value) -> str:
    """The absolute path of the file that will hold what `{secret: file/key}` names; `holder` as in `credentials`."""
    root = cast("dict[str, str]", environment.platform["secrets"])["root"].rstrip("/")
    return f"{root}/{holder}/{cast('dict[str, str]', reference)['secret']}"
