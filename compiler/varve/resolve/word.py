"""The two words that begin with a dollar sign, and the layers that hold none: nearly all."""

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from varve.language.same import Same
from varve.model.layer import Layer

if TYPE_CHECKING:
    from varve.model.source import Value

PATCH: Final = "$patch"
REMOVE: Final = "$remove"


def is_wordless(layer: Layer) -> bool:
    """Whether no key of what a layer says begins with a dollar sign."""
    said: Value = layer.value
    # A file is wrapped anew in each environment that it speaks in, and says the same in all of them.
    for key in layer.into:
        if not isinstance(said, dict) or said.keys() != {key} or str(key).startswith("$"):
            break
        said = said[str(key)]
    return _holds_no_word(Same(said))


@lru_cache(maxsize=64)
def _holds_no_word(said: Same["Value"]) -> bool:
    waiting = [said.value]
    while waiting:
        held = waiting.pop()
        if isinstance(held, dict) and "$" in "".join(held) and any(key[0:1] == "$" for key in held):
            return False
        inside = held.values() if isinstance(held, dict) else held if isinstance(held, list) else ()
        waiting += [each for each in inside if isinstance(each, (dict, list))]
    return True
