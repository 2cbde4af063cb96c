"""A watch looks after each change, tells what that brought, and neither misses one nor runs in circles."""

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Event, Timer
from typing import Final

import pytest

import varve
from tests.workbench import ROOT, files, shell
from varve.api import watch as watching
from varve.api.build import Built
from varve.api.effort import Effort
from varve.api.repository import OpenRepository
from varve.api.watched import Watched
from varve.model.diagnostic import Report
from varve.model.unit import Unit
from varve.world import digest, disk, watcher
from varve.world.stamp import Stamp

SERVICE: Final = "tenants/acme/services/checkout.yaml"
TENANT: Final = "tenants/acme/tenant.yaml"
OTHER: Final = "tenants/acme/services/search.yaml"
TEXT: Final = "scrape: {app: {targets: ['search.acme.example:9090']}}\n"
BOTH: Final = (Unit("acme", "staging"), Unit("acme", "production"))
SECONDS: Final = 120

Change = Callable[[], str]
"""Changes a file, and tells which."""


class Counting:
    """Counts how often somebody looks at the files, and does something at the first time that a stage is entered."""

    def __init__(self, stage: str = "", then: Callable[[], object] = lambda: None) -> None:
        self.looks, self._stage, self._then = 0, stage, then

    def begin(self, count: int) -> None:
        """Nothing is counted here."""

    def entered(self, stage: str) -> None:
        """Count, and act."""
        self.looks += stage == "look"
        if stage == self._stage:
            self._stage = ""
            self._then()

    def finished(self, unit: Unit, *, remembered: bool) -> None:
        """Nothing is counted here."""


