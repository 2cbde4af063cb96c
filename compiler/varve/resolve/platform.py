"""What an environment's platform map means for those who write for it."""

from typing import Final, cast

from varve.language.version import Version, parse
from varve.model.source import Map
from varve.model.unit import Environment

_CREDENTIALS: Final = {"basic_auth": "password", "authorization": "credentials"}
"""The field of each way to log in that holds a secret; the target reads it from `<field>_file`."""


def prometheus_version(environment: Environment) -> Version:
    """The version of Prometheus that the environment runs."""
    targets = cast("dict[str, dict[str, str]]", environment.platform["targets"])
    return cast("Version", parse(targets["prometheus"]["version"]))


def prometheus_features(environment: Environment) -> tuple[str, ...]:
    """The feature flags that the environment's Prometheus runs with."""
    targets = cast("dict[str, dict[str, list[str]]]", environment.platform["targets"])
    return tuple(targets["prometheus"].get("features", ()))


def credentials(environment: Environment, holder: str, said: Map) -> Map:
    """The ways to log in that `said` holds, each secret as the absolute path of the file that will hold it.

    `holder` is whose secrets they are: `tenants/<tenant>`, or `platform`.
    """
    return {
        method: _in_files(environment, holder, said[method], field)
        for method, field in _CREDENTIALS.items()
        if method in said
    }


def _in_files(environment: Environment, holder: str, said: object, field: str) -> Map:
    login = cast("Map", said)
    root = cast("dict[str, str]", environment.platform["secrets"])["root"].rstrip("/")
    name = cast("dict[str, str]", login[field])["secret"]
    kept = {key: value for key, value in login.items() if key != field}
    return {**kept, f"{field}_file": f"{root}/{holder}/{name}"}
