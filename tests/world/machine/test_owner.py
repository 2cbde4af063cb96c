import os
import pwd

from varve.world.machine import owner


def test_names_and_numbers_are_understood() -> None:
    name = pwd.getpwuid(os.geteuid()).pw_name
    assert owner.user(name) == os.geteuid()
    assert owner.user("12") == 12
    assert owner.user("nobody of that name") is None
    assert owner.group("34") == 34
    assert owner.group("nobody of that name") is None
