"""Values enter an artifact as values: whatever they hold, the structure is the template's."""

import json

import jinja2
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from varve.emit.template.engine import Engine
from varve.emit.template.field import Field, FieldTree
from varve.emit.template.given import Function, Given, GoTemplate
from varve.language.message import Catalogue
from varve.model.diagnostic import Diagnostic, Note, Place, Report, Span
from varve.model.source import Value

PATH = "templates/rules.yaml.j2"
INCLUDED = "templates/lib/labels.yaml.j2"
RULES: FieldTree = {"rules": {"*": {"expr": Field.PROMQL, "annotations": {"*": Field.GOTEMPLATE}}}}

# Any text that a source can hold: no controls, no surrogates, no private characters.
TEXTS = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ue000\ue001") | st.sampled_from("\n\t"),
    max_size=40,
)
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)

NASTY = [
    "1\nevil: true",
    "- [a: 'b\" #c",
    "on",
    "",
    "~",
    "!!python/object/apply:os.system ['true']",
    "*alias",
    "&anchor",
    "| block",
    "a: b",
    "a #b",
    "{{ 7 * 7 }}",
    "{% include 'templates/secret.j2' %}",
    "\ttab",
    "\u2028",
    "'",
    '"',
    "\\",
    "%TAG",
    "---\nb: 1",
    "...",
]


def render(text: str, context: dict[str, Given], fields: FieldTree | None = None) -> tuple[Value, list[Diagnostic]]:
    report = Report()
    value = Engine({PATH: text}).render(PATH, context, fields or {}, report)
    return value, list(report)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("a: {{ x }}", lambda x: {"a": x}),
        ('a: "{{ x }}"', lambda x: {"a": x}),
        ("a: '<{{ x }}>'", lambda x: {"a": f"<{x}>"}),
        ("a: |\n  {{ x }}\nb: 1", lambda x: {"a": f"{x}\n", "b": 1}),
        ("a: >-\n  <{{ x }}>", lambda x: {"a": f"<{x}>"}),
        ("- [{{ x }}, 2]", lambda x: [[x, 2]]),
        ("{{ x }}k: 1", lambda x: {f"{x}k": 1}),
        ('{"a": {{ x }}, "b": [{"c": "{{ x }}"}]}', lambda x: {"a": x, "b": [{"c": x}]}),
        ("{% macro m(v) %}a: {{ v }}\n{% endmacro %}{{ m(x) }}b: 1", lambda x: {"a": x, "b": 1}),
    ],
)
@pytest.mark.parametrize("nasty", NASTY)
def test_no_value_changes_the_structure(template: str, nasty: str, expected: object) -> None:
    assert callable(expected)
    assert render(template, {"x": nasty}) == (expected(nasty), [])


def test_the_same_template_pasted_as_text_does_yield_the_injected_key() -> None:
    """The counterexample to the test above: what it refuses is possible if text is pasted."""
    template = "a: {{ x }}"
    pasted = jinja2.Environment(autoescape=False).from_string(template).render(x="1\nevil: true")  # noqa: S701
    assert yaml.safe_load(pasted) == {"a": 1, "evil": True}
    assert render(template, {"x": "1\nevil: true"}) == ({"a": "1\nevil: true"}, [])


@given(PLAIN)
def test_a_value_that_is_all_of_a_field_arrives_with_its_type(value: Value) -> None:
    got, diagnostics = render("a: {{ x }}\nb: [1, {{ x }}]", {"x": value})
    assert diagnostics == []
    assert got == {"a": value, "b": [1, value]}
    assert json.dumps(got) == json.dumps({"a": value, "b": [1, value]})


@given(TEXTS, TEXTS)
def test_a_value_inside_a_text_stays_text(one: str, other: str) -> None:
    got, diagnostics = render(
        "{% set kept %}<{{ x }}>{% endset %}\"{{ y }}k\": '{{ x }}{{ y }}'\nl: |-\n  .{{ kept }}",
        {"x": one, "y": other},
    )
    if other + "k" != "l":
        assert (got, diagnostics) == ({other + "k": one + other, "l": f".<{one}>"}, [])


def test_json_and_yaml_templates_are_one_path() -> None:
    context: dict[str, Given] = {"title": 'a "b"', "panels": [{"id": 1}, {"id": 2}]}
    each = '{% for p in panels %}{"id": {{ p.id }}}{{ ", " if not loop.last }}{% endfor %}'
    template = f'{{"title": {{{{ title }}}},\n "panels": [{each}]}}'
    assert render(template, context) == ({"title": 'a "b"', "panels": [{"id": 1}, {"id": 2}]}, [])


