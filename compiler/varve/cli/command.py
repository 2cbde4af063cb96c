"""The commands by their names, each imported when somebody asks for it, so that `varve --version` imports none."""

from collections.abc import Iterable, Iterator, MutableMapping
from importlib import import_module
from typing import cast

import click


class Commands(MutableMapping[str, click.Command]):
    """Commands by name; the one of that name stands in the module of that name beside this one."""

    def __init__(self, names: Iterable[str]) -> None:
        self._known: dict[str, click.Command | None] = dict.fromkeys(names)

    def __getitem__(self, name: str) -> click.Command:
        known = self._known[name]
        if known is None:
            known = self._known[name] = cast("click.Command", getattr(import_module(f"varve.cli.{name}"), name))
            _say_all(known)
        return known

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._known[name] = command

    def __delitem__(self, name: str) -> None:
        del self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def _say_all(command: click.Command) -> None:
    """Have a list of commands say all that each one is for, where it would break off at the end of a line."""
    command.short_help = command.help
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        _say_all(each)
