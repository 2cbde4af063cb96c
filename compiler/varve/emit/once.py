"""What is made once for a tenant, and used in each of its environments that would make the same."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeVar, cast

T = TypeVar("T")


@dataclass(slots=True)
class Once:
    """What was made for the tenant at hand, by what it was made of; that of the next one takes its place."""

    tenant: str = ""
    made: dict[Hashable, object] = field(default_factory=dict)

    def get(self, tenant: str, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives for `key`, which it is asked for once; nobody may change it, and one key has one type."""
        if tenant != self.tenant:
            self.tenant, self.made = tenant, {}
        if key not in self.made:
            self.made[key] = make()
        return cast("T", self.made[key])
