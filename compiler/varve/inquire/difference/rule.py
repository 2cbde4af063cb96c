"""The rules of a unit as Prometheus loads them, with their fields."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from varve.inquire.difference.wording import worded
from varve.model.difference import Kind
from varve.model.source import Map, Value

SILENCE: Final = "annotations.silence_url"
"""The link to a silence, which is derived from the labels and the name of an alert alone."""

_OF_GROUP: Final = ("interval", "limit", "query_offset")


class Rule(NamedTuple):
    """A rule of a group, with its own fields and those that its group sets for all of its rules."""

    kind: Kind
    group: str
    name: str
    fields: Map

    @property
    def labels(self) -> dict[str, str]:
        """Its labels as texts."""
        return {key: str(value) for key, value in _map(self.fields.get("labels")).items()}


def rules(files: Iterable[Value], tenant: str) -> Iterator[Rule]:
    """All rules of parsed rule files of a tenant, in their order; names of groups are without the tenant."""
    for file in files:
        for group in _maps(file, "groups"):
            name = str(group.get("name", "")).removeprefix(f"{tenant}/")
            shared: Map = {key: group[key] for key in _OF_GROUP if key in group}
            for each in _maps(group, "rules"):
                yield _rule(name, shared, _map(group.get("labels")), each)


def _rule(group: str, shared: Map, labels: Map, fields: Map) -> Rule:
    kind: Kind = "alert" if "alert" in fields else "recording"
    own = {key: value for key, value in fields.items() if key not in ("alert", "record", "labels")}
    whole: Map = {**shared, **own, "labels": {**labels, **_map(fields.get("labels"))}}
    return Rule(kind, group, str(fields.get("alert") or fields.get("record")), whole)


def flat(fields: Map) -> Mapping[str, str]:
    """The fields of a rule as texts, labels and annotations each as a field of its own."""
    texts: dict[str, str] = {}
    for key, value in fields.items():
        if isinstance(value, dict):
            texts |= {f"{key}.{name}": worded(each) for name, each in value.items()}
        else:
            texts[key] = worded(value)
    return texts


def _maps(value: Value, key: str) -> list[Map]:
    found = value.get(key) if isinstance(value, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _map(value: Value) -> Map:
    return value if isinstance(value, dict) else {}
