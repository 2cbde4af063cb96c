"""A cluster gives the same results as this machine; every problem with the cluster is one diagnostic."""

import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import varve
from tests.workbench import ROOT, begin, deterministic, files, shell
from tests.world.executor.cluster import Cluster, cluster
from varve import Effort
from varve.api.findings import Findings
from varve.api.repository import OpenRepository
from varve.model.progress import NO_OBSERVER, Observer
from varve.model.unit import Unit
from varve.world.executor import distributed

TENANTS = 12


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a dozen tenants, one of them broken and one with a warning, whose artifacts are of before."""
    folder = tmp_path_factory.mktemp("cluster") / "repository"
    with pytest.MonkeyPatch.context() as patch:
        deterministic(patch)
        begin(folder)
        for number in range(TENANTS):
            own = folder / f"tenants/t{number:02}"
            shutil.copytree(folder / "tenants/acme", own)
            (own / "tenant.yaml").write_text((own / "tenant.yaml").read_text().replace("ACME", f"T{number}"))
        (folder / "tenants/t03/stray.yaml").write_text("nobody: reads it\n")
        service = folder / "tenants/t05/services/checkout.yaml"
        service.write_text(service.read_text().replace("severity: warning", "severity: waring"))
        _git(folder, "git add -A && git commit -qm Tenants")
    return folder


def _git(folder: Path, line: str) -> None:
    code, output = shell(line, folder)
    assert code == 0, output


def _clone(repository: Path, folder: Path, *names: str) -> None:
    folder.mkdir(exist_ok=True)
    for name in names:
        _git(folder, f"git clone -q '{repository}' {name}")


@pytest.fixture(autouse=True)
def _alike(monkeypatch: pytest.MonkeyPatch) -> None:
    deterministic(monkeypatch)


@pytest.fixture
def here(committed: Path, tmp_path: Path) -> Path:
    """A clone in which somebody builds."""
    _clone(committed, tmp_path, "here")
    return tmp_path / "here"


@pytest.fixture(scope="module")
def pair(committed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler with two workers, one in its clone and one that is told where its clone is."""
    folder = tmp_path_factory.mktemp("pair")
    with pytest.MonkeyPatch.context() as patch:
        deterministic(patch)
        _clone(committed, folder, "one", "clone")
        (folder / "two").mkdir()
        with cluster(folder) as made:
            made.work("one")
            made.work("two", VARVE_CLONE=str(folder / "clone"))
            yield made


@pytest.fixture
def clones(committed: Path, tmp_path: Path) -> Path:
    """A folder with clones for two workers."""
    _clone(committed, tmp_path / "cluster", "one", "two")
    return tmp_path / "cluster"


def _by(repository: Path, executor: str, observer: Observer = NO_OBSERVER) -> OpenRepository:
    return varve.open(repository).by(Effort(cached=False, executor=executor, observer=observer))


def _here(repository: Path) -> OpenRepository:
    return varve.open(repository).by(Effort(cached=False))


def _codes(findings: Findings) -> list[tuple[str, str]]:
    return [(each.rule.code, each.message) for each in findings.diagnostics]


class Once:
    """Does something when the first unit is done."""

    def __init__(self, what: Callable[[], object]) -> None:
        self._what: Callable[[], object] | None = what

    def begin(self, count: int) -> None:
        """So many."""

    def entered(self, stage: str) -> None:
        """Another stage."""

    def finished(self, unit: Unit, *, remembered: bool) -> None:
        """One unit."""
        assert not remembered, unit
        what, self._what = self._what, None
        if what:
            what()


def test_a_cluster_gives_the_same_artifacts_and_output_as_this_machine(pair: Cluster, here: Path) -> None:
    built = _by(here, pair.executor).build()
    made = files(here / "build")
    _git(here, "git checkout -q . && git clean -fdq build")
    mine = _here(here).build()
    assert (built, made) == (mine, files(here / "build"))
    assert built.findings.text() == mine.findings.text()
    assert {code for code, _ in _codes(built.findings)} == {"check/not-a-choice", "read/unread-file"}
    assert len(built.written) > TENANTS
    # What is built need not be committed, and a verdict that a worker found is one like any other.
    assert varve.open(here).by(Effort(executor=pair.executor)).build().unchanged == varve.open(here).build().unchanged


