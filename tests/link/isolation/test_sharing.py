"""A shared file that holds the tenants' lines in order is not parsed but for the rest; any other is, entirely."""

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
from varve.link.isolation.sharing import breaches, remainder, sends_heartbeat, shared
from varve.link.linking import Linking, Member
from varve.link.piece import Pieces, pieces
from varve.model.diagnostic import Report
from varve.model.source import Map, Value

SHARED: Final = "build/production/shared/alertmanager.yaml"
SHARING: Final = ("acme", "crew")
FACTS: Final = Facts("production", "/run/secrets/varve")


def own_path(tenant: str) -> str:
    return f"build/production/tenants/{tenant}/alertmanager.yaml"


def tenant_pieces() -> list[Pieces]:
    return [pieces(values()[own_path(tenant)]) for tenant in SHARING]  # type: ignore[arg-type]


def written() -> bytes:
    return made().artifacts[SHARED].data


def linking(data: bytes, parsed: Mapping[str, Value]) -> Linking:
    members = tuple(Member(each, strict=False, fresh=True, files=(own_path(each),)) for each in SHARING)
    texts = {path: each.data for path, each in made().artifacts.items()} | {SHARED: data}
    platform = frame(environment())
    return Linking(environment(), members, lambda *_: {}, parsed.get, platform, Report(), data=texts.__getitem__)


def test_the_remainder_is_the_platforms() -> None:
    found = remainder(SHARED, written(), tenant_pieces())
    assert found is not None
    assert found.keys() == {"global", "templates", "route", "receivers"}
    assert [each["name"] for each in found["receivers"]] == ["platform", "heartbeat"]  # type: ignore[union-attr,call-overload,index]
    assert "acme" not in str(found)


def test_tenants_files_are_not_parsed_again() -> None:
    """If the shared file contains the tenants' lines, neither it nor their own files are parsed."""
    read: list[str] = []
    known = linking(written(), {})._replace(read=read.append)
    found = shared(known, SHARED, FACTS)
    assert not list(breaches(found, {*made().artifacts}))
    assert (found.members, found.has_heartbeat, read) == ((), True, [])


def test_a_file_without_the_expected_lines_is_parsed() -> None:
    other: Any = {**values(), SHARED: {**values()[SHARED], "inhibit_rules": []}}  # type: ignore[dict-item]
    found = shared(linking(canonical.yaml(other[SHARED]), other), SHARED, FACTS)
    assert [each.tenant for each in found.members] == [*SHARING]
    messages = [each.message for each in breaches(found, {*made().artifacts})]
    assert messages == ["`inhibit_rules` does not contain exactly what the tenants define"]


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
        data, b"".join(each.routes for each in tenant_pieces()), b"".join(each.routes for each in tenant_pieces()[::-1])
    ),
    "a text that takes in what follows": lambda data: first(data, b"receivers:\n", b"receivers:\n  - name: |\n"),
    "a quote that is open": lambda data: first(data, b"receivers:\n", b'receivers:\n  - name: "\n'),
    "a line that ends otherwise": lambda data: first(data, b"receivers:\n", b"receivers:\r\n"),
    "a byte that is no text": lambda data: first(data, b"receivers:\n", b"receivers:\xff\n"),
    "a list with nothing in it": lambda data: first(data, b"time_intervals:\n", b"time_intervals: []\n"),
}


@pytest.mark.parametrize("bend", BENT.values(), ids=BENT)
def test_a_file_with_anything_else_has_no_remainder(bend: Callable[[bytes], bytes]) -> None:
    found = remainder(SHARED, bend(written()), tenant_pieces())
    assert found is None or "x" in str(found)


@given(st.integers(0, 1 << 20), st.sampled_from([b"", b" ", b"\n", b"x", b"- ", b"#", b'"', b"&a ", b"\t", b"|"]))
def test_every_changed_byte_is_found(at: int, then: bytes) -> None:
    """The tenants' lines are unchanged, or the remainder differs from the platform's."""
    data = written()
    begun = data.index(b"global:")
    at = begun + at % (len(data) - begun)
    bent = data[:at] + then + data[at + 1 :]
    assert bent == data or remainder(SHARED, bent, tenant_pieces()) != remainder(SHARED, data, tenant_pieces())


def test_a_shared_file_without_tenants_is_the_frame() -> None:
    platform: Map = {**frame(environment()), "templates": []}
    assert remainder(SHARED, canonical.yaml(platform, ["Generated."]), []) == platform


def test_a_changed_shared_file_is_found() -> None:
    other: Any = {**values()[SHARED], "receivers": values()[SHARED]["receivers"][:-1]}  # type: ignore[dict-item,index,call-overload]
    messages = judged({**values(), SHARED: other}).messages
    assert "`receivers` does not contain exactly what the tenants define" in messages
    assert proven().messages == []


@pytest.mark.parametrize("value", [None, {}, {"route": []}, "text", {"receivers": [{"name": "acme/team"}]}], ids=str)
def test_a_file_without_its_receiver_sends_no_heartbeat(value: Value) -> None:
    assert not sends_heartbeat(value)
    assert sharing.sends_heartbeat({"receivers": [{"name": "heartbeat"}]})
