"""A template sees plain data and does bounded work; whatever it tries, it ends soon and touches nothing."""

import subprocess
import sys
import time

import jinja2
import pytest

from varve.emit.template.engine import Engine
from varve.emit.template.given import Given
from varve.emit.template.run import WORK
from varve.model.diagnostic import Report
from varve.model.source import Value

PATH = "templates/a.yaml.j2"


def render(text: str, templates: dict[str, str] | None = None, **context: Given) -> tuple[Value, list[str]]:
    report = Report()
    value = Engine({PATH: text, **(templates or {})}).render(PATH, context, {}, report)
    return value, [each.rule.code for each in report]


# Strings are never templates


@pytest.mark.parametrize(
    "payload",
    [
        "{{ 7 * 7 }}",
        "{{ self.__init__.__globals__ }}",
        "{% include 'templates/secret.yaml.j2' %}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{%- raw -%}x",
        "${{7*7}}",
        "#{7*7}",
        "<%= 7*7 %>",
    ],
)
def test_a_string_of_a_tenant_is_never_a_template(payload: str) -> None:
    secret = {"templates/secret.yaml.j2": "secret: 1"}
    assert render("a: {{ x }}\nb: '{{ x }}.'", secret, x=payload) == ({"a": payload, "b": f"{payload}."}, [])


# Nothing but data is within reach

ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ ''['__class__'] }}",
    "{{ x['__init__'] }}",
    "{{ x.__init__ }}",
    "{{ ().__class__.__bases__[0].__subclasses__() }}",
    "{{ range.__self__ }}",
    "{{ namespace.__init__ }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ x | attr('items') }}",
    "{{ [x] | map('attr', '__class__') }}",
    "{{ [''] | map(attribute='__class__') | list }}",
    "{{ [''] | selectattr('__class__', 'defined') | list | length }}{{ nope }}",
    "{{ '{0.__class__}'.format('') }}",
    "{{ '%s' | format(x) }}",
    "{{ ''.format_map(x) }}",
    "{{ x.pop('k') }}",
    "{{ x.update(x) }}",
    "{{ l.append(1) }}",
    "{{ l.sort() }}",
    "{{ lipsum() }}",
    "{{ cycler('a') }}",
    "{{ joiner() }}",
    "{{ dict(a=1) }}",
    "{{ x | pprint }}",
    "{{ l | random }}",
    "{{ x | xmlattr }}",
    "{{ l | groupby('a') }}",
    "{{ 'a' | safe }}",
    "{{ x.items.__self__ }}",
    "{% for i in l %}{{ loop.__init__ }}{% endfor %}",
    "{% for i in l recursive %}{{ loop(l) }}{% endfor %}",
    "{% macro m() %}{% endmacro %}{{ m.__globals__ }}",
    "{% macro m() %}{% endmacro %}{{ m.name }}",
    "{% macro m() %}{{ varargs.__class__ }}{% endmacro %}{{ m(1) }}",
    "{% import 'templates/lib.j2' as lib %}{{ lib.__class__ }}",
    "{% import 'templates/lib.j2' as lib %}{{ lib._body_stream }}",
    "{% set ns = namespace(a=1) %}{{ ns.__class__ }}",
    "{% extends 'templates/lib.j2' %}",
    "{% block b %}{% endblock %}",
    "{% autoescape true %}{% endautoescape %}",
    "{% do l.append(1) %}",
    "{% trans %}a{% endtrans %}",
    "{% debug %}",
    "{{ x(**x) }}",
    "{{ m(*l) }}",
    "{{ m(_loop_vars=x) }}",
    "{{ _context }}",
    "{{ text('a' ~ x.k) }}",
    "{{ text(x.k) }}",
    "{% set text = x %}",
    "{% set f = text %}",
    "{{ 'the run' | default(x) | map('bind a value') }}",
    "{% include x.k %}",
    "{% include ['templates/lib.j2'] %}",
    "{% include 'templates/' ~ 'lib.j2' %}",
    "{% include 'templates/nope.j2' %}",
    "{% include 'templates/nope.j2' ignore missing %}",
    "{% include '../etc/passwd' %}",
    "{% include '/etc/passwd' %}",
    "{% import x.k as lib %}",
    "{% from x.k import m %}",
]


