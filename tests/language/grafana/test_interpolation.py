from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varve.language import promql
from varve.language.fault import Fault
from varve.language.grafana.interpolation import (
    Scoped,
    Substituted,
    Use,
    fault,
    read,
    restore,
    scope,
    substitute,
    variables,
)

SOUND = {
    "an interval in brackets": "rate(up[$__rate_interval])",
    "a range and a step": "max_over_time(up[$__range:$__interval])",
    "a number with its unit": "rate(up[${__range_s}s])",
    "an offset": "up offset $ago",
    "an offset into the future": "up offset -$ahead",
    "an instant": "up @ $__from",
    "a name of a metric": "rate($metric[5m])",
    "a name with a selector": '$metric{job="a"}',
    "a piece of a name": "node_${what}_total",
    "a label": 'sum by ($label) (up{$label!=""})',
    "a number to compare with": "up > $limit",
    "a number where only a number can be": "topk($n, up)",
    "a quantile beside a range": "histogram_quantile($q, sum by (le) (rate(b_bucket[$__rate_interval])))",
    "a pattern": 'up{instance=~"$instance"}',
    "a pattern in a format": 'up{instance=~"${instance:regex}|other"}',
    "the field of a variable": 'up{instance="${host.value}"}',
    "the old way of writing": 'rate(up{job=~"[[job]]"}[[[__interval]]])',
    "milliseconds of an interval": "increase(a_total[5m]) / $__interval_ms",
    "no variable at all": 'label_replace(up, "a", "$1", "b", "(.+)")',
}


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND)
def test_a_query_with_variables_is_read_and_restored(text: str) -> None:
    put = read(text)
    assert isinstance(put, Substituted)
    assert promql.fault(put.text) is None
    assert len(put.places) == len(list(variables(text)))
    assert restore(put.text, put.places) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sum(up", "unclosed left parenthesis"),
        ("rate(up[$__rate_interval)", "unclosed left bracket"),
        ("rate($metric)", "expected type matrix in call to function `rate`"),
    ],
)
def test_a_query_that_is_invalid_for_all_values_is_refused(text: str, message: str) -> None:
    assert message in str(fault(text))


def test_a_fault_names_the_variable_and_not_its_stand_in() -> None:
    wrong = fault("sum($metric[5m])")
    assert wrong is not None
    assert "Grafana" not in wrong.message


@pytest.mark.parametrize("text", ["$a " * 200_000, "[" * 300_000, '"' * 300_001, "offset " * 100_000 + "$a"])
def test_a_hostile_query_is_refused_at_once(text: str) -> None:
    began = process_time()
    assert fault(text) == Fault("the query is longer than 8192 characters")
    assert fault(text[:8000]) is not None
    assert process_time() - began < 2


def test_stand_ins_do_not_occur_in_the_query() -> None:
    put = substitute('Grafana{a="700"} + $x > 7000000')
    assert all(put.text.count(stand_in) == 1 for stand_in, _ in put.places)


@pytest.mark.parametrize(
    "changed",
    [pytest.param("up", id="is gone"), pytest.param("{0} + {0}", id="was doubled")],
)
def test_a_missing_or_repeated_stand_in_cannot_be_restored(changed: str) -> None:
    ((stand_in, original),) = substitute("$metric{}").places
    assert restore(changed.format(stand_in), ((stand_in, original),)) is None


def test_variables_in_comments_stay() -> None:
    assert substitute("up # of $job\n").places == ()


def test_names_of_variables_are_found_in_any_text() -> None:
    assert list(variables("$a ${b} ${c:csv} ${d.e} [[f]] [[g:csv]] $1 $ ${} [[1]]")) == list("abcdfg")


PIECES = st.sampled_from(
    [
        "up",
        "$a",
        "${b:csv}",
        "[[c]]",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        '"',
        "'",
        "`",
        "\\",
        "#",
        "\n",
        " ",
        "offset ",
        "5m",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join), st.sampled_from(["name", "number"]))
