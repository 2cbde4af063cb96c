from tests.emit.repository import ACME, task
from varve.check import kind
from varve.emit.target import TARGETS


def test_every_target_is_one_that_the_platform_can_name() -> None:
    assert kind.written("platform")["properties"]["targets"]["properties"].keys() == TARGETS.keys()  # type: ignore[index, call-overload, union-attr]


def test_a_target_emits_below_the_folder_of_the_unit() -> None:
    paths = [artifact.path for target in TARGETS.values() for artifact in target.emit(task({}))]
    assert paths
    assert all(path.startswith(f"{ACME}/") for path in paths)
    assert len(paths) == len(set(paths))
