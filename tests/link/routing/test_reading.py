"""A parsed Alertmanager file becomes a tree with all inherited values; what Alertmanager would refuse is a fault."""

from copy import deepcopy
from typing import Any

import pytest

from varve.language.fault import Fault
from varve.language.matcher import Matcher
from varve.link.routing import Tree, read, read_own
from varve.link.routing.reading import read_cached


def tree(route: dict[str, Any], **others: Any) -> Tree:  # noqa: ANN401 - any YAML
    found = read({"route": route, **others})
    assert not isinstance(found, Fault), found
    return found


def test_an_empty_root_has_the_defaults() -> None:
    root = tree({"receiver": "r"}).root
    assert (root.group_by, root.group_wait, root.group_interval, root.repeat_interval) == ((), "30s", "5m", "4h")
    assert (root.matchers, root.active, root.muted, root.continues, root.path) == ((), (), (), False, ())


def test_a_child_inherits_receiver_groups_and_pace_but_neither_hours_nor_continue() -> None:
    node = {"matchers": ["a=b"], "group_by": ["x"], "group_wait": "1s", "group_interval": "2m", "repeat_interval": "3h",
            "active_time_intervals": ["n"], "mute_time_intervals": ["n"], "continue": True, "routes": [{}]}  # fmt: skip
    parent = tree({"receiver": "r", "routes": [node]}, time_intervals=[{"name": "n", "time_intervals": []}]).root.nodes[
        0
    ]
    (child,) = parent.nodes
    assert (child.receiver, child.group_by, child.group_wait) == ("r", ("x",), "1s")
    assert (child.group_interval, child.repeat_interval, child.path) == ("2m", "3h", (0, 0))
    assert (parent.active, parent.muted, parent.continues) == (("n",), ("n",), True)
    assert (child.active, child.muted, child.continues, child.matchers) == ((), (), False, ())


GROUPS: dict[str, tuple[dict[str, Any], tuple[str, ...] | None]] = {
    "not set": ({}, ("a",)),
    "null": ({"group_by": None}, ("a",)),
    "an empty list": ({"group_by": []}, ()),
    "all labels": ({"group_by": ["..."]}, None),
    "others": ({"group_by": ["b", "c"]}, ("b", "c")),
}


@pytest.mark.parametrize(("route", "groups"), GROUPS.values(), ids=GROUPS)
def test_a_child_inherits_or_replaces_group_by(route: dict[str, Any], groups: tuple[str, ...] | None) -> None:
    assert tree({"receiver": "r", "group_by": ["a"], "routes": [route]}).root.nodes[0].group_by == groups


def test_older_match_fields_are_read_and_scalars_become_texts() -> None:
    route = {"match": {"a": 1, "b": True}, "match_re": {"c": "d|e"}, "matchers": ['f!="g"', "{h=i,j=~k}"]}
    (node,) = tree({"receiver": "r", "routes": [route]}).root.nodes
    assert node.matchers == (
        *(Matcher("a", "=", "1"), Matcher("b", "=", "true"), Matcher("c", "=~", "d|e"), Matcher("f", "!=", "g")),
        *(Matcher("h", "=", "i"), Matcher("j", "=~", "k")),
    )


def test_inhibitions_are_read_from_newer_and_older_fields() -> None:
    inhibition = {
        "name": "n",
        "source_match": {"a": "b"},
        "source_matchers": ["c=d"],
        "target_match_re": {"e": "f"},
        "equal": ["g"],
    }
    (rule,) = tree({"receiver": "r"}, inhibit_rules=[inhibition]).inhibitions
    assert (rule.name, rule.equal) == ("n", ("g",))
    assert rule.source == (Matcher("a", "=", "b"), Matcher("c", "=", "d"))
    assert rule.target == (Matcher("e", "=~", "f"),)


def test_intervals_are_read_from_both_lists() -> None:
    found = tree(
        {"receiver": "r"},
        time_intervals=[{"name": "a", "time_intervals": [{"years": ["2026"]}]}],
        mute_time_intervals=[{"name": "b", "time_intervals": []}],
    )
    assert found.intervals == {"a": ({"years": ["2026"]},), "b": ()}


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "a matcher that cannot be parsed": (
        {"route": {"routes": [{"matchers": ["a"]}]}},
        "the matcher `a` cannot be parsed",
    ),
    "a regular expression": (
        {"route": {"routes": [{"match_re": {"a": "["}}]}},
        "the regular expression `[` is refused",
    ),
    "a side of an inhibition": ({"inhibit_rules": [{"target_matchers": ["="]}]}, "the matcher `=` cannot be parsed"),
    "an interval": ({"route": {"routes": [{"active_time_intervals": ["x"]}]}}, "there is no interval `x`"),
    "the zone of a machine": (
        {"mute_time_intervals": [{"name": "x", "time_intervals": [{"location": "Local"}]}]},
        "the interval `x` is in the unknown time zone `Local`",
    ),
}


@pytest.mark.parametrize(("file", "message"), FAULTS.values(), ids=FAULTS)
def test_invalid_files_are_faults(file: dict[str, Any], message: str) -> None:
    found = read(file)
    assert isinstance(found, Fault)
    assert found.message.startswith(message)
    with pytest.raises(ValueError, match=r"^the"):
        read_own(file)


@pytest.mark.parametrize(
    "other",
    [
        {"mute_time_intervals": [{"name": "x", "time_intervals": [{"weekdays": ["monday"]}]}]},
        {"time_intervals": [{"name": "x", "time_intervals": [{"weekdays": ["monday"]}]}]},
        {"inhibit_rules": [{"source_matchers": ["a=b"]}]},
        {"route": {"receiver": "r", "continue": 1}},
    ],
    ids=str,
)
def test_only_files_with_equal_routing_share_a_cached_tree(other: dict[str, Any]) -> None:
    file: dict[str, Any] = {"route": {"receiver": "r", "continue": True}}
    assert read_cached({**deepcopy(file), "receivers": []}) is read_cached(file)
    assert read_cached({**file, **other}) == read({**file, **other}) != read(file)


@pytest.mark.parametrize("file", [{}, {"route": 5}, {"route": {"routes": [1, "a", None]}}, {"inhibit_rules": {"a": 1}}])
def test_a_file_of_any_shape_is_read_without_an_error(file: dict[str, Any]) -> None:
    assert isinstance(read(file), Tree)
