from tests.resolve.repository import stacked
from varve.model.diagnostic import Place, Report
from varve.model.layer import Lock
from varve.resolve.lock import locks


def test_a_lock_that_is_not_a_path_is_reported() -> None:
    _, report = stacked({"environments/production.yaml": "locks: ['quotas..series']"})
    assert [(each.rule.code, each.place) for each in report] == [
        ("resolve/bad-lock", Place("environments/production.yaml", ("locks", 0)))
    ]


def test_locks_have_the_place_where_they_are_set() -> None:
    report = Report()
    found = locks("environments/defaults.yaml", {"locks": ["quotas", 'labels["a b"]']}, report)
    assert list(found) == [
        Lock(("quotas",), Place("environments/defaults.yaml", ("locks", 0))),
        Lock(("labels", "a b"), Place("environments/defaults.yaml", ("locks", 1))),
    ]
    assert not len(report)
