"""In PromQL a value is the text of a string, or one operand: it never becomes part of the grammar."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.language.promql.trees import same
from varve.emit.template import expression
from varve.emit.template.engine import Engine
from varve.emit.template.expression import PROMQL
from varve.emit.template.field import Field
from varve.emit.template.form import Misfit
from varve.emit.template.given import Given
from varve.language import promql
from varve.model.diagnostic import Report
from varve.model.source import Value

PATH = "templates/a.yaml.j2"
TEXTS = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ue000\ue001\ufffd")
    | st.sampled_from("\n\t\"'`\\"),
    max_size=30,
)


def bind(template: str, **context: Given) -> tuple[Value, list[str]]:
    """What a block scalar of PromQL becomes, and the messages of the report."""
    report = Report()
    lines = "\n".join(f"  {line}" for line in template.split("\n"))
    value = Engine({PATH: f"q: |-\n{lines}"}).render(PATH, context, {"q": Field.PROMQL}, report)
    return (value["q"] if isinstance(value, dict) else None), [each.message for each in report]


FITTING: dict[str, tuple[str, Given, str]] = {
    "text in a string is escaped": ('up{a="{{ x }}"}', 'a"b\\c\n', 'up{a="a\\"b\\\\c\\n"}'),
    "text in single quotes": ("up{a='{{ x }}'}", "it's", "up{a='it\\'s'}"),
    "text in a raw string": ("up{a=`{{ x }}`}", 'a"\\d', 'up{a=`a"\\d`}'),
    "text in a pattern matches itself": ('up{a=~"{{ x }}|y"}', "a.b", 'up{a=~"a\\\\.b|y"}'),
    "text in a negated pattern": ('up{a!~"{{ x }}"}', "a+", 'up{a!~"a\\\\+"}'),
    "a number": ("up > {{ x }}", 0.5, "up > 0.5"),
    "a number in a string": ('up{a="{{ x }}"}', 5, 'up{a="5"}'),
    "a boolean in a string": ('up{a="{{ x }}"}', True, 'up{a="true"}'),
    "a number as text": ("up > {{ x }}", "0.001", "up > 0.001"),
    "a negative number after a comparison": ("up > {{ x }}", -1, "up > -1"),
    "a negative number after an operator": ("up - {{ x }}", -1, "up - (-1)"),
    "a negative base": ("{{ x }} ^ 2 + up", -3, "(-3) ^ 2 + up"),
    "a duration as a range": ("rate(x[{{ x }}])", "5m", "rate(x[5m])"),
    "a duration of number and unit": ("rate(x[{{ x }}m])", 5, "rate(x[5m])"),
    "an offset": ("x offset {{ x }}", "1h", "x offset 1h"),
    "a name of a metric": ("rate({{ x }}[5m])", "http_requests_total", "rate(http_requests_total[5m])"),
    "a part of a name": ("slo:errors:rate{{ x }}", "5m", "slo:errors:rate5m"),
    "a label": ('up{ {{ x }}="a"}', "job", 'up{ job="a"}'),
    "a label to group by": ("sum by ({{ x }}) (up)", "job", "sum by (job) (up)"),
    "a selector": ("rate({{ x }}[5m])", 'x{a="b"}', 'rate(x{a="b"}[5m])'),
    "an expression in an expression": ("{{ x }} * 2", "a + b", "(a + b) * 2"),
    "an expression alone": ("{{ x }}", "a + b", "a + b"),
    "an expression loses the comments around it": ("{{ x }} * 2", "# one\na + b # two", "(a + b) * 2"),
    "an expression keeps a comment within": ("{{ x }} * 2", "a + # one\nb", "(a + # one\nb) * 2"),
    "a string as text that looks like PromQL": ('up{a="{{ x }}"}', '"} or up{b="', 'up{a="\\"} or up{b=\\""}'),
}


@pytest.mark.parametrize(("template", "value", "expected"), FITTING.values(), ids=FITTING)
def test_a_value_fits(template: str, value: Given, expected: str) -> None:
    assert bind(template, x=value) == (expected, [])


UNFIT: dict[str, tuple[str, Given]] = {
    "more than one expression": ("up > {{ x }}", "1) or (up"),
    "a matcher more": ('up{a="b",{{ x }}}', 'c="d"'),
    "an end of the braces": ("up{ {{ x }} }", 'a="b"} or up{'),
    "a comment that eats the rest": ("sum({{ x }}) > 5", "up) #"),
    "nothing but a comment": ("{{ x }} > 5", "# up"),
    "nothing": ("{{ x }} > 5", ""),
    "a keyword": ("up {{ x }} down", "or"),
    "a selector that reads like an operator": ("up {{ x }}", 'or {a="b"}'),
    "a boolean": ("up > {{ x }}", True),
    "a backquote in a raw string": ("up{a=`{{ x }}`}", "a`b"),
    "two tokens as a part of a name": ("slo:rate{{ x }}", "5m or up"),
    "an expression as a part of a name": ("slo:rate{{ x }}", "{a='b'}"),
    "a unit that makes no duration": ("rate(x[{{ x }}m])", 0.5),
    "an expression as a range": ("rate(x[{{ x }}])", "5m:1m"),
    "a range that is empty": ("rate(x[{{ x }}])", "0s"),
    "an expression of the wrong type": ("rate({{ x }}[5m])", "a + b"),
    "an empty value that leaves nothing to match": ('{a="{{ x }}"}', ""),
    "an unclosed string": ("up > {{ x }}", 'vector("'),
    "not finite": ("up > {{ x }}", float("inf")),
}


@pytest.mark.parametrize(("template", "value"), UNFIT.values(), ids=UNFIT)
def test_a_value_does_not_fit(template: str, value: Given) -> None:
    got, messages = bind(template, x=value)
    assert got is None
    assert len(messages) == 1
    assert "from `x` does not fit this PromQL field" in messages[0]


PLACES = {
    "in a comment": "up # {{ x }}",
    "after a backslash": 'up{a="\\{{ x }}"}',
    "in an unclosed string": 'up{a="{{ x }}',
    "in an unclosed brace": 'up{a="{{ x }}"',
    "in what is no PromQL": "up ; {{ x }}",
}


@pytest.mark.parametrize("template", PLACES.values(), ids=PLACES)
def test_a_place_that_allows_no_value_is_the_templates_mistake(template: str) -> None:
    got, messages = bind(template, x="a")
    assert got is None
    assert messages[0].startswith("a value is not allowed in this PromQL field")


@pytest.mark.parametrize("quote", ['"', "'"])
@given(value=TEXTS, before=st.sampled_from(["", "a", "a.b"]))
def test_a_label_equals_exactly_what_was_given(quote: str, value: str, before: str) -> None:
    got, messages = bind(f"x{{a={quote}{before}{{{{ x }}}}{quote}}} > 1", x=value)
    assert messages == []
    tokens = promql.lex(str(got))
    assert isinstance(tokens, list)
    assert [each.kind.value for each in tokens if each.kind.value != "space"] == [
        *("name", "mark", "name", "operator", "string", "mark", "operator", "number")
    ]
    assert same(str(got), f"x{{a={promql_string(before + value)}}} > 1")


def promql_string(text: str) -> str:
    written = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{written}"'


@given(TEXTS)
def test_no_operand_adds_a_node_beside_its_own(value: str) -> None:
    got, _ = bind("abs({{ x }}) > 1", x=value)
    if got is not None:
        assert same(str(got), f"abs(({value}\n)) > 1") or same(str(got), f"abs({value}\n) > 1")


def test_pasted_as_text_the_same_value_does_change_the_expression() -> None:
    """The counterexample: the refused value makes another expression if it is pasted."""
    value = "1) or (up"
    pasted = f"(up > {value})"
    assert promql.fault(pasted) is None
    assert not same(pasted, "(up > 1)")
    assert bind("(up > {{ x }})", x=value)[0] is None


def test_a_proof_is_never_shared_where_the_value_decides() -> None:
    """A selector is invalid only if its single matcher is empty."""
    engine, report = Engine({PATH: "q: '{a=\"{{ x }}\"}'"}), Report()
    assert engine.render(PATH, {"x": "a"}, {"q": Field.PROMQL}, report) is not None
    assert engine.render(PATH, {"x": "b"}, {"q": Field.PROMQL}, report) is not None
    assert len(engine.proofs) == 1
    assert engine.render(PATH, {"x": ""}, {"q": Field.PROMQL}, report) is None


@pytest.mark.parametrize(("usual", "extreme"), [(60, 1e300), (60, 10**18)])
def test_a_number_out_of_range_is_found_whatever_was_proven_before(usual: float, extreme: float) -> None:
    engine, report = Engine({PATH: "q: 'x offset -{{ x }}'"}), Report()
    assert engine.render(PATH, {"x": usual}, {"q": Field.PROMQL}, report) is not None
    assert engine.render(PATH, {"x": extreme}, {"q": Field.PROMQL}, report) is None


def test_a_text_that_is_too_long_is_found_whatever_was_proven_before() -> None:
    engine, report = Engine({PATH: "q: 'x{a=\"{{ x }}\"}'"}), Report()
    assert engine.render(PATH, {"x": "a"}, {"q": Field.PROMQL}, report) is not None
    assert engine.render(PATH, {"x": "a" * 100_000}, {"q": Field.PROMQL}, report) is None


PIECES = st.sampled_from(
    (
        *(
            '{a="b"}',
            '{a="",b="c"}',
            '{a=~"b.*"}',
            '{a!="("}',
            '{a!~"("}',
            '{a="b\n"}',
            '{a="é"}',
            "{a='b'}",
            '{a="b=",c="d"}',
        ),
        *(
            "up",
            "sum(",
            ")",
            " by (a)",
            "[5m]",
            " offset 1m",
            " == ",
            '"a"',
            '="',
            '"',
            "=",
            "#",
            "\n",
            "\\",
            " or ",
            "5",
            "(",
        ),
        *('label_replace(up, "a", "$1", "b", "(")', 'count_values("a", up)', "rate(x[5m])", "'", "`", "vector(1)"),
    )
)


@given(st.lists(PIECES, max_size=6).map("".join))
@settings(max_examples=300, deadline=None)
def test_an_expression_is_valid_exactly_if_its_representative_is(text: str) -> None:
    wrong = promql.fault(text)
    assert PROMQL.fault(text) == (f"it is not valid PromQL: {wrong.message}" if wrong else None)


@given(st.lists(PIECES, max_size=4).map("".join))
@settings(max_examples=200, deadline=None)
def test_a_piece_is_written_the_same_without_a_representative(text: str) -> None:
    shape = PROMQL.shape(("2 * ", " / 3"))
    assert not isinstance(shape, Misfit)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(expression, "_representative", lambda each: each)
        plainly = shape([text, ""])
    expression._operand_of.cache_clear()  # noqa: SLF001 - what was written there is remembered
    again = PROMQL.shape(("2 * ", " / 3"))
    assert not isinstance(again, Misfit)
    assert again([text, ""]) == plainly
