"""The texts of notifications: lines with names in them, written as templates of Alertmanager for each medium."""

from varve.language.notification.layout import laid, stepped
from varve.language.notification.medium import HTML, JIRA, JSON_MRKDWN, JSON_PLAIN, MRKDWN, PLAIN, TEAMS, Medium
from varve.language.notification.name import (
    BLOCKS_SINCE,
    DETAILS,
    LINKS,
    MESSAGES,
    NAMES,
    PLACEHOLDERS,
    QUOTED_SINCE,
    WAY_OUT,
)
from varve.language.notification.piece import Piece, read
from varve.language.notification.shared import definitions, sharing
from varve.language.notification.write import LEAD, either, link, longest, write

__all__ = [
    "BLOCKS_SINCE",
    "DETAILS",
    "HTML",
    "JIRA",
    "JSON_MRKDWN",
    "JSON_PLAIN",
    "LEAD",
    "LINKS",
    "MESSAGES",
    "MRKDWN",
    "NAMES",
    "PLACEHOLDERS",
    "PLAIN",
    "QUOTED_SINCE",
    "TEAMS",
    "WAY_OUT",
    "Medium",
    "Piece",
    "definitions",
    "either",
    "laid",
    "link",
    "longest",
    "read",
    "sharing",
    "stepped",
    "write",
]
