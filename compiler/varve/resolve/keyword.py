"""The two keywords that begin with a dollar sign, and whether a layer contains any; nearly none does."""

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from varve.language.cache_key import IdentityKey
from varve.model.layer import Layer

if TYPE_CHECKING:
    from varve.model.source import Value

PATCH: Final = "$patch"
REMOVE: Final = "$remove"


def has_no_keyword(layer: Layer) -> bool:
    """Whether no key in a layer's value begins with a dollar sign."""
    value: Value = layer.value
    # A file is wrapped anew for each environment, but its inner value is the same object, which is what the cache
    # compares.
    for key in layer.into:
        if not isinstance(value, dict) or value.keys() != {key} or str(key).startswith("$"):
            break
        value = value[str(key)]
    return _has_no_keyword(IdentityKey(value))


@lru_cache(maxsize=64)
def _has_no_keyword(root: IdentityKey["Value"]) -> bool:
    waiting = [root.value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict) and "$" in "".join(value) and any(key[0:1] == "$" for key in value):
            return False
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        waiting += [each for each in inside if isinstance(each, (dict, list))]
    return True
