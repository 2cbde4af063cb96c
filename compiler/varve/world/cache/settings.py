"""The settings of the cache: environment variables only, because files of a repository must not control it."""

import os
from pathlib import Path
from typing import NamedTuple

from varve.model.diagnostic import Report, Rule, Severity
from varve.world.cache.limits import AGE, DAYS, KEY_FILE, MEBIBYTES, MOST, SHARED, SIGNERS, SIZE, Limits, limits

CACHE_SETTING = Rule(
    "world/cache-setting",
    "A setting of the cache cannot be used",
    "Results of earlier builds are read from a shared cache only if they are signed by somebody whom "
    "`VARVE_CACHE_SIGNERS` lists, and are written there only with the key in `VARVE_CACHE_KEY_FILE`. Both files must "
    "be outside the repository, because the author of a change could write them there; nobody else may write the "
    "first one or read the second. Until the setting is fixed, varve works without it.",
    Severity.WARNING,
)


class Shared(NamedTuple):
    """The location of the shared cache, its trusted signers, and the key to sign with, if any."""

    location: str = ""
    signers: Path | None = None
    key: Path | None = None


class Settings(NamedTuple):
    """The settings of the cache: the limits of both levels, and the shared one."""

    limits: Limits = Limits()
    shared: Shared = Shared()


def settings(report: Report) -> Settings:
    """The settings in the environment; an invalid number is reported, and its default is used instead."""
    size, age = _number(SIZE, MEBIBYTES, report), _number(AGE, DAYS, report)
    return Settings(limits(size, age), Shared(os.environ.get(SHARED, ""), _path(SIGNERS), _path(KEY_FILE)))


def _number(name: str, usual: int, report: Report) -> int:
    text = os.environ.get(name, "")
    if not text:
        return usual
    if text.isascii() and text.isdecimal() and len(text) <= len(str(MOST)) and int(text) <= MOST:
        return int(text)
    report.add(CACHE_SETTING, f"`{name}` is not a whole number from 0 to {MOST}", hint=f"unset it to use {usual}")
    return usual


def _path(name: str) -> Path | None:
    text = os.environ.get(name, "")
    return Path(text) if text else None
