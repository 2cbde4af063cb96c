"""What units share is opened once, and is sound or broken as a whole."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.emit.repository import Changed, pack, repository
from tests.pipeline.remembered import Kept
from tests.pipeline.test_remembering import BETA, TWO
from varve.model.diagnostic import Report
from varve.model.snapshot import Snapshot
from varve.model.unit import Selection, Unit
from varve.pipeline import opening
from varve.pipeline.opening import Order, artifacts_by_unit, open_judged, open_repository, shared_paths


def test_a_broken_pack_or_setting_opens_nothing() -> None:
    for files in (pack("rules: []\n", properties="{a: 1}"), {"varve.yaml": "["}, {"policies/mine.yaml": "["}):
        report = Report()
        assert open_judged(repository(files), Order(), report) is None
        assert report.broken


NO_RULES = "rules: []\n"
CATALOGUE = 'msgid "no translation"\n'
MISFIT = "{a: {type: integer, default: x}}"
UNUSED: Mapping[str, tuple[Changed, str]] = {
    "parameters that are no schema": (pack(NO_RULES, properties="{a: {type: int}}"), "check/bad-pack-schema"),
    "a default that does not fit": (pack(NO_RULES, properties=MISFIT), "check/bad-pack-schema"),
    "an unknown key": (pack(NO_RULES, applies_to="service\nversoin: 1"), "check/unknown-key"),
    "a catalogue in an unsupported language": (
        {**pack(NO_RULES), "templates/packs/mine/messages/it.po": CATALOGUE},
        "read/bad-catalogue",
    ),
    "another text of a pack that varve ships": (
        pack(NO_RULES, name="host", properties=MISFIT),
        "check/bad-pack-schema",
    ),
    "another catalogue of a pack that varve ships": (
        {"templates/packs/host/messages/it.po": CATALOGUE},
        "read/bad-catalogue",
    ),
    "another catalogue of all packs": ({"templates/messages/it.po": CATALOGUE}, "read/bad-catalogue"),
}
"""Mistakes in a pack, or in its texts, that no unit uses."""


def _opens(snapshot: Snapshot) -> tuple[bool, list[str]]:
    report = Report()
    return open_repository(snapshot, report) is not None, [each.rule.code for each in report]


@pytest.mark.parametrize(("files", "code"), UNUSED.values(), ids=UNUSED)
def test_an_unused_pack_is_judged_unless_varve_ships_it(files: Changed, code: str) -> None:
    seen = repository(files)
    assert _opens(seen) == (False, [code])
    assert _opens(replace(seen, library=seen.library.union(files))) == (True, [])


def test_shipped_packs_are_sound() -> None:
    assert _opens(replace(repository({}), library=frozenset())) == (True, [])


def test_artifacts_belong_to_the_unit_in_whose_folder_they_lie() -> None:
    owned = {
        "build/dev/odd": Unit("", "dev"),
        "build/dev/shared/prometheus.yaml": Unit("", "dev"),
        "build/dev/tenants/acme-2/b.yaml": Unit("acme-2", "dev"),
        "build/dev/tenants/acme.yaml": Unit("", "dev"),
        "build/dev/tenants/acme/b.yaml": Unit("acme", "dev"),
        "build/dev/tenants/acme/rules/a.yaml": Unit("acme", "dev"),
        "build/dev/tenants/acme0/b.yaml": Unit("acme0", "dev"),
        "build/prod/tenants/acme/b.yaml": Unit("acme", "prod"),
    }
    found = artifacts_by_unit(repository(dict.fromkeys(reversed(owned), "")))
    assert found == {unit: [path for path, each in owned.items() if each == unit] for unit in owned.values()}


@pytest.mark.parametrize("key", ["compliance", '"compl\\x69ance"'])
def test_only_the_frameworks_of_selected_tenants_are_read(key: str) -> None:
    claims = {**TWO, BETA: TWO[BETA].replace("owners", f"{key}: [soc2], owners")}
    claimed = {}
    for tenant in (None, "acme", "beta"):
        opened = open_judged(repository(claims), Order(Selection(tenant=tenant)), Report())
        assert opened is not None
        assert opened.bench is not None
        claimed[tenant] = opened.bench.held.claimed
    assert claimed == {None: ("soc2",), "acme": (), "beta": ("soc2",)}


def test_frameworks_are_remembered_for_groups_of_tenants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_GROUP_SIZE", 2)
    four = {**TWO, **{BETA.replace("beta", each): TWO[BETA] for each in ("gamma", "zeta")}}
    memory = Kept()
    assert _claimed(four, memory) == ((), ["claims from acme on", "claims from gamma on"])
    assert _claimed(four, memory) == ((), [])
    claims = {**four, BETA: TWO[BETA].replace("owners", "compliance: [soc2], owners")}
    assert _claimed(claims, memory) == (("soc2",), ["claims from acme on"])
    assert _claimed({**claims, BETA: four[BETA]}, memory) == ((), [])
    less = {path: text for path, text in four.items() if "gamma" not in path}
    assert _claimed(less, memory) == ((), ["claims from zeta on"])


def _claimed(files: Mapping[str, str], memory: Kept) -> tuple[tuple[str, ...], list[str]]:
    """The frameworks of all tenants, and the names of the verdicts that had to be learnt."""
    opened = open_judged(repository(files), Order(memory=memory), Report())
    assert opened is not None
    assert opened.bench is not None
    memory.keep(opened.ledger.learnt)
    return opened.bench.held.claimed, [each.name for each in opened.ledger.learnt]


def test_verdicts_depend_on_settings_templates_policies_and_their_origin() -> None:
    def digest_of(files: Changed) -> str:
        opened = open_judged(repository(files), Order(), Report())
        assert opened is not None
        return opened.ledger.shared

    first = digest_of({})
    assert digest_of({"tenants/acme/services/new.yaml": "{}\n"}) == first
    main = "templates/prometheus/prometheus.yaml.j2"
    text = repository({}).source(main).data.decode()
    settings = repository({}).source("varve.yaml").data.decode()
    others: tuple[Changed, ...] = ({main: text}, {main: text + "{# ours #}"}, {"varve.yaml": settings + "# ours\n"})
    assert len({first, *map(digest_of, others)}) == len(others) + 1
    assert set(shared_paths(repository({}))) >= {"varve.yaml", main}


def test_only_a_compile_has_a_bench() -> None:
    opened = open_repository(repository({}), Report())
    assert opened is not None
    assert (opened.bench, opened.ledger.shared) == (None, "")
