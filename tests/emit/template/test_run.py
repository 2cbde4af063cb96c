"""A run stores values and sites by the number of their placeholder, and counts its work."""

import pytest

from varve.emit.template.given import CLOSE, OPEN, Given
from varve.emit.template.run import TOO_MUCH, Refusal, Run, Site

SITE = Site("templates/a.j2", 3, "pack.a", joins=False)


def test_placeholders_are_numbered_in_the_order_of_writing() -> None:
    run = Run()
    assert [run.place(value, SITE) for value in ("a", "a")] == [f"{OPEN}0{CLOSE}", f"{OPEN}1{CLOSE}"]
    for _ in range(5000):
        run.place(1, SITE)
    assert run.place("b", SITE) == f"{OPEN}5002{CLOSE}"
    assert run.values[5002] == "b"


def test_work_is_limited() -> None:
    run = Run(work_left=10)
    run.spend(10)
    with pytest.raises(Refusal) as refused:
        run.spend(1)
    assert refused.value.rule is TOO_MUCH


def test_a_value_is_named_with_its_expression() -> None:
    run = Run()
    run.place("v", SITE)
    run.place("w", SITE._replace(expression=""))
    assert [run.name(0), run.name(1)] == ["`v` from `pack.a`", "`w`"]


@pytest.mark.parametrize("value", [{"a": [1, None, "b"]}, [], {}, "x", 0.5, True, None], ids=repr)
def test_plain_data_is_copied(value: Given) -> None:
    run = Run()
    run.place(value, SITE)
    made = run.plain(value, 0)
    assert (made, run.complaints) == (value, [])
    assert made is not value or not isinstance(value, dict | list)


def test_a_deep_value_is_too_much() -> None:
    deep: Given = 1
    for _ in range(70):
        deep = [deep]
    run = Run()
    run.place(deep, SITE)
    with pytest.raises(Refusal):
        run.plain(deep, 0)


def test_a_misfit_blames_the_value_and_a_refusal_the_template() -> None:
    run = Run()
    run.place("v", SITE)
    run.misfit(TOO_MUCH, "a", 0)
    run.refuse(TOO_MUCH, "b", 0)
    assert [(each.message, each.site, each.is_value_at_fault) for each in run.complaints] == [
        ("a", SITE, True),
        ("b", SITE, False),
    ]
