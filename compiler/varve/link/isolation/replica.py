"""Checks of replicas: one file runs all of them, and nothing in an alert shows which of them sent it."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from varve.language.fault import quote
from varve.link.isolation.evidence import Breach
from varve.link.isolation.shape import listed, maps, under
from varve.model.source import Keys, Map
from varve.resolve.replica import Replica

_LABELS: Final[Keys] = ("global", "external_labels")
_ALERT_RELABELLING: Final = "alert_relabel_configs"


class Replicas(NamedTuple):
    """The label that distinguishes replicas, and the names of the stores that must not get it (`unlabelled`)."""

    replica: Replica
    unlabelled: frozenset[str]


def breaches(value: Map, due: Replicas) -> Iterator[Breach]:
    """What in a main file of the right shape shows, in alerts or to an `unlabelled` store, which replica sends."""
    label, labels = due.replica.label, under(under(value, "global"), "external_labels")
    if labels.get(label) != due.replica.value:
        message = f"the external label {quote(label)} does not tell replicas apart as the platform sets it"
        yield Breach(message, (*_LABELS, label) if label in labels else ())
    for name, text in labels.items():
        if name != label and "$" in str(text).replace("$$", ""):
            message = f"the external label {quote(name)} differs between replicas but is kept on alerts"
            yield Breach(message, (*_LABELS, name))
    alerting = under(value, "alerting")
    if alerting and alerting.get(_ALERT_RELABELLING) != [due.replica.labeldrop]:
        message = f"`{_ALERT_RELABELLING}` does not remove exactly {quote(label)} from every alert"
        yield Breach(message, ("alerting", _ALERT_RELABELLING) if _ALERT_RELABELLING in alerting else ("alerting",))
    for index, store in enumerate(maps(value, "remote_write")):
        name = str(store.get("name")).partition("/")[0]
        if name in due.unlabelled and listed(store, "write_relabel_configs")[-1:] != [due.replica.labeldrop]:
            yield Breach(f"a store that must not see replicas receives {quote(label)}", ("remote_write", index))
