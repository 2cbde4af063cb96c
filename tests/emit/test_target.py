"""The targets: each is one that the platform can name, and they never meet in one path."""

from typing import Final

from tests.emit.alertmanager.telling import telling
from tests.emit.repository import ACME, task
from varve.check import kind
from varve.emit.target import TARGETS

GRAFANA: Final = (
    '{url: "https://grafana.example", dashboards: /var/lib/dashboards, '
    'datasources: {logical: {url: "https://prometheus.example"}}}'
)
ALL: Final = '{prometheus: {version: "3.5"}, alertmanager: {version: "0.34"}, grafana: {version: "13.0"}}'


def test_every_target_is_one_that_the_platform_can_name() -> None:
    assert kind.written("platform")["properties"]["targets"]["properties"].keys() == TARGETS.keys()  # type: ignore[index, call-overload, union-attr]


def test_targets_emit_below_the_folder_of_the_unit_and_each_into_files_of_its_own() -> None:
    production = {"environments/production.yaml": f"platform: {{targets: {ALL}}}\n"}
    made = task({**telling(more={"grafana": GRAFANA}), **production})
    paths = {name: {artifact.path for each in those for artifact in each.emit(made)} for name, those in TARGETS.items()}
    assert not list(made.report)
    assert all(path.startswith(f"{ACME}/") for those in paths.values() for path in those)
    assert all(paths.values())
    assert len(set().union(*paths.values())) == sum(map(len, paths.values()))
