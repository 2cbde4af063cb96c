"""A tenant beyond the limits is refused as a whole, at its first file beyond them, and no other tenant is."""

import pytest

from tests.world.work import Work, codes
from varve.model.diagnostic import Report
from varve.world.git import allowance
from varve.world.snapshot.views import Commit, Index, View

MIB = 1 << 20


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_tenant_may_have_so_many_files(more: int) -> None:
    own = [f"tenants/acme/{number:05}.yaml" for number in range(allowance.FILES + more)]
    report = Report()
    found = allowance.crowded([*own, "tenants/beta/tenant.yaml", "tenants/notes.txt"], report)
    assert found == (set(own) if more > 0 else set())
    assert codes(report) == ([("world/too-many-files", "tenants/acme/05000.yaml")] if more > 0 else [])


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_the_files_of_a_tenant_may_have_so_many_bytes(more: int) -> None:
    own = [(f"tenants/acme/{number:02}.yaml", MIB) for number in range(20)]
    sizes = [*own, ("tenants/acme/20.yaml", 0), ("tenants/acme/19.yaml/x", 0), ("tenants/beta/a", 20 * MIB)]
    sizes[5] = ("tenants/acme/05.yaml", MIB + more)
    report = Report()
    found = allowance.heavy(sizes, report)
    assert found == ({path for path, _ in sizes if "acme" in path} if more > 0 else set())
    assert codes(report) == ([("world/too-much-text", "tenants/acme/19.yaml")] if more > 0 else [])


def test_files_of_the_platform_are_not_counted() -> None:
    report = Report()
    assert not allowance.crowded((f"environments/{number}.yaml" for number in range(allowance.FILES + 1)), report)
    assert not allowance.heavy([("templates/a.j2", 30 * MIB), ("tenants/a.yaml", 30 * MIB)], report)
    assert not len(report)


@pytest.mark.parametrize("view", [Commit("HEAD"), Index(), None], ids=["commit", "index", "untracked"])
def test_no_file_of_a_tenant_beyond_the_limits_is_read(
    work: Work, view: View | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "FILES", 2)
    monkeypatch.setattr(allowance, "BYTES", 100)
    work.write({f"tenants/beta/{number}.yaml": "a: 1\n" for number in range(3)})
    work.write({f"tenants/corp/{number}.yaml": b"a: " + b"x" * 50 for number in range(2)})
    if view:
        work.commit()
    seen, report = work.snapshot(view)
    assert codes(report) == [
        ("world/too-many-files", "tenants/beta/2.yaml"),
        ("world/too-much-text", "tenants/corp/1.yaml"),
    ]
    assert [path for path in seen.entries if path.startswith("tenants/")] == ["tenants/acme/tenant.yaml"]