def test_any_text_is_restored_exactly(text: str, free: str) -> None:
    put = substitute(text, free)  # type: ignore[arg-type]
    assert restore(put.text, put.places) == text


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_no_text_raises(text: str) -> None:
    assert isinstance(read(text), Substituted | Fault)


@pytest.mark.parametrize(
    ("text", "expected"),
    {
        "a metric": ("rate(up[$__rate_interval])", 'rate(up{tenant="acme"}[$__rate_interval])'),
        "a name": ("sum($metric)", 'sum($metric{tenant="acme"})'),
        "a name or a number": ("up > $limit", 'up{tenant="acme"} > $limit{tenant="acme"}'),
        "a number": ("up > $bound", 'up{tenant="acme"} > $bound'),
        "a number only": ("topk($n, up)", 'topk($n, up{tenant="acme"})'),
        "a value": ('up{job=~"${job:regex}", }', 'up{tenant="acme",job=~"${job:regex}", }'),
        "a comment": ("up # $why", 'up{tenant="acme"} # $why'),
        "what is kept": ('up{tenant="acme",a="$b"}', 'up{tenant="acme",a="$b"}'),
    }.values(),
)
def test_a_query_with_variables_is_scoped_to_a_tenant(text: str, expected: str) -> None:
    scoped = scope(text, "acme", frozenset({"bound"}))
    assert isinstance(scoped, Scoped)
    assert scoped.text == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('up{tenant="$tenant"}', '`tenant="$tenant"` selects series of other tenants'),
        ('label_replace(up, "tenant", "$x", "", "")', "`label_replace` writes the label `tenant`"),
        ("sum(up", "unclosed left parenthesis"),
        (f"up{{a='{'${much_longer_than_a_stand_in}' * 250}'}}".ljust(8_192), "longer than 8192 characters"),
    ],
)
def test_a_query_that_cannot_be_scoped_is_refused_with_its_own_variables(text: str, message: str) -> None:
    wrong = scope(text, "acme")
    assert isinstance(wrong, Fault)
    assert message in wrong.message


@pytest.mark.parametrize(
    ("text", "uses"),
    {
        "a name": ("sum($x)", {Use("x", "", "", "name")}),
        "a piece of one": ("${x:raw}_total", {Use("x", "", "raw", "name")}),
        "labels": ("sum by (a, $x) (up)", {Use("x", "", "", "label")}),
        "labels that are matched": (
            "a * on($x) group_left([[y:csv]]) b",
            {Use("x", "", "", "label"), Use("y", "", "csv", "label")},
        ),
        "a label with a number beside it": (
            "sum by ($x) (topk($n, up))",
            {Use("x", "", "", "label"), Use("n", "", "", "number")},
        ),
        "a duration with its unit": (
            "rate(up[${x}m] offset $y)",
            {Use("x", "", "", "duration"), Use("y", "", "", "duration")},
        ),
        "a string": ("up{a='${x.b:regex}'}", {Use("x", "b", "regex", "string")}),
        "a comment": ("up # $x", {Use("x", "", "", "comment")}),
        "all of these": ('$x{a="$x"} # $x', {Use("x", "", "", each) for each in ("name", "string", "comment")}),
    }.values(),
)
def test_each_use_of_a_variable_has_the_kind_of_its_place(text: str, uses: set[Use]) -> None:
    put = read(text)
    assert isinstance(put, Substituted)
    assert put.uses == uses


@pytest.mark.parametrize(
    "text", ['up{a="${x:",b="}"}', 'up{a="${x.b"}', "up # ${x:a\n}", 'up{a="${1:(}"}', "up{a='${x:(}'}"]
)
def test_a_variable_that_could_extend_past_a_string_is_refused(text: str) -> None:
    assert "is not valid syntax for a variable" in str(fault(text))
