"""Which layer was meant is found by its folder; which tenant keeps its artifacts, by the layer's path."""

from collections.abc import Mapping

from tests.workbench import snapshot
from varve.check.source.misplaced import refuse
from varve.model.diagnostic import Diagnostic, Report
from varve.model.settings import LayerSettings, Settings
from varve.read.reading import reading

NOTHING: Mapping[str, frozenset[str]] = {}


def refused(
    path: str, *unread: str, lost: Mapping[str, frozenset[str]] = NOTHING, optional: bool = False, read: str = ""
) -> tuple[frozenset[str], list[Diagnostic]]:
    report = Report()
    layer = LayerSettings("layer", 0, "tenant", path, "services.%{file.stem}", optional=optional)
    view = reading(snapshot(dict.fromkeys([*unread, *filter(None, [read])], b"")), report)
    kept = refuse(unread, lost, Settings(("production",), (layer,), {}), view, report)
    return kept, list(report)


def test_each_tenant_with_such_files_is_kept() -> None:
    files = [f"tenants/{each}/services/shop.yaml" for each in ("acme", "beta")]
    kept, (found,) = refused("tenants/%{tenant.id}/service/*", *files)
    assert kept == {"acme", "beta"}
    assert found.hint.startswith("did you mean `tenants/%{tenant.id}/services/*`?")
    assert [note.place.file for note in found.notes if note.place] == files


def test_a_layer_that_reads_a_file_is_not_idle() -> None:
    files = "tenants/acme/services/shop.yaml", "tenants/beta/service/shop.yaml"
    assert refused("tenants/%{tenant.id}/service/*", files[0], read=files[1]) == (frozenset(), [])


def test_all_tenants_are_kept_for_a_layer_that_depends_on_none() -> None:
    assert refused("environments/tires/%{tenant.tier}", "environments/tiers/gold.yaml", optional=True)[0] == {""}
    assert refused("environments/tires/%{tenant.tier}", "environments/tiers/gold.yaml")[0] == frozenset()


def test_a_platforms_file_of_one_tenant_keeps_that_one() -> None:
    kept, _ = refused("environments/tenant/%{tenant.id}", "environments/tenants/acme.yaml", optional=True)
    assert kept == {"acme"}


def test_a_folder_with_quite_another_name_is_meant_only_if_it_was_read() -> None:
    file, path = "tenants/acme/services/shop.yaml", "tenants/%{tenant.id}/apps/*"
    assert refused(path, file) == (frozenset(), [])
    kept, (found,) = refused(path, file, lost={"acme": frozenset({"shop"})})
    assert (set(kept), found.rule.code) == ({"acme"}, "check/idle-layer")


def test_files_that_no_layer_explains_are_reported_once_for_each_tenant() -> None:
    names = [f"a{number}" for number in range(7)]
    files = [f"tenants/acme/old/v1/{each}.yaml" for each in names]
    kept, (found,) = refused("tenants/%{tenant.id}/services/*", *files, lost={"acme": frozenset(names)})
    assert (set(kept), found.rule.code) == ({"acme"}, "check/misplaced-source")
    assert [note.message for note in found.notes][-1] == "and of 2 more"
    assert refused("tenants/%{tenant.id}/services/*", *files, lost={"beta": frozenset(names)})[1] == []