@pytest.mark.parametrize("attack", ESCAPES)
def test_a_template_reaches_nothing_but_data(attack: str) -> None:
    value, findings = render(attack, {"templates/lib.j2": "{% macro m() %}{% endmacro %}"}, x={"k": "v"}, l=[1])
    assert value is None
    (code,) = findings
    allowed = {"forbids", "not-found", "syntax", "failed"}
    assert code in {f"emit/template-{each}" for each in allowed} | {"emit/undefined-variable"}


BENIGN = [
    ("{{ 'a'.upper() }}: 1", {"A": 1}),
    ("{{ x['k'] }}: {{ x.k }}", {"v": "v"}),
    ("a: {{ x.items() | list }}", {"a": [["k", "v"]]}),
    ("a: {{ [x] | map(attribute='k') | list }}", {"a": ["v"]}),
    ("a: {{ ['b'] | map('upper') | list }}", {"a": ["B"]}),
    ("a: {{ x.get('z', 5) }}", {"a": 5}),
    ("a: {{ [x] | selectattr('k', '==', 'v') | list | length }}", {"a": 1}),
    ("a: [{% for i in l %}{{ loop.index }}, {% endfor %}]", {"a": [1]}),
    ("{% set ns = namespace(a=0) %}{% for i in l %}{% set ns.a = ns.a + i %}{% endfor %}a: {{ ns.a }}", {"a": 1}),
    ("{% import 'templates/lib.j2' as lib %}{{ lib.m() }}", {"m": 1}),
    ("{% from 'templates/lib.j2' import m %}{{ m() }}", {"m": 1}),
    ("{% include 'templates/part.j2' %}", {"k": "v"}),
    ("{% macro m(a, b=2) %}{{ a }}: {{ b }}{% endmacro %}{{ m('c') }}", {"c": 2}),
    ("{% macro m() %}a: {{ caller() }}{% endmacro %}{% call m() %}1{% endcall %}", {"a": 1}),
    ("{% with y = 2 %}a: {{ y }}{% endwith %}", {"a": 2}),
    ("{% filter indent(2) %}\na: {{ x.k }}{% endfilter %}", {"a": "v"}),
    ("a: {{ 7 // 2 + 7 % 2 - 1 * 2 / 2 }}", {"a": 3.0}),
    ("a: {{ l[0:1] }}", {"a": [1]}),
]


@pytest.mark.parametrize(("template", "expected"), BENIGN)
def test_what_templates_need_is_available(template: str, expected: Value) -> None:
    templates = {"templates/lib.j2": "{% macro m() %}m: 1{% endmacro %}", "templates/part.j2": "k: {{ x.k }}"}
    assert render(template, templates, x={"k": "v"}, l=[1]) == (expected, [])


def test_without_the_sandbox_the_same_attack_reaches_python() -> None:
    """The counterexample: plain Jinja2 allows what the sandbox refuses."""
    attack = "{{ ''.__class__.__mro__[1].__subclasses__() | length }}"
    assert int(jinja2.Environment(autoescape=False).from_string(attack).render()) > 50  # noqa: S701
    assert render(attack)[1] == ["emit/template-forbids"]


@pytest.mark.parametrize(
    "name", ["templates/a'b.j2", "templates/a\nb.j2", "templates/../b.j2", "other/b.j2", "templates/"]
)
def test_a_template_name_is_a_path_below_templates(name: str) -> None:
    report = Report()
    assert Engine({name: "a: 1"}).render(name, {}, {}, report) is None
    assert [each.rule.code for each in report] == ["emit/template-not-found"]


