"""What `varve.yaml` says."""

from collections.abc import Mapping
from typing import NamedTuple

from varve.model.layer import Owner


class LayerSettings(NamedTuple):
    """One kind of layer: where its files are, who owns them, and when they speak.

    `path` has no extension and names facts as `%{tenant.tier}`; `when` maps facts to the values that let it speak.
    """

    name: str
    priority: int
    owner: Owner
    path: str
    into: str = ""
    optional: bool = False
    when: Mapping[str, tuple[str, ...]] | None = None


class Settings(NamedTuple):
    """The repository's settings: `layers` weakest first, `variables` the environment variables that sources may use."""

    environments: tuple[str, ...]
    layers: tuple[LayerSettings, ...]
    variables: Mapping[str, str]
