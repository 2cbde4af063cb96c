"""Every target that the platform can name is linked, and each link writes its own files."""

from tests.emit.alertmanager.notifying import notifying
from tests.emit.repository import sound
from tests.emit.test_target import ALL, GRAFANA
from varve.emit.target import TARGETS
from varve.link.link import LINKS


def test_every_target_is_linked() -> None:
    assert LINKS.keys() == TARGETS.keys()


def test_an_environment_has_shared_files_only_of_its_own_targets() -> None:
    platform = f"platform: {{targets: {ALL}}}\n"
    made = sound({**notifying(more={"grafana": GRAFANA}), "environments/production.yaml": platform})
    shared = sorted(path.partition("/shared/")[2] for path in made.artifacts if "build/production/shared/" in path)
    assert [name for name in shared if not name.endswith(".tmpl")] == [
        "alertmanager.yaml",
        "grafana/dashboards.yaml",
        "grafana/datasources.yaml",
        "prometheus.yaml",
    ]
    assert not any("/staging/shared/grafana/" in path for path in made.artifacts)
