"""Captured text has placeholders instead of values, so it can be written but not inspected."""

from collections.abc import Callable

import pytest

from varve.emit.template import captured
from varve.emit.template.captured import Captured
from varve.emit.template.engine import Engine
from varve.emit.template.run import Refusal
from varve.model.diagnostic import Report
from varve.model.source import Value

PATH = "templates/a.yaml.j2"
KEPT = "{% set c %}k: {{ x }}{% endset %}"
MACRO = "{% macro m() %}k: {{ x }}{% endmacro %}"


def render(text: str) -> tuple[Value, list[str]]:
    report = Report()
    value = Engine({PATH: text}).render(PATH, {"x": "v\nw: 1", "n": 1, "l": [1]}, {}, report)
    return value, [each.rule.code.removeprefix("emit/") for each in report]


@pytest.mark.parametrize(
    "look",
    [
        "{{ c | upper }}",
        "{{ c | replace('k', 'l') }}",
        "{{ c | length }}",
        "{{ c | default('a') }}",
        "{{ c | join }}",
        "{{ c | string }}",
        "{{ c | tojson }}",
        "{{ [c] | sort | first ~ [c, c] | sort | first }}",
        "{{ [c, 'a'] | unique }}",
        "{{ c.upper() }}",
        "{{ 'a'.startswith(c) }}",
        "{{ c[0] }}",
        "{{ c[1:] }}",
        "{{ c + 'a' }}",
        "{{ c % 1 }}",
        "{{ c * 2 }}",
        "{% if c %}{% endif %}",
        "{% if not c %}{% endif %}",
        "{% if c == 'k: 1' %}{% endif %}",
        "{% if 'k' in c %}{% endif %}",
        "{% if c in ['k'] %}{% endif %}",
        "{% if c is string %}{% endif %}",
        "{% if c < 'a' %}{% endif %}",
        "{% for a in c %}{% endfor %}",
        "{{ {c: 1} }}",
        "{{ {'a': 1}.get(c) }}",
        "{% filter upper %}{{ x }}{% endfilter %}",
        "{% macro m() %}{{ x }}{% endmacro %}{% if m() == 'a' %}{% endif %}",
        "{% macro m() %}{{ caller() | upper }}{% endmacro %}{% call m() %}{{ x }}{% endcall %}",
    ],
)
def test_inspecting_captured_text_is_refused(look: str) -> None:
    assert render(KEPT + look) == (None, ["captured-output"])


@pytest.mark.parametrize(
    "write",
    [
        f"{KEPT}{{{{ c }}}}",
        f"{MACRO}{{{{ m() }}}}",
        f"{KEPT}{{{{ c | trim }}}}",
        f"{KEPT}{{{{ c | indent(2) }}}}",
        f"{KEPT}{{{{ (c | trim | indent(2)) ~ '' }}}}",
        f"{KEPT}{{% set d %}}{{{{ c }}}}{{% endset %}}{{{{ d }}}}",
        f"{KEPT}{{{{ c if c is defined }}}}",
        f"{KEPT}{{% macro w(a) %}}{{{{ a }}}}{{% endmacro %}}{{{{ w(c) }}}}",
        "{% macro w() %}{{ caller() }}{% endmacro %}{% call w() %}k: {{ x }}{% endcall %}",
        "{% filter trim %}  k: {{ x }}  {% endfilter %}",
    ],
)
def test_captured_text_can_be_written(write: str) -> None:
    assert render(write) == ({"k": "v\nw: 1"}, [])


def test_values_joined_to_captured_text_are_bound_and_constants_are_text() -> None:
    assert render(KEPT + "{{ c ~ '.' ~ x ~ '\nz: ' ~ n }}") == ({"k": "v\nw: 1.v\nw: 1", "z": 1}, [])


LOOKS: dict[str, Callable[[str], object]] = {
    "compare": lambda text: text == "abc",
    "order": lambda text: text < "b",
    "measure": len,
    "judge": bool,
    "hash": hash,
    "iterate": list,
    "take": lambda text: text[0],
    "search": lambda text: "a" in text,
    "add": lambda text: text + "a",
    "format": lambda text: f"{text:>5}",
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_every_way_to_inspect_is_disabled(look: Callable[[str], object]) -> None:
    with pytest.raises(Refusal):
        look(Captured("abc"))
    assert captured.text(Captured("abc")) == "abc"


def test_indent_leaves_the_first_line_and_empty_lines() -> None:
    assert captured.text(captured.indent(Captured("a\n\nb"), 2)) == "a\n\n  b"
    assert captured.text(captured.indent(Captured("a\nb"), 2, first=True)) == "  a\n  b"
    assert captured.text(captured.trim(Captured(" \na\n "))) == "a"


def test_indent_of_a_value_is_refused_because_values_are_bound() -> None:
    assert render("a: {{ x | indent(2) }}") == (None, ["template-forbids"])
    assert render("a: {{ x | trim }}") == ({"a": "v\nw: 1"}, [])
