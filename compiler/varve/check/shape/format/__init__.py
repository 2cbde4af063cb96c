"""The formats of texts, by their names in the schemas."""

from collections.abc import Mapping
from typing import Final

from varve.check.shape.format import contact, expression, hours, label, layering, naming, release, timing, url
from varve.check.shape.format.shape import Format

FORMATS: Final[Mapping[str, Format]] = {
    **timing.FORMATS,
    **hours.FORMATS,
    **label.FORMATS,
    **expression.FORMATS,
    **url.FORMATS,
    **contact.FORMATS,
    **naming.FORMATS,
    **release.FORMATS,
    **layering.FORMATS,
}

__all__ = ["FORMATS", "Format"]
