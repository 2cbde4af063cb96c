"""The exit codes are the documented ones."""

import re
from pathlib import Path

from varve.cli import exit_code

COMMANDS = Path(__file__).parents[2] / "docs/commands.md"


def test_the_exit_codes_match_the_documentation() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", COMMANDS.read_text("utf-8"), re.MULTILINE)}
    assert {exit_code.SUCCESS, exit_code.USER_ERROR, exit_code.INTERNAL_ERROR, exit_code.INTERRUPTED} == listed
