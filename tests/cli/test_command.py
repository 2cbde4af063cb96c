"""Commands are found by name, and imported on first use."""

import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from tests.workbench import varve
from varve.cli import main
from varve.cli.command import Commands


def test_a_command_is_in_the_module_of_its_name() -> None:
    for name, command in main.cli.commands.items():
        assert command.name == name
        assert getattr(sys.modules[f"varve.cli.{name}"], name) is command


def test_every_module_with_a_command_is_known() -> None:
    stems = {path.stem for path in Path(main.__file__).parent.glob("*.py")}
    found = {
        name for name in stems if isinstance(getattr(import_module(f"varve.cli.{name}"), name, None), click.Command)
    }
    assert found == set(main.cli.commands)


def test_a_command_is_imported_once_on_first_use() -> None:
    commands = Commands(("schema", "no_such_command"))
    assert list(commands) == ["schema", "no_such_command"]
    assert commands.get("biuld") is None
    assert commands["schema"] is commands["schema"]
    with pytest.raises(ModuleNotFoundError):
        commands["no_such_command"]


@pytest.mark.parametrize("group", ["", "policy", "secrets", "cache"])
def test_a_list_of_commands_shows_their_whole_help(group: str, tmp_path: Path) -> None:
    commands = main.cli.commands[group].commands if group else main.cli.commands  # type: ignore[attr-defined]
    help_text = " ".join(varve(f"{group} --help", tmp_path)[1].split())
    assert [name for name, each in commands.items() if f"{name} {each.help}" not in help_text] == []


def test_a_command_can_be_added_and_removed() -> None:
    commands = Commands(())
    group = click.Group("own", commands)
    group.add_command(click.Command("later"))
    assert (len(commands), commands["later"].name) == (1, "later")
    del commands["later"]
    assert "later" not in commands
