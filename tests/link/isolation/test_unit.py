"""The proof of a tenant reads only its own files, the platform's frame and the environment, and is plain data."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.link.isolation.confined import TENANTS, environment, proven, values
from varve.emit.alertmanager import frame
from varve.language.grafana.uid import uid
from varve.link import isolation
from varve.link.isolation import names
from varve.link.isolation.evidence import Contribution, TenantProof
from varve.link.isolation.unit import facts, prove
from varve.link.linking import Linking, Member
from varve.model.artifact import Proven
from varve.model.diagnostic import Report
from varve.model.source import Map, Value


def contribution(tenant: str, files: Mapping[str, Value], platform: Map | None = None) -> Contribution:
    folder = f"build/production/tenants/{tenant}/"
    paths = sorted(path for path in files if path.startswith(folder) and path != f"{folder}prometheus.yaml")
    member = Member(tenant, TENANTS[tenant] == "strict", fresh=True, files=tuple(paths))
    return Contribution(member, environment(), frame(environment()) if platform is None else platform)


def read(tenant: str) -> dict[str, Value]:
    """The files of one tenant; reading another's raises an error."""
    return {path: each for path, each in values().items() if path.startswith(f"build/production/tenants/{tenant}/")}


@pytest.mark.parametrize("tenant", TENANTS)
def test_a_tenant_is_proven_by_its_own_files_alone(tenant: str) -> None:
    found, breaches = prove(contribution(tenant, values()), read(tenant).__getitem__)
    assert breaches == ()
    assert min(found.proven) > 0


def test_what_is_proven_of_all_is_the_sum_of_what_is_proven_of_each() -> None:
    each = isolation.total(prove(contribution(tenant, values()), values().get)[0].proven for tenant in TENANTS)
    whole = proven().proven
    assert each == whole._replace(rules=whole.rules - 1, routes=whole.routes - 1, alerts=whole.alerts - 1)  # heartbeat


def test_what_is_proven_can_be_kept_as_plain_data() -> None:
    found, _ = prove(contribution("acme", values()), values().get)
    counts, taken = json.loads(json.dumps(found))
    assert TenantProof(Proven(*counts), tuple(map(tuple, taken))) == found


def test_only_names_that_could_be_anothers_are_kept() -> None:
    found, _ = prove(contribution("acme", values()), values().get)
    assert {kind for kind, _ in found.names} == {"uid"}
    assert ("uid", uid("production", "acme", "raw", "traffic")) in found.names


def test_without_an_alertmanager_no_alert_is_routed() -> None:
    no_frame: Map = {}
    found = {
        tenant: prove(contribution(tenant, values(), no_frame), values().get)[0].proven for tenant in ("acme", "crew")
    }
    assert {(each.routes, each.alerts) for each in found.values()} == {(0, 0)}


def test_alerts_of_a_tenant_without_routes_end_at_the_platform() -> None:
    files = {path: each for path, each in values().items() if not path.endswith("acme/alertmanager.yaml")}
    found, breaches = prove(contribution("acme", files), files.__getitem__)
    assert (breaches, found.proven.alerts > 0) == ((), True)


def test_alerts_that_the_frame_misroutes_are_reported() -> None:
    misrouting: Any = {**frame(environment()), "route": {"receiver": "bank/team"}}
    files = {path: each for path, each in values().items() if not path.endswith("acme/alertmanager.yaml")}
    found, breaches = prove(contribution("acme", files, misrouting), files.__getitem__)
    assert found == TenantProof()
    assert {path for path, _ in breaches} == {"build/production/tenants/acme/alertmanager.yaml"}
    assert all("reaches the receiver `bank/team`" in breach.message for _, breach in breaches)


def test_a_name_of_two_tenants_is_reported_at_the_later_one() -> None:
    every = [contribution(tenant, values()) for tenant in TENANTS]
    taken = ("uid", uid("production", "crew", "raw", "traffic"))
    known = {each.member.tenant: prove(each, values().get)[0] for each in every}
    known["acme"] = known["acme"]._replace(names=(taken,))
    report = Report()
    members = tuple(each.member for each in every)
    linking = Linking(environment(), members, lambda *_: {}, values().get, every[0].frame, report)
    isolation.prove_members(linking, known)
    assert [(each.message, each.place and each.place.file) for each in report] == [
        (f"the uid `{taken[1]}` occurs twice", "build/production/tenants/crew/dashboards/raw/traffic.json")
    ]
    assert list(names.colliding_names(known)) == [("crew", {taken})]


def test_the_proof_of_a_file_depends_on_the_environment_by_its_facts() -> None:
    assert facts(environment()) == ("production", "/run/secrets/varve", frozenset(), None)
