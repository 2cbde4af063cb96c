"""The names that a text can contain, with the expression for the value of each and its maximum length.

`$a` is the current alert: the first of the group, except in a list of alerts; `$` is the group.
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from varve.language.version import Version

Kind = Literal["line", "lines", "url", "time", "count", "word", "state"]
"""A text of one line or of several, a URL, a time, a number of alerts, one of varve's words, or a condition."""


class Name(NamedTuple):
    """A value that a text can contain: its `expression` in a Go template, and at `most` how many characters of it."""

    kind: Kind
    expression: str
    most: int = 0


LINKS: Final = ("runbook", "dashboard", "silence")
"""The links that an alert may have; the annotation of each has the suffix `_url`."""

DETAILS: Final = ("service", "severity", "owner", "contact")
"""The values that are shown beside a message, each with a title."""

MESSAGES: Final = ("alert", "resolved", "digest")
"""The messages of Block Kit: for one alert, for resolved alerts, and for several alerts."""

QUOTED_SINCE: Final = Version(0, 30)
"""The first Alertmanager that parses the rendered details of an incident as YAML, so that they must be quoted."""

BLOCKS_SINCE: Final = Version(0, 34)
"""The first Alertmanager that sends a message of Block Kit as its template renders it."""

WAY_OUT: Final = "change the template; docs/notifications.md describes the form of a text"
"""The hint of diagnostics about these texts."""

FILTERS: Final[Mapping[str, tuple[str, str]]] = {
    "firing": ("Firing", ""),
    "resolved": ("Resolved", ""),
    "critical": ("Firing", 'eq .Labels.severity "critical"'),
    "warning": ("Firing", 'eq .Labels.severity "warning"'),
    "others": ("Firing", 'not (or (eq .Labels.severity "critical") (eq .Labels.severity "warning"))'),
}
"""The subsets of a group's alerts: a method of its list, and a condition on each alert."""

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
"""All names; `%(name)s` stands for the value of one in a text."""

PLACEHOLDERS: Final[Mapping[str, str]] = {name: f"%({name})s" for name, each in NAMES.items() if each.kind != "state"}
"""The placeholder of each name, which templates of texts receive instead of a value."""

TIME: Final = "2006-01-02 15:04 UTC"
"""The layout of a time, as in Go, if the medium cannot show it in the reader's time zone."""

WORDS: Final = ("firing", "resolved", "critical", "warning", "info")
"""The states and severities for which each language has a word."""

ICONS: Final[Mapping[str, str]] = {
    "resolved": "\u2705",
    "critical": "\U0001f534",
    "warning": "\U0001f7e0",
    "": "\U0001f535",
}
"""An icon for resolved alerts, and one for each severity."""
