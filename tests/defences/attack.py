"""An attack that one defence refuses: its benign twin passes, and without the defence it would succeed."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, NamedTuple, TypeAlias

import pytest

from tests.defences.child import End, ended
from tests.workbench import BASE, files, snapshot
from varve import pipeline
from varve.model.artifact import Build
from varve.model.snapshot import Snapshot
from varve.render.frame import where
from varve.render.situate import situate

MARK: Final = ">>>"
"""Precedes, in the text of an attack, the character at which the diagnostic must point; it is removed before use."""

Files: TypeAlias = Mapping[str, str | bytes | None]
"""Contents by path; None removes a file of the base repository."""

Off: TypeAlias = Callable[[pytest.MonkeyPatch], None]
"""Switches one defence off, as long as the patch lasts."""

_BASE: Final = files(BASE)


class Attack(NamedTuple):
    """A repository that is refused with a code at a place, its twin, how to switch the defence off, and the effect.

    `evidence` is the effect: a text that is then in an artifact, or the exception that the compile raises, or how its
    process ends. The place is marked in `files`, or given by `at` as `file:line:column`.
    """

    files: Files
    code: str
    twin: Files
    off: Off
    evidence: str | type[BaseException] | End
    at: str = ""


def without(holder: object, *names: str) -> Off:
    """Replace the functions of a defence by ones that do nothing."""

    def off(patch: pytest.MonkeyPatch) -> None:
        for name in names:
            patch.setattr(holder, name, lambda *_: None)

    return off


def instead(holder: object, name: str, value: object) -> Off:
    """Replace a constant or a function of a defence."""
    return lambda patch: patch.setattr(holder, name, value)


def together(*offs: Off) -> Off:
    """Switch off a defence that has several parts."""

    def off(patch: pytest.MonkeyPatch) -> None:
        for each in offs:
            each(patch)

    return off


def repository(changed: Files) -> Snapshot:
    """The base repository with these changes, without the marks."""
    laid = {path: _bytes(text) for path, text in changed.items() if text is not None}
    return snapshot({path: data for path, data in _BASE.items() if path not in changed} | laid)


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.replace(MARK, "").encode()


def findings(seen: Snapshot, build: Build) -> list[tuple[str, str]]:
    """The code and the place of every diagnostic."""
    situated = situate(build.diagnostics, seen)
    return [(each.diagnostic.rule.code, where(each.spot) if each.spot else "") for each in situated]


def everything(build: Build) -> str:
    """The text of all artifacts."""
    return "".join(each.data.decode() for each in build.artifacts.values())


@contextmanager
def switched_off(off: Off) -> Iterator[None]:
    """Switch a defence off; what is cached, such as validators and verdicts, may come from what is patched."""
    with pytest.MonkeyPatch.context() as patch:
        off(patch)
        clear_caches()
        yield
    clear_caches()


def clear_caches() -> None:
    """Clear the caches of all functions of the compiler."""
    modules = [module for name, module in sys.modules.items() if name.startswith("varve.")]
    for each in [each for module in modules for each in vars(module).values() if hasattr(each, "cache_clear")]:
        each.cache_clear()


def each(attacks: Mapping[str, Attack]) -> pytest.MarkDecorator:
    """Parametrise a test with every attack of a table, by its description."""
    return pytest.mark.parametrize("attack", attacks.values(), ids=attacks.keys())


def is_refused(attack: Attack) -> None:
    """The attack is refused with its code at its place and no other code, and nothing of it reaches an artifact.

    An attack that could exhaust a process is refused long before that.
    """
    seen = repository(attack.files)
    if isinstance(attack.evidence, End):
        assert ended(lambda: repr(set(findings(seen, pipeline.compile(seen))))) == repr({(attack.code, place(attack))})
        return
    build = pipeline.compile(seen)
    found = findings(seen, build)
    assert {code for code, _ in found} == {attack.code}
    assert place(attack) in [each for _, each in found]
    if isinstance(attack.evidence, str):
        assert attack.evidence not in everything(build)


def has_a_twin(attack: Attack) -> None:
    """The harmless twin of the attack is built without any diagnostic."""
    seen = repository(attack.twin)
    assert findings(seen, pipeline.compile(seen)) == []


def goes_through_without(attack: Attack) -> None:
    """With this one defence switched off the attack succeeds, so the test shows what the defence does."""
    seen = repository(attack.files)
    with switched_off(attack.off):
        if isinstance(attack.evidence, End):
            assert ended(lambda: repr(findings(seen, pipeline.compile(seen)))) == attack.evidence
            return
        if not isinstance(attack.evidence, str):
            with pytest.raises(attack.evidence):
                pipeline.compile(seen)
            return
        build = pipeline.compile(seen)
        found = findings(seen, build)
    assert found == []
    assert attack.evidence in everything(build)


def place(attack: Attack) -> str:
    """Where the attack must be refused: `file:line:column`."""
    if attack.at:
        return attack.at
    texts = {path: text for path, text in attack.files.items() if isinstance(text, str)}
    ((file, before),) = _marked(texts.items())
    return f"{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def _marked(texts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(file, text.partition(MARK)[0]) for file, text in texts if MARK in text]
