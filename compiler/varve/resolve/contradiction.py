"""Layers that contradict a fact by which layers were selected."""

from functools import lru_cache

from varve.language.cache_key import IdentityKey
from varve.model.diagnostic import Note, Rule
from varve.model.layer import Layer
from varve.model.settings import Settings
from varve.model.source import Keys
from varve.resolve import origins, pattern
from varve.resolve.facts import Facts, fact_layers
from varve.resolve.merge import value_at
from varve.resolve.origins import Stacking

CHANGED_FACT = Rule(
    "resolve/changed-fact",
    "A layer contradicts a fact that selected the layers",
    "Facts are what the tenant's own file, or a grant of the platform, sets under `tenant:`. `tenant.tier: gold` "
    "selects the layer of the tier `gold`; another layer that made the tenant `silver` would leave it with gold's "
    "settings under silver's name. Set it in the tenant's file or in a grant, so that the layers follow.",
)


def refuse(layers: tuple[Layer, ...], stacking: Stacking) -> None:
    """Report layers that set a fact to another value than the one by which the layers were selected."""
    known = {**_empty_facts(stacking), **stacking.facts}
    for fact in _selecting_facts(IdentityKey(stacking.settings)):
        keys, chosen = pattern.keys(fact), known.get(fact, ())
        layer_by_text = _texts_set(layers, keys) if keys else {}
        shown = f"`{', '.join(chosen)}`" if chosen else "empty" if fact in known else "not set"
        for text, layer in layer_by_text.items():
            if text not in chosen and _selects(stacking.settings, fact, None if len(chosen) == 1 else text):
                stacking.report.add(
                    CHANGED_FACT,
                    f"`{fact}` is {shown} where layers are selected, but `{text}` here",
                    layer.place(keys or ()),
                    Note(
                        "this selects the layers" if fact in known else "facts that select layers are set here",
                        origins.fact(fact, stacking),
                    ),
                    hint="set it in the tenant's own file, or in a grant",
                )


def _empty_facts(stacking: Stacking) -> Facts:
    """The facts that the tenant's file or its grants set to an empty list."""
    files = [stacking.reading.find(pattern.fill(each.path, stacking.facts)) for each in fact_layers(stacking.settings)]
    tenants = (value_at(each.value, ("tenant",)) for each in files if each and each.value)
    return {f"tenant.{key}": () for each in tenants if isinstance(each, dict) for key in each if each[key] == []}


def _texts_set(layers: tuple[Layer, ...], keys: Keys) -> dict[str, Layer]:
    """The texts that the layers together set at `keys`, each with the layer that sets it."""
    layer_by_text: dict[str, Layer] = {}
    for layer in layers:
        match value_at(layer.value, keys):
            case str() as text:
                layer_by_text = {text: layer}
            case list() as texts:
                layer_by_text.update((text, layer) for text in texts if isinstance(text, str))
    return layer_by_text


@lru_cache(maxsize=8)
def _selecting_facts(settings: IdentityKey[Settings]) -> tuple[str, ...]:
    """The facts that select layers, by a path or a condition, and that a layer could contradict."""
    named = {fact for spec in settings.value.layers for fact in (*pattern.facts(spec.path), *(spec.when or ()))}
    return tuple(sorted(named - {"environment", "tenant.id"}))


def _selects(settings: Settings, fact: str, text: str | None) -> bool:
    """Whether a layer's path or condition uses the fact; a condition must also list `text`, unless that is None."""
    return any(
        fact in pattern.facts(spec.path) or (fact in (when := spec.when or {}) and text in (None, *when[fact]))
        for spec in settings.layers
    )
