"""The paths that platform files lock, and tenant layers that set them."""

from collections.abc import Iterator

from varve.language.name import dotted
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.layer import Lock, Stack
from varve.model.source import Keys, Map, Value
from varve.resolve import pattern
from varve.resolve.keyword import PATCH, REMOVE

LOCKED = Rule(
    "resolve/locked",
    "A tenant sets what the platform has locked",
    "The platform locks a path so that only its own layers may set, replace or delete it. Ask the platform team for a "
    "grant: a file under `environments/tenants/` can make an exception for one tenant.",
)
BAD_LOCK = Rule(
    "resolve/bad-lock",
    "A lock is not a path",
    "A lock names a path of the unit, such as `quotas` or `services.checkout.slos`; a key with other characters is "
    'written as `["a b"]`. A lock on a path that does not exist would lock nothing, and nobody would notice.',
)


def locks(file: str, value: Map, report: Report) -> Iterator[Lock]:
    """The paths that a platform file locks; texts that are not paths are reported."""
    listed = value.get("locks")
    for index, text in enumerate(listed if isinstance(listed, list) else ()):
        place = Place(file, ("locks", index))
        keys = pattern.keys(text) if isinstance(text, str) else None
        if keys:
            yield Lock(keys, place)
        else:
            shown = f"`{text}`" if text and isinstance(text, (str, int)) else "this"
            report.add(
                BAD_LOCK,
                f"{shown} is not a path that can be locked",
                place,
                hint="write it as `services.checkout.slos`",
            )


def refuse(stack: Stack, report: Report) -> None:
    """Report each tenant layer that sets what a platform file locks."""
    by_keys: dict[Keys, list[Lock]] = {}
    for lock in stack.locks:
        by_keys.setdefault(lock.keys, []).append(lock)
    for layer in stack.layers:
        for locked, equal_locks in by_keys.items() if layer.owner == "tenant" else ():
            offence = _offence(layer.value, locked)
            if offence is not None:
                report.add(
                    LOCKED,
                    f"`{dotted(locked)}` is locked by the platform",
                    layer.place(offence),
                    *(Note("locked here", lock.place) for lock in equal_locks),
                    hint="remove it, or ask the platform team for a grant",
                )


def _offence(value: Value, locked: Keys) -> Keys | None:
    """Where a layer's value sets, replaces or deletes the locked path or one above it."""
    here = value
    for depth, key in enumerate(locked):
        if not isinstance(here, dict):
            return locked[:depth]
        # `$patch` has no meaning at the top, which the merge already reports.
        if PATCH in here and depth:
            return (*locked[:depth], PATCH)
        removed = here.get(REMOVE)
        if isinstance(removed, list) and key in removed:
            return (*locked[:depth], REMOVE, removed.index(key))
        if key not in here:
            return None
        here = here[key]
    return locked
