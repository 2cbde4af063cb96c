"""The values of a label are found in every selector that requires it, and nowhere else."""

import pytest

from varve.language.promql.required import required_values

REQUIRED: dict[str, list[tuple[str, ...]]] = {
    'up{job="a"}': [("a",)],
    "rate(x{job = 'a', b='c'}[5m]) > 1": [("a",)],
    '{"x", "job"=`a`}': [("a",)],
    'up{job="a"} + y{job="b"} + up{job="a"}': [("a",), ("b",)],
    'up{job=~"a|b.*|c"}': [("a", "b.*", "c")],
    'up{job="a|b"}': [("a|b",)],
    'up{job=""}': [("",)],
    'absent(up{job="a"}) unless on (job) (x{job="b"} offset 5m)': [("a",), ("b",)],
    'up{job!="a"}': [],
    'up{job!~"a|b"}': [],
    'up{job=~"(a|b)c"}': [],
    'up{jobs="a"}': [],
    "label_replace(up, 'job', 'a', 'x', 'job=\"b\"')": [],
    'up{job="a"': [],
}


@pytest.mark.parametrize("expr", REQUIRED)
def test_the_values_of_each_selector_are_found(expr: str) -> None:
    assert required_values(expr, "job") == tuple(REQUIRED[expr])
