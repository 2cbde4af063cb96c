"""Parts that are compiled elsewhere, from the sources alone, have the same outcomes as in the compile itself."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tests.emit.repository import repository
from tests.pipeline.remembered import given
from tests.pipeline.test_remembering import TWO
from varve import pipeline
from varve.model.diagnostic import Report
from varve.model.snapshot import Snapshot
from varve.model.unit import Selection
from varve.pipeline import Means
from varve.pipeline.environment import judged_environment
from varve.pipeline.opening import Order, open_judged
from varve.pipeline.outcome import Outcome
from varve.pipeline.part import Part, compile_part, part_compiler

BROKEN = {"tenants/acme/services/checkout.yaml": "onwer: payments\n"}
EXISTING = {"build/production/tenants/acme/prometheus.yaml": "{}\n"}


def _bare(seen: Snapshot) -> Snapshot:
    """The same sources without any artifacts."""
    return replace(seen, entries={path: each for path, each in seen.entries.items() if not path.startswith("build/")})


def _compiled_elsewhere(seen: Snapshot, selection: Selection, received: list[Part]) -> Means:
    def spread(_: Callable[[Part], list[Outcome]], parts: Sequence[Part]) -> Iterator[list[Outcome]]:
        work = part_compiler(_bare(seen), Order(selection))
        assert work is not None
        received.extend(parts)
        yield from map(work, parts)

    return Means(executor=spread)


def test_parts_compiled_elsewhere_are_the_same_and_broken_units_keep_local_artifacts() -> None:
    for files in (TWO, TWO | BROKEN, TWO | BROKEN | EXISTING):
        for selection in (Selection(), Selection("production", "acme")):
            seen, received = repository(files), list[Part]()
            elsewhere = pipeline.compile(seen, selection, _compiled_elsewhere(seen, selection, received))
            here = pipeline.compile(seen, selection)
            assert (given(elsewhere), elsewhere.artifacts) == (given(here), here.artifacts)
            environments = (selection.environment,) if selection.environment else ("staging", "production")
            assert {tuple(sorted(each.environments)) for each in received} == {tuple(sorted(environments))}


def test_nothing_is_compiled_of_a_broken_repository() -> None:
    assert part_compiler(repository({"varve.yaml": "["}), Order()) is None


def test_a_tenants_own_files_are_forgotten_when_its_units_are_compiled() -> None:
    opened = open_judged(repository(TWO), Order(), Report())
    assert opened is not None
    ground = judged_environment(opened, "production", Report()).ground
    assert ground is not None
    first = compile_part(opened, [ground], Part("acme", ("production",)))
    read = {path for path in opened.reading._documents if path.startswith("tenants/")}  # noqa: SLF001 - the cached documents
    assert not any(path.startswith("tenants/acme/") for path in read)
    assert compile_part(opened, [ground], Part("acme", ("production",))) == first
