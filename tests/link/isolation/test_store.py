"""Only a tenant's own series are written under its id, and every tenant has exactly one entry."""

from copy import deepcopy
from typing import Any

import pytest

from varve.link.isolation.store import DueStore, Expected, breaches, read_by_header

URL = "https://mimir.example/push"
MIMIR = DueStore("mimir", URL, "X-Scope-OrgID", frozenset({"acme", "crew"}), "infra")
ELSEWHERE = "https://elsewhere.example/push"
SOME = DueStore("some", ELSEWHERE, "X-Scope-OrgID", frozenset({"crew"}), "infra")
EVERYBODY = frozenset({"acme", "crew", "bank", "true"})
EXPECTED = Expected(frozenset({"acme", "crew"}), EVERYBODY, (MIMIR, SOME))
DROPPING = {"action": "labeldrop", "regex": "replica"}


def keeping(tenant: str) -> dict[str, Any]:
    return {"action": "keep", "source_labels": ["tenant"], "regex": tenant}


def entry(name: str, tenant: str, *steps: object) -> dict[str, Any]:
    no_metadata = {"send": False}
    headers = {"X-Scope-OrgID": tenant}
    return {
        "name": name,
        "url": URL,
        "headers": headers,
        "write_relabel_configs": [*steps],
        "metadata_config": no_metadata,
    }


SOUND: list[dict[str, Any]] = [
    entry("mimir/acme", "acme", keeping("acme")),
    entry("mimir/crew", "crew", keeping("crew"), DROPPING),
    entry("mimir", "infra", keeping("")),
    entry("some/crew", "crew", keeping("crew")) | {"url": ELSEWHERE},
    entry("some", "infra", {"action": "drop", "source_labels": ["tenant"], "regex": "crew"}) | {"url": ELSEWHERE},
    {"name": "plain", "url": "https://plain.example/push", "headers": {"X-Anything": "at all"}},
]


def keys(written: list[Any], expected: Expected = EXPECTED, **more: Any) -> set[object]:  # noqa: ANN401 - YAML
    return {each.keys for each in breaches({"remote_write": written, **more}, expected)}


def spoilt(index: int, fields: dict[str, object]) -> list[Any]:
    made: list[Any] = deepcopy(SOUND)
    made[index] = {key: each for key, each in (made[index] | fields).items() if each is not None}
    return made


def test_the_file_that_varve_writes_is_sound() -> None:
    assert keys(SOUND) == set()
    nobody = EXPECTED._replace(due=(SOME._replace(tenants=frozenset()),))
    assert keys([{**SOUND[4], "write_relabel_configs": []}], nobody) == set()
    assert keys([], EXPECTED._replace(due=(DueStore("x", URL, "A", frozenset(), None),))) == set()