def test_a_constant_is_text_of_the_template() -> None:
    template = "{{ 'a: 1' }}\nb: {{ 5 }}\nc: {{ true }}\nd: {{ 'x' if n else 'y' }}{{ '!' if n }}\ne: [{{ '1, 2' }}]"
    assert render(template, {"n": 0}) == ({"a": 1, "b": 5, "c": True, "d": "y", "e": [1, 2]}, [])


def test_an_empty_document_is_an_empty_map() -> None:
    assert render("{% if no %}a: 1{% endif %}", {"no": False}) == ({}, [])


def test_the_context_is_never_shared_with_the_result() -> None:
    inner: dict[str, Given] = {"a": ["b"]}
    got, _ = render("x: {{ inner }}\ny: {{ inner }}", {"inner": inner})
    assert isinstance(got, dict)
    assert got["x"] is not inner
    assert got["x"] is not got["y"]
    assert isinstance(got["x"], dict)
    assert got["x"]["a"] is not inner["a"]


def test_what_is_fixed_is_new_in_every_result() -> None:
    engine, report = Engine({PATH: "a: {b: [1]}{# {{ x }} #}"}), Report()
    one, other = (engine.render(PATH, {"x": x}, {}, report) for x in (1, 2))
    assert one == other == {"a": {"b": [1]}}
    assert isinstance(one, dict)
    assert isinstance(other, dict)
    assert one["a"] is not other["a"]


def test_tenants_that_take_the_same_branches_share_one_parse() -> None:
    engine = Engine({PATH: "rules: [{% for each in all %}{expr: 'x > {{ each }}'}, {% endfor %}]"})
    for values in ([1, 2], [3, 4], [1, 2, 3], [5, 6]):
        assert engine.render(PATH, {"all": values}, RULES, Report()) is not None
    assert len(engine.plans) == 2
    # Any number next to a comparison is valid, so one proof serves them all.
    assert len(engine.proofs) == 1


def test_a_plan_is_made_for_each_field_tree() -> None:
    engine, report = Engine({PATH: "rules: [{expr: {{ x }}}]"}), Report()
    assert engine.render(PATH, {"x": "up or"}, {}, report) == {"rules": [{"expr": "up or"}]}
    assert engine.render(PATH, {"x": "up or"}, RULES, report) is None
    assert [each.rule.code for each in report] == ["emit/value-does-not-fit"]


def test_two_renderings_give_the_same() -> None:
    context: dict[str, Given] = {"x": {"b": 1, "a": [2]}}
    template = "x: {{ x }}\ny: {{ x | dictsort }}"
    assert render(template, context) == render(template, context)


NOT_PLAIN = {
    "an object": object(),
    "a key that is a number": {1: 2},
    "a set": {"a": {1, 2}},
    "bytes": b"x",
    "another kind of text": type("T", (str,), {})("x"),
}


