"""Whether the schemas know a path that somebody asks about."""

from collections.abc import Collection, Mapping
from typing import Final, cast

from varve.check.shape import kind
from varve.check.shape.wording import UNKNOWN_KEY, hint_of_known
from varve.language.name import dotted, nearest
from varve.model.diagnostic import Report
from varve.model.pack import Pack
from varve.model.source import Keys, Map

_SCALARS: Final = ("string", "integer", "number", "boolean")


def is_known(keys: Keys, packs: Mapping[str, Pack], report: Report) -> bool:
    """Whether a value can exist at a path of a unit, or below `platform` of an environment; reported if not."""
    for depth, key in enumerate(keys):
        known = _known_keys(keys[:depth], packs)
        if known is not None and key not in known:
            meant = _meant(keys, depth, known, packs)
            holder = f" in `{dotted(keys[:depth])}`" if depth else ""
            hint = f"did you mean `{dotted(meant)}`?" if meant else hint_of_known(known)
            report.add(UNKNOWN_KEY, f"unknown key `{key}`{holder}", hint=hint)
            return False
    return True


def _known_keys(keys: Keys, packs: Mapping[str, Pack]) -> Collection[str] | None:
    """The keys that a value at a path may have; None if its schema does not list them."""
    match keys:
        case ():
            return [*cast("Map", kind.written("unit")["properties"]), "platform"]
        case ("services", str(), "packs"):
            return packs
        case ("services", str(), "packs", str() as name) if name in packs:
            holder = packs[name].parameters
        case _:
            holder = kind.node(keys) or {}
    if "properties" in holder and "patternProperties" not in holder and holder.get("additionalProperties") is False:
        return cast("Map", holder["properties"])
    return () if holder.get("type") in _SCALARS else None


def _meant(keys: Keys, depth: int, known: Collection[str], packs: Mapping[str, Pack]) -> Keys | None:
    """The path that was probably meant if its key at `depth` is unknown, as far as it is known; None without one."""
    meant = nearest(str(keys[depth]), known)
    if meant is None:
        return None
    whole = (*keys[:depth], meant, *keys[depth + 1 :])
    return whole if is_known(whole, packs, Report()) else whole[: depth + 1]
