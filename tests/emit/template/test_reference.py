"""What a template refers to is found in its text, as Jinja2 would read it."""

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, TemplateSyntaxError, nodes

from varve.emit.template.reference import references

TEMPLATES: dict[str, tuple[str, set[str]]] = {
    "an include": ('{% include "templates/a.j2" %}', {"templates/a.j2"}),
    "an import": ("{%- import 'templates/a.j2' as a -%}", {"templates/a.j2"}),
    "names from a file": ('a: b\n{%+ from "templates/a.j2" import b, c %}\n', {"templates/a.j2"}),
    "two": ('{% include "templates/a.j2" %}{% include "templates/b.j2" %}', {"templates/a.j2", "templates/b.j2"}),
    "one in a comment": ('{# {% include "templates/a.j2" %} #}', set()),
    "one in raw text": ('{% raw %}{% include "templates/a.j2" %}{%- endraw -%}', set()),
    "one in a comment that never ends": ('{# {% include "templates/a.j2" %}', set()),
    "one in raw text that never ends": ('{% raw %}{% include "templates/a.j2" %}', set()),
    "one between two comments": ('{# a #}{% include "templates/a.j2" %}{# b #}', {"templates/a.j2"}),
    "one that is computed": ("{% include name %}", set()),
    "one of a template that is broken": ('{% include "templates/a.j2" %}{{', {"templates/a.j2"}),
    "a name that begins so": ('{% set included = "templates/a.j2" %}', set()),
}


@pytest.mark.parametrize(("text", "expected"), TEMPLATES.values(), ids=TEMPLATES)
def test_templates_that_are_included(text: str, expected: set[str]) -> None:
    assert references(text).templates == expected


MESSAGES: dict[str, tuple[str, set[str]]] = {
    "a message": ('a: {{ text("one") }}', {"one"}),
    "one with parameters": ("a: {{ text('%(a)s is one', a=b) }}", {"%(a)s is one"}),
    "one after a blank": ("a: {{ text ('one') }}", {"one"}),
    "one on several lines": ('{{ text(\n  "one",\n  a=b) }}', {"one"}),
    "two strings that are one": ("{{ text(\"one \" 'or two', a=b) }}", {"one or two"}),
    "quotes and line breaks": (r'{{ text("a \"b\"\nc \\ d") }}', {'a "b"\nc \\ d'}),
    "other escapes": (r'{{ text("caf\u00e9 \x41\101 \N{DEGREE SIGN}C") }}', {"café AA °C"}),
    "a backslash that escapes nothing": (r'{{ text("100\%, \xg") }}', {r"100\%, \xg"}),
    "a line that goes on": ('{{ text("one \\\ntwo") }}', {"one two"}),
    "lines that end otherwise": ('{{ text("one\r\ntwo\rthree") }}', {"one\ntwo\nthree"}),
    "several": ('{{ text("one") }} {{ [text("two"), text("three")] }}', {"one", "two", "three"}),
    "one in a macro": ('{% macro a() %}{{ text("one") }}{% endmacro %}', {"one"}),
    "one in a comment": ('{# {{ text("one") }} #}', set()),
    "another function": ('{{ context("one") }}', set()),
}


@pytest.mark.parametrize(("text", "expected"), MESSAGES.values(), ids=MESSAGES)
def test_messages_that_are_used(text: str, expected: set[str]) -> None:
    assert references(text).messages == expected


ESCAPES = [
    "\\",
    '\\"',
    "\\'",
    "'",
    "x4",
    "1",
    "41",
    "\\x41",
    "\\u00e9",
    "\\U0001F600",
    "\\U00110000",
    "\\777",
    "\\N{DEGREE SIGN}",
]


@given(
    st.lists(st.sampled_from([*ESCAPES, "\\N{NO SUCH}", "\\n", "\\%", "\\\n", "\n", "\r\n", "é", " ", "a"])).map(
        "".join
    )
)
def test_a_message_is_read_as_jinja2_reads_it(written: str) -> None:
    text = f'{{{{ text("{written}") }}}}'
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            tree = Environment(autoescape=True).parse(text)
    except TemplateSyntaxError:
        return
    assert references(text).messages == {each.args[0].as_const() for each in tree.find_all(nodes.Call)}
