"""What is made once for a tenant, and used in each of its environments that would make the same, or once for all."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeVar, cast

T = TypeVar("T")


@dataclass(slots=True)
class Once:
    """What was made for the tenant at hand, by what it was made of; that of the next one takes its place.

    What is no tenant's is in `common`, and stays.
    """

    tenant: str = ""
    made: dict[Hashable, object] = field(default_factory=dict)
    common: dict[Hashable, object] = field(default_factory=dict)

    def get(self, tenant: str, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives for `key`, which it is asked for once; nobody may change it, and one key has one type."""
        if tenant != self.tenant:
            self.tenant, self.made = tenant, {}
        if key not in self.made:
            self.made[key] = make()
        return cast("T", self.made[key])

    def for_all(self, key: Hashable, make: Callable[[], T]) -> T:
        """The same of what is no tenant's; a key may hold only what there is little of, such as locales."""
        if key not in self.common:
            self.common[key] = make()
        return cast("T", self.common[key])
