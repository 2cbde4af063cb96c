import copy
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.language.name import dotted
from varve.language.name import keys as path
from varve.model.diagnostic import Place, Report
from varve.model.layer import Layer, Lock, Owner, Stack
from varve.model.source import Map, Value
from varve.resolve.keyword import PATCH, REMOVE
from varve.resolve.merge import Strategy, is_set, kind, merge, value_at

STRATEGY = Strategy(
    inside={
        "owners": Strategy(how="set"),
        "panels": Strategy(how="map", key="name"),
        "contact": Strategy(atom=True),
    }
)


def layer(name: str, value: Map, priority: int, owner: Owner = "platform") -> Layer:
    return Layer(name, priority, owner, f"{name}.yaml", value)


def stack(*values: Map, locks: Sequence[str] = (), owner: Owner = "platform") -> Stack:
    """Layers of rising priority, named by letters; all but the first belong to `owner`."""
    names = "abcdefgh"
    layers = tuple(
        layer(names[index], value, index, owner if index else "platform") for index, value in enumerate(values)
    )
    locked = tuple(Lock(path(lock) or (), Place("a.yaml", ("locks", 0))) for lock in locks)
    return Stack(layers, locked)


def merged(*values: Map) -> tuple[Map, list[str]]:
    """What layers of rising priority merge into, and the codes of what was reported."""
    report = Report()
    return merge(stack(*values), STRATEGY, report), [each.rule.code for each in report]


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        pytest.param({"a": {"b": 1}}, {"a": {"c": 2}}, {"a": {"b": 1, "c": 2}}, id="maps merge deeply"),
        pytest.param({"a": 1}, {"a": 2}, {"a": 2}, id="the stronger scalar wins"),
        pytest.param({"a": [1, 2]}, {"a": [3]}, {"a": [3]}, id="a list replaces"),
        pytest.param({"owners": ["x"]}, {"owners": ["y", "x"]}, {"owners": ["x", "y"]}, id="a set is united in order"),
        pytest.param(
            {"panels": [{"name": "p", "h": 1}, {"name": "q"}]},
            {"panels": [{"name": "p", "w": 2}, {"name": "r"}]},
            {"panels": [{"name": "p", "h": 1, "w": 2}, {"name": "q"}, {"name": "r"}]},
            id="a list of maps merges by its key",
        ),
        pytest.param({"a": 1}, {"a": None}, {"a": None}, id="null is a value and replaces"),
        pytest.param({"a": None}, {"a": {"b": 1}}, {"a": {"b": 1}}, id="null is replaced by a map"),
        pytest.param({"a": {"b": 1}}, {"a": None}, {"a": None}, id="null replaces a map"),
        pytest.param(
            {"contact": {"slack": "#a"}},
            {"contact": {"email": "b"}},
            {"contact": {"email": "b"}},
            id="an atom is whole",
        ),
        pytest.param({"a": {"b": 1}}, {"a": {PATCH: "replace", "c": 2}}, {"a": {"c": 2}}, id="a patch replaces a map"),
        pytest.param({"a": 1}, {"a": {PATCH: "replace", "c": 2}}, {"a": {"c": 2}}, id="a patch may change the kind"),
        pytest.param({}, {"a": {PATCH: "replace", "c": 2}}, {"a": {"c": 2}}, id="a patch may replace nothing"),
        pytest.param({"a": {"b": 1}, "c": 2}, {"a": {PATCH: "delete"}}, {"c": 2}, id="a patch deletes"),
        pytest.param({"a": {"b": 1, "c": 2}}, {"a": {REMOVE: ["b"]}}, {"a": {"c": 2}}, id="keys are removed"),
        pytest.param({"owners": ["x", "y"]}, {"owners": {REMOVE: ["x"]}}, {"owners": ["y"]}, id="members are removed"),
        pytest.param(
            {"panels": [{"name": "p"}, {"name": "q"}]},
            {"panels": {REMOVE: ["q"]}},
            {"panels": [{"name": "p"}]},
            id="items are removed by their key",
        ),
        pytest.param(
            {"a": {"b": 1}}, {"a": {REMOVE: ["b"], "c": 2}}, {"a": {"c": 2}}, id="removing and setting in one map"
        ),
        pytest.param(
            {"a": {"b": 1}}, {"a": {"b": 2, REMOVE: ["b"]}}, {"a": {"b": 2}}, id="removing always comes first"
        ),
    ],
)
def test_two_layers_give(lower: Map, upper: Map, expected: Map) -> None:
    assert merged(lower, upper) == (expected, [])


def test_a_deletion_can_be_undone_above() -> None:
    assert merged({"a": {"b": 1}}, {"a": {PATCH: "delete"}}, {"a": {"c": 2}}) == ({"a": {"c": 2}}, [])


