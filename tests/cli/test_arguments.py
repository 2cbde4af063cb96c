"""The arguments of a command become one value, and an argument that it does not take is refused with a hint."""

from pathlib import Path
from typing import NamedTuple

import click
import pytest

from tests.workbench import varve
from varve.cli.arguments import gathered


class _Arguments(NamedTuple):
    tenant: str
    tree: bool = False


def test_the_arguments_are_one_value() -> None:
    received: list[_Arguments] = []
    parameters = [click.Argument(["tenant"]), click.Option(["--tree"], is_flag=True)]
    command = click.Command("ask", callback=gathered(_Arguments, received.append), params=parameters)
    for line in (["acme"], ["acme", "--tree"]):
        command.main(line, standalone_mode=False)
    assert received == [_Arguments("acme"), _Arguments("acme", tree=True)]


def test_unexpected_arguments_are_refused() -> None:
    with pytest.raises(TypeError):
        gathered(_Arguments, print)("acme", trees=True)  # type: ignore[call-arg]


@pytest.mark.parametrize("command", ["build", "watch", "secrets check", "secrets verify"])
def test_a_name_without_its_option_is_refused_with_a_hint(command: str, tmp_path: Path) -> None:
    code, text = varve(f"{command} prod", tmp_path)
    assert code == 1
    assert "unexpected argument `prod`: use `-e prod` for an environment, `-t prod` for a tenant" in text
