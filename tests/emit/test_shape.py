"""A template's output has the shape that its target needs, or the first mistake is reported."""

from typing import Final

import pytest

from varve.emit.shape import ANY_MAP, MapShape, checked
from varve.model.diagnostic import Place, Report
from varve.model.source import Value

SHAPE: Final = MapShape(
    {
        "interval": None,
        "rules": [MapShape({"alert": None, "record": None, "expr": None}, ("expr",), ("alert", "record"))],
    }
)

CLOSE: Final = MapShape(
    {
        "rules": [
            MapShape(
                {"alert": lambda value: None if value == "A" else "is no A", "record": None, "for": None}
                | {"labels": MapShape({"*": None}, key=lambda key: None if key == "a" else "is no a")},
                one_of=("alert", "record"),
                excludes={"record": ("for",)},
                implies={"alert": ("labels", "a")},
            )
        ]
    }
)

SOUND: dict[str, Value] = {
    "nothing": {},
    "an empty list": {"rules": []},
    "a list that is null": {"rules": None},
    "an alert and a recording": {"rules": [{"alert": "A", "expr": "up"}, {"record": "a:b", "expr": 1}]},
    "anything where anything may stand": {"interval": [{"a": 1}]},
}

WRONG: dict[str, tuple[Value, str]] = {
    "a list": ([], "the output of the template is a list but a map is needed"),
    "a text for a list": ({"rules": "a"}, "`rules` is a text but a list is needed"),
    "a map for a list": ({"rules": {"a": {}}}, "`rules` is a map but a list is needed"),
    "true for a list": ({"rules": True}, "`rules` is true or false but a list is needed"),
    "a number for a map": ({"rules": [5]}, "`rules[0]` is a number but a map is needed"),
    "null for a map": ({"rules": [None]}, "`rules[0]` is null but a map is needed"),
    "a key that nothing reads": (
        {"rules": [], "rule": []},
        "the output of the template has the unknown key `rule`",
    ),
    "a deep key that nothing reads": (
        {"rules": [{"alert": "A", "expr": "up", "fro": "5m"}]},
        "`rules[0]` has the unknown key `fro`",
    ),
    "a key that is needed": ({"rules": [{"alert": "A"}]}, "`rules[0]` lacks `expr`"),
    "a key that is needed and null": ({"rules": [{"alert": "A", "expr": None}]}, "`rules[0]` lacks `expr`"),
    "neither of two": ({"rules": [{"expr": "up"}]}, "`rules[0]` needs either `alert` or `record`"),
    "both of two": (
        {"rules": [{"alert": "A", "record": "a", "expr": "up"}]},
        "`rules[0]` needs either `alert` or `record`",
    ),
}


@pytest.mark.parametrize("value", SOUND.values(), ids=SOUND)
def test_what_has_the_shape_is_given_back(value: Value) -> None:
    report = Report()
    assert checked(value, SHAPE, "templates/x.j2", report) == value
    assert not list(report)


@pytest.mark.parametrize(("value", "message"), WRONG.values(), ids=WRONG)
def test_another_shape_is_reported_once_and_gives_an_empty_map(value: Value, message: str) -> None:
    report = Report()
    assert checked(value, SHAPE, "templates/x.j2", report) == {}
    (diagnostic,) = report
    assert (diagnostic.rule.code, diagnostic.message, diagnostic.place) == (
        "emit/wrong-shape",
        message,
        Place("templates/x.j2"),
    )


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"alert": "A", "for": "5m", "labels": {"a": "x"}}, None),
        ({"record": "x", "for": None}, None),
        ({"alert": "B", "labels": {"a": "x"}}, "`rules[0].alert` is no A"),
        ({"alert": "A"}, "`rules[0]` lacks `labels.a`"),
        ({"alert": "A", "labels": None}, "`rules[0]` lacks `labels.a`"),
        ({"alert": "A", "labels": {"a": None}}, "`rules[0]` lacks `labels.a`"),
        ({"alert": "A", "labels": ["a"]}, "`rules[0]` lacks `labels.a`"),
        ({"record": "x", "labels": {}}, None),
        ({"alert": "A", "labels": {"a": "x", "b": "x"}}, "`rules[0].labels` has the key `b`, which is no a"),
        ({"record": "x", "for": "5m"}, "`rules[0]` has `for` beside `record`"),
        ({"record": None}, "`rules[0]` needs either `alert` or `record`"),
        ({"record": None, "alert": "A"}, "`rules[0]` needs either `alert` or `record`"),
    ],
)
def test_values_and_keys_can_be_tested(rule: Value, message: str | None) -> None:
    report = Report()
    checked({"rules": [rule]}, CLOSE, "templates/x.j2", report)
    assert [each.message for each in report] == ([message] if message else [])


def test_output_that_could_not_be_rendered_is_not_reported_again() -> None:
    report = Report()
    assert checked(None, SHAPE, "templates/x.j2", report) == {}
    assert not list(report)


def test_any_map_allows_any_content() -> None:
    assert checked({"a": [1], "b": None}, ANY_MAP, "templates/x.j2", Report()) == {"a": [1], "b": None}
