"""The commands by name, each imported on first use, so that `varve --version` imports none."""

from collections.abc import Iterable, Iterator, MutableMapping
from importlib import import_module
from typing import cast

import click


class Commands(MutableMapping[str, click.Command]):
    """Commands by name; each is in the module of `varve.cli` that has its name."""

    def __init__(self, names: Iterable[str]) -> None:
        self._known: dict[str, click.Command | None] = dict.fromkeys(names)

    def __getitem__(self, name: str) -> click.Command:
        known = self._known[name]
        if known is None:
            known = self._known[name] = cast("click.Command", getattr(import_module(f"varve.cli.{name}"), name))
            _show_whole_help(known)
        return known

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._known[name] = command

    def __delitem__(self, name: str) -> None:
        del self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def _show_whole_help(command: click.Command) -> None:
    """Make lists of commands show the whole help of each one, which click would cut off after one line."""
    command.short_help = command.help
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        _show_whole_help(each)
