"""Which calls CEL's own functions may answer: those that are given little, whatever stands around them."""

from typing import Final

import pytest

from varve.language import native
from varve.language.native import SHORT, Calls
from varve.model.source import Map

PARAMETERS: Final[Map] = {
    "part": "ab",
    "long": "x" * (SHORT + 1),
    "parts": ["a", "b"],
    "mixed": ["a", 1],
    "none": [],
    "longer": ["a", "x" * (SHORT + 1)],
    "keys": {"a": 1, "b": 2},
    "small": "a.b",
    "large": "large",
    "bad": "(",
    "number": 3,
}
INSTEAD: Final = {"contains": "_within_", "matches": "_match_"}

SETTLED: Final = {
    "a part that is written out": ("v.contains('a')", "v.contains('a')"),
    "a long part": (f"v.contains('{'x' * 65}')", f"v._within_('{'x' * 65}')"),
    "a part out of the data": ("v.contains(v.w)", "v._within_(v.w)"),
    "a part that another function makes": ("v.contains(lower('a'))", "v._within_(lower('a'))"),
    "a part of a choice": ("v.contains(true ? 'a' : v)", "v._within_(true ? 'a' : v)"),
    "a parameter": ("v.contains(params.part)", "v.contains(params.part)"),
    "a long parameter": ("v.contains(params.long)", "v._within_(params.long)"),
    "a parameter that is not there": ("v.contains(params.nope)", "v._within_(params.nope)"),
    "a parameter that is no text": ("v.contains(params.number)", "v._within_(params.number)"),
    "what lies below a parameter": ("v.contains(params.keys.a)", "v._within_(params.keys.a)"),
    "what only ends as a parameter does": ("v.contains(v.params.part)", "v._within_(v.params.part)"),
    "each of a list": ("params.parts.all(p, v.contains(p))", "params.parts.all(p, v.contains(p))"),
    "each key of a map": ("params.keys.exists(p, v.contains(p))", "params.keys.exists(p, v.contains(p))"),
    "each of a list with a long one": (
        "params.longer.exists(p, v.contains(p))",
        "params.longer.exists(p, v._within_(p))",
    ),
    "each of a list with a number": ("params.mixed.exists(p, v.contains(p))", "params.mixed.exists(p, v._within_(p))"),
    "each of an empty list": ("params.none.exists(p, v.contains(p))", "params.none.exists(p, v._within_(p))"),
    "each of the data": ("v.exists(p, v.contains(p))", "v.exists(p, v._within_(p))"),
    "each of the data that is called as a parameter": (
        "v.params.parts.exists(p, v.contains(p))",
        "v.params.parts.exists(p, v._within_(p))",
    ),
    "a name that two loops give, one over the data": (
        "params.parts.all(p, v.contains(p)) && v.all(p, v.contains(p))",
        "params.parts.all(p, v._within_(p)) && v.all(p, v._within_(p))",
    ),
    "a name that is a variable too": (
        "params.parts.all(unit, v.contains(unit)) && v.contains(unit)",
        "params.parts.all(unit, v._within_(unit)) && v._within_(unit)",
    ),
    "parameters that a loop names otherwise": (
        "v.all(params, v.contains(params.part))",
        "v.all(params, v._within_(params.part))",
    ),
    "a list of parameters that a loop names otherwise": (
        "v.all(params, params.parts.all(p, v.contains(p)))",
        "v.all(params, params.parts.all(p, v._within_(p)))",
    ),
    "a small pattern": ("v.matches(params.small)", "v.matches(params.small)"),
    "a large pattern": ("v.matches(params.large)", "v._match_(7)"),
    "a large pattern that is written out": ("v.matches( // it is\n 'large' )", "v._match_(7)"),
    "a pattern that is none": ("v.matches(params.bad)", "v._match_(params.bad)"),
    "a pattern out of the data": ("v.matches(v.pattern)", "v._match_(v.pattern)"),
    "a pattern of several": ("params.parts.all(p, v.matches(p))", "params.parts.all(p, v._match_(p))"),
    "a function that is no member": ("matches(v, 'a') && contains(v, 'a')", "_match_(v, 'a') && _within_(v, 'a')"),
    "what is no call": (
        "v.contains == 'x.contains(1)' // matches('a')",
        "v.contains == 'x.contains(1)' // matches('a')",
    ),
    "several": ("v.contains('a') && v.matches(params.large)", "v.contains('a') && v._match_(7)"),
}


def _value(text: str) -> str | None:
    return text.strip("'")


def _pattern(pattern: str) -> str | None:
    return {"(": None, "large": "_match_(7"}.get(pattern, "")


@pytest.mark.parametrize(("text", "settled"), SETTLED.values(), ids=SETTLED)
def test_a_call_is_answered_by_whom_it_may_be(text: str, settled: str) -> None:
    assert native.settled(text, Calls(INSTEAD, ("unit", "v"), PARAMETERS, _value, _pattern)) == settled
