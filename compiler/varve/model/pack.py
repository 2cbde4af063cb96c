"""Packs: ready-made rules with parameters."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from varve.model.source import Map

Scope = Literal["service", "slos", "probes", "tenant"]


class Pack(NamedTuple):
    """A folder under `templates/packs/`: what it applies to, the JSON Schema of its parameters, and its texts.

    `messages` maps a language to the texts of its catalogue, by msgid; `runbook` is whether there is a `runbook.md`.
    """

    name: str
    applies_to: Scope
    parameters: Map
    messages: Mapping[str, Mapping[str, str]]
    runbook: bool = False

    @property
    def folder(self) -> str:
        """The pack's folder, from the repository's root."""
        return f"templates/packs/{self.name}"
