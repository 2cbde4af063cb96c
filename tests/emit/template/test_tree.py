"""Only what is on a list is allowed in templates, checked before anything runs; expressions have names."""

import pytest
from jinja2 import nodes
from jinja2.sandbox import SandboxedEnvironment

from varve.emit.template import tree
from varve.emit.template.run import Refusal, Site
from varve.emit.template.tree import Origin

KNOWN = {"templates/lib.j2"}


def parsed(text: str) -> nodes.Template:
    return SandboxedEnvironment(autoescape=False, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"]).parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "{% if a and not b or c == 1 < 2 %}{% elif x is defined %}{% else %}{% endif %}",
        "{% for k, v in x | dictsort if v %}{{ loop.index }}{% else %}{% endfor %}",
        "{% include 'templates/lib.j2' %}{% import 'templates/lib.j2' as l %}",
        "{% from 'templates/lib.j2' import m as n %}",
        "{% set a = [1, (2, 3), {'b': c}] %}{{ a[0] }}{{ a[1:] }}{{ a.b }}{{ -a }}{{ +a }}",
        "{% call(x) m(1, b=2) %}{{ x }}{% endcall %}{% filter trim %}{% endfilter %}",
        "{{ text('%(a)s', a=b) }}{{ x | map('upper') | list }}{{ x | selectattr('a', '==', 1) | first }}",
    ],
)
def test_templates_may_contain_what_they_need(text: str) -> None:
    tree.check(parsed(text), KNOWN)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("\n{% extends 'templates/lib.j2' %}", "template-forbids", 2),
        ("\n\n{% block a %}{% endblock %}", "template-forbids", 3),
        ("{% do x %}", "template-forbids", 1),
        ("{% for a in b %}{% break %}{% endfor %}", "template-forbids", 1),
        ("{% for a in b recursive %}{% endfor %}", "template-forbids", 1),
        ("{{ 2 ** 3 }}", "template-forbids", 1),
        ("{{ a._b }}", "template-forbids", 1),
        ("{{ _a }}", "template-forbids", 1),
        ("{{ self }}", "template-forbids", 1),
        ("{{ a | nope }}", "template-forbids", 1),
        ("{{ a is nope }}", "template-forbids", 1),
        ("{{ a | map('nope') }}", "template-forbids", 1),
        ("{{ a | map('map') }}", "template-forbids", 1),
        ("{{ a | map(b) }}", "template-forbids", 1),
        ("{{ a | map('bind a value') }}", "template-forbids", 1),
        ("{{ a | join(*b) }}", "template-forbids", 1),
        ("{{ a is divisibleby(*b) }}", "template-forbids", 1),
        ("{{ a(**b) }}", "template-forbids", 1),
        ("{{ a(_b=1) }}", "template-forbids", 1),
        ("{{ text(a) }}", "template-forbids", 1),
        ("{{ text('a', 'b') }}", "template-forbids", 1),
        ("{{ [text] }}", "template-forbids", 1),
        ("{% macro m(text) %}{% endmacro %}", "template-forbids", 1),
        ("{% include a %}", "template-not-found", 1),
        ("{% include 'a' ~ 'b' %}", "template-not-found", 1),
        ("{% include ['templates/lib.j2'] %}", "template-not-found", 1),
        ("{% include 'templates/nope.j2' %}", "template-not-found", 1),
        ("{% import '../lib.j2' as l %}", "template-not-found", 1),
        ("{% include 'templates/lib.j2' ignore missing %}", "template-forbids", 1),
        ("{{ '\ue000' }}", "private-character", 1),
        ("{{ 1" + " + 1" * 200 + " }}", "template-too-nested", 1),
    ],
)
def test_anything_else_is_refused_at_its_line(text: str, code: str, line: int) -> None:
    with pytest.raises(Refusal) as refused:
        tree.check(parsed(text), KNOWN)
    assert refused.value.rule.code == f"emit/{code}"
    assert refused.value.line == line


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("pack.latency_p99", "pack.latency_p99"),
        ("pack.a | abs", "pack.a"),
        ("x['a b'][0].c", "x['a b'][0].c"),
        ("m(x)", "m"),
        ("a + b", ""),
        ("[a].b", ""),
        ("a if b else c", ""),
    ],
)
def test_an_expression_is_named_after_what_it_reads(expression: str, name: str) -> None:
    (output,) = parsed(f"{{{{ {expression} }}}}").find_all(nodes.Output)
    assert tree.expression(output.nodes[0]) == name


def test_every_output_but_constants_becomes_a_site() -> None:
    made = parsed("a{{ 'b' }}\n{{ c }}{{ 'd' if e }}{{ f | join }}{{ g ~ 'h' }}")
    tree.rewrite(made, Origin("file", None))
    sites = [each.args[-1] for each in made.find_all(nodes.Filter) if each.name in (tree.BIND, tree.JOIN)]
    assert [each.as_const() for each in sites] == [
        Site("file", 2, "c", joins=False),
        Site("file", 2, "f", joins=True),
        Site("file", 2, "", joins=False),
        Site("file", 2, "", joins=False),
    ]


def test_a_traced_text_contains_the_line_of_each_piece() -> None:
    made = parsed("a\n{% if b %}\nc{{ 'd' }}{% endif %}")
    tree.rewrite(made, Origin("file", ["first", "file"]))
    assert [each.data for each in made.find_all(nodes.TemplateData)] == [
        "\ue000@1:1\ue001a\n",
        "\ue000@1:2\ue001\nc",
        "\ue000@1:3\ue001d",
    ]