@pytest.mark.parametrize(
    ("lower", "upper", "code", "at"),
    [
        pytest.param({"a": {"b": 1}}, {"a": 1}, "resolve/kind-change", "a", id="a scalar over a map"),
        pytest.param({"a": [1]}, {"a": {"b": 1}}, "resolve/kind-change", "a", id="a map over a list"),
        pytest.param({"a": 1}, {"a": [1]}, "resolve/kind-change", "a", id="a list over a scalar"),
        pytest.param({}, {"a": {"$add": 1}}, "resolve/unknown-word", 'a["$add"]', id="an unknown word"),
        pytest.param({"a": 1}, {PATCH: "replace"}, "resolve/unknown-word", '["$patch"]', id="a patch of everything"),
        pytest.param({}, {"a": {PATCH: "merge"}}, "resolve/unknown-word", 'a["$patch"]', id="an unknown patch"),
        pytest.param({}, {"a": {REMOVE: "b"}}, "resolve/unknown-word", 'a["$remove"]', id="a removal that is no list"),
        pytest.param({}, {"a": {PATCH: "delete"}}, "resolve/nothing-to-delete", 'a["$patch"]', id="nothing to delete"),
        pytest.param(
            {"a": {"bee": 1}},
            {"a": {REMOVE: ["be"]}},
            "resolve/nothing-to-delete",
            'a["$remove"][0]',
            id="a stale removal",
        ),
        pytest.param(
            {"owners": ["x"]},
            {"owners": {REMOVE: ["x", "y"]}},
            "resolve/nothing-to-delete",
            'owners["$remove"][1]',
            id="no member",
        ),
        pytest.param(
            {"a": {"b": 1}},
            {"a": {PATCH: "delete", "c": 2}},
            "resolve/delete-with-content",
            'a["$patch"]',
            id="a deletion with content",
        ),
        pytest.param({}, {REMOVE: ["a"]}, "resolve/nothing-to-delete", '["$remove"][0]', id="a removal at the top"),
        pytest.param(
            {"contact": {"slack": "#a"}},
            {"contact": {REMOVE: ["slack"], "email": "b"}},
            "resolve/unknown-word",
            'contact["$remove"]',
            id="a word in a value that is one",
        ),
        pytest.param(
            {"a": [1]},
            {"a": [{"b": [{PATCH: "delete"}]}]},
            "resolve/unknown-word",
            'a[0].b[0]["$patch"]',
            id="a word inside a list",
        ),
        pytest.param({}, {"a": [{"$b": 1}]}, "resolve/unknown-word", 'a[0]["$b"]', id="a word in a list that is new"),
    ],
)
def test_a_mistake_is_reported_at_its_place(lower: Map, upper: Map, code: str, at: str) -> None:
    report = Report()
    merge(stack(lower, upper), STRATEGY, report)
    [diagnostic] = report
    assert diagnostic.place is not None
    assert (diagnostic.rule.code, diagnostic.place.file, dotted(diagnostic.place.keys)) == (code, "b.yaml", at)


def test_a_kind_change_shows_the_weaker_layer() -> None:
    report = Report()
    merge(stack({"a": {"b": 1}}, {"a": 1}), STRATEGY, report)
    [diagnostic] = report
    assert [note.place for note in diagnostic.notes] == [Place("a.yaml", ("a",))]


def test_a_misspelt_removal_is_corrected() -> None:
    report = Report()
    merge(stack({"a": {"checkout": 1}}, {"a": {REMOVE: ["chekout"]}}), STRATEGY, report)
    [diagnostic] = report
    assert diagnostic.hint == "did you mean `checkout`?"


def test_equal_priorities_conflict_symmetrically() -> None:
    one, other = layer("a", {"x": {"y": 1, "z": 3}}, 5), layer("b", {"x": {"y": 2, "z": 3}}, 5)
    for first, second in ((one, other), (other, one)):
        report = Report()
        merge(Stack((first, second)), STRATEGY, report)
        [diagnostic] = report
        assert diagnostic.rule.code == "resolve/conflict"
        assert diagnostic.place is not None
        assert {diagnostic.place.file, *(note.place.file for note in diagnostic.notes if note.place)} == {
            "a.yaml",
            "b.yaml",
        }
        assert diagnostic.place.keys == ("x", "y")


