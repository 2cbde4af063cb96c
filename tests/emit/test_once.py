"""What is made for a tenant is made once, and never given to another."""

from functools import partial

from varve.emit.once import Once


def test_what_was_made_of_the_same_is_not_made_again() -> None:
    once, made = Once(), list[str]()

    def make(text: str) -> str:
        made.append(text)
        return text

    assert [once.get("acme", ("rules", text), partial(make, text)) for text in ("a", "b", "a")] == ["a", "b", "a"]
    assert made == ["a", "b"]


def test_that_nothing_came_of_it_is_remembered_too() -> None:
    once, made = Once(), list[int]()
    assert [once.get("acme", "a", lambda: made.append(1)) for _ in range(3)] == [None, None, None]
    assert made == [1]


def test_what_was_made_for_one_tenant_is_given_to_no_other_and_not_kept() -> None:
    once = Once()
    tenants = ["acme", "globex", "acme"]
    assert [once.get(tenant, "a", partial(str, tenant)) for tenant in tenants] == tenants
    assert len(once.made) == 1


def test_what_is_no_tenants_is_made_once_for_all_of_them() -> None:
    once, made = Once(), list[str]()
    for tenant in ("acme", "globex"):
        once.get(tenant, "a", partial(str, tenant))
        assert once.for_all("a", lambda: made.append("a")) is None
    assert made == ["a"]
