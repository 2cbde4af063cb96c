"""A file assembled from the pieces of others means what a YAML parser reads from them."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from varve.language import canonical
from varve.link.linking import Linking, Member
from varve.link.piece import Pieces, cut, items, member_pieces, nodes, pieces, sections
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.source import Map, Value
from varve.model.unit import Environment

ORDER = ("templates", "route", "receivers", "time_intervals", "inhibit_rules")
TEXT = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ue000\ue001"), max_size=12),
    st.sampled_from(
        ["a\nb", "a\n\nroute:\n", "- a\n  - b\n", "# c", "receivers:", "routes:\n    - a", "[]", "null", ""]
    ),
)
LEAF = st.one_of(TEXT, st.booleans(), st.integers(-5, 5), st.lists(TEXT, max_size=2))
ITEM = st.dictionaries(st.text("abc", min_size=1, max_size=3), LEAF, min_size=1, max_size=3)
NAMED = ITEM.map(lambda each: {"name": "acme/x", **each})
FILES = st.fixed_dictionaries(
    {
        "templates": st.lists(st.sampled_from(["alertmanager/fr_FR.tmpl", "../../shared/alertmanager/en_GB.tmpl"])),
        "route": st.tuples(TEXT, st.lists(ITEM, max_size=3)).map(lambda each: {"receiver": each[0], "routes": each[1]}),
        "receivers": st.lists(NAMED, max_size=3).map(lambda those: [{"name": "platform", "x": "y"}, *those]),
    },
    optional={"time_intervals": st.lists(NAMED, max_size=2), "inhibit_rules": st.lists(ITEM, max_size=2)},
).map(lambda file: {key: file[key] for key in ORDER if key in file})
OWN = "build/dev/tenants/acme/alertmanager.yaml"
FILE: Map = {
    "global": {"smtp_from": "a@example.org"},
    "templates": ["../../shared/alertmanager/fr_FR.tmpl"],
    "route": {"receiver": "platform", "routes": [{"matchers": ["a=b"], "routes": [{"receiver": "acme/x"}]}]},
    "receivers": [{"name": "platform"}, {"name": "acme/x", "webhook_configs": [{"payload": "a\n\nb\n"}]}],
    "time_intervals": [{"name": "acme/night"}],
    "inhibit_rules": [],
}


@given(FILES)
def test_what_is_cut_out_of_a_file_is_what_it_says(file: Any) -> None:  # noqa: ANN401 - YAML
    assert cut(canonical.yaml(file, ["Generated."])) == pieces(file)


@given(st.lists(FILES, max_size=3))
def test_items_say_the_same_one_behind_the_other(files: Any) -> None:  # noqa: ANN401 - YAML
    """Lines of canonical text have the same meaning wherever they are at that depth."""
    those = [pieces(file) for file in files]
    for field in ("receivers", "time_intervals", "inhibit_rules"):
        said = [each for file in files for each in file.get(field, []) if each.get("name") != "platform"]
        lines = b"".join(getattr(each, field) for each in those)
        assert canonical.yaml({"x": said}) == (b"x:\n" + lines if lines else b"x: []\n")
    routes = [each for file in files for each in file["route"]["routes"]]
    lines = b"".join(each.routes for each in those)
    assert canonical.yaml({"x": {"z": routes}}) == (b"x:\n  z:\n" + lines if lines else b"x:\n  z: []\n")
    assert yaml.safe_load(b"x:\n  z:\n" + lines)["x"]["z"] == (routes or None)


def test_the_sections_of_a_file_are_the_whole_of_it() -> None:
    data = canonical.yaml(FILE)
    found = sections(canonical.yaml(FILE, ["Generated.", "Twice."])) or {}
    assert b"".join(key.encode() + b":" + body for key, body in found.items()) == data
    assert [*found] == [*FILE]


WRITTEN = canonical.yaml(FILE)


OTHERWISE = {
    "nothing": b"",
    "another file": b"a: 1\n",
    "a list": b"- a\n",
    "an additional key": WRITTEN + b"other: 1\n",
    "a second document": WRITTEN + b"---\n",
    "a comment at its end": WRITTEN + b"# a comment\n",
    "a key twice": WRITTEN + b"templates: []\n",
    "a key in quotes": WRITTEN.replace(b"receivers:", b'"receivers":'),
    "an anchor": WRITTEN.replace(b"receivers:", b"receivers: &all"),
    "a comment inside": WRITTEN.replace(b"receivers:\n", b"receivers:\n  # a comment\n"),
    "items at the edge": WRITTEN.replace(b"  - name: acme/night", b"- name: acme/night"),
    "items near the edge": WRITTEN.replace(b"  - name: acme/night", b" - name: acme/night"),
    "a key behind the routes": WRITTEN.replace(b"receivers:", b"  group_wait: 1s\nreceivers:"),
    "a text in quotes": WRITTEN.replace(b"- ../../shared/alertmanager/fr_FR.tmpl", b'- "../fr_FR.tmpl"'),
    "a list on a line": WRITTEN.replace(b"time_intervals:\n", b"time_intervals: [{}]\n", 1),
}


@pytest.mark.parametrize("data", OTHERWISE.values(), ids=OTHERWISE)
def test_a_file_with_another_layout_is_not_cut(data: bytes) -> None:
    assert cut(WRITTEN) == pieces(FILE)
    assert cut(data) is None


def member(*, fresh: bool, files: tuple[str, ...] = (OWN,)) -> Member:
    return Member("acme", strict=False, fresh=fresh, files=files)


def linking(value: Value, data: bytes) -> Linking:
    environment = Environment("dev", {}, Stack(()))
    return Linking(environment, (), lambda *_: {}, lambda _: value, {}, Report(), data=lambda _: data)


def test_a_fresh_file_is_cut_and_a_kept_one_is_parsed() -> None:
    known = linking({"inhibit_rules": [{"equal": ["tenant"]}]}, WRITTEN)
    assert member_pieces(known, member(fresh=True)) == pieces(FILE)
    assert member_pieces(known, member(fresh=False)) == Pieces(inhibit_rules=items([{"equal": ["tenant"]}]))


def test_a_fresh_file_that_cannot_be_cut_is_parsed() -> None:
    assert member_pieces(linking(FILE, b"a: 1\n"), member(fresh=True)) == pieces(FILE)


@pytest.mark.parametrize("value", [None, "text", []], ids=str)
def test_an_unreadable_file_has_no_pieces(value: Value) -> None:
    assert member_pieces(linking(value, b""), member(fresh=False)) == Pieces()


def test_a_tenant_without_a_file_has_no_pieces() -> None:
    files = ("build/dev/tenants/acme/rules/alertmanager.yaml",)
    assert member_pieces(linking(FILE, WRITTEN), member(fresh=True, files=files)) == Pieces()


def test_no_items_are_no_lines() -> None:
    assert (items([]), items(None), nodes([]), nodes(None)) == (b"", b"", b"", b"")
