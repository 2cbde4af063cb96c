"""The routes where an alert may end are those to which Alertmanager would send it, for any value of an open label."""

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from varve.language.matcher import Matcher
from varve.link.reachability.alert import Alert
from varve.link.reachability.outcome import outcomes
from varve.link.routing import Node, Tree, decide

MATCHER = st.builds(
    Matcher,
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(["=", "!=", "=~", "!~"]),
    st.sampled_from(["", "x", "y", "x|y", "x.*"]),
)
LEAVES = st.lists(st.tuples(st.lists(MATCHER, max_size=2), st.booleans()), max_size=4)
VALUES = st.sampled_from(["", "x", "y", "xy", "z"])


def node(
    path: tuple[int, ...], matchers: list[Matcher], nodes: tuple[Node, ...] = (), *, continues: bool = False
) -> Node:
    return Node(path, tuple(matchers), f"r{path}", (), "", "", "", (), (), continues, nodes)


def tree(leaves: list[tuple[list[Matcher], bool]]) -> Tree:
    below = tuple(node((0, index), matchers, continues=continues) for index, (matchers, continues) in enumerate(leaves))
    return Tree(node((), [], (node((0,), [], below),)), {}, ())


def alert(labels: Mapping[str, str], open_labels: frozenset[str] = frozenset()) -> Alert:
    return Alert("f", (0, 0), labels, open_labels, "")


@given(LEAVES, st.lists(st.fixed_dictionaries(dict.fromkeys("abc", VALUES)), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_alerts_with_known_labels_end_where_decide_routes_them(
    leaves: list[tuple[list[Matcher], bool]], every: list[dict[str, str]]
) -> None:
    routed = tree(leaves)
    for found, labels in zip(outcomes(routed, map(alert, every)), every, strict=True):
        assert found.ends == (tuple(each.node for each in decide(routed, labels).deliveries),)


@given(LEAVES, VALUES, VALUES)
@settings(max_examples=150, deadline=None)
def test_outcomes_of_an_open_label_include_every_value(
    leaves: list[tuple[list[Matcher], bool]], known: str, told: str
) -> None:
    routed = tree(leaves)
    (found,) = outcomes(routed, [alert({"a": known, "c": known}, frozenset("b"))])
    really = decide(routed, {"a": known, "b": told, "c": known})
    assert tuple(each.node for each in really.deliveries) in found.ends


def test_outcomes_of_an_open_label_include_nothing_else() -> None:
    routes = [([Matcher("b", "=", value)], False) for value in ("x", "y")]
    (found,) = outcomes(tree(routes), [alert({}, frozenset("b"))])
    assert {tuple(end.path for end in ends) for ends in found.ends} == {((0, 0),), ((0, 1),), ((0,),)}


def test_with_too_many_combinations_there_are_no_outcomes() -> None:
    routes = [([Matcher(f"l{each}", "=", "x")], False) for each in range(8)]
    (found,) = outcomes(tree(routes), [alert({}, frozenset(f"l{each}" for each in range(8)))])
    assert found.ends == ()
