import pytest

from varve.check.shape.instead import others, others_of, sort
from varve.model.source import Keys, Value

ALERT: Keys = ("services", "checkout", "alerts", "QueueStuck")


@pytest.mark.parametrize(
    ("keys", "said", "one"),
    {
        "a word among few": ((*ALERT, "severity"), "warning", "critical"),
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
def test_there_are_others_of_the_same_kind(keys: Keys, said: Value, one: Value) -> None:
    assert one in list(others(keys, said))


def test_none_is_what_is_said_and_each_is_of_the_format() -> None:
    assert "10m" not in list(others((*ALERT, "for"), "10m"))
    assert "10mx" not in list(others((*ALERT, "for"), "10m"))
    assert list(others(("quotas", "series"), 0))[:2] == [1, -1]


def test_what_a_schema_says_can_stand_instead() -> None:
    assert list(others_of({"enum": ["critical", "warning"]}, "critical")) == ["warning"]
    assert next(others_of({"type": "string", "format": "duration"}, "5m")) == "6m"


def test_what_is_said_elsewhere_of_such_paths_is_among_them() -> None:
    assert "acme/token" in list(others(("services", "a", "secret"), "acme/other", ["acme/token"]))


@pytest.mark.parametrize("said", [None, {}, []])
def test_instead_of_nothing_there_is_nothing(said: Value) -> None:
    assert list(others(("labels",), said)) == []


def test_texts_of_a_sort_could_stand_in_each_others_place() -> None:
    assert sort(("locale",)) == sort(("platform", "locale")) == "locale"
    assert sort(("nobody", "knows")) == ""
