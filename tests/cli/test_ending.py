"""The exit codes are the documented ones."""

import re
from pathlib import Path

from varve.cli import ending

COMMANDS = Path(__file__).parents[2] / "docs/commands.md"


def test_the_exit_codes_match_the_documentation() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", COMMANDS.read_text("utf-8"), re.MULTILINE)}
    assert {ending.SUCCESS, ending.USER_ERROR, ending.INTERNAL_ERROR, ending.INTERRUPTED} == listed
