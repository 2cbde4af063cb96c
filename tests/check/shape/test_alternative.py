import pytest

from varve.check.shape.alternative import others, others_of, text_format
from varve.model.source import Keys, Value

ALERT: Keys = ("services", "checkout", "alerts", "QueueStuck")


@pytest.mark.parametrize(
    ("keys", "value", "other"),
    {
        "one of a few words": ((*ALERT, "severity"), "warning", "critical"),
        "a duration": ((*ALERT, "for"), "10m", "11m"),
        "a query": ((*ALERT, "expr"), "up == 0", "up == 1"),
        "a target with a reference": (
            ("services", "a", "scrape", "app", "targets", 0),
            "a.%{environment}.example:1",
            "xa.%{environment}.example:1",
        ),
        "a switch": (("platform", "prometheus", "native_histograms"), True, False),
        "a number": (("quotas", "series"), 100, 101),
        "a locale": (("locale",), "de_DE", "en_GB"),
        "a time of day keeps its form": (("notify", "hours", "day", "times", 0, "start"), "09:00", "10:00"),
    }.values(),
)
def test_other_values_have_the_same_kind(keys: Keys, value: Value, other: Value) -> None:
    assert other in list(others(keys, value))


def test_other_values_differ_and_have_the_format() -> None:
    assert "10m" not in list(others((*ALERT, "for"), "10m"))
    assert "10mx" not in list(others((*ALERT, "for"), "10m"))
    assert list(others(("quotas", "series"), 0))[:2] == [1, -1]


def test_other_values_come_from_the_schema() -> None:
    assert list(others_of({"enum": ["critical", "warning"]}, "critical")) == ["warning"]
    assert next(others_of({"type": "string", "format": "duration"}, "5m")) == "6m"


def test_other_values_include_those_at_similar_paths() -> None:
    assert "acme/token" in list(others(("services", "a", "secret"), "acme/other", ["acme/token"]))


@pytest.mark.parametrize("value", [None, {}, []])
def test_empty_values_have_no_others(value: Value) -> None:
    assert list(others(("labels",), value)) == []


def test_the_format_of_the_texts_at_a_path() -> None:
    assert text_format(("locale",)) == text_format(("platform", "locale")) == "locale"
    assert text_format(("nobody", "knows")) == ""