SPOILT: dict[str, tuple[int, dict[str, object]]] = {
    "everything goes there": (0, {"write_relabel_configs": None}),
    "another's series": (0, {"write_relabel_configs": [keeping("crew")]}),
    "a pattern of tenants": (0, {"write_relabel_configs": [keeping("acme|crew")]}),
    "a pattern of what begins alike": (0, {"write_relabel_configs": [keeping("acme.*")]}),
    "another label": (0, {"write_relabel_configs": [{**keeping("acme"), "source_labels": ["job"]}]}),
    "two labels": (0, {"write_relabel_configs": [{**keeping("acme"), "source_labels": ["job", "tenant"]}]}),
    "the other way round": (0, {"write_relabel_configs": [{**keeping("acme"), "action": "drop"}]}),
    "the step comes late": (0, {"write_relabel_configs": [DROPPING, keeping("acme")]}),
    "a field more in the step": (0, {"write_relabel_configs": [{**keeping("acme"), "modulus": 2}]}),
    "metadata is sent by default": (0, {"metadata_config": None}),
    "metadata is sent explicitly": (0, {"metadata_config": {"send": True}}),
    "another's name": (0, {"headers": {"X-Scope-OrgID": "crew"}}),
    "a strict tenant's name": (0, {"headers": {"X-Scope-OrgID": "bank"}}),
    "two names": (0, {"headers": {"X-Scope-OrgID": "acme|crew"}}),
    "no name": (0, {"headers": None}),
    "two headers": (0, {"headers": {"X-Scope-OrgID": "acme", "x-scope-orgid": "crew"}}),
    "another header": (0, {"headers": {"X-Other": "acme"}}),
    "a name in another field": (0, {"http_headers": {"X-Scope-OrgID": {"values": ["crew"]}}}),
    "any other header": (0, {"http_headers": {"X-Any": {"values": ["a"]}}}),
    "another store": (0, {"url": "https://elsewhere.example/push"}),
    "a strict tenant's entry": (0, entry("mimir/bank", "bank", keeping("bank"))),
    "the entry of nobody": (0, entry("mimir/zoo", "zoo", keeping("zoo"))),
    "one tenant twice": (1, SOUND[0]),
    "a tenant that is not due": (5, entry("some/acme", "acme", keeping("acme"))),
    "the rest is everything": (2, {"write_relabel_configs": None}),
    "the rest is a tenant's": (2, {"write_relabel_configs": [keeping("acme")]}),
    "the rest sends metadata": (2, {"metadata_config": None}),
    "the rest for a tenant": (2, {"headers": {"X-Scope-OrgID": "acme"}}),
    "the rest for a strict tenant": (2, {"headers": {"X-Scope-OrgID": "bank"}}),
    "the rest for anybody": (2, {"headers": {"X-Scope-OrgID": "else"}}),
    "the rest goes elsewhere": (2, {"url": "https://elsewhere.example/push"}),
    "the rest has what is written by itself": (4, {"write_relabel_configs": None}),
    "the rest lacks what is not": (4, {"write_relabel_configs": [keeping("")]}),
    "the rest twice": (4, SOUND[2]),
    "a header of a plain store names a tenant": (5, {"headers": {"X-Any": "acme"}}),
    "a header of a plain store names several": (5, {"headers": {"X-Any": "x|bank"}}),
    "a newer header of a plain store names a tenant": (5, {"http_headers": {"X-Any": {"values": ["bank"]}}}),
    "a header of a plain store names a tenant among blanks": (5, {"headers": {"X-Any": " bank\t"}}),
    "a header of a plain store names a tenant with more about it": (5, {"headers": {"X-Any": "x|bank:product=k6"}}),
    "a header of a plain store names a tenant without being a text": (5, {"headers": {"X-Any": True}}),
    "a plain entry for the store": (5, {"url": URL}),
    "a plain entry for the store, spelt otherwise": (5, {"url": "HTTPS://Mimir.example.:443/push/"}),
    "a plain entry for the store, with a query": (5, {"url": f"{URL}?any=1"}),
    "a plain entry for the store, with an escape": (5, {"url": "https://mimir.example/pus%68"}),
    "a plain entry with an invalid URL": (5, {"url": "https://mimir.example:port/push"}),
    "a plain entry without a URL": (5, {"url": None}),
    "a store of its own for a tenant": (5, {"name": "own/acme"}),
}


@pytest.mark.parametrize(("index", "fields"), SPOILT.values(), ids=SPOILT)
def test_entries_that_could_mix_tenants_are_refused(index: int, fields: dict[str, object]) -> None:
    assert keys(spoilt(index, fields)) & {("remote_write", index), ("remote_write",)}


@pytest.mark.parametrize("index", range(5))
def test_a_missing_entry_is_refused(index: int) -> None:
    assert keys([each for number, each in enumerate(SOUND) if number != index]) == {("remote_write",)}


def test_no_entries_at_all_are_refused() -> None:
    assert {each.keys for each in breaches({}, EXPECTED)} == {()}


def test_remote_read_with_a_tenants_header_is_refused() -> None:
    read = [{"url": URL, "headers": {"X-Scope-OrgID": "infra"}}]
    assert keys(SOUND, remote_read=read) == set()
    assert keys(SOUND, remote_read=[{**read[0], "headers": {"X-Scope-OrgID": "bank"}}]) == {("remote_read", 0)}


def test_a_kept_server_may_keep_entries_of_its_own_tenant() -> None:
    kept = Expected(frozenset({"acme"}), EVERYBODY, None)
    assert keys([SOUND[0], entry("older/acme", "acme", keeping("acme")), SOUND[2]], kept) == set()
    assert keys([SOUND[1]], kept) == {("remote_write", 0)}
    assert keys([entry("older/acme", "bank", keeping("acme"))], kept) == {("remote_write", 0)}
    assert keys([entry("older", "bank")], kept) == {("remote_write", 0)}


def test_tenants_read_by_a_header_are_found_in_the_data_sources() -> None:
    sources: Any = {"datasources": [{"name": "a"}, {"name": "b", "secureJsonData": {"httpHeaderValue1": "crew"}}]}
    assert read_by_header(sources) == {"crew"}
    others: list[Any] = [None, 7, [], {}, {"datasources": 7}, {"datasources": [7]}]
    for other in (*others, {"datasources": [{"secureJsonData": 7}]}):
        assert read_by_header(other) == set()
