"""Messages are the same as those that the library evaluates, with fewer calls of it."""

from collections.abc import Mapping

import pytest

from tests.policy.reading import findings, policy, read
from varve.language.cel import expression
from varve.language.fault import Fault
from varve.model.policy import Scope
from varve.model.source import Map
from varve.policy import program as programs
from varve.policy import wording
from varve.policy.inputs import inputs_of
from varve.policy.program import Program


def program(changes: Map) -> Program:
    _, made, report = read({"policies/owned.json": policy(changes)})
    assert findings(report) == []
    return made["owned"]


def test_a_message_is_evaluated_for_one_subject() -> None:
    made = program({"message": "`{service.id}` of `{environment}` has {service.tiers} and no owner"})
    services: list[Map] = [{"id": "checkout", "tiers": [1, 2], "scrape": {"app": {}}}]
    given = inputs_of(Scope.SERVICE, {"environment": "production"}, services)
    whole = wording.message(made, programs.activation(made, given, 0))
    assert wording.shown_message(made, given, 0) == whole == "`checkout` of `production` has 1, 2 and no owner"


def test_a_message_that_uses_a_missing_key_is_a_fault() -> None:
    made = program({"message": "`{service.tier}` {service.id}"})
    assert wording.shown_message(made, inputs_of(Scope.SERVICE, {}, [{"id": "a"}]), 0) == Fault("there is no `tier`")


SERVICES: Mapping[str, Map] = {
    "texts": {"id": "checkout", "owner": "payments"},
    "an empty text": {"id": "", "owner": ""},
    "blanks around and within": {"id": "  a   b ", "owner": " "},
    "several lines": {"id": "a\nb", "owner": "\tc"},
    "signs that steer a terminal": {"id": "\x1b[31mred", "owner": "\0"},
    "signs of another script": {"id": "évènement 日本 😀", "owner": "e\u0301"},
    "signs that turn what follows": {"id": "\u202eabc\u200f", "owner": "\u00a0\ufeff"},
    "a long text": {"id": "x" * 299, "owner": "x" * 300},
    "longer ones": {"id": "x" * 301, "owner": "y" * 600},
    "what looks like an expression": {"id": "{service.owner}", "owner": "`x` null"},
    "a credential": {"id": "https://user:hunter2hunter2@example.org/", "owner": "AKIAIOSFODNN7EXAMPLE"},
    "a number": {"id": "checkout", "owner": 3},
    "a truth": {"id": "checkout", "owner": True},
    "null": {"id": "checkout", "owner": None},
    "a list": {"id": "checkout", "owner": ["a", "b"]},
    "a map": {"id": "checkout", "owner": {"b": 1, "a": "x"}},
    "what is not there": {"id": "checkout"},
    "half of a character": {"id": "checkout", "owner": "\ud800"},
}


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
@pytest.mark.parametrize("message", ["`{service.id}` of `{service.owner}`", "{service.owner}", "{ service.owner } it"])
def test_a_message_that_only_names_values_is_that_of_the_library(
    monkeypatch: pytest.MonkeyPatch, service: Map, message: str
) -> None:
    given = inputs_of(Scope.SERVICE, {}, [service])
    short = wording.shown_message(program({"message": message}), given, 0)
    monkeypatch.setattr(expression, "named", lambda *_: None)
    assert wording.shown_message(program({"message": message}), given, 0) == short


def test_a_message_that_only_names_values_needs_no_library_and_has_no_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(expression, "texts", lambda *_: Fault("the library was called"))
    made = program({"message": "{service.id} of {service.owner}"})
    url = "https://user:hunter2hunter2@example.org/"
    services: list[Map] = [{"id": "a  b", "owner": url}, {"id": "a", "owner": ["b", 3]}, {"id": "a", "owner": None}]
    messages = [wording.shown_message(made, inputs_of(Scope.SERVICE, {}, services), position) for position in range(3)]
    assert str(messages[0]).startswith("a b of ")
    assert "hunter2" not in str(messages[0])
    assert messages[1:] == ["a of b, 3", Fault("the library was called")]


