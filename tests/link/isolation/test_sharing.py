"""The file that tenants share is what they bring, in order, and the platform's own; whatever else it is, it is read."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.link.isolation.confined import environment, judged, made, proven, values
from varve.emit.alertmanager import frame
from varve.language import canonical
from varve.link.isolation import sharing
from varve.link.isolation.evidence import Facts
from varve.link.isolation.sharing import breaches, remainder, shared, tells
from varve.link.linking import Linking, Member
from varve.link.piece import Pieces, pieces
from varve.model.diagnostic import Report
from varve.model.source import Map, Value

SHARED: Final = "build/production/shared/alertmanager.yaml"
SHARING: Final = ("acme", "crew")
FACTS: Final = Facts("production", "/run/secrets/varve")


def own(tenant: str) -> str:
    return f"build/production/tenants/{tenant}/alertmanager.yaml"


def brought() -> list[Pieces]:
    return [pieces(values()[own(tenant)]) for tenant in SHARING]  # type: ignore[arg-type]


def written() -> bytes:
    return made().artifacts[SHARED].data


def linking(data: bytes, said: Mapping[str, Value]) -> Linking:
    members = tuple(Member(each, strict=False, fresh=True, files=(own(each),)) for each in SHARING)
    held = {path: each.data for path, each in made().artifacts.items()} | {SHARED: data}
    begun = frame(environment())
    return Linking(environment(), members, lambda *_: {}, said.get, begun, Report(), data=held.__getitem__)


def test_what_remains_is_the_platforms() -> None:
    found = remainder(SHARED, written(), brought())
    assert found is not None
    assert found.keys() == {"global", "templates", "route", "receivers"}
    assert [each["name"] for each in found["receivers"]] == ["platform", "heartbeat"]  # type: ignore[union-attr,call-overload,index]
    assert "acme" not in str(found)


def test_nothing_of_a_tenant_is_read_again() -> None:
    """Where the shared file holds what they bring, neither it nor their own files are parsed."""
    read: list[str] = []
    known = linking(written(), {})._replace(read=read.append)
    found = shared(known, SHARED, FACTS)
    assert not list(breaches(found, {*made().artifacts}))
    assert (found.members, found.beats, read) == ((), True, [])


def test_what_is_not_found_as_it_has_to_be_is_read() -> None:
    other: Any = {**values(), SHARED: {**values()[SHARED], "inhibit_rules": []}}  # type: ignore[dict-item]
    found = shared(linking(canonical.yaml(other[SHARED]), other), SHARED, FACTS)
    assert [each.tenant for each in found.members] == [*SHARING]
    said = [each.message for each in breaches(found, {*made().artifacts})]
    assert said == ["`inhibit_rules` does not contain exactly what the tenants define"]


def first(data: bytes, before: bytes, then: bytes) -> bytes:
    assert before in data
    return data.replace(before, then, 1)


BENT: Final[dict[str, Callable[[bytes], bytes]]] = {
    "a line that is missing": lambda data: first(data, b"          receiver: acme/team\n", b""),
    "a line more": lambda data: data + b"    x: y\n",
    "an item more": lambda data: data + b"  - x: y\n",
    "a comment at the end": lambda data: data + b"# x\n",
    "a comment between": lambda data: first(data, b"inhibit_rules:\n", b"# x\ninhibit_rules:\n"),
    "a key more": lambda data: data + b"x: y\n",
    "a key that is anchored": lambda data: first(data, b"receivers:\n", b"receivers: &x\n"),
    "a receiver more before them": lambda data: first(data, b"  - name: acme/", b"  - name: acme/x\n  - name: acme/"),
    "a receiver under another name": lambda data: first(data, b"  - name: crew/", b"  - name: acme/"),
    "another order of tenants": lambda data: first(
        data, b"".join(each.routes for each in brought()), b"".join(each.routes for each in brought()[::-1])
    ),
    "a text that takes in what follows": lambda data: first(data, b"receivers:\n", b"receivers:\n  - name: |\n"),
    "a quote that is open": lambda data: first(data, b"receivers:\n", b'receivers:\n  - name: "\n'),
    "a line that ends otherwise": lambda data: first(data, b"receivers:\n", b"receivers:\r\n"),
    "a byte that is no text": lambda data: first(data, b"receivers:\n", b"receivers:\xff\n"),
    "a list with nothing in it": lambda data: first(data, b"time_intervals:\n", b"time_intervals: []\n"),
}


@pytest.mark.parametrize("bend", BENT.values(), ids=BENT)
def test_a_file_that_holds_anything_else_is_not_taken_apart(bend: Callable[[bytes], bytes]) -> None:
    found = remainder(SHARED, bend(written()), brought())
    assert found is None or "x" in str(found)


@given(st.integers(0, 1 << 20), st.sampled_from([b"", b" ", b"\n", b"x", b"- ", b"#", b'"', b"&a ", b"\t", b"|"]))
def test_no_change_of_a_byte_goes_unseen(at: int, then: bytes) -> None:
    """What is taken apart is the same as before, or what remains says something else than the platform."""
    data = written()
    begun = data.index(b"global:")
    at = begun + at % (len(data) - begun)
    bent = data[:at] + then + data[at + 1 :]
    assert bent == data or remainder(SHARED, bent, brought()) != remainder(SHARED, data, brought())


def test_a_shared_file_without_tenants_is_the_frame() -> None:
    begun: Map = {**frame(environment()), "templates": []}
    assert remainder(SHARED, canonical.yaml(begun, ["Generated."]), []) == begun


def test_what_was_changed_after_it_was_linked_is_said_as_before() -> None:
    other: Any = {**values()[SHARED], "receivers": values()[SHARED]["receivers"][:-1]}  # type: ignore[dict-item,index,call-overload]
    said = judged({**values(), SHARED: other}).messages
    assert "`receivers` does not contain exactly what the tenants define" in said
    assert proven().messages == []


@pytest.mark.parametrize("value", [None, {}, {"route": []}, "text", {"receivers": [{"name": "acme/team"}]}], ids=str)
def test_a_file_that_tells_no_heartbeat_has_none(value: Value) -> None:
    assert not tells(value)
    assert sharing.tells({"receivers": [{"name": "heartbeat"}]})
