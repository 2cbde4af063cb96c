"""What a text may say of alerts: each name, where Alertmanager has it, and how many characters it may take.

`$a` is the alert in hand, the first of the group unless a list names another; `$` is the group.
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from varve.language.version import Version

Kind = Literal["line", "lines", "url", "time", "count", "word", "state"]
"""A text of one line or of several, an address, a time, a number of alerts, one of our words, or what may be asked."""


class Name(NamedTuple):
    """Something that a text may say: `said` is an expression of Go templates, `most` the characters kept of it."""

    kind: Kind
    said: str
    most: int = 0


LINKS: Final = ("runbook", "dashboard", "silence")

DETAILS: Final = ("service", "severity", "owner", "contact")
"""What stands beside a message, each under a title of its own."""

MESSAGES: Final = ("alert", "resolved", "digest")
"""The messages of Block Kit: of one alert, of what is over, of many."""

QUOTED_SINCE: Final = Version(0, 30)
"""The first Alertmanager that reads the details of an incident as YAML once they are written, so they are quoted."""

BLOCKS_SINCE: Final = Version(0, 34)
"""The first Alertmanager that takes a message of Block Kit as its template printed it."""

WAY_OUT: Final = "change the template; docs/notifications.md describes the form of a text"
"""The links that an alert may carry, by the annotation that holds each."""

FILTERS: Final[Mapping[str, tuple[str, str]]] = {
    "firing": ("Firing", ""),
    "resolved": ("Resolved", ""),
    "critical": ("Firing", 'eq .Labels.severity "critical"'),
    "warning": ("Firing", 'eq .Labels.severity "warning"'),
    "others": ("Firing", 'not (or (eq .Labels.severity "critical") (eq .Labels.severity "warning"))'),
}
"""Which alerts of a group are meant: a method of its list, and what must hold of each."""

NAMES: Final[Mapping[str, Name]] = {
    "alert": Name("line", "$a.Labels.alertname", 100),
    "tenant": Name("line", "$a.Labels.tenant", 64),
    "service": Name("line", "(or $a.Labels.service $a.Labels.tenant)", 64),
    "summary": Name("line", "(or $a.Annotations.summary $a.Labels.alertname)", 250),
    "description": Name("lines", "$a.Annotations.description", 1500),
    "owner": Name("line", "$a.Annotations.owner", 100),
    "contact": Name("line", "$a.Annotations.contact", 100),
    "severity": Name("word", "$a.Labels.severity", 20),
    "status": Name("word", "$.Status"),
    "icon": Name("word", "$a.Labels.severity"),
    "single": Name("state", "eq (len $.Alerts) 1"),
    "ongoing": Name("state", 'ne $.Status "resolved"'),
    "over": Name("state", 'eq $.Status "resolved"'),
    "several": Name("state", "gt (len $.Alerts) 1"),
    **{link: Name("url", f"$a.Annotations.{link}_url") for link in LINKS},
    "started": Name("time", "$a.StartsAt"),
    "ended": Name("time", "$a.EndsAt"),
    "more": Name("count", ""),
    **{each: Name("count", "") for each in FILTERS},
}
"""Every name; `%(name)s` stands for it in a text."""

PLACEHOLDERS: Final[Mapping[str, str]] = {name: f"%({name})s" for name, each in NAMES.items() if each.kind != "state"}
"""What the templates of texts are given for each name: a text that stands for its value until there is one."""

TIME: Final = "2006-01-02 15:04 UTC"
"""How a time is written where no reader's own clock can write it, in the manner of Go."""

WORDS: Final = ("firing", "resolved", "critical", "warning", "info")
"""The words that each language has for the states and the severities."""

ICONS: Final[Mapping[str, str]] = {
    "resolved": "\u2705",
    "critical": "\U0001f534",
    "warning": "\U0001f7e0",
    "": "\U0001f535",
}
"""One sign for what is over, and one a severity."""
