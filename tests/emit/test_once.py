"""A result is made once for a tenant, and never given to another."""

from functools import partial

from varve.emit.once import Once


def test_a_result_is_made_once_for_each_key() -> None:
    once, made = Once(), list[str]()

    def make(text: str) -> str:
        made.append(text)
        return text

    assert [once.get("acme", ("rules", text), partial(make, text)) for text in ("a", "b", "a")] == ["a", "b", "a"]
    assert made == ["a", "b"]


def test_none_is_cached_too() -> None:
    once, made = Once(), list[int]()
    assert [once.get("acme", "a", lambda: made.append(1)) for _ in range(3)] == [None, None, None]
    assert made == [1]


def test_results_are_not_shared_between_tenants_and_not_kept() -> None:
    once = Once()
    tenants = ["acme", "globex", "acme"]
    assert [once.get(tenant, "a", partial(str, tenant)) for tenant in tenants] == tenants
    assert len(once.results) == 1


def test_common_results_are_made_once() -> None:
    once, made = Once(), list[str]()
    for tenant in ("acme", "globex"):
        once.get(tenant, "a", partial(str, tenant))
        assert once.for_all("a", lambda: made.append("a")) is None
    assert made == ["a"]
