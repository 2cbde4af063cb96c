"""In a Go template a value is text, however it is written: only the author of a template writes actions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.emit.template.engine import Engine
from varve.emit.template.field import Field
from varve.emit.template.given import Given, GoTemplate
from varve.language import gotemplate, literal
from varve.language.message import Catalogue
from varve.model.diagnostic import Report
from varve.model.source import Value

PATH = "templates/a.yaml.j2"
RAW = "{% raw %}", "{% endraw %}"
TEXTS = st.text(
    st.sampled_from("{}\"`'\\ \n-/*$.ab|é") | st.characters(exclude_categories=("Cc", "Cs")), max_size=30
).filter(lambda text: not set("\ue000\ue001\ufffd") & set(text))


def bind(go: str, field: Field = Field.GOTEMPLATE, **context: Given) -> tuple[Value, list[str]]:
    """What a Go template with places `<x>` becomes, and the messages of the report."""
    report = Report()
    body = "\n".join(f"  {line}" for line in go.split("\n"))
    text = f"{RAW[0]}{body}{RAW[1]}".replace("<x>", f"{RAW[1]}{{{{ x }}}}{RAW[0]}")
    value = Engine({PATH: f"g: |-\n{text}"}).render(PATH, context, {"g": field}, report)
    return (value["g"] if isinstance(value, dict) else None), [each.message for each in report]


def printed(template: Value) -> str:
    """What a template without variables prints: its texts, and the strings of its actions."""
    tokens = gotemplate.lex(str(template))
    assert isinstance(tokens, list)
    texts = [
        literal.read(each.text) if each.kind == "string" else each.text
        for each in tokens
        if each.kind in ("text", "string")
    ]
    assert {each.kind for each in tokens} <= {"text", "open", "close", "string", "space"}
    return "".join(map(str, texts))


FITTING: dict[str, tuple[str, Given, str]] = {
    "text": ("<x> is down", "a", "a is down"),
    "text with an action": ("<x> is down", "{{ query }}", '{{ "{{" }} query }} is down'),
    "a number": ("<x> is down", 5, "5 is down"),
    "text beside an action": ("<x>{{ $value }}<x>", "a", "a{{ $value }}a"),
    "a brace before an action": ("<x>{{ $value }}", "{", '{{ "{" }}{{ $value }}'),
    "a brace before a brace": ("<x>{ $value }}", "{", '{{ "{" }}{ $value }}'),
    "two braces of two values": ("<x><x>", "{", '{{ "{" }}{{ "{" }}'),
    "text in a string of an action": ('{{ printf "<x> %v" $value }}', 'a"b\\', '{{ printf "a\\"b\\\\ %v" $value }}'),
    "text in a raw string": ("{{ printf `<x> %v` $value }}", 'a"b', '{{ printf `a"b %v` $value }}'),
    "a number in an action": ("{{ if gt $value <x> }}a{{ end }}", 0.5, "{{ if gt $value 0.5 }}a{{ end }}"),
    "a whole Go template": ("<x>", GoTemplate("{{ $value }}"), "{{ $value }}"),
    "a whole Go template on a line of its own": ("<x>\n", GoTemplate("{{ $value }}"), "{{ $value }}"),
    "a whole text": ("<x>", "{{ $value }}", '{{ "{{" }} $value }}'),
}


@pytest.mark.parametrize(("go", "value", "expected"), FITTING.values(), ids=FITTING)
def test_a_value_fits(go: str, value: Given, expected: str) -> None:
    assert bind(go, x=value) == (expected, [])


UNFIT: dict[str, tuple[str, Given]] = {
    "text in an action": ("{{ <x> }}", "query"),
    "a pipe in an action": ("{{ $value | <x> }}", 'query "up"'),
    "a backquote in a raw string": ("{{ printf `<x>` }}", "a` | query `b"),
    "a Go template in a longer text": ("on <x>", GoTemplate("{{ $value }}")),
    "a Go template that reads other series": ("<x>", GoTemplate('{{ query "up" }}')),
    "a Go template that is none": ("<x>", GoTemplate("{{ $value")),
    "a boolean in an action": ("{{ if <x> }}a{{ end }}", True),
}


@pytest.mark.parametrize(("go", "value"), UNFIT.values(), ids=UNFIT)
def test_a_value_does_not_fit(go: str, value: Given) -> None:
    got, messages = bind(go, x=value)
    assert got is None
    assert len(messages) == 1
    assert "from `x` does not fit this Go template field" in messages[0]


@pytest.mark.parametrize("go", ["<x>", "<x>\n"])
def test_a_label_may_be_any_value_but_a_go_template(go: str) -> None:
    assert bind(go, Field.LABEL, x="{{ $value }}") == bind(go, x="{{ $value }}")
    got, messages = bind(go, Field.LABEL, x=GoTemplate("{{ $labels.a }}"))
    assert got is None
    wrong = "`{{ $labels.a }}` from `x` does not fit this label field: a Go template is allowed in annotations only"
    assert messages == [wrong]


def test_a_label_of_the_template_itself_may_be_a_template() -> None:
    assert bind("{{ $labels.a }} <x>", Field.LABEL, x="b") == ("{{ $labels.a }} b", [])


PLACES = {
    "in a comment": "{{/* <x> */}}",
    "beside a word of an action": "{{ $labels.<x> }}",
    "after a backslash": '{{ "\\<x>" }}',
    "after a brace": "{<x>",
    "in an unclosed action": "{{ <x>",
}


@pytest.mark.parametrize("go", PLACES.values(), ids=PLACES)
def test_a_place_that_allows_no_value_is_the_templates_mistake(go: str) -> None:
    got, messages = bind(go, x="a")
    assert got is None
    assert messages[0].startswith("a value is not allowed in this Go template field")


@given(TEXTS, TEXTS)
def test_text_is_printed_unchanged_whatever_is_next_to_it(one: str, other: str) -> None:
    report = Report()
    engine = Engine({PATH: "g: '<{{ x }}{{ y }}>{{ x }}'"})
    got = engine.render(PATH, {"x": one, "y": other}, {"g": Field.GOTEMPLATE}, report)
    assert isinstance(got, dict), list(report)
    assert printed(got["g"]) == f"<{one}{other}>{one}"


@given(TEXTS)
def test_text_in_a_string_of_an_action_stays_in_it(value: str) -> None:
    got, messages = bind('{{ print "<<x>>" }}', x=value)
    assert messages == []
    tokens = gotemplate.lex(str(got))
    assert isinstance(tokens, list)
    assert [each.kind for each in tokens] == ["open", "space", "word", "space", "string", "space", "close"]
    assert literal.read(tokens[4].text) == f"<{value}>"


def test_pasted_as_text_the_same_value_does_become_an_action() -> None:
    """The counterexample: an annotation of pasted text is refused, because it queries other series."""
    value = '{{ query "up" }}'
    assert gotemplate.fault(f"on {value}") is not None
    assert bind("on <x>", x=value) == ('on {{ "{{" }} query "up" }}', [])


# Messages


def say(call: str, catalogue: dict[str, str], **context: Given) -> tuple[Value, list[str]]:
    report = Report()
    given: dict[str, Given] = {"text": Catalogue("fr", catalogue), **context}
    value = Engine({PATH: f"g: {{{{ {call} }}}}"}).render(PATH, given, {"g": Field.GOTEMPLATE}, report)
    return (value["g"] if isinstance(value, dict) else None), [each.message for each in report]


def test_a_message_without_a_translation_is_its_own_text() -> None:
    assert say("text('%(a)s: {{ $value }}', a=x)", {}, x="{{") == ('{{ "{{" }}: {{ $value }}', [])


def test_a_parameter_in_an_action_is_bound_like_any_other_value() -> None:
    catalogue = {"m": '{{ printf "%(a)s" }} {{ if gt $value %(b)s }}x{{ end }}'}
    assert say("text('m', a=x, b=0.5)", catalogue, x='"}}') == (
        '{{ printf "\\"}}" }} {{ if gt $value 0.5 }}x{{ end }}',
        [],
    )


@pytest.mark.parametrize(
    ("call", "catalogue", "wrong"),
    [
        ("text('%(a)s')", {}, "needs `%(a)s`, which is not given"),
        ("text('%(a)s', a=none)", {}, "`%(a)s` of the message is null"),
        ("text('%(a)s', a=[1])", {}, "it is not text"),
        ("text('m')", {"m": "{{ $value"}, "it is not a valid Go template"),
        ("text('m')", {"m": '{{ query "up" }}'}, "it is not a valid Go template"),
        ("text('{{ %(a)s }}', a='query')", {}, "only a number"),
    ],
)
def test_a_message_that_cannot_be_written(call: str, catalogue: dict[str, str], wrong: str) -> None:
    got, messages = say(call, catalogue)
    assert got is None
    assert len(messages) == 1
    assert wrong in messages[0]


def test_a_percent_sign_is_text() -> None:
    assert say("text('100% of %s', a=1)", {}) == ("100% of %s", [])
