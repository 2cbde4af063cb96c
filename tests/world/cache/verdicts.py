"""Verdicts for the tests of the cache, and an empty repository to keep them in."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from varve.model.diagnostic import Report
from varve.model.memory import Remembered
from varve.world.cache.limits import Limits
from varve.world.cache.opening import open_cache
from varve.world.cache.settings import Settings, Shared
from varve.world.git.repository import Repository

COMPILER: Final = "ab" * 32
OTHER: Final = "cd" * 32
FOLDER: Final = ".varve/cache"


def key(seed: object) -> str:
    return sha256(str(seed).encode()).hexdigest()


def verdict(name: str = "unit acme/production", seed: object = 0, body: bytes = b'{"fine":true}') -> Remembered:
    tenant = name.rpartition(" ")[2]
    questions = ("varve.yaml", "environments/", f"tenants/{tenant}/tenant.", f"tenants/{tenant}/services/")
    return Remembered(name, key(f"{name} {seed}"), questions, body)


def many(count: int, seed: object = 0, size: int = 100) -> list[Remembered]:
    """`count` verdicts with different names and bodies."""
    return [verdict(f"unit t{number}/dev", seed, (f"{number}:".encode() * size)[:size]) for number in range(count)]


def place(folder: Path) -> Repository:
    """A repository with what the cache needs."""
    (folder / ".git").mkdir(parents=True, exist_ok=True)
    return Repository(folder, folder, folder / ".git", "sha1", shallow=False)


def settings(size: int = 64 << 20, age: int = 30 * 86_400, shared: Shared | None = None) -> Settings:
    return Settings(Limits(size, age), shared or Shared())


def keep(
    repository: Repository, entries: Sequence[Remembered], chosen: Settings | None = None, compiler: str = COMPILER
) -> Report:
    """Keep verdicts as a run does; returns the diagnostics."""
    report = Report()
    with open_cache(repository, lambda: compiler, chosen or settings(), report) as store:
        store.keep(entries)
    return report


def recalled(
    repository: Repository, names: Sequence[str], chosen: Settings | None = None, compiler: str = COMPILER
) -> list[Remembered]:
    """The verdicts that a run recalls for these names."""
    with open_cache(repository, lambda: compiler, chosen or settings(), Report()) as store:
        return [entry for name in names for entry in store.recall(name)]


def packs(repository: Repository) -> list[Path]:
    """The segments of the repository's own cache."""
    return sorted((repository.root / FOLDER).glob("*.pack"))