@pytest.mark.parametrize(
    ("one", "other", "at"),
    [
        pytest.param({"x": {"y": 1}}, {"x": {PATCH: "delete"}}, "x", id="one deletes what the other says"),
        pytest.param({"x": {"y": 1}}, {"x": {PATCH: "replace", "z": 1}}, "x", id="one replaces what the other says"),
        pytest.param({"x": {"y": 1}}, {"x": {REMOVE: ["y"]}}, "x.y", id="one removes what the other says"),
        pytest.param({"owners": ["a"]}, {"owners": {REMOVE: ["a"]}}, "owners", id="one removes from the other's set"),
    ],
)
def test_a_keyword_conflicts_with_a_value_of_equal_priority_in_either_order(one: Map, other: Map, at: str) -> None:
    weaker = layer("w", {"x": {"y": 0}, "owners": ["a"]}, 1)
    for first, second in ((one, other), (other, one)):
        report = Report()
        merge(Stack((weaker, layer("a", first, 5), layer("b", second, 5))), STRATEGY, report)
        conflicts = [each for each in report if each.rule.code == "resolve/conflict"]
        assert [each.message.split("`")[1] for each in conflicts] == [at]


def test_removals_of_equal_priority_add_up() -> None:
    layers = (layer("w", {"x": {"y": 0, "z": 0}}, 1), layer("a", {"x": {REMOVE: ["y"]}}, 5))
    report = Report()
    merged_ = merge(Stack((*layers, layer("b", {"x": {REMOVE: ["z"]}}, 5))), STRATEGY, report)
    assert (merged_, list(report)) == ({"x": {}}, [])


@pytest.mark.parametrize(
    ("weaker", "equal", "expected"),
    [
        pytest.param({"x": {"y": 0}}, {"x": {REMOVE: ["y"]}}, {"x": {}}, id="a key"),
        pytest.param({"x": {"y": {}}}, {"x": {"y": {PATCH: "delete"}}}, {"x": {}}, id="a map"),
        pytest.param({"s": ["y", "z"]}, {"s": {REMOVE: ["y"]}}, {"s": ["z"]}, id="a member of a set"),
    ],
)
def test_layers_of_equal_priority_may_delete_the_same(weaker: Map, equal: Map, expected: Map) -> None:
    report, strategy = Report(), Strategy(inside={"s": Strategy(how="set")})
    layers = (layer("w", weaker, 1), layer("a", equal, 5), layer("b", equal, 5))
    assert (merge(Stack(layers), strategy, report), list(report)) == (expected, [])


@pytest.mark.parametrize("deleting", [{"x": {REMOVE: ["y"]}}, {"x": {"y": {PATCH: "delete"}}}])
def test_deleting_what_is_not_set_is_reported_for_each_of_two_equals_and_for_a_stronger_layer(deleting: Map) -> None:
    cases: list[tuple[Map, int]] = [({"x": {"z": 0}}, 5), ({"x": {"y": 0}}, 6)]
    for weakest, second in cases:
        report = Report()
        merge(Stack((layer("w", weakest, 1), layer("a", deleting, 5), layer("b", deleting, second))), STRATEGY, report)
        assert {each.rule.code for each in report} == {"resolve/nothing-to-delete"}
        assert [each.place.file for each in report if each.place] == ["a.yaml", "b.yaml"][second - 5 :]


def _removal(file: str, tenant: str) -> Stack:
    own = Layer("tenant", 40, "tenant", f"tenants/{tenant}/tenant.yaml", {"labels": {f"tea{tenant[0]}": "x"}})
    removing: Map = {"labels": {REMOVE: ["team"]}}
    return Stack((own, Layer("last", 70, "platform", file, removing), Layer("own", 80, "tenant", own.file, removing)))


def test_a_removal_for_several_tenants_that_matches_nothing_is_reported_once() -> None:
    report = Report()
    for tenant in ("acme", "globex"):
        merge(Stack(_removal("environments/last.yaml", tenant).layers[:2]), STRATEGY, report)
    [diagnostic] = report
    assert diagnostic.message == "not every tenant has `team` to remove from `labels`"
    assert diagnostic.hint == "correct the name, or delete it in a layer of only those tenants that have it"


def test_a_removal_in_a_file_of_one_tenant_suggests_one_of_its_names() -> None:
    report = Report()
    merge(_removal("environments/tenants/acme.yaml", "acme"), STRATEGY, report)
    assert [each.hint for each in report] == ["did you mean `teaa`?"] * 2
    assert {each.message for each in report} == {"there is no `team` to remove from `labels`"}


def test_a_parent_and_the_file_that_extends_it_do_not_conflict() -> None:
    parent = Layer("environment", 30, "platform", "staging.yaml", {"x": 1}, (), -1)
    child = Layer("environment", 30, "platform", "production.yaml", {"x": 2}, (), 0)
    report = Report()
    assert merge(Stack((parent, child)), STRATEGY, report) == {"x": 2}
    assert not len(report)