WATCHED = """
import sys
from varve.emit.template.engine import Engine
from varve.model.diagnostic import Report
from tests.emit.template.test_sandbox import ESCAPES, PATH
Engine({PATH: "a: {{ x }}{{ 1 | abs }}"}).render(PATH, {"x": 1}, {}, Report())
for text in ESCAPES:  # what is imported late is imported now
    Engine({PATH: text}).render(PATH, {"x": {"k": "v"}, "l": [1]}, {}, Report())
seen = []
watched = ("open", "exec", "import", "os.", "socket.", "subprocess.", "ctypes.")
sys.addaudithook(lambda event, _: seen.append(event) if event.startswith(watched) else None)
for text in ESCAPES:
    Engine({PATH: text}).render(PATH, {"x": {"k": "v"}, "l": [1]}, {}, Report())
print(sorted({each for each in seen if each != "exec"}), seen.count("exec") <= len(ESCAPES))
"""


def test_no_attack_opens_imports_or_starts_anything() -> None:
    done = subprocess.run([sys.executable, "-c", WATCHED], capture_output=True, text=True, check=False)
    # Jinja2 itself calls `exec` once for each template, to run what it compiled.
    assert done.stdout == "[] True\n", done.stderr


# Work is bounded

MANY = "{% for a in range(9999) %}"
NAMESPACE = "{{% set ns = namespace(a={}) %}}"
BOMBS = {
    "a text many times": "a: {{ 'x' * 900000000 }}",
    "a wide format": "a: {{ '%0900000000d' % 1 }}",
    "a tower of powers": "a: {{ 9 ** 9 ** 9 }}",
    "a wide centre": "a: {{ 'x'.center(900000000) }}",
    "a long range": "a: {{ range(99999999) | list }}",
    "a deep indentation": "a: {{ 'x' | indent(900000000) }}",
    "nested loops that write nothing": MANY * 3 + "{% endfor %}" * 3,
    "nested loops that write": MANY * 3 + "x" + "{% endfor %}" * 3,
    "a large value many times": MANY + "{{ big }}{% endfor %}",
    "a large list many times": "a: [" + MANY + "{{ wide }}, {% endfor %}]",
    "a macro that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a macro that calls itself twice": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}"
    "{{ m(60) }}",
    "a template that includes itself": "{% include '" + PATH + "' %}",
    "a loop in an import": "{% import 'templates/loop.j2' as lib %}",
    "a text joined with itself": NAMESPACE.format("'xxxxxxxx'") + MANY + "{% set ns.a = ns.a ~ ns.a %}{% endfor %}",
    "a text added to itself": NAMESPACE.format("'xxxxxxxx'") + MANY + "{% set ns.a = ns.a + ns.a %}{% endfor %}",
    "a list added to itself": NAMESPACE.format("[1]") + MANY + "{% set ns.a = ns.a + ns.a %}{% endfor %}",
    "a number multiplied by itself": NAMESPACE.format("2") + MANY + "{% set ns.a = ns.a * ns.a %}{% endfor %}",
    "a list of itself": NAMESPACE.format("[1]") + MANY + "{% set ns.a = [ns.a, ns.a] %}{% endfor %}a: {{ ns.a }}",
    "a text that replaces itself": NAMESPACE.format("'x'")
    + "{% for i in range(40) %}{% set ns.a = ns.a | replace('x', 'xx') %}{% endfor %}",
    "a separator that grows": NAMESPACE.format("'x'")
    + "{% for i in range(40) %}{% set ns.a = ['y', 'y', 'y'] | join(ns.a) %}{% endfor %}",
    "a large text filtered many times": MANY + "{% set c = big | upper %}{% endfor %}",
    "a large text searched many times": MANY + "{% set c = big | replace('a', 'b') %}{% endfor %}",
    "a large text split many times": MANY + "{% set c = big.split('x') %}{% endfor %}",
    "a large block captured many times": MANY + "{% set c %}" + "x" * 100_000 + "{% endset %}{% endfor %}",
    "parentheses 300 deep": "a: {{ " + "(" * 300 + "1" + ")" * 300 + " }}",
    "900 negations": "a: {{ " + "not " * 900 + "1 }}",
    "900 sums": "a: {{ 1" + " + 1" * 900 + " }}",
    "900 attributes": "a: {{ x" + ".a" * 900 + " }}",
    "900 filters": "a: {{ x" + "|abs" * 900 + " }}",
    "200 conditions": "{% if 1 %}" * 200 + "{% endif %}" * 200,
    "30 loops": "{% for a in x %}" * 30 + "{% endfor %}" * 30,
    "a number of 5000 digits": "a: {{ 1" + "0" * 5000 + " }}",
    "a large template": "x" * 300_000,
    "a structure 5000 deep": "a: " + "[" * 5000,
    "maps with open keys, 40 deep": "".join(f"{' ' * n}a:\n" for n in range(40))
    + " " * 40
    + "{{ x }}: !x\n"
    + "".join(f"{' ' * n}{{{{ x }}}}: 1\n" for n in reversed(range(40))),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_hostile_template_ends_soon_and_is_reported(bomb: str) -> None:
    big, wide = "x" * (1 << 18), [[0] * 100] * 100
    begun = time.process_time()
    loop = {"templates/loop.j2": MANY * 3 + "x" + "{% endfor %}" * 3}
    value, findings = render(bomb, loop, x=1, big=big, wide=wide)
    assert value is None
    assert len(findings) == 1
    assert findings[0].startswith("emit/")
    assert time.process_time() - begun < 6


