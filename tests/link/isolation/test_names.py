"""Two files never take one name, and none lies in a folder that is not its owner's."""

from varve.link.isolation.evidence import Breach, Confined, Name, Proof
from varve.link.isolation.names import met_names, shared_names, shared_paths
from varve.link.linking import Member


def proof(*texts: str, of: str = "job") -> Proof:
    return Proof(names=tuple(Name(of, text, ("jobs", index)) for index, text in enumerate(texts)))


def test_a_name_twice_is_found_where_it_is_taken_again() -> None:
    found = list(shared_names({"a": proof("x", "y"), "b": proof("z", "y"), "c": proof("y", of="uid")}))
    assert [(path, each.message, each.keys) for path, each in found] == [("b", "the job `y` occurs twice", ("jobs", 1))]


def test_a_name_twice_in_one_file_is_found() -> None:
    assert {path for path, _ in shared_names({"a": proof("x", "x")})} == {"a"}


def test_who_leads_out_of_the_tenant_is_the_one_who_takes_a_name() -> None:
    """An artifact that was changed by hand to bear another's names is no mistake of the other."""
    found = shared_names({"a": proof("x")._replace(breaches=(Breach("not its own"),)), "b": proof("x")})
    assert [path for path, _ in found] == ["a"]


def test_a_name_that_another_tenant_has_taken_is_found_at_the_later_one() -> None:
    one, other = ("uid", "x"), ("uid", "y")
    every = {"acme": Confined(names=(one,)), "bank": Confined(names=(other,)), "crew": Confined(names=(other, one))}
    assert list(met_names(every)) == [("crew", {one, other})]


def test_names_of_two_kinds_do_not_meet() -> None:
    assert not list(met_names({"acme": Confined(names=(("uid", "x"),)), "bank": Confined(names=(("folder", "x"),))}))


def member(tenant: str, *paths: str) -> Member:
    return Member(tenant, strict=False, fresh=True, files=paths)


def test_files_in_their_owners_folders_pass() -> None:
    members = [member("acme", "build/dev/tenants/acme/a"), member("bank", "build/dev/tenants/bank/a")]
    assert not list(shared_paths("dev", members, ["build/dev/shared/a"]))


def test_files_elsewhere_are_found() -> None:
    members = [
        member("acme", "build/dev/tenants/acme/a", "build/dev/tenants/acme/A", "build/dev/tenants/acme/../bank/b"),
        member("bank", "build/dev/tenants/acme/c", "build/prod/tenants/bank/d"),
    ]
    found = [path for path, _ in shared_paths("dev", members, ["build/prod/shared/e", "build/dev/tenants/acme/a"])]
    assert found == [
        "build/dev/tenants/acme/A",
        "build/dev/tenants/acme/../bank/b",
        "build/dev/tenants/acme/c",
        "build/prod/tenants/bank/d",
        "build/prod/shared/e",
        "build/dev/tenants/acme/a",
    ]