@pytest.mark.parametrize(
    ("value", "offence"),
    [
        pytest.param({"quotas": {"series": 1}}, "quotas", id="setting the path"),
        pytest.param({"quotas": {PATCH: "delete"}}, "quotas", id="deleting the path"),
        pytest.param({"quotas": None}, "quotas", id="a null in its place"),
        pytest.param({"quotas": "%{labels}"}, "quotas", id="a reference in its place"),
        pytest.param({"quotas": {REMOVE: ["series"]}}, "quotas", id="removing what is inside it"),
        pytest.param({REMOVE: ["labels", "quotas"]}, '["$remove"][1]', id="removing the path"),
    ],
)
def test_a_tenant_cannot_touch_what_is_locked(value: Map, offence: str) -> None:
    report = Report()
    merge(stack({"quotas": {"series": 9}}, value, locks=["quotas"], owner="tenant"), STRATEGY, report)
    locked = [each for each in report if each.rule.code == "resolve/locked"]
    assert [dotted(each.place.keys) for each in locked if each.place] == [offence]
    assert [note.place for note in locked[0].notes] == [Place("a.yaml", ("locks", 0))]


@pytest.mark.parametrize("word", ["replace", "delete"])
def test_a_keyword_above_a_locked_path_is_refused_and_at_the_top_it_is_only_idle(word: str) -> None:
    cases: list[tuple[Map, list[str]]] = [
        ({"tenant": {PATCH: word}}, ["resolve/locked"]),
        ({PATCH: word}, ["resolve/unknown-word"]),
        ({PATCH: word, "tenant": {"tier": "gold"}}, ["resolve/locked", "resolve/unknown-word"]),
    ]
    for value, codes in cases:
        report = Report()
        merge(stack({"tenant": {"tier": "silver"}}, value, locks=["tenant.tier"], owner="tenant"), STRATEGY, report)
        assert [each.rule.code for each in report] == codes


def test_a_lock_in_two_files_is_reported_once() -> None:
    layers = stack({"quotas": {"series": 9}}, {"quotas": {"series": 1}}, owner="tenant").layers
    locks = tuple(Lock(("quotas",), Place(file, ("locks", 0))) for file in ("a.yaml", "c.yaml"))
    report = Report()
    merge(Stack(layers, locks), STRATEGY, report)
    [diagnostic] = report
    assert [note.place and note.place.file for note in diagnostic.notes] == ["a.yaml", "c.yaml"]


def test_a_scalar_above_a_locked_path_is_refused() -> None:
    report = Report()
    merge(stack({"tenant": {"tier": "gold"}}, {"tenant": 1}, locks=["tenant.tier"], owner="tenant"), STRATEGY, report)
    assert "resolve/locked" in {each.rule.code for each in report}


def test_the_platform_may_set_what_it_locked_and_a_tenant_what_is_next_to_it() -> None:
    report = Report()
    merge(stack({}, {"quotas": {"series": 1}}, locks=["quotas"]), STRATEGY, report)
    merge(stack({}, {"tenant": {"name": "x"}}, locks=["tenant.tier"], owner="tenant"), STRATEGY, report)
    assert not len(report)


scalars = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["x", "y"])
values: st.SearchStrategy[Value] = st.recursive(
    scalars | st.lists(scalars, max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
maps: st.SearchStrategy[Map] = st.dictionaries(st.sampled_from("abc"), values, max_size=3)


@given(st.lists(maps, min_size=1, max_size=5), st.integers(0, 5))
def test_sharing_the_fold_of_common_first_layers_changes_nothing(said: list[Map], cut: int) -> None:
    whole, remembered = Report(), Report()
    folded: dict[tuple[str, ...], tuple[Map, tuple[object, ...]]] = {}
    merge(stack(*said[: cut or 1]), STRATEGY, Report(), folded)  # type: ignore[arg-type]
    first = merge(stack(*said), STRATEGY, whole)
    assert merge(stack(*said), STRATEGY, remembered, folded) == first  # type: ignore[arg-type]
    assert list(remembered) == list(whole)


@given(st.lists(maps, max_size=4))
def test_a_merge_changes_none_of_its_layers(said: list[Map]) -> None:
    before = copy.deepcopy(said)
    merged(*said)
    assert said == before


@given(maps)
def test_an_empty_layer_changes_nothing(value: Map) -> None:
    assert merged({}, value, {}) == merged(value)


@given(maps, maps)
def test_the_strongest_scalar_always_survives(lower: Map, upper: Map) -> None:
    value, _ = merged(lower, upper)
    for key, each in upper.items():
        if not isinstance(each, dict):
            assert value[key] == each


def test_a_path_that_is_not_set_differs_from_null() -> None:
    assert is_set({"a": None}, ("a",))
    assert not is_set({"a": None}, ("b",))
    assert not is_set({"a": [1]}, ("a", 1))
    assert value_at({"a": [1, 2]}, ("a", 1)) == 2


@pytest.mark.parametrize(("value", "expected"), [({}, "map"), ([], "list"), (None, "scalar"), ("x", "scalar")])
def test_kinds(value: Value, expected: str) -> None:
    assert kind(value) == expected
