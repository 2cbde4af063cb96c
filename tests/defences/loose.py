"""Formats and schemas that accept everything."""

from typing import Final

import pytest

from tests.defences.attack import Off, instead
from varve.check.shape import schema, wording
from varve.check.shape.format import FORMATS, Format
from varve.check.shape.format.label import BAD_LABEL

EVERY: Final = Format(BAD_LABEL, "", lambda _: None)


def loose(*names: str) -> Off:
    """Formats that accept every text, in validators that use them."""

    def off(patch: pytest.MonkeyPatch) -> None:
        for module in (schema, wording):
            patch.setattr(module, "FORMATS", {**FORMATS, **dict.fromkeys(names, EVERY)})

    return off


open_schemas: Final[Off] = instead(schema, "check", lambda *_: True)
"""Every map may have any keys."""
