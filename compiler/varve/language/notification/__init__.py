"""What is said of alerts: texts with names in them, written as templates of Alertmanager for each place they go to."""

from varve.language.notification.medium import HTML, JSON_MRKDWN, JSON_PLAIN, MRKDWN, PLAIN, TEAMS, Medium
from varve.language.notification.name import LINKS, NAMES, PLACEHOLDERS
from varve.language.notification.piece import Piece, read
from varve.language.notification.write import LEAD, either, link, longest, write

__all__ = [
    "HTML",
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
    "either",
    "link",
    "longest",
    "read",
    "write",
]
