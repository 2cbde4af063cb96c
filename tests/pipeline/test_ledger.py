"""A verdict is believed where everything that it rests on is as it was, and nowhere else."""

import pytest

from tests.pipeline.remembered import Kept
from varve.pipeline.ledger import Ledger, digest

ANSWERS = {"a.yaml": "one", "b/": ""}


def _kept() -> Kept:
    memory, ledger = Kept(), Ledger("shared")
    ledger.learn("unit acme/dev", b"sound", ["b/", "a.yaml"], ANSWERS.__getitem__, "beside")
    memory.keep(ledger.learnt)
    return memory


def test_a_verdict_is_recalled_where_all_is_as_it_was() -> None:
    known = Ledger("shared", _kept()).recall("unit acme/dev", ANSWERS.__getitem__, "beside")
    assert known is not None
    assert (known.body, known.questions) == (b"sound", ("a.yaml", "b/"))


@pytest.mark.parametrize(
    ("shared", "name", "answers", "beside"),
    [
        ("other", "unit acme/dev", ANSWERS, "beside"),
        ("shared", "unit acme/production", ANSWERS, "beside"),
        ("shared", "unit acme/dev", {**ANSWERS, "a.yaml": "two"}, "beside"),
        ("shared", "unit acme/dev", {**ANSWERS, "b/": "new"}, "beside"),
        ("shared", "unit acme/dev", ANSWERS, "else"),
    ],
    ids=["other settings", "another unit", "another content", "a name that was missing", "another circumstance"],
)
def test_where_anything_is_another_nothing_is_recalled(
    shared: str, name: str, answers: dict[str, str], beside: str
) -> None:
    assert Ledger(shared, _kept()).recall(name, answers.__getitem__, beside) is None


def test_a_verdict_that_would_have_to_be_renewed_is_not_recalled_where_others_rest_on_it() -> None:
    memory = _kept()
    ledger = Ledger("shared", memory)
    assert ledger.recall_young("unit acme/dev", ANSWERS.__getitem__, "beside") is not None
    assert ledger.recall_young("unit acme/dev", ANSWERS.__getitem__, "else") is None
    memory.old = True
    assert ledger.recall_young("unit acme/dev", ANSWERS.__getitem__, "beside") is None
    assert ledger.recall("unit acme/dev", ANSWERS.__getitem__, "beside") is not None


def test_no_two_lists_of_texts_have_one_digest_because_their_ends_moved() -> None:
    assert digest(["a", "bc"]) != digest(["ab", "c"]) != digest(["abc"])
