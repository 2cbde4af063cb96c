"""The main file of a Prometheus: the shared one of an environment, or a strict tenant's own."""

from collections.abc import Iterator, Sequence
from typing import Final, cast

from varve.language import canonical
from varve.language.version import Version
from varve.link import grafana, heartbeat
from varve.link.linking import Linking, Member
from varve.link.sending import Whose, entries
from varve.model.artifact import Artifact
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.resolve.heartbeat import FILE, Heartbeat
from varve.resolve.heartbeat import heartbeat as beats
from varve.resolve.platform import prometheus_version, strict
from varve.resolve.replica import expands, external_labels, replica
from varve.resolve.store import stores

SCRAPE_FILES_SINCE: Final = Version(2, 43)
"""The first Prometheus with `scrape_config_files`; an older one gets its jobs inside the main file."""

_TEMPLATE: Final = "templates/prometheus/prometheus.yaml.j2"


def link(linking: Linking) -> Iterator[Artifact]:
    """The environment's Prometheus over all who share it, and one for each strict tenant that was built now.

    Where the platform says a heartbeat, its rule is the first that each of them loads.
    """
    platform = linking.environment.platform
    sharing = [member for member in linking.members if not member.strict]
    yield from heartbeat.link(linking)
    said = _external_labels(linking.environment)
    yield _main(linking, linking.folder, {**platform, **said}, sharing, beats(linking.environment))
    for member in linking.members:
        if member.strict and member.fresh:
            folder = f"build/{linking.environment.name}/tenants/{member.tenant}"
            own = strict(linking.environment, member.tenant)
            heard = {key: each for key, each in own.items() if key == "alertmanagers"}
            said = _external_labels(linking.environment, member.tenant)
            beat = beats(linking.environment, member.tenant)
            yield _main(linking, folder, {**platform, **heard, **said}, [member], beat)


def _main(linking: Linking, folder: str, platform: Map, members: Sequence[Member], said: Heartbeat | None) -> Artifact:
    paths = sorted(path for member in members for path in member.files)
    always = [f"{linking.folder}/{FILE}"] if said else []
    rules = [*always, *(path for path in paths if _is_in("rules", path))]
    scrapes = [path for path in paths if _is_in("scrape", path)]
    inline = prometheus_version(linking.environment) < SCRAPE_FILES_SINCE
    context: Map = {
        "environment": linking.environment.name,
        "platform": platform,
        "rule_files": [relpath(path, folder) for path in rules],
        "scrape_config_files": None if inline else [relpath(path, folder) for path in scrapes],
        "scrape_configs": [job for path in scrapes for job in _jobs(linking, path)] if inline else None,
        "remote_write": entries(linking.environment, _whose(linking, members)),
    }
    value = linking.render(_TEMPLATE, context, None)
    return Artifact(f"{folder}/prometheus.yaml", canonical.yaml(value, linking.header))


def relpath(path: str, folder: str) -> str:
    """The way to a file from a folder, both from the repository's root."""
    to, start = path.split("/"), folder.split("/")
    same = next((index for index, step in enumerate(start) if step != to[index]), len(start))
    return "/".join((*[".."] * (len(start) - same), *to[same:]))


def _is_in(kind: str, path: str) -> bool:
    """Whether an artifact lies in this folder of its tenant; the folders above may have any name, even this one."""
    return path.split("/")[4:5] == [kind]


def _external_labels(environment: Environment, tenant: str | None = None) -> Map:
    """The external labels, with a second `$` beside each where Prometheus would take it for the name of a variable.

    Only the label of the replica has a variable, and for that the sign is left as it is.
    """
    said, own = external_labels(environment, tenant), replica(environment)
    kept = {label: text.replace("$", "$$") for label, text in said.items()} if expands(environment) else said
    labels: Map = {**kept, **({own.label: own.value} if own else {})}
    return {"external_labels": labels} if labels else {}


def _jobs(linking: Linking, path: str) -> list[Value]:
    """The jobs of a scrape file; none where it cannot be read, which is reported then."""
    value = linking.read(path)
    return cast("list[Value]", value.get("scrape_configs") or []) if isinstance(value, dict) else []


def _whose(linking: Linking, members: Sequence[Member]) -> Whose:
    """The tenants who have series in a server; a strict one's own has nobody else's, so it is told apart anyway."""
    asked = any(each.partial for each in stores(linking.environment))
    bringing = [each for each in members if each.files]
    partial = [each for each in bringing if asked and (each.strict or grafana.is_partial(linking, each))]
    said = (sorted(each.tenant for each in those) for those in (bringing, partial))
    return Whose(*map(tuple, said))
