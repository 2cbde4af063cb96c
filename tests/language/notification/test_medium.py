"""How literal texts and values are written in each medium; the output is tested elsewhere, with the real amtool."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.language import gotemplate
from varve.language.fault import Fault
from varve.language.notification import medium as media
from varve.language.notification.medium import HTML, JSON_MRKDWN, JSON_PLAIN, MRKDWN, PLAIN, TEAMS, Medium

ALL = {
    "plain": PLAIN,
    "teams": TEAMS,
    "html": HTML,
    "mrkdwn": MRKDWN,
    "json": JSON_PLAIN,
    "json of mrkdwn": JSON_MRKDWN,
}

LITERALS = {
    "plain text is as it is": (PLAIN, 'a "b" <c> & d', 'a "b" <c> & d'),
    "an action would be printed": (PLAIN, "{{ x }}", '{{ "{{" }} x }}'),
    "HTML is text in a page": (HTML, '<b> & "', "&lt;b&gt; &amp; &quot;"),
    "the markup of Slack is the author's": (MRKDWN, "*a* <!here> &amp;", "*a* <!here> &amp;"),
    "a string of JSON is not ended": (JSON_PLAIN, 'a "b"\n\\', 'a \\"b\\"\\n\\\\'),
}


@pytest.mark.parametrize(("medium", "text", "expected"), LITERALS.values(), ids=LITERALS)
def test_literal(medium: Medium, text: str, expected: str) -> None:
    assert medium.literal(text) == expected


@given(st.text(), st.sampled_from(sorted(ALL)))
def test_any_literal_is_a_valid_template(text: str, name: str) -> None:
    assert gotemplate.fault(ALL[name].literal(text)) is None


@pytest.mark.parametrize("medium", ALL.values(), ids=ALL)
@pytest.mark.parametrize("most", [1, 999, 1000, 1001, 2500])
def test_a_value_is_a_valid_pipeline_with_repetitions_that_go_accepts(medium: Medium, most: int) -> None:
    written = media.text("$a.Annotations.owner", most, medium)
    assert not isinstance(gotemplate.lex(f"{{{{ {written} }}}}"), Fault)
    counts = [int(each) for each in re.findall(r"\.\{(\d+)\}", written)]
    assert sum(counts) == most
    assert max(counts) <= 1000


def test_a_value_is_printed_by_its_pipeline_or_by_a_definition() -> None:
    shared = MRKDWN._replace(shared="varve.fr_FR.value.mrkdwn")
    assert media.value("$a.Status", 10, MRKDWN) == f"{{{{ {media.text('$a.Status', 10, MRKDWN)} }}}}"
    assert media.value("$a.Status", 10, shared) == '{{ template "varve.fr_FR.value.mrkdwn.line.10" $a.Status }}'
    assert media.value("(or $a.Status)", 9, shared, lines=True).endswith('.mrkdwn.lines.9" (or $a.Status) }}')
    assert media.address("$a.Status", MRKDWN) == f"{{{{ {media.url('$a.Status', MRKDWN)} }}}}"
    assert media.address("$a.Status", shared) == '{{ template "varve.fr_FR.value.mrkdwn.url" $a.Status }}'


def test_values_are_escaped_for_slack_only_where_it_interprets_markup() -> None:
    assert "&lt;" in media.text("$a.Status", 10, MRKDWN)
    assert "&lt;" not in media.text("$a.Status", 10, JSON_PLAIN)


def test_line_breaks_are_kept_where_they_are_allowed() -> None:
    assert r"`\s+` ` `" in media.text("$a.Status", 10, PLAIN)
    assert r"`\s+` ` `" not in media.text("$a.Status", 10, PLAIN, lines=True)


def test_an_ampersand_of_an_address_is_escaped_only_in_markup() -> None:
    assert media.url("$a.Status", MRKDWN).endswith("reReplaceAll `&` `&amp;`")
    assert "&amp;" not in media.url("$a.Status", JSON_PLAIN)
