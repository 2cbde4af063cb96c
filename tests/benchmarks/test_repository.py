from collections import Counter
from pathlib import Path

import pytest

from benchmarks.repository import FULL, LEAN, Kind, make
from benchmarks.stages import snapshot_of
from varve import pipeline
from varve.model.unit import Selection

pytestmark = pytest.mark.usefixtures("one_kit")


@pytest.mark.parametrize(
    ("kind", "tenants", "files", "kilobytes"),
    [
        pytest.param(LEAN, 2, 8, (38, 40), id="a lean unit has 8 artifacts and about 39 kB"),
        pytest.param(FULL, 4, 25, (290, 305), id="a full unit has 25 artifacts and about 295 kB, on average"),
    ],
)
def test_a_unit_is_of_the_size_that_its_kind_says(
    kind: Kind, tenants: int, files: int, kilobytes: tuple[int, int], tmp_path: Path
) -> None:
    make(tmp_path, tenants, kind)
    build = pipeline.compile(snapshot_of(tmp_path), Selection(environment="staging"))
    own = [each for path, each in build.artifacts.items() if path.startswith("build/staging/tenants/")]
    least, most = kilobytes
    assert not build.diagnostics
    assert len(own) == files * tenants
    assert least <= sum(len(each.data) for each in own) / tenants / 1000 <= most


def test_the_same_repository_is_made_at_every_run(tmp_path: Path) -> None:
    made = []
    for name in ("one", "other"):
        folder = tmp_path / name
        folder.mkdir()
        make(folder, 3, LEAN)
        made.append(Counter(snapshot_of(folder).entries.items()))
    assert made[0] == made[1]
