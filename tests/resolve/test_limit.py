"""A scrape has its own limits, at most the granted ones, and the granted ones where it sets none."""

from varve.model.source import Map
from varve.resolve.limit import LIMITS, bounds, granted, limits

GRANTED: Map = {"quotas": {"sample_limit": 100, "label_limit": 30, "series": 5}}


def test_only_quotas_of_scrapes_are_granted_limits() -> None:
    assert granted(GRANTED) == {"sample_limit": 100, "label_limit": 30}
    assert granted({}) == {}


def test_the_smaller_one_holds() -> None:
    assert limits(GRANTED, {}) == {"sample_limit": 100, "label_limit": 30}
    job: Map = {"sample_limit": 99, "label_limit": 31, "target_limit": 2, "targets": []}
    assert limits(GRANTED, job) == {"sample_limit": 99, "label_limit": 30, "target_limit": 2}


def test_without_a_grant_a_scrape_has_its_own_limits() -> None:
    assert limits({}, dict.fromkeys(LIMITS, 7)) == dict.fromkeys(LIMITS, 7)
    assert limits({}, {"interval": "1m"}) == {}


def test_a_scrape_that_discovers_targets_has_a_limit_for_them() -> None:
    found: Map = {"discovered": True}
    assert bounds({}, found) == limits({}, found) == {"target_limit": 1000}
    assert limits({}, {**found, "target_limit": 5000}) == {"target_limit": 5000}
    most: Map = {"quotas": {"target_limit": 50}}
    assert bounds(most, found) == limits(most, found) == limits(most, {**found, "target_limit": 60})
    assert bounds(most, {}) == limits(most, found) == {"target_limit": 50}
    assert bounds({}, {"discovered": False}) == {}
