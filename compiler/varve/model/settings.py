"""The settings in `varve.yaml`."""

from collections.abc import Mapping
from typing import NamedTuple

from varve.model.layer import Owner


class LayerSettings(NamedTuple):
    """One layer of `varve.yaml`: where its files are, who owns them, and when it applies.

    `path` has no extension and refers to facts as `%{tenant.tier}`; `when` maps each fact to the values with which the
    layer applies.
    """

    name: str
    priority: int
    owner: Owner
    path: str
    into: str = ""
    optional: bool = False
    when: Mapping[str, tuple[str, ...]] | None = None


class Settings(NamedTuple):
    """The repository's settings: `layers` are weakest first, `variables` are what sources may use as `%{env:NAME}`."""

    environments: tuple[str, ...]
    layers: tuple[LayerSettings, ...]
    variables: Mapping[str, str]
