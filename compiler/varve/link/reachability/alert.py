"""An alert of a compiled rule file, with the labels on which its routing depends."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from varve.language.matcher import Matcher, matches


class Alert(NamedTuple):
    """An alerting rule: its file, `at` the positions of its group and of the rule in it, its labels and expression.

    `labels` are those with which Alertmanager receives it, as far as they are needed. Those in `open` can have any
    value: it is a template, which only Prometheus can evaluate.
    """

    file: str
    at: tuple[int, int]
    labels: Mapping[str, str]
    open: frozenset[str]
    expression: str

    @property
    def name(self) -> str:
        """The name of the alert."""
        return self.labels["alertname"]

    def may_match(self, matchers: tuple[Matcher, ...]) -> bool:
        """Whether an alert of this rule may have labels that all of these matchers match."""
        return matches([each for each in matchers if not self.may_vary(each.name)], self.labels)

    def may_vary(self, label: str) -> bool:
        """Whether the label may have any value: from a template, or from a series if the expression mentions it."""
        return label in self.open or (label not in self.labels and self.mentions(label))

    def mentions(self, label: str) -> bool:
        """Whether the expression contains the name of a label."""
        return label in self.expression and re.search(rf"\b{re.escape(label)}\b", self.expression) is not None
