"""The main file of a Prometheus: the shared one of an environment, or a strict tenant's own."""

from collections.abc import Iterator, Sequence
from typing import Final, cast

from varve.language import canonical
from varve.language.version import Version
from varve.link import grafana, heartbeat
from varve.link.linking import Linking, Member
from varve.link.remote_write import ServerTenants, entries
from varve.model.artifact import Artifact
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.resolve.heartbeat import FILE, Heartbeat
from varve.resolve.heartbeat import heartbeat as heartbeat_of
from varve.resolve.platform import prometheus_version, strict
from varve.resolve.replica import expands, external_labels, replica
from varve.resolve.store import stores

SCRAPE_FILES_SINCE: Final = Version(2, 43)
"""The first Prometheus with `scrape_config_files`; for an older one, the jobs are in the main file."""

_TEMPLATE: Final = "templates/prometheus/prometheus.yaml.j2"


def link(linking: Linking) -> Iterator[Artifact]:
    """The main file of the shared Prometheus, and one for each strict tenant that was built now.

    If the platform sets a heartbeat, its rule file is made too, and each main file loads it first.
    """
    platform = linking.environment.platform
    sharing = [member for member in linking.members if not member.strict]
    yield from heartbeat.link(linking)
    labels = _external_labels(linking.environment)
    yield _main(linking, linking.folder, {**platform, **labels}, sharing, heartbeat_of(linking.environment))
    for member in linking.members:
        if member.strict and member.fresh:
            folder = f"build/{linking.environment.name}/tenants/{member.tenant}"
            settings = strict(linking.environment, member.tenant)
            alertmanagers = {key: each for key, each in settings.items() if key == "alertmanagers"}
            labels = _external_labels(linking.environment, member.tenant)
            beat = heartbeat_of(linking.environment, member.tenant)
            yield _main(linking, folder, {**platform, **alertmanagers, **labels}, [member], beat)


def _main(linking: Linking, folder: str, platform: Map, members: Sequence[Member], beat: Heartbeat | None) -> Artifact:
    paths = sorted(path for member in members for path in member.files)
    heartbeat_rules = [f"{linking.folder}/{FILE}"] if beat else []
    rules = [*heartbeat_rules, *(path for path in paths if _is_in("rules", path))]
    scrapes = [path for path in paths if _is_in("scrape", path)]
    inline = prometheus_version(linking.environment) < SCRAPE_FILES_SINCE
    context: Map = {
        "environment": linking.environment.name,
        "platform": platform,
        "rule_files": [relpath(path, folder) for path in rules],
        "scrape_config_files": None if inline else [relpath(path, folder) for path in scrapes],
        "scrape_configs": [job for path in scrapes for job in _jobs(linking, path)] if inline else None,
        "remote_write": entries(linking.environment, _server_tenants(linking, members)),
    }
    value = linking.render(_TEMPLATE, context, None)
    return Artifact(f"{folder}/prometheus.yaml", canonical.yaml(value, linking.header))


def relpath(path: str, folder: str) -> str:
    """The relative path of a file from a folder; both arguments are relative to the repository's root."""
    to, start = path.split("/"), folder.split("/")
    common = next((index for index, step in enumerate(start) if step != to[index]), len(start))
    return "/".join((*[".."] * (len(start) - common), *to[common:]))


def _is_in(kind: str, path: str) -> bool:
    """Whether an artifact is in the folder `kind` of its tenant; folders further up may have that name too."""
    return path.split("/")[4:5] == [kind]


def _external_labels(environment: Environment, tenant: str | None = None) -> Map:
    """The external labels, with `$` doubled for a Prometheus that would expand it as a variable.

    The replica's label is meant to be expanded, so its `$` is not doubled.
    """
    found, replica_label = external_labels(environment, tenant), replica(environment)
    escaped = {label: text.replace("$", "$$") for label, text in found.items()} if expands(environment) else found
    labels: Map = {**escaped, **({replica_label.label: replica_label.value} if replica_label else {})}
    return {"external_labels": labels} if labels else {}


def _jobs(linking: Linking, path: str) -> list[Value]:
    """The jobs of a scrape file; none if it cannot be parsed, which is then reported."""
    value = linking.read(path)
    return cast("list[Value]", value.get("scrape_configs") or []) if isinstance(value, dict) else []


def _server_tenants(linking: Linking, members: Sequence[Member]) -> ServerTenants:
    """The tenants with series in a server; a strict one, alone in its server, counts as partial too."""
    needed = any(each.partial for each in stores(linking.environment))
    present = [each for each in members if each.files]
    partial = [each for each in present if needed and (each.strict or grafana.is_partial(linking, each))]
    ids = (sorted(each.tenant for each in those) for those in (present, partial))
    return ServerTenants(*map(tuple, ids))
