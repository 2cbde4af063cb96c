"""A watch looks after each change and reports its effect; it misses none, and does not trigger itself."""

import shlex
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from threading import Event, Timer
from typing import Final, cast

import pytest

import varve
from tests.emit.repository import SEALED
from tests.pipeline.test_remembering import EDITS
from tests.workbench import ROOT, files, shell
from varve.api.compile.built import Built
from varve.api.effort import Effort
from varve.api.findings import Findings
from varve.api.repository import OpenRepository
from varve.api.watch import loop as watching
from varve.api.watch.watched import Watched
from varve.model.diagnostic import Report
from varve.model.unit import Unit
from varve.world.disk import transaction, watcher
from varve.world.package import digest
from varve.world.package.stamp import Stamp

SERVICE: Final = "tenants/acme/services/checkout.yaml"
TENANT: Final = "tenants/acme/tenant.yaml"
OTHER: Final = "tenants/acme/services/search.yaml"
TEXT: Final = "scrape: {app: {targets: ['search.acme.example:9090']}}\n"
BOTH: Final = (Unit("acme", "staging"), Unit("acme", "production"))
SECONDS: Final = 120

Change = Callable[[], str]
"""Changes a file, and tells which."""


class Counting:
    """An observer that counts the looks at the files, and calls a function when a stage is first entered."""

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
def simulate(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes the watch receive these changes, one after the other."""

    def tell(*changes: Change) -> None:
        def reported(root: Path, _stop: Event, *, artifacts: bool, index: Path) -> Iterator[frozenset[Path]]:
            assert (artifacts, index) == (True, root / ".git/index")
            yield frozenset()
            for change in changes:
                yield frozenset({Path(change())})

        monkeypatch.setattr(watcher, "changes", reported)

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
    """Reports a path at which nothing has changed."""
    return lambda: path


def lines(looks: Iterator[Watched]) -> list[str]:
    """The summaries of all looks but the first."""
    return [each.summary for each in looks if not each.first]


Simulate = Callable[..., None]


def test_the_first_look_has_the_summary_of_a_build(opened: OpenRepository, simulate: Simulate) -> None:
    simulate()
    (only,) = opened.watch()
    assert only.first
    assert only.result == opened.build()
    assert only.text() == opened.build().text()


def test_a_saved_file_is_built(opened: OpenRepository, simulate: Simulate) -> None:
    simulate(save(opened.root, OTHER, TEXT))
    first, second = opened.watch()
    assert (first.first, second.compiled) == (True, BOTH)
    assert isinstance(second.result, Built)
    assert "build/production/tenants/acme/scrape/search.yaml" in second.result.written
    count = len(second.result.written)
    assert second.summary == f"compiled acme/staging, acme/production; {count} written, 0 deleted"
    assert opened.check().sound


def test_a_change_without_effect_is_not_reported(opened: OpenRepository, simulate: Simulate) -> None:
    simulate(nothing("varve.yaml"), nothing("build/production/shared/prometheus.yaml"))
    assert not lines(opened.watch())


def test_a_change_that_compiles_to_the_same_is_reported(opened: OpenRepository, simulate: Simulate) -> None:
    text = (opened.root / SERVICE).read_text()
    simulate(save(opened.root, SERVICE, f"# Checkout.\n{text}"))
    assert lines(opened.watch()) == ["compiled acme/staging, acme/production; nothing to write"]


def test_diagnostics_come_and_go(opened: OpenRepository, simulate: Simulate) -> None:
    text = (opened.root / SERVICE).read_text()
    wrong = text.replace("severity: warning", "severity: waring")
    simulate(
        save(opened.root, SERVICE, wrong),
        save(opened.root, SERVICE, f"# Checkout.\n{wrong}"),
        save(opened.root, SERVICE, text),
    )
    _, broken, moved, mended = opened.watch()
    assert [each.rule.code for each in broken.new.diagnostics] == ["check/not-a-choice"]
    assert broken.text().endswith("nothing to write; 1 error remains\n")
    assert broken.text().startswith("error[check/not-a-choice]: `waring`")
    assert (moved.new.situated, moved.mended) == ((), ())
    assert moved.summary.endswith("; 1 error remains")
    assert mended.text().splitlines() == [
        f"fixed: error[check/not-a-choice]: `waring` is not one of critical, warning, info ({SERVICE})",
        mended.summary,
    ]
    assert "remain" not in mended.summary


def test_the_watch_goes_on_while_a_repository_cannot_be_opened(opened: OpenRepository, simulate: Simulate) -> None:
    text = (opened.root / "varve.yaml").read_text()
    simulate(save(opened.root, "varve.yaml", "layers: [\n"), save(opened.root, "varve.yaml", text))
    _, broken, mended = opened.watch()
    assert broken.summary == "nothing to write; 1 error remains"
    assert [each.rule.code for each in mended.mended] == ["read/syntax"]
    assert opened.check().sound


def test_an_artifact_edited_by_hand_is_restored(opened: OpenRepository, simulate: Simulate) -> None:
    before = files(opened.root / "build")
    simulate(save(opened.root, "build/production/shared/prometheus.yaml", "global: {}\n"))
    assert lines(opened.watch()) == ["1 written, 0 deleted"]
    assert files(opened.root / "build") == before


def test_translations_and_templates_are_sources_like_others(opened: OpenRepository, simulate: Simulate) -> None:
    pack = "templates/packs/http-service"
    shutil.copytree(ROOT / pack, opened.root / pack)
    words, template = (opened.root / pack / name for name in ("messages/fr.po", "rules.yaml.j2"))
    for path, line in ((SERVICE, "packs: {http-service: {}}\n"), (TENANT, "locale: fr_FR\n")):
        (opened.root / path).write_text((opened.root / path).read_text() + line)
    simulate(
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


def test_a_check_judges_everything_and_writes_nothing(opened: OpenRepository, simulate: Simulate) -> None:
    before = files(opened.root / "build")
    simulate(save(opened.root, OTHER, TEXT), remove(opened.root, OTHER))
    first, stale, sound = opened.watch(checks=True)
    assert first.summary == opened.check().summary
    assert {each.rule.code for each in stale.new.diagnostics} == {"write/missing-artifact", "write/stale-artifact"}
    assert stale.summary.startswith("compiled acme/staging, acme/production; ")
    assert len(sound.mended) == len(stale.new.diagnostics)
    assert sound.summary.endswith("build/ matches the sources")
    assert files(opened.root / "build") == before
    with pytest.raises(ValueError, match="checks cover everything"):
        opened.watch("production", checks=True)


def test_a_selection_is_built_and_nothing_else(opened: OpenRepository, simulate: Simulate) -> None:
    simulate(save(opened.root, OTHER, TEXT))
    _, saved = opened.watch("production")
    assert saved.compiled == (Unit("acme", "production"),)
    assert not (opened.root / "build/staging/tenants/acme/scrape/search.yaml").exists()


def test_a_failed_attempt_to_write_does_not_trigger_another(
    opened: OpenRepository, simulate: Simulate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bool:
        return False

    attempt = "build/production/tenants/acme/scrape"
    simulate(
        save(opened.root, OTHER, TEXT),
        *(nothing(attempt),) * 3,
        nothing("build/staging"),
        *(nothing(attempt),) * 3,
        nothing(SERVICE),
    )
    monkeypatch.setattr(transaction, "apply", refuse)
    counting = Counting()
    assert set(lines(opened.by(Effort(observer=counting)).watch())) <= {
        "compiled acme/staging, acme/production; nothing was written"
    }
    # The first look, the saved file, and each path under build/ once; then a source again.
    assert counting.looks == 5


def test_another_varve_is_waited_for(
    opened: OpenRepository, simulate: Simulate, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulate(save(opened.root, OTHER, TEXT))
    looks = opened.watch()
    assert next(looks).summary
    patient = transaction.lock
    with patient(opened.root, Report()) as held:
        assert held
        monkeypatch.setattr(transaction, "lock", partial(patient, patience=0))
        waiting = next(looks)
        assert waiting.is_locked
        assert [each.rule.code for each in waiting.new.diagnostics] == ["world/locked"]
    (done,) = looks
    assert [each.rule.code for each in done.mended] == ["world/locked"]
    assert done.compiled == BOTH
    assert opened.check().sound


class Patient(Event):
    """An event that calls a function when it is waited for."""

    def __init__(self, then: Callable[[], object]) -> None:
        super().__init__()
        self.waits, self._then = 0, then

    def wait(self, timeout: float | None = None) -> bool:
        """Do it, once a call."""
        assert timeout
        self.waits += 1
        self._then()
        return self.is_set()


def test_a_checkout_is_one_change(opened: OpenRepository, simulate: Simulate) -> None:
    lock = opened.root / ".git/index.lock"

    def come_to_an_end() -> None:
        (opened.root / OTHER).write_text(TEXT)
        lock.unlink()

    simulate(save(opened.root, ".git/index.lock", ""), nothing(OTHER))
    stop = Patient(come_to_an_end)
    looks = opened.watch(stop=stop)
    assert next(looks).first
    (only,) = looks
    assert stop.waits == 1
    assert only.compiled == BOTH
    assert opened.check().sound


def test_a_stale_lock_is_waited_for_once(
    opened: OpenRepository, simulate: Simulate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def once_more() -> str:
        monkeypatch.setattr(watching, "_PATIENCE", SECONDS)
        return save(opened.root, OTHER, TEXT)()

    monkeypatch.setattr(watching, "_PATIENCE", -1.0)
    (opened.root / ".git/index.lock").touch()
    simulate(once_more)
    stop = Patient(lambda: None)
    assert [each.compiled for each in opened.watch(stop=stop)][1:] == [BOTH]
    assert stop.waits == 0


@pytest.mark.parametrize(("line", "goes_on"), [("varve/pipeline.py", False), ("templates/a.po", True)])
def test_the_watch_ends_when_varve_itself_has_changed(
    line: str, opened: OpenRepository, simulate: Simulate, monkeypatch: pytest.MonkeyPatch, *, goes_on: bool
) -> None:
    def change() -> str:
        known = list(digest.lines())
        monkeypatch.setattr(digest, "lines", lambda: iter([*known, f"{'0' * 64}  {line}\n"]))
        monkeypatch.setattr(watching, "stamp", lambda: Stamp("another", 0))
        return save(opened.root, OTHER, TEXT)()

    simulate(change)
    assert bool(lines(opened.watch())) == goes_on


def test_an_unreported_change_is_built_later(opened: OpenRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    def reported(_root: Path, _stop: Event, **_asked: object) -> Iterator[frozenset[Path]]:
        yield frozenset()
        yield frozenset({Path(save(opened.root, SERVICE, (opened.root / SERVICE).read_text() + "\n")())})
        save(opened.root, OTHER, TEXT)()
        yield frozenset({Path(SERVICE)})
        yield frozenset()
        yield frozenset()

    monkeypatch.setattr(watcher, "changes", reported)
    counting = Counting()
    assert [each.compiled for each in opened.by(Effort(observer=counting)).watch()][1:] == [BOTH, BOTH]
    # The first look, both batches, the change found later, and its artifacts, which were not reported either.
    assert counting.looks == 5
    assert opened.check().sound


def test_an_interruption_leaves_nothing_behind(
    opened: OpenRepository, simulate: Simulate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        assert (opened.root / transaction.TEMPORARY).is_dir()
        raise KeyboardInterrupt

    simulate(save(opened.root, OTHER, TEXT))
    monkeypatch.setattr(transaction, "_move", interrupt)
    looks = opened.watch()
    next(looks)
    with pytest.raises(KeyboardInterrupt):
        next(looks)
    assert not (opened.root / transaction.TEMPORARY).exists()
    with transaction.lock(opened.root, Report(), patience=0) as lock:
        assert lock


PACK: Final = "templates/packs/http-service"


def put(root: Path, path: str, old: str, new: str) -> Change:
    """Replaces text in a file, without appending a line."""

    def change() -> str:
        text = (root / path).read_text()
        assert old in text
        return save(root, path, text.replace(old, new) if old else text + new)()

    return change


def by_command(root: Path, line: str, path: str) -> Change:
    """Changes something at a path with a line of shell."""

    def change() -> str:
        code, text = shell(line, root)
        assert code == 0, text
        return path

    return change


def edits(root: Path) -> Iterator[Change]:
    """All kinds of edits, each on the result of those before it."""
    artifact, policy, secret = (
        "build/production/shared/prometheus.yaml",
        "policies/named.yaml",
        "tenants/acme/secrets/slack.sops.yaml",
    )
    yield put(root, SERVICE, "", "packs: {http-service: {}}\n")
    yield by_command(root, f"mkdir -p templates/packs && cp -r {ROOT / PACK} {PACK}", "templates")
    yield put(root, f"{PACK}/rules.yaml.j2", "{{ pack.latency_for }}", "7m")
    yield put(root, f"{PACK}/messages/fr.po", "est lent", "est un escargot")
    yield put(root, TENANT, "", "locale: fr_FR\n")
    yield put(root, f"{PACK}/pack.yaml", "default: 5m", "default: 6m")
    yield put(root, "environments/defaults.yaml", "", "labels: {team: all}\n")
    yield save(root, "environments/tiers/gold.yaml", "labels: {support: gold}\n")
    yield save(root, policy, cast("str", EDITS["a policy"][policy]))
    yield put(root, policy, "size() > 1", "size() > 9")
    yield put(root, policy, "id: named", "id: other")
    yield remove(root, policy)
    yield save(root, secret, SEALED)
    yield put(root, secret, "token:", "taken:")
    yield put(root, "environments/production.yaml", "", "labels: {stage: last}\n")
    yield put(root, "environments/production.yaml", "labels: {", "labels: [{")
    yield put(root, "environments/production.yaml", "labels: [{", "labels: {")
    yield put(root, "varve.yaml", "[staging, production]", "[staging]")
    yield put(root, "varve.yaml", "[staging]", "[production, staging]")
    yield put(root, "varve.yaml", "priority: 10", "priority: 25")
    yield by_command(root, "mv tenants/umbra tenants/penumbra", "tenants")
    yield by_command(root, f"git mv {SERVICE} tenants/acme/services/till.yaml", "tenants/acme/services/till.yaml")
    yield by_command(root, "git add -A && git commit -qm Later", TENANT)
    yield by_command(root, "git checkout -q main~1", "tenants")
    yield by_command(root, "git checkout -q main", "tenants")
    yield remove(root, artifact)
    yield put(root, artifact, "", "# By hand.\n")
    yield by_command(root, "rm -r build/staging", "build")


def watched(opened: OpenRepository, simulate: Simulate, changes: Iterable[Change]) -> list[Watched]:
    """The results of changes; after each, everything must equal a build from scratch, byte for byte."""
    looks = list[Watched]()

    def judged(change: Change) -> Change:
        def judge_and_go_on() -> str:
            fresh = opened.by(Effort(cached=False)).check()
            assert _codes(looks[-1].findings) == _codes(fresh.findings)
            return change()

        return judge_and_go_on

    simulate(*map(judged, changes), judged(nothing(TENANT)))
    for look in opened.watch():
        looks.append(look)
    return looks


def _codes(found: Findings) -> list[tuple[str, str, str]]:
    return sorted((each.rule.code, each.message, each.place.file if each.place else "") for each in found.diagnostics)


def test_after_any_edits_the_watch_has_built_the_same_as_a_full_build(two: Path, simulate: Simulate) -> None:
    looks = watched(varve.open(two), simulate, edits(two))
    assert len(looks) > 20
    assert {code for each in looks for code, _, _ in _codes(each.findings)} >= {"policy/named", "read/syntax"}


def test_a_build_by_another_process_is_not_repeated(opened: OpenRepository, simulate: Simulate) -> None:
    def change(turn: int) -> Change:
        text = shlex.quote(f"scrape: {{app: {{targets: ['search-{turn}.acme.example:9090']}}}}")
        return by_command(opened.root, f"echo {text} > {OTHER} && {sys.executable} -m varve build", "build")

    assert [each.first for each in watched(opened, simulate, map(change, range(3)))] == [True]


@pytest.fixture
def stop() -> Iterator[Event]:
    """Ends a watch that waits for something that does not happen."""
    stop = Event()
    timer = Timer(SECONDS, stop.set)
    timer.start()
    yield stop
    stop.set()
    timer.cancel()


@pytest.mark.parametrize("stage", ["recall", "link", "write"])
def test_a_file_that_is_saved_during_a_build_is_built_next(stage: str, opened: OpenRepository, stop: Event) -> None:
    counting = Counting(stage, save(opened.root, OTHER, TEXT))
    looks = opened.by(Effort(cached=False, observer=counting)).watch(stop=stop)
    assert next(looks).first
    assert next(looks).compiled == BOTH
    assert (opened.root / "build/production/tenants/acme/scrape/search.yaml").is_file()


def test_varves_own_writes_do_not_trigger_builds(opened: OpenRepository) -> None:
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


def test_a_change_by_git_is_built(opened: OpenRepository, stop: Event) -> None:
    code, output = shell(
        f'git checkout -qb other && printf %s "{TEXT}" > {OTHER} && git add -A && git commit -qm b', opened.root
    )
    assert code == 0, output
    assert shell("git checkout -q main", opened.root)[0] == 0
    looks = opened.watch(stop=stop)
    next(looks)
    assert shell("git checkout -q other", opened.root)[0] == 0
    assert next(looks).compiled == BOTH


def test_a_change_of_the_index_alone_is_detected_later(opened: OpenRepository, stop: Event) -> None:
    stages = f"git rm -q --cached {SERVICE} && git update-index --index-info"
    id_ = shell(f"git rev-parse HEAD:{SERVICE}", opened.root)[1].strip()
    conflict = "".join(f"100644 {id_} {stage}\t{SERVICE}\n" for stage in (2, 3))
    looks = opened.watch(stop=stop)
    next(looks)
    assert shell(f"printf '{conflict}' | ({stages})", opened.root) == (0, "")
    assert [each.rule.code for each in next(looks).new.diagnostics] == ["world/conflict"]
    assert shell(f"git add {SERVICE}", opened.root) == (0, "")
    assert [each.rule.code for each in next(looks).mended] == ["world/conflict"]
