"""The exit codes are those that are promised."""

import re
from pathlib import Path

from varve.cli import ending

COMMANDS = Path(__file__).parents[2] / "docs/commands.md"


def test_the_exit_codes_are_those_that_the_documentation_lists() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", COMMANDS.read_text("utf-8"), re.MULTILINE)}
    assert {ending.FINE, ending.YOURS, ending.OURS, ending.INTERRUPTED} == listed