def test_a_large_honest_artifact_is_far_from_the_limits() -> None:
    template = "{% for s in services %}\n- name: {{ s.name }}\n  rules: {{ s.rules }}\n{% endfor %}"
    rules: list[Given] = [{"expr": "up", "labels": {"n": str(n)}} for n in range(20)]
    services: list[Given] = [{"name": f"s{n}", "rules": rules} for n in range(1000)]
    value, findings = render(template, services=services)
    assert findings == []
    assert isinstance(value, list)
    assert len(value) == 1000
    assert WORK > 5 * 1000 * 20


def test_a_template_sees_no_more_than_it_is_given() -> None:
    for name in ("config", "request", "environ", "debug", "tenants", "g"):
        assert render(f"a: {{{{ {name} }}}}", tenant="acme")[1] == ["emit/undefined-variable"]


@pytest.mark.parametrize(
    "source", ["a: \ue000", "a: '\\uE0000\\ue001'", 'a: {{ "\\ue0000\\ue001" }}', "a: {{ 1 }}\nb: \ue0000\ue001"]
)
def test_a_template_cannot_forge_the_place_of_a_value(source: str) -> None:
    assert render(source)[1] == ["emit/private-character"]


# Hints


def hint(text: str) -> str:
    report = Report()
    context: dict[str, Given] = {"service": {"id": "checkout"}, "alerts": [1]}
    Engine({PATH: text}).render(PATH, context, {}, report)
    (found,) = report
    return found.hint


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a: {{ servce }}", "service"),
        ("a: {{ servce.id }}", "service"),
        ("a: {{ service.idd }}", "id"),
        ("a: {{ service['idd'] | upper }}", "id"),
        ("{% for each in alrts %}{% endfor %}", "alerts"),
        ("{% if service.idd == 1 %}{% endif %}", "id"),
        ("a: {{ nothing }}", ""),
        ("a: {{ service.nothing }}", ""),
        ("a: {{ service.alert }}", ""),
    ],
)
def test_the_hint_for_a_missing_value_is_a_similar_name(text: str, meant: str) -> None:
    expected = f"did you mean `{meant}`?" if meant else "give it a default, or test it with `is defined`"
    assert hint(text) == expected


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        ("{% for each in alerts %}\na: 1\n", True),
        ("{% for each in alerts %}\na: 1\n{% endfr %}\n", True),
        ("a: '{{ $labels.instance }}'\n", False),
        ("a: {{ service.id\n", False),
    ],
)
def test_a_raw_block_is_the_hint_only_where_no_block_is_open(text: str, *, is_open: bool) -> None:
    block = "end each block with its own tag, such as `{% for %}` with `{% endfor %}`"
    assert hint(text) == (block if is_open else "put text with its own `{{` in a `raw` block")
