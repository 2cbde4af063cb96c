"""The format of the targets' versions, and the oldest supported version of each."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from varve.check.shape.format.shape import Format
from varve.language import version
from varve.language.version import Version
from varve.model.diagnostic import Rule

BAD_VERSION = Rule(
    "check/bad-version",
    "Not a supported version",
    'Versions are quoted texts such as `"3.5"`, because YAML reads `3.10` as the number 3.1. The oldest supported '
    "versions are Prometheus 2.42, Alertmanager 0.25 and Grafana 10.0.",
)

OLDEST: Final[Mapping[str, Version]] = {
    "version": Version(2, 42),
    "alertmanager-version": Version(0, 25),
    "grafana-version": Version(10, 0),
}
"""The oldest supported version of each target, by the format of its version."""


def fault(text: str, format_: str) -> str | None:
    """Why a text is not a supported version of the target that `format_` is for, as a hint, or None."""
    parsed, oldest = version.parse(text), OLDEST[format_]
    if parsed is None:
        return f'write it like "{oldest}"'
    return f'write "{oldest}" or a newer one' if parsed < oldest else None


FORMATS: Final[Mapping[str, Format]] = {
    each: Format(BAD_VERSION, "is not a supported version", partial(fault, format_=each)) for each in OLDEST
}
