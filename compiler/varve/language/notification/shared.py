"""Shared definitions: in a file of many texts, each way of printing a value is defined once and called by its name."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from varve.language.notification import medium as media
from varve.language.notification.medium import JIRA, JSON_MRKDWN, JSON_PLAIN, MRKDWN, PLAIN, TEAMS, Medium

_WAYS: Final[Mapping[str, Medium]] = {
    "jira": JIRA,
    "json_mrkdwn": JSON_MRKDWN,
    "json_plain": JSON_PLAIN,
    "mrkdwn": MRKDWN,
    "plain": PLAIN,
    "teams": TEAMS,
}
"""One medium for each way to escape and quote values; in all other media, values are written as in one of these."""


def sharing(medium: Medium, prefix: str) -> Medium:
    """The medium with values printed by definitions with that prefix, or the medium itself without a prefix."""
    way = next(name for name, each in _WAYS.items() if (each.escape, each.quote) == (medium.escape, medium.quote))
    return medium._replace(shared=f"{prefix}.{way}") if prefix else medium


def definitions(texts: Iterable[str], prefix: str) -> Mapping[str, str]:
    """The definitions with that prefix that these texts call, by name."""
    call = re.compile(rf'\{{\{{ template "({re.escape(prefix)}\.([^".]+)\.([^".]+)(?:\.(\d+))?)" ')
    found = {each[1]: each.groups()[1:] for text in texts for each in call.finditer(text)}
    return {name: _printing(_WAYS[way], kind, int(most or 0)) for name, (way, kind, most) in found.items()}


def _printing(medium: Medium, kind: str, most: int) -> str:
    """The template that prints the value with which it is called."""
    if kind == "url":
        return media.address(".", medium)
    return media.value(".", most, medium, lines=kind == "lines")
