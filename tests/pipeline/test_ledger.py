"""A verdict is used only if everything that it depends on is unchanged."""

import pytest

from tests.pipeline.remembered import Kept
from varve.pipeline.ledger import digest, new_ledger

ANSWERS = {"a.yaml": "one", "b/": ""}


def _kept() -> Kept:
    memory, ledger = Kept(), new_ledger("shared")
    ledger.learn("unit acme/dev", b"sound", ["b/", "a.yaml"], ANSWERS.__getitem__, "context")
    memory.keep(ledger.learnt)
    return memory


def test_a_verdict_is_recalled_if_nothing_has_changed() -> None:
    known = new_ledger("shared", _kept()).recall("unit acme/dev", ANSWERS.__getitem__, "context")
    assert known is not None
    assert (known.body, known.questions) == (b"sound", ("a.yaml", "b/"))


@pytest.mark.parametrize(
    ("shared", "name", "answers", "context"),
    [
        ("other", "unit acme/dev", ANSWERS, "context"),
        ("shared", "unit acme/production", ANSWERS, "context"),
        ("shared", "unit acme/dev", {**ANSWERS, "a.yaml": "two"}, "context"),
        ("shared", "unit acme/dev", {**ANSWERS, "b/": "new"}, "context"),
        ("shared", "unit acme/dev", ANSWERS, "another context"),
    ],
    ids=["other settings", "another unit", "a changed file", "a name that was missing", "another context"],
)
def test_nothing_is_recalled_if_anything_has_changed(
    shared: str, name: str, answers: dict[str, str], context: str
) -> None:
    assert new_ledger(shared, _kept()).recall(name, answers.__getitem__, context) is None


def test_an_old_verdict_is_not_recalled_as_a_young_one() -> None:
    memory = _kept()
    ledger = new_ledger("shared", memory)
    assert ledger.recall_young("unit acme/dev", ANSWERS.__getitem__, "context") is not None
    assert ledger.recall_young("unit acme/dev", ANSWERS.__getitem__, "another context") is None
    memory.old = True
    assert ledger.recall_young("unit acme/dev", ANSWERS.__getitem__, "context") is None
    assert ledger.recall("unit acme/dev", ANSWERS.__getitem__, "context") is not None


def test_texts_with_other_boundaries_have_other_digests() -> None:
    assert digest(["a", "bc"]) != digest(["ab", "c"]) != digest(["abc"])