@pytest.mark.parametrize("value", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_only_plain_data_can_be_given(value: Given) -> None:
    with pytest.raises(TypeError):
        render("a: 1", {"x": value})


# The places of mistakes


@pytest.mark.parametrize(
    ("text", "code", "span"),
    [
        ("a: 1\nb: {{ nope }}", "emit/undefined-variable", Span(2, 1, 14)),
        ("a: 1\n  {% if %}", "emit/template-syntax", Span(2, 3, 11)),
        ("{% if yes %}\na: 1\n{% endif %}\n{# c #}\nb: 2\na: 3\n", "emit/duplicate-key", Span(6, 1, 5)),
        ("a: [1\n{% if yes %}\n  , *x]\n{% endif %}\n", "emit/template-structure", Span(3, 3, 8)),
        ("a: 1\nb: '{{ map }}!'", "emit/object-in-text", Span(2, 8, 11)),
        ("{% set t %}x{% endset %}\na: 1\nb: {{ t | upper }}", "emit/captured-output", Span(3, 1, 19)),
        ("rules:\n  - expr: up >\n", "emit/invalid-field", Span(2, 3, 15)),
        ("a: 1\n{% include '" + INCLUDED + "' %}", "emit/duplicate-key", Span(2, 1, 5)),
        (
            "a: 1\nb:\n  {% from '" + INCLUDED + "' import broken %}\n  {{ broken(map) }}",
            "emit/object-in-text",
            Span(6, 8, 13),
        ),
    ],
)
def test_a_mistake_is_reported_at_the_line_of_its_template(text: str, code: str, span: Span) -> None:
    library = "\na: 2\n\n\n{% macro broken(value) %}\nx: '{{ value }}'\n{% endmacro %}"
    report = Report()
    engine = Engine({PATH: text, INCLUDED: library})
    assert engine.render(PATH, {"yes": True, "map": {}}, RULES, report) is None
    (diagnostic,) = list(report)
    assert diagnostic.rule.code == code
    assert diagnostic.place is not None
    assert diagnostic.place.span == span


def test_all_mistakes_of_a_template_are_reported_together() -> None:
    _, diagnostics = render("a: '{{ x }}!'\nb: {{ y }}\nb: 2\nc: '{{ z }}.'", {"x": {}, "y": "\ue000", "z": None})
    codes = sorted(each.rule.code for each in diagnostics)
    assert codes == ["emit/duplicate-key", "emit/null-in-text", "emit/object-in-text", "emit/private-character"]


def test_a_wrong_value_has_a_note_on_where_the_template_is_used() -> None:
    place, report = Place("tenants/acme/tenant.yaml", ("packs", "x")), Report()
    engine = Engine({PATH: "rules: [{expr: 'up > {{ pack.limit }}'}]"})
    engine.render(PATH, {"pack": {"limit": "1) or (up"}}, RULES, report, place)
    (diagnostic,) = list(report)
    assert diagnostic.notes == (Note("the template is used here", place),)
    assert diagnostic.message.startswith("`1) or (up` from `pack.limit` does not fit this PromQL field: ")


def test_a_mistake_of_the_template_names_no_tenant() -> None:
    report = Report()
    for tenant in ("acme", "globex"):
        place = Place(f"tenants/{tenant}/tenant.yaml")
        Engine({PATH: "a: {{ nope }}"}).render(PATH, {"tenant": tenant}, {}, report, place)
    assert len(report) == 1


# What templates are given besides plain data


def test_messages_come_from_the_catalogue_and_their_parameters_are_bound() -> None:
    catalogue = Catalogue("fr", {"%(job)s is down for {{ $value }}": "{{ $value }} que %(job)s est mort"})
    template = "rules: [{annotations: {a: {{ text('%(job)s is down for {{ $value }}', job=job) }}}}]"
    got, diagnostics = render(template, {"text": catalogue, "job": "{{ query }}"}, RULES)
    assert diagnostics == []
    assert got == {"rules": [{"annotations": {"a": '{{ $value }} que {{ "{{" }} query }} est mort'}}]}


def test_functions_are_called_with_plain_data_and_give_plain_data() -> None:
    functions: dict[str, Given] = {"double": Function(lambda value: value * 2), "bad": Function(lambda _: int("x"))}
    template = "a: [{% for x in [1, 2] %}{{ double(x) }}, {% endfor %}]"
    assert render(template, functions) == ({"a": [2, 4]}, [])
    assert [each.rule.code for each in render("a: {{ bad(1) }}", functions)[1]] == ["emit/template-failed"]


def test_an_authors_go_template_is_inserted_as_it_is() -> None:
    template = "rules: [{annotations: {a: {{ summary }}, b: {{ name }}}}]"
    context: dict[str, Given] = {"summary": GoTemplate("{{ $value | humanize }}"), "name": "{{ $value }}"}
    got, diagnostics = render(template, context, RULES)
    assert diagnostics == []
    assert got == {"rules": [{"annotations": {"a": "{{ $value | humanize }}", "b": '{{ "{{" }} $value }}'}}]}


def test_rendered_output_is_cached() -> None:
    engine, report = Engine({PATH: "a: {{ x }}\nb: {{ text('m') }}"}), Report()
    french, german = Catalogue("fr", {"m": "oui"}), Catalogue("de", {"m": "ja"})
    contexts: list[dict[str, Given]] = [
        {"x": x, "text": catalogue} for x in (1, True, 1.0, "1") for catalogue in (french, german, french)
    ]
    got = [str(engine.render(PATH, context, RULES, report)) for context in contexts]
    assert len(set(got)) == 8
    assert len(engine.rendered) == 8


def test_the_least_recently_used_output_is_dropped_first() -> None:
    engine, report = Engine({PATH: "a: {{ x }}"}), Report()
    first, second = (engine.render(PATH, {"x": text}, {}, report) for text in ("first", "second"))
    for number in range(2000):
        engine.render(PATH, {"x": number}, {}, report)
        assert engine.render(PATH, {"x": "first"}, {}, report) is first
    assert engine.render(PATH, {"x": "second"}, {}, report) == second
    assert engine.render(PATH, {"x": "second"}, {}, report) is not second


def test_a_mistake_is_reported_each_time() -> None:
    engine = Engine({PATH: "a: {{ nope }}"})
    for _ in range(2):
        report = Report()
        assert engine.render(PATH, {}, RULES, report) is None
        assert len(report) == 1
