"""Checks the files that a configuration names: secrets only in the folder of their owner."""

from collections.abc import Iterator
from posixpath import normpath
from typing import Final

from varve.link.isolation.evidence import Breach
from varve.model.source import Keys, Value

_FILE_SUFFIX: Final = "_file"
_TLS_FIELDS: Final = frozenset({"ca_file", "cert_file", "key_file"})
_INDIRECT: Final = ("..", "//", "/proc/", "/dev/", "/sys/")


def leaks(value: Value, folder: str, root: str, at: Keys = ()) -> Iterator[Breach]:
    """The fields that name a file outside of `folder`; TLS files may also be anywhere outside of `root`."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        if isinstance(key, str) and key.endswith(_FILE_SUFFIX) and not _may_name(key, each, folder, root):
            yield Breach(f"`{key}` points outside its owner's secrets folder", (*at, key))
        if isinstance(each, dict | list):
            yield from leaks(each, folder, root, (*at, key))


def _may_name(key: str, path: Value, folder: str, root: str) -> bool:
    return _is_inside(path, folder) or (key in _TLS_FIELDS and _is_outside(path, root))


def _is_inside(path: Value, folder: str) -> bool:
    return isinstance(path, str) and path.startswith(f"{folder}/") and normpath(path) == path


def _is_outside(path: Value, root: str) -> bool:
    """Whether a path is normalised and outside of `root`; two leading slashes, which `normpath` keeps, are refused."""
    return isinstance(path, str) and normpath(path) == path and not path.startswith((f"{root}/", *_INDIRECT))
