"""Formats in the settings of layers: paths, the keys where a layer is inserted, and facts."""

import re
from collections.abc import Mapping
from typing import Final

from varve.check.shape.format.shape import Format, matching
from varve.model.diagnostic import Rule

BAD_LAYER = Rule(
    "check/bad-layer-path",
    "Layer's path or place is not valid",
    "The path of a layer is relative to `varve.yaml`, has no extension, stays within `environments/` or `tenants/`, "
    "and contains facts as `%{tenant.tier}`. `*` as the last part of the path matches any one name.",
)
BAD_FACT_NAME = Rule(
    "check/bad-fact",
    "Unknown fact",
    "The facts of a unit are `environment`, `tenant.id`, and the keys of the `tenant:` map, such as `tenant.tier`.",
)

_FACT = re.compile(r"environment|tenant\.[a-z][a-z_]*")
_LAYER_PATH = re.compile(
    r"(?:environments|tenants)(?:/(?:[a-z0-9-]+|%\{(?:environment|tenant\.[a-z][a-z_]*)\}))*(?:/[a-z0-9-]*\*)?"
)
_LAYER_INTO = re.compile(r"(?:[a-z_]+\.)*(?:[a-z_]+|%\{file\.stem\})")


FORMATS: Final[Mapping[str, Format]] = {
    "layer-path": Format(
        BAD_LAYER,
        "is not valid in a layer",
        matching(_LAYER_PATH, "write it like `environments/tiers/%{tenant.tier}`"),
    ),
    "layer-into": Format(
        BAD_LAYER, "is not valid in a layer", matching(_LAYER_INTO, "write it like `services.%{file.stem}`")
    ),
    "fact": Format(BAD_FACT_NAME, "is not a fact", matching(_FACT, "write `environment`, or `tenant.` and a key")),
}