def test_only_expressions_that_are_not_names_are_evaluated_and_only_once() -> None:
    made = program({"message": "`{service.id}` has {has(service.owner) ? 'an owner' : 'none'}"})
    services: list[Map] = [{"id": "a"}, {"id": "b"}, {"id": "c", "owner": ["x"]}, {"id": "d", "owner": ["y"]}]
    given = inputs_of(Scope.SERVICE, {}, services)
    messages = [wording.shown_message(made, given, position) for position in range(4)]
    assert messages == ["`a` has none", "`b` has none", "`c` has an owner", "`d` has an owner"]
    assert len(made.values) == 2


def test_the_cache_of_messages_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "_CACHE_SIZE", 2)
    made = program({"message": "{size(service.id)}"})
    for number in range(5):
        given = inputs_of(Scope.SERVICE, {}, [{"id": "x" * number}])
        assert wording.shown_message(made, given, 0) == str(number)
        assert len(made.values) <= 2


def test_cached_values_depend_on_the_expressions() -> None:
    made = program({"message": "{service.owner} has {size(service.id)}"})
    given = inputs_of(Scope.SERVICE, {}, [{"id": "a", "owner": "b"}, {"id": "a"}])
    assert wording.shown_message(made, given, 0) == "b has 1"
    assert isinstance(wording.shown_message(made, given, 1), Fault)


def test_a_message_that_names_texts_is_cached_by_them(monkeypatch: pytest.MonkeyPatch) -> None:
    made = program(
        {"message": "`{service.id}` of `{unit.name}` lacks {params.what}", "parameters": {"what": ["a", "b"]}}
    )
    services: list[Map] = [{"id": each, "n": number} for number, each in enumerate(["a", "b", "a"])]
    given = inputs_of(Scope.SERVICE, {"unit": {"name": "u"}}, services)
    messages = [wording.shown_message(made, given, position) for position in range(3)]
    assert messages == [f"`{each}` of `u` lacks a, b" for each in "aba"]
    assert len(made.messages) == 2
    monkeypatch.setattr(wording, "_CACHE_SIZE", 2)
    more = inputs_of(Scope.SERVICE, {"unit": {"name": "v"}}, services)
    assert wording.shown_message(made, more, 0) == "`a` of `v` lacks a, b"
    assert len(made.messages) == 1
    other = inputs_of(Scope.SERVICE, {"unit": {"name": 1}}, services)
    assert wording.shown_message(made, other, 0) == "`a` of `1` lacks a, b"
    assert len(made.messages) == 1


def test_messages_that_name_maps_of_texts_are_cached_by_their_content() -> None:
    made = program({"message": "{service.a} and {service.b} of {service.id}"})
    maps: list[Map] = [{}, {"x": "y"}, {"y": "x"}, {"x": "y", "z": "1"}, {"x": 1}]
    services: list[Map] = [{"id": "s", "a": one, "b": other} for one in maps for other in maps]
    given = inputs_of(Scope.SERVICE, {}, services)
    messages = [wording.shown_message(made, given, position) for position in range(len(services))]
    assert messages == [f"{', '.join(one)} and {', '.join(other)} of s" for one in maps for other in maps]
    assert len(made.messages) == 9


def test_cached_messages_distinguish_texts_from_maps() -> None:
    made = program({"message": "{service.a} {service.b}"})
    given = inputs_of(Scope.SERVICE, {}, [{"a": "1", "b": {"k": "v"}}, {"a": {"1": "k"}, "b": "v"}])
    assert [wording.shown_message(made, given, position) for position in range(2)] == ["1 k", "1 v"]


def test_messages_of_long_texts_are_not_cached() -> None:
    made = program({"message": "{service.id}"})
    assert wording.shown_message(made, inputs_of(Scope.SERVICE, {}, [{"id": "a" * 501}]), 0) == "a" * 299 + "…"
    assert made.messages == {}
