"""The platform of an environment: as one subject, and the part that policies of a tenant may see."""

from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.policy.subject.subject import Subject


def subject(environment: Environment) -> Subject:
    """The platform's own settings of an environment."""
    return Subject(environment.platform, ("platform",))


def seen_by(tenant: str, environment: Environment) -> Map:
    """The platform's settings without those for other tenants."""
    platform = environment.platform
    for keys in (("strict",), ("secrets", "recipients", "tenants")):
        platform = _only(platform, keys, tenant)
    return platform


def _only(value: Map, keys: tuple[str, ...], tenant: str) -> Map:
    """A copy of `value` in which the map at `keys`, if there is one, contains only the tenant."""
    key, *rest = keys
    inner = value.get(key)
    if not isinstance(inner, dict):
        return value
    kept: Value = _only(inner, tuple(rest), tenant) if rest else {tenant: inner[tenant]} if tenant in inner else {}
    return {**value, key: kept}
