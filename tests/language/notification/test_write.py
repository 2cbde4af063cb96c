"""Pieces become valid templates of known maximum length; the output is tested elsewhere, with the real amtool."""

from typing import Any

import pytest

from tests.language.notification.balance import is_balanced
from varve.language.fault import Fault
from varve.language.notification import (
    HTML,
    JSON_MRKDWN,
    LEAD,
    MRKDWN,
    PLAIN,
    Piece,
    either,
    link,
    longest,
    read,
    write,
)
from varve.language.notification.medium import longest_url
from varve.language.notification.name import PLACEHOLDERS

WORDS = {"firing": "en cours", "resolved": "résolue", "critical": "critique", "warning": "alerte", "info": "note"}
EVERYTHING: list[Any] = [
    *(text for name, text in PLACEHOLDERS.items() if name != "more"),
    {"text": "a", "when": ["owner", "runbook"], "tag": "h2"},
    {"text": "a", "when": "critical"},
    {"text": "a", "when": "over"},
    {"link": "silence", "text": "a {{ b"},
    *(
        {"each": each, "most": 2, "line": "%(alert)s", "rest": "%(more)s", "heading": "%(firing)s", "when": "several"}
        for each in ("firing", "resolved", "critical", "warning", "others")
    ),
]


def _pieces(value: Any) -> tuple[Piece, ...]:  # noqa: ANN401 - what a template renders
    found = read(value)
    assert not isinstance(found, Fault), found
    return found


@pytest.mark.parametrize("medium", [PLAIN, HTML, MRKDWN, JSON_MRKDWN])
def test_every_piece_is_a_valid_template(medium: Any) -> None:  # noqa: ANN401 - a medium
    assert is_balanced(LEAD + write(_pieces(EVERYTHING), medium, WORDS))


WRITTEN: dict[str, tuple[Any, Any, str]] = {
    "a line": ("a {{ b", PLAIN, 'a {{ "{{" }} b'),
    "two lines": (["a", "b"], PLAIN, "a\nb"),
    "two lines of JSON": (["a", "b"], JSON_MRKDWN, "a\\nb"),
    "two lines of HTML": (
        ["a", {"text": "b", "tag": "h2"}],
        HTML,
        '<p style="white-space: pre-line">a</p><h2 style="white-space: pre-line">b</h2>',
    ),
    "a condition takes its line break along": (
        ["a", {"text": "b", "when": "owner"}],
        PLAIN,
        "a{{ if $a.Annotations.owner }}\nb{{ end }}",
    ),
    "a state": (
        "%(status)s",
        PLAIN,
        '{{ if eq $.Status "resolved" }}résolue{{ else }}en cours{{ end }}',
    ),
    "a number of alerts": ("%(firing)s", PLAIN, "{{ $c := $.Alerts.Firing }}{{ len $c }}"),
    "a number of some alerts": (
        "%(critical)s",
        PLAIN,
        (
            '{{ $c := "" }}{{ range $.Alerts.Firing }}{{ if eq .Labels.severity "critical" }}{{ $c = printf "%s." $c }}'
            "{{ end }}{{ end }}{{ len $c }}"
        ),
    ),
}


@pytest.mark.parametrize(("value", "medium", "expected"), WRITTEN.values(), ids=WRITTEN)
def test_written(value: Any, medium: Any, expected: str) -> None:  # noqa: ANN401 - what a template renders
    assert write(_pieces(value), medium, WORDS) == expected


LONGEST: dict[str, tuple[Any, Any, int]] = {
    "a text": ("abc", PLAIN, 3),
    "two lines": (["abc", "d"], PLAIN, 5),
    "a value and the sign that it was cut": ("a%(alert)s", PLAIN, 102),
    "less room": ({"text": "%(alert)s", "cut": 10}, PLAIN, 11),
    "a time for people": ("%(started)s", PLAIN, 20),
    "a time for Slack": ("%(started)s", MRKDWN, 20 + 20 + len("<!date^^{date_short_pretty} {time}|>")),
    "a link": ({"link": "runbook", "text": "ab"}, PLAIN, longest_url() + len("ab → ")),
    "a list": ({"each": "firing", "most": 10, "line": "abc", "rest": "%(more)s more"}, PLAIN, 10 * 4 + 1 + 15),
    "the longest of its words": ("%(status)s", PLAIN, 8),
}


@pytest.mark.parametrize(("value", "medium", "expected"), LONGEST.values(), ids=LONGEST)
def test_longest(value: Any, medium: Any, expected: int) -> None:  # noqa: ANN401 - what a template renders
    assert longest(_pieces(value), medium, WORDS) == expected


def test_a_missing_link_has_an_alternative() -> None:
    assert link("runbook", PLAIN).endswith("{{ end }}")
    assert "{{ else }}{{ $.ExternalURL" in link("runbook", PLAIN)
    assert link("runbook", PLAIN, "").endswith("{{ else }}{{ end }}")
    assert either("runbook", "a", "b").endswith("}}a{{ else }}b{{ end }}")
