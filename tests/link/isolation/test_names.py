"""No two files use the same name, and every file is in its owner's folder."""

from varve.link.isolation.evidence import Breach, Name, Proof, TenantProof
from varve.link.isolation.names import colliding_names, duplicate_names, misplaced_paths
from varve.link.linking import Member


def proof(*texts: str, kind: str = "job") -> Proof:
    return Proof(names=tuple(Name(kind, text, ("jobs", index)) for index, text in enumerate(texts)))


def test_a_repeated_name_is_found_at_its_second_use() -> None:
    found = list(duplicate_names({"a": proof("x", "y"), "b": proof("z", "y"), "c": proof("y", kind="uid")}))
    assert [(path, each.message, each.keys) for path, each in found] == [("b", "the job `y` occurs twice", ("jobs", 1))]


def test_a_repeated_name_in_one_file_is_found() -> None:
    assert {path for path, _ in duplicate_names({"a": proof("x", "x")})} == {"a"}


def test_a_repeated_name_is_reported_in_the_file_with_breaches() -> None:
    """If an artifact was changed by hand to use another's name, the other artifact is not reported."""
    found = duplicate_names({"a": proof("x")._replace(breaches=(Breach("not its own"),)), "b": proof("x")})
    assert [path for path, _ in found] == ["a"]


def test_a_name_of_two_tenants_is_found_at_the_later_one() -> None:
    one, other = ("uid", "x"), ("uid", "y")
    every = {
        "acme": TenantProof(names=(one,)),
        "bank": TenantProof(names=(other,)),
        "crew": TenantProof(names=(other, one)),
    }
    assert list(colliding_names(every)) == [("crew", {one, other})]


def test_names_of_two_kinds_do_not_collide() -> None:
    assert not list(
        colliding_names({"acme": TenantProof(names=(("uid", "x"),)), "bank": TenantProof(names=(("folder", "x"),))})
    )


def member(tenant: str, *paths: str) -> Member:
    return Member(tenant, strict=False, fresh=True, files=paths)


def test_files_in_their_owners_folders_pass() -> None:
    members = [member("acme", "build/dev/tenants/acme/a"), member("bank", "build/dev/tenants/bank/a")]
    assert not list(misplaced_paths("dev", members, ["build/dev/shared/a"]))


def test_files_elsewhere_are_found() -> None:
    members = [
        member("acme", "build/dev/tenants/acme/a", "build/dev/tenants/acme/A", "build/dev/tenants/acme/../bank/b"),
        member("bank", "build/dev/tenants/acme/c", "build/prod/tenants/bank/d"),
    ]
    found = [path for path, _ in misplaced_paths("dev", members, ["build/prod/shared/e", "build/dev/tenants/acme/a"])]
    assert found == [
        "build/dev/tenants/acme/A",
        "build/dev/tenants/acme/../bank/b",
        "build/dev/tenants/acme/c",
        "build/prod/tenants/bank/d",
        "build/prod/shared/e",
        "build/dev/tenants/acme/a",
    ]
