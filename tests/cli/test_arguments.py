"""The arguments of a command become one value, by the names of its options."""

from typing import NamedTuple

import click
import pytest

from varve.cli.arguments import gathered


class _Asked(NamedTuple):
    tenant: str
    tree: bool = False


def test_the_arguments_are_one_value() -> None:
    heard: list[_Asked] = []
    parameters = [click.Argument(["tenant"]), click.Option(["--tree"], is_flag=True)]
    command = click.Command("ask", callback=gathered(_Asked, heard.append), params=parameters)
    for line in (["acme"], ["acme", "--tree"]):
        command.main(line, standalone_mode=False)
    assert heard == [_Asked("acme"), _Asked("acme", tree=True)]


def test_unexpected_arguments_are_refused() -> None:
    with pytest.raises(TypeError):
        gathered(_Asked, print)("acme", trees=True)  # type: ignore[call-arg]
