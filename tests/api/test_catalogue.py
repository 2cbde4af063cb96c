"""The catalogue finds every rule in the module that declares it."""

from varve.api.catalogue import rules
from varve.read.yaml import TAG
from varve.world.snapshot.views import NO_COMMIT
from varve.write.plan import STRANGER


def test_rules_of_every_floor_are_found_by_their_codes() -> None:
    for rule in (TAG, NO_COMMIT, STRANGER):
        assert rules()[rule.code] is rule


def test_the_codes_are_sorted() -> None:
    assert list(rules()) == sorted(rules())
    assert {code.partition("/")[0] for code in rules()} >= {"read", "resolve", "check", "emit", "write", "world"}
