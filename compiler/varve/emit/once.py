"""A cache of what several environments of a tenant, or all tenants, share."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeVar, cast

T = TypeVar("T")


@dataclass(slots=True)
class Once:
    """Results for the current tenant, by key; they are dropped when the next tenant begins.

    Results that belong to no tenant are in `common`, and are kept.
    """

    tenant: str = ""
    results: dict[Hashable, object] = field(default_factory=dict)
    common: dict[Hashable, object] = field(default_factory=dict)

    def get(self, tenant: str, key: Hashable, make: Callable[[], T]) -> T:
        """The result of `make` for `key`, called once; it must not be changed, and each key has a single type."""
        if tenant != self.tenant:
            self.tenant, self.results = tenant, {}
        if key not in self.results:
            self.results[key] = make()
        return cast("T", self.results[key])

    def for_all(self, key: Hashable, make: Callable[[], T]) -> T:
        """The same for all tenants; keys must have few values, such as locales, because nothing is dropped."""
        if key not in self.common:
            self.common[key] = make()
        return cast("T", self.common[key])
