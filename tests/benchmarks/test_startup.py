import sys
from pathlib import Path

from benchmarks.startup import imports


def test_what_a_command_imports_is_counted_by_package(tmp_path: Path) -> None:
    found = imports((sys.executable, "-c", "import json.tool"), tmp_path, most=1000)
    assert "json" in dict(found.dearest)
    assert found.modules > len(found.dearest)
