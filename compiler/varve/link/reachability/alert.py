"""The noun of this folder: an alert as a rule that was made says it, as far as routing asks of it."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from varve.language.matcher import Matcher, matches


class Alert(NamedTuple):
    """A rule that alerts: its file, the positions of its group and its own, and what it says.

    `labels` are those with which it arrives, as far as somebody asks for them. Those that are `open` have a value that
    only Prometheus knows, because it is a template.
    """

    file: str
    at: tuple[int, int]
    labels: Mapping[str, str]
    open: frozenset[str]
    expression: str

    @property
    def name(self) -> str:
        """What it is called."""
        return self.labels["alertname"]

    def may_match(self, matchers: tuple[Matcher, ...]) -> bool:
        """Whether an alert of this rule may have labels that all of these match."""
        return matches([each for each in matchers if not self.is_unsure(each.name)], self.labels)

    def is_unsure(self, label: str) -> bool:
        """Whether the label may have any value: of a template, or of a series where the expression speaks of it."""
        return label in self.open or (label not in self.labels and self.speaks_of(label))

    def speaks_of(self, label: str) -> bool:
        """Whether the expression names a label."""
        return label in self.expression and re.search(rf"\b{re.escape(label)}\b", self.expression) is not None