@pytest.fixture
def opened(repository: Path) -> OpenRepository:
    """The small repository, opened."""
    return varve.open(repository)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the system tell of these changes, one after the other, when the watch asks for the next."""

    def tell(*changes: Change) -> None:
        def told(_root: Path, _stop: Event, *, artifacts: bool) -> Iterator[frozenset[Path]]:
            assert artifacts
            yield frozenset()
            for change in changes:
                yield frozenset({Path(change())})

        monkeypatch.setattr(watcher, "changes", told)

    return tell


def save(root: Path, path: str, text: str) -> Change:
    """Saves a file."""

    def change() -> str:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
        return path

    return change


def remove(root: Path, path: str) -> Change:
    """Removes a file."""

    def change() -> str:
        (root / path).unlink()
        return path

    return change


def nothing(path: str) -> Change:
    """Tells of a path at which nothing is changed."""
    return lambda: path


def lines(looks: Iterator[Watched]) -> list[str]:
    """The summaries of all looks but the first."""
    return [each.summary for each in looks if not each.first]


Tell = Callable[..., None]


def test_the_first_look_is_told_as_a_build_is(opened: OpenRepository, told: Tell) -> None:
    told()
    (only,) = opened.watch()
    assert only.first
    assert only.result == opened.build()
    assert only.text() == opened.build().text()


def test_what_is_saved_is_built(opened: OpenRepository, told: Tell) -> None:
    told(save(opened.root, OTHER, TEXT))
    first, second = opened.watch()
    assert (first.first, second.compiled) == (True, BOTH)
    assert isinstance(second.result, Built)
    assert "build/production/tenants/acme/scrape/search.yaml" in second.result.written
    count = len(second.result.written)
    assert second.summary == f"compiled acme/staging, acme/production; {count} written, 0 deleted"
    assert opened.check().sound


def test_what_changes_nothing_is_not_told(opened: OpenRepository, told: Tell) -> None:
    told(nothing("varve.yaml"), nothing("build/production/shared/prometheus.yaml"))
    assert not lines(opened.watch())


def test_what_was_compiled_to_the_same_is_told(opened: OpenRepository, told: Tell) -> None:
    text = (opened.root / SERVICE).read_text()
    told(save(opened.root, SERVICE, f"# Checkout.\n{text}"))
    assert lines(opened.watch()) == ["compiled acme/staging, acme/production; nothing to write"]


def test_diagnostics_come_and_go(opened: OpenRepository, told: Tell) -> None:
    text = (opened.root / SERVICE).read_text()
    wrong = text.replace("severity: warning", "severity: waring")
    told(
        save(opened.root, SERVICE, wrong),
        save(opened.root, SERVICE, f"# Checkout.\n{wrong}"),
        save(opened.root, SERVICE, text),
    )
    _, broken, moved, mended = opened.watch()
    assert [each.rule.code for each in broken.new.diagnostics] == ["check/not-a-choice"]
    assert broken.text().endswith("nothing to write; 1 error stands\n")
    assert broken.text().startswith("error[check/not-a-choice]: `waring`")
    assert (moved.new.situated, moved.mended) == ((), ())
    assert moved.summary.endswith("; 1 error stands")
    assert mended.text().splitlines() == [
        f"mended: error[check/not-a-choice]: `waring` is not one of critical, warning, info ({SERVICE})",
        mended.summary,
    ]
    assert "stand" not in mended.summary


def test_a_repository_that_cannot_be_opened_is_watched_on(opened: OpenRepository, told: Tell) -> None:
    text = (opened.root / "varve.yaml").read_text()
    told(save(opened.root, "varve.yaml", "layers: [\n"), save(opened.root, "varve.yaml", text))
    _, broken, mended = opened.watch()
    assert broken.summary == "nothing to write; 1 error stands"
    assert [each.rule.code for each in mended.mended] == ["read/syntax"]
    assert opened.check().sound


def test_a_hand_edit_of_an_artifact_is_put_right(opened: OpenRepository, told: Tell) -> None:
    before = files(opened.root / "build")
    told(save(opened.root, "build/production/shared/prometheus.yaml", "global: {}\n"))
    assert lines(opened.watch()) == ["1 written, 0 deleted"]
    assert files(opened.root / "build") == before


def test_translations_and_templates_are_sources_like_others(opened: OpenRepository, told: Tell) -> None:
    pack = "templates/packs/http-service"
    shutil.copytree(ROOT / pack, opened.root / pack)
    words, template = (opened.root / pack / name for name in ("messages/fr.po", "rules.yaml.j2"))
    for path, line in ((SERVICE, "packs: {http-service: {}}\n"), (TENANT, "locale: fr_FR\n")):
        (opened.root / path).write_text((opened.root / path).read_text() + line)
    told(
        save(opened.root, f"{pack}/messages/fr.po", words.read_text().replace("est lent", "est un escargot")),
        save(opened.root, f"{pack}/rules.yaml.j2", template.read_text().replace("{{ pack.latency_for }}", "7m")),
    )
    rules = opened.root / "build/production/tenants/acme/rules/checkout.yaml"
    looks = opened.watch()
    next(looks)
    assert ("un escargot" in rules.read_text(), "for: 7m" in rules.read_text()) == (False, False)
    assert len(next(looks).result.units) == 2
    assert ("un escargot" in rules.read_text(), "for: 7m" in rules.read_text()) == (True, False)
    assert len(next(looks).result.units) == 2
    assert ("un escargot" in rules.read_text(), "for: 7m" in rules.read_text()) == (True, True)


def test_a_check_judges_everything_and_writes_nothing(opened: OpenRepository, told: Tell) -> None:
    before = files(opened.root / "build")
    told(save(opened.root, OTHER, TEXT), remove(opened.root, OTHER))
    first, stale, sound = opened.watch(checks=True)
    assert first.summary == opened.check().summary
    assert {each.rule.code for each in stale.new.diagnostics} == {"write/missing-artifact", "write/stale-artifact"}
    assert stale.summary.startswith("compiled acme/staging, acme/production; ")
    assert len(sound.mended) == len(stale.new.diagnostics)
    assert sound.summary.endswith("build/ is what the sources say")
    assert files(opened.root / "build") == before
    with pytest.raises(ValueError, match="everything is judged"):
        opened.watch("production", checks=True)


def test_a_selection_is_built_and_nothing_else(opened: OpenRepository, told: Tell) -> None:
    told(save(opened.root, OTHER, TEXT))
    _, saved = opened.watch("production")
    assert saved.compiled == (Unit("acme", "production"),)
    assert not (opened.root / "build/staging/tenants/acme/scrape/search.yaml").exists()


def test_what_the_disk_refuses_is_not_tried_again_because_of_the_attempt(
    opened: OpenRepository, told: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bool:
        return False

    attempt = "build/production/tenants/acme/scrape"
    told(
        save(opened.root, OTHER, TEXT),
        *(nothing(attempt),) * 3,
        nothing("build/staging"),
        *(nothing(attempt),) * 3,
        nothing(SERVICE),
    )
    monkeypatch.setattr(disk, "apply", refuse)
    counting = Counting()
    assert set(lines(opened.by(Effort(observer=counting)).watch())) <= {
        "compiled acme/staging, acme/production; nothing was written"
    }
    # The first look, what was saved, and each path under build/ once; then a source again.
    assert counting.looks == 5


def test_another_varve_is_waited_for(opened: OpenRepository, told: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    told(save(opened.root, OTHER, TEXT))
    looks = opened.watch()
    assert next(looks).summary
    patient = disk.lock
    with patient(opened.root, Report()) as held:
        assert held
        monkeypatch.setattr(disk, "lock", partial(patient, patience=0))
        waiting = next(looks)
        assert waiting.waits
        assert [each.rule.code for each in waiting.new.diagnostics] == ["world/locked"]
    (done,) = looks
    assert [each.rule.code for each in done.mended] == ["world/locked"]
    assert done.compiled == BOTH
    assert opened.check().sound


class Patient(Event):
    """Does something while somebody waits for it."""

    def __init__(self, then: Callable[[], object]) -> None:
        super().__init__()
        self.waits, self._then = 0, then

    def wait(self, timeout: float | None = None) -> bool:
        """Do it, once a call."""
        assert timeout
        self.waits += 1
        self._then()
        return self.is_set()


def test_a_checkout_is_one_change(opened: OpenRepository, told: Tell) -> None:
    lock = opened.root / ".git/index.lock"

    def come_to_an_end() -> None:
        (opened.root / OTHER).write_text(TEXT)
        lock.unlink()

    told(save(opened.root, ".git/index.lock", ""), nothing(OTHER))
    stop = Patient(come_to_an_end)
    looks = opened.watch(stop=stop)
    assert next(looks).first
    (only,) = looks
    assert stop.waits == 1
    assert only.compiled == BOTH
    assert opened.check().sound


def test_a_lock_that_somebody_left_behind_is_waited_for_once(
    opened: OpenRepository, told: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def once_more() -> str:
        monkeypatch.setattr(watching, "_PATIENCE", SECONDS)
        return save(opened.root, OTHER, TEXT)()

    monkeypatch.setattr(watching, "_PATIENCE", -1.0)
    (opened.root / ".git/index.lock").touch()
    told(once_more)
    stop = Patient(lambda: None)
    assert [each.compiled for each in opened.watch(stop=stop)][1:] == [BOTH]
    assert stop.waits == 0


@pytest.mark.parametrize(("line", "goes_on"), [("varve/pipeline.py", False), ("templates/a.po", True)])
def test_it_ends_where_it_is_not_the_compiler_that_was_loaded(
    line: str, opened: OpenRepository, told: Tell, monkeypatch: pytest.MonkeyPatch, *, goes_on: bool
) -> None:
    def change() -> str:
        known = list(digest.lines())
        monkeypatch.setattr(digest, "lines", lambda: iter([*known, f"{'0' * 64}  {line}\n"]))
        monkeypatch.setattr(watching, "stamp", lambda: Stamp("another", 0))
        return save(opened.root, OTHER, TEXT)()

    told(change)
    assert bool(lines(opened.watch())) == goes_on


def test_what_the_system_did_not_tell_is_built_when_all_is_quiet(
    opened: OpenRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(_root: Path, _stop: Event, *, artifacts: bool) -> Iterator[frozenset[Path]]:
        assert artifacts
        yield frozenset()
        yield frozenset({Path(save(opened.root, SERVICE, (opened.root / SERVICE).read_text() + "\n")())})
        save(opened.root, OTHER, TEXT)()
        yield frozenset({Path(SERVICE)})
        yield frozenset()
        yield frozenset()

    monkeypatch.setattr(watcher, "changes", told)
    counting = Counting()
    assert [each.compiled for each in opened.by(Effort(observer=counting)).watch()][1:] == [BOTH, BOTH]
    # The first, both bursts, what was found in the quiet, and what was written then, which was not told either.
    assert counting.looks == 5
    assert opened.check().sound


def test_an_interruption_leaves_nothing_behind(
    opened: OpenRepository, told: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        assert (opened.root / disk.TEMPORARY).is_dir()
        raise KeyboardInterrupt

    told(save(opened.root, OTHER, TEXT))
    monkeypatch.setattr(disk, "_move", interrupt)
    looks = opened.watch()
    next(looks)
    with pytest.raises(KeyboardInterrupt):
        next(looks)
    assert not (opened.root / disk.TEMPORARY).exists()
    with disk.lock(opened.root, Report(), patience=0) as lock:
        assert lock


@pytest.fixture
def stop() -> Iterator[Event]:
    """Ends a watch that waits for what never comes."""
    stop = Event()
    timer = Timer(SECONDS, stop.set)
    timer.start()
    yield stop
    stop.set()
    timer.cancel()


@pytest.mark.parametrize("stage", ["recall", "link", "write"])
def test_what_is_saved_while_a_build_runs_is_not_lost(stage: str, opened: OpenRepository, stop: Event) -> None:
    counting = Counting(stage, save(opened.root, OTHER, TEXT))
    looks = opened.by(Effort(cached=False, observer=counting)).watch(stop=stop)
    assert next(looks).first
    assert next(looks).compiled == BOTH
    assert (opened.root / "build/production/tenants/acme/scrape/search.yaml").is_file()


def test_what_varve_writes_itself_ends_in_silence(opened: OpenRepository) -> None:
    class Quiet(Event):
        """Is set as soon as nobody has looked for some seconds."""

    counting, stop = Counting(), Quiet()
    looks = opened.by(Effort(observer=counting)).watch(stop=stop)
    next(looks)
    save(opened.root, OTHER, TEXT)()
    assert next(looks).compiled == BOTH

    def judge(seen: int) -> None:
        if seen == counting.looks:
            stop.set()
        elif seen < 50:
            Timer(2, judge, [counting.looks]).start()

    Timer(2, judge, [counting.looks]).start()
    assert not list(looks)
    assert stop.is_set()
    assert counting.looks <= 5


def test_what_git_brings_is_told(opened: OpenRepository, stop: Event) -> None:
    code, said = shell(
        f'git checkout -qb other && printf %s "{TEXT}" > {OTHER} && git add -A && git commit -qm b', opened.root
    )
    assert code == 0, said
    assert shell("git checkout -q main", opened.root)[0] == 0
    looks = opened.watch(stop=stop)
    next(looks)
    assert shell("git checkout -q other", opened.root)[0] == 0
    assert next(looks).compiled == BOTH
