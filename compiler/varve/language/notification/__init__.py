"""What is said of alerts: texts with names in them, written as templates of Alertmanager for each place they go to."""

from varve.language.notification.layout import laid, stepped
from varve.language.notification.medium import HTML, JIRA, JSON_MRKDWN, JSON_PLAIN, MRKDWN, PLAIN, TEAMS, Medium
from varve.language.notification.name import LINKS, NAMES, PLACEHOLDERS
from varve.language.notification.piece import Piece, read
from varve.language.notification.shared import called, sharing
from varve.language.notification.write import LEAD, either, link, longest, write

__all__ = [
    "HTML",
    "JIRA",
    "JSON_MRKDWN",
    "JSON_PLAIN",
    "LEAD",
    "LINKS",
    "MRKDWN",
    "NAMES",
    "PLACEHOLDERS",
    "PLAIN",
    "TEAMS",
    "Medium",
    "Piece",
    "called",
    "either",
    "laid",
    "link",
    "longest",
    "read",
    "sharing",
    "stepped",
    "write",
]
