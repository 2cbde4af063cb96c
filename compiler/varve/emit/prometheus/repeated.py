"""Files that are the same in all environments of a tenant, but for their headers, are written once."""

from dataclasses import dataclass, field
from functools import lru_cache

from varve.language import canonical
from varve.model.source import Map


@dataclass(frozen=True, slots=True)
class _Repeated:
    """A value, told apart from others by what Python writes for it, which takes a tenth of the time of YAML."""

    text: str
    value: Map = field(compare=False)


def yaml(value: Map) -> bytes:
    """The canonical YAML of `value`; what was written lately is remembered."""
    return _written(_Repeated(repr(value), value))


@lru_cache(maxsize=128)
def _written(repeated: _Repeated) -> bytes:
    return canonical.yaml(repeated.value)
