"""A look at the work tree finds git's answers, and the contents of the files that may differ from the index."""

from tests.world.work import Work
from varve.model.diagnostic import Report
from varve.model.snapshot import Entry
from varve.world.snapshot import work_tree
from varve.world.snapshot.work_tree import Seen

TENANT = "tenants/acme/tenant.yaml"
NEW = "tenants/acme/new.yaml"
GONE = "tenants/acme/gone.yaml"
ARTIFACT = "build/a.yaml"


def _look(work: Work) -> Seen:
    report, glances = Report(), list[str]()
    seen = work_tree.look(work.find(), report, lambda glance, _: glances.append(glance()))
    assert glances == [seen.glance]
    assert not report
    return seen


def test_nothing_is_read_in_a_clean_work_tree(work: Work) -> None:
    seen = _look(work)
    assert (seen.untracked, seen.present, seen.read) == ([], set(), {})
    assert work_tree.entries(seen) == seen.indexed.entries
    assert seen.indexed.entries.keys() == {"varve.yaml", TENANT}
    assert len(seen.indexed.sizes) == 2


def test_changed_and_new_files_are_read_and_deleted_ones_left_out(work: Work) -> None:
    work.commit({GONE: "gone\n"})
    work.write({TENANT: "tenant: 2\n", NEW: "new\n", ARTIFACT: "a\n"})
    (work.top / GONE).unlink()
    seen = _look(work)
    assert seen.untracked == [ARTIFACT, NEW]
    assert seen.present == {TENANT, NEW, ARTIFACT}
    assert {path: each.data for path, each in seen.read.items()} == {
        TENANT: b"tenant: 2\n",
        NEW: b"new\n",
        ARTIFACT: b"a\n",
    }
    ids = {path: work.git("hash-object", path) for path in (*seen.read, "varve.yaml")}
    assert work_tree.entries(seen) == {path: Entry(id_, "100644") for path, id_ in ids.items()}


def test_every_change_changes_the_glance(work: Work) -> None:
    clean = _look(work)
    work.write({TENANT: "tenant: 2\n"})
    changed = _look(work)
    work.git("add", TENANT)
    assert len({clean.glance, changed.glance, _look(work).glance}) == 3
