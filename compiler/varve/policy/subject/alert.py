"""The alerts of a unit, as in its compiled rule files: its own, its packs' and its vendor rules'."""

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Final, NamedTuple, cast

from varve.link.reachability import CertainReceivers, certain_receivers, keys_of
from varve.model.diagnostic import Place
from varve.model.source import Keys, Map, Value
from varve.policy.subject.material import Material
from varve.policy.subject.notify import channel
from varve.policy.subject.subject import Subject, Written
from varve.resolve import notify

_RAW: Final = "rules/raw/"
_ORIGINS: Final = {"alerts": "alert", "packs": "pack", "slos": "slo", "probes": "probe"}


def subjects(material: Material) -> list[Subject]:
    """Every compiled alert, except for escalations, which only repeat that others keep firing.

    `receivers` are the tenant's receivers that it certainly reaches, and `channels` their kinds. If it reaches the
    platform, the kinds of the platform's channels are included, but the platform is not in `receivers`. Both are empty
    if the environment has no Alertmanager.
    """
    receivers = certain_receivers(material.unit, material.environment, material.artifacts)
    made = _Alerts(material, receivers, cache(partial(_described, material)))
    files = [each.path for each in material.artifacts if material.inside(each.path).startswith("rules/")]
    return [each for path in files for each in _alerts_in(made, path)]


class _Alerts(NamedTuple):
    """The alerts' unit, the receivers of each, and a cached function that describes receivers: most reach the same."""

    material: Material
    receivers: CertainReceivers
    reached: Callable[[tuple[str, ...]], Map]


def _alerts_in(made: _Alerts, path: str) -> Iterator[Subject]:
    for group_index, group in enumerate(_maps(made.material.read(path), "groups")):
        for rule_index, rule in enumerate(_maps(group, "rules")):
            if "alert" in rule and rule["alert"] != notify.ESCALATED:
                at = group_index, rule_index
                labels = {**_texts(group, "labels"), **_texts(rule, "labels")}
                yield _subject(made, (path, at), rule, labels)


def _subject(made: _Alerts, at: tuple[str, tuple[int, int]], rule: Map, labels: dict[str, str]) -> Subject:
    material, name = made.material, str(rule["alert"])
    file, position = at
    alert: Map = {
        "name": name,
        **{key: labels.get(key, "") for key in ("service", "pack", "slo", "severity")},
        "expr": str(rule.get("expr", "")),
        "for": str(rule.get("for", "")),
        "labels": cast("Map", labels),
        "annotations": cast("Map", _texts(rule, "annotations")),
        **made.reached(made.receivers.get(at, ())),
    }
    inside = material.inside(file).removesuffix(".yaml")
    if inside.startswith("rules/raw/"):
        vendor = inside.removeprefix(_RAW)
        keys: Keys = ("groups", position[0], "rules", position[1])
        written = Written(Place(material.unit.vendor[vendor].path, (*keys, "alert")), keys)
        return Subject({**alert, "origin": "vendor"}, ("rules", vendor, name), written)
    found = keys_of(material.unit.value, inside.removeprefix("rules/"), name, labels)
    origin = _ORIGINS[str(found[2])] if len(found) > 1 else "pack"
    return Subject({**alert, "origin": origin}, found if origin == "alert" else (*found, name))


def _described(material: Material, names: tuple[str, ...]) -> Map:
    """The receivers that an alert reaches, and the kinds of their channels, each once."""
    receivers: list[Value] = [_own(material, each) for each in names if each != notify.PLATFORM]
    return {"receivers": receivers, "channels": _channels(material, names)}


def _channels(material: Material, names: tuple[str, ...]) -> list[Value]:
    platform = cast("Map", material.environment.platform.get("receiver") or {})
    kinds = (
        platform if each == notify.PLATFORM else [channel(material.unit.value, _own(material, each)).kind]
        for each in names
    )
    return [*dict.fromkeys(kind for each in kinds for kind in each)]


def _own(material: Material, receiver: str) -> str:
    """The id of a receiver, given its name in Alertmanager."""
    return receiver.removeprefix(f"{material.unit.unit.tenant}/")


def _maps(value: Value, key: str) -> list[Map]:
    return cast("list[Map]", value.get(key) or []) if isinstance(value, dict) else []


def _texts(value: Map, key: str) -> dict[str, str]:
    return {name: str(text) for name, text in cast("Map", value.get(key) or {}).items()}
