from varve.world.cache.limits import DAYS, MEBIBYTES, Limits, limits


def test_limits_are_set_in_mebibytes_and_days() -> None:
    assert limits(MEBIBYTES, DAYS) == Limits() == (64 * 1024 * 1024, 30 * 24 * 60 * 60)