@pytest.mark.parametrize(
    "ask",
    [
        lambda by: by.check(staged=True),
        lambda by: by.check(trust_base="HEAD~1"),
        lambda by: by.affected("HEAD~1"),
        lambda by: by.build(revision="HEAD~1"),
    ],
    ids=[
        "of what is staged",
        "of a change",
        "what is affected",
        "built of a commit",
    ],
)
def test_every_command_gives_the_same_result_on_a_cluster(
    pair: Cluster, here: Path, ask: Callable[[OpenRepository], object]
) -> None:
    there = ask(_by(here, pair.executor))
    _git(here, "git checkout -q . && git clean -fdq build")
    assert there == ask(_here(here))


def test_workers_without_the_commit_are_named_in_one_diagnostic(pair: Cluster, here: Path) -> None:
    (here / "tenants/t01/services/checkout.yaml").unlink()
    _git(here, "git commit -qam New")
    checked = _by(here, pair.executor).check()
    (finding,) = checked.diagnostics
    assert finding.rule.code == "world/unfit-worker"
    assert finding.message.startswith("the worker `one` cannot read the commit: unknown commit `")
    assert [note.message.split(" cannot")[0] for note in finding.notes] == ["`two`"]


def test_unfit_workers_are_refused_and_the_work_of_a_killed_one_is_repeated(
    clones: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in {"_TRANSFER_SECONDS": 2.0, "_NO_WORKER_SECONDS": 0.1}.items():
        monkeypatch.setattr(distributed, name, seconds)
    monkeypatch.setattr(distributed, "_AHEAD", TENANTS)
    mine = _here(here).check()
    with cluster(clones) as made:
        nobody = _by(here, made.executor).check()
        assert _codes(nobody.findings) == [("world/no-executor", "the scheduler has no workers")]
        shutil.copytree(ROOT / "compiler", clones / "compiler", ignore=shutil.ignore_patterns("__pycache__"))
        (clones / "compiler/varve/model/__init__.py").write_text('"""Others."""\n')
        made.work("one", PYTHONPATH=str(clones / "compiler"))
        words = "the worker `one` has a different varve, or different libraries"
        assert _codes(_by(here, made.executor).check().findings) == [("world/unfit-worker", words)]
        made.kill("one")
        made.work("one", "two")
        assert _by(here, made.executor, Once(lambda: made.kill("two"))).check() == mine
        lost = _by(here, made.executor, Once(lambda: made.kill("one"))).build()
        assert _codes(lost.findings) == [("world/worker-lost", "no worker is left")]
        assert not lost.done
    _git(here, "git diff --exit-code")


def test_a_scheduler_that_gives_up_or_ends_is_one_diagnostic(
    clones: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in {"_TRANSFER_SECONDS": 2.0, "_NO_WORKER_SECONDS": 0.1}.items():
        monkeypatch.setattr(distributed, name, seconds)
    monkeypatch.setattr(distributed, "_AHEAD", TENANTS)  # whoever is killed has something to do
    with cluster(clones, failures=0) as made:
        made.work("one")
        given_up = _by(here, made.executor, Once(lambda: made.kill("one"))).check()
        # What it was doing is given up; what it had not yet handed over nobody is there to do again.
        words = ("a worker that compiled units was killed, and so was each replacement", "no worker is left")
        assert _codes(given_up.findings) in [[("world/worker-lost", each)] for each in words]
        made.work("two")

        def kill_scheduler() -> None:
            # Not before, because a scheduler on a busy machine may need longer to answer.
            monkeypatch.setattr(distributed, "_ANSWER_SECONDS", 1.0)
            made.kill("scheduler")

        gone = _by(here, made.executor, Once(kill_scheduler)).check()
        assert _codes(gone.findings) == [("world/worker-lost", "the scheduler no longer answers")]
        nobody = _by(here, made.executor).check()
        assert _codes(nobody.findings) == [("world/no-executor", f"no scheduler answers at `{made.address}`")]


@pytest.mark.parametrize("address", ["smoke://here:8786", "dask://here", "here:8786", "dask://here:8786/more", ""])
def test_an_invalid_address_is_refused(address: str, here: Path) -> None:
    assert _codes(_by(here, address).check().findings) == [
        ("world/no-executor", f"`{address}` is not the address of a scheduler")
    ]


def test_a_missing_library_is_reported(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert _codes(_by(here, "dask://127.0.0.1:1").check().findings) == [
        ("world/no-executor", "the library `distributed` is missing")
    ]


def test_missing_tls_keys_are_reported(here: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tls://127.0.0.1:{server.getsockname()[1]}"
        assert _codes(_by(here, address).check().findings) == [
            ("world/no-executor", f"no scheduler answers at `{address}`")
        ]
