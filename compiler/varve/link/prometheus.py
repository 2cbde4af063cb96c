"""The main file of a Prometheus: the shared one of an environment, or a strict tenant's own."""

from collections.abc import Iterable, Iterator
from typing import Final, cast

from varve.language import canonical
from varve.language.version import Version
from varve.link import heartbeat
from varve.link.linking import Linking
from varve.model.artifact import Artifact
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.resolve.heartbeat import FILE, Heartbeat
from varve.resolve.heartbeat import heartbeat as beats
from varve.resolve.platform import credentials, prometheus_version, strict

SCRAPE_FILES_SINCE: Final = Version(2, 43)
"""The first Prometheus with `scrape_config_files`; an older one gets its jobs inside the main file."""

EXPANDED_SINCE: Final = Version(3, 0)
"""The first Prometheus that fills environment variables into external labels."""

_TEMPLATE: Final = "templates/prometheus/prometheus.yaml.j2"


def link(linking: Linking) -> Iterator[Artifact]:
    """The environment's Prometheus over all who share it, and one for each strict tenant that was built now.

    Where the platform says a heartbeat, its rule is the first that each of them loads.
    """
    platform = linking.environment.platform
    shared = [path for member in linking.members if not member.strict for path in member.files]
    yield from heartbeat.link(linking)
    yield _main(linking, linking.folder, platform, shared, beats(linking.environment))
    for member in linking.members:
        if member.strict and member.fresh:
            folder = f"build/{linking.environment.name}/tenants/{member.tenant}"
            own = strict(linking.environment, member.tenant)
            heard = {key: each for key, each in own.items() if key == "alertmanagers"}
            said = beats(linking.environment, member.tenant)
            yield _main(linking, folder, {**platform, **heard}, member.files, said)


def _main(linking: Linking, folder: str, platform: Map, files: Iterable[str], said: Heartbeat | None) -> Artifact:
    paths = sorted(files)
    always = [f"{linking.folder}/{FILE}"] if said else []
    rules = [*always, *(path for path in paths if _is_in("rules", path))]
    scrapes = [path for path in paths if _is_in("scrape", path)]
    inline = prometheus_version(linking.environment) < SCRAPE_FILES_SINCE
    context: Map = {
        "environment": linking.environment.name,
        "platform": {**platform, **_external_labels(linking.environment)},
        "rule_files": [relpath(path, folder) for path in rules],
        "scrape_config_files": None if inline else [relpath(path, folder) for path in scrapes],
        "scrape_configs": [job for path in scrapes for job in _jobs(linking, path)] if inline else None,
        "remote_write": _remote_write(linking.environment),
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


def _external_labels(environment: Environment) -> Map:
    """The external labels, with a second `$` beside each where Prometheus would take it for the name of a variable."""
    said = cast("dict[str, str]", environment.platform.get("external_labels", {}))
    if not said or prometheus_version(environment) < EXPANDED_SINCE:
        return {}
    return {"external_labels": {label: text.replace("$", "$$") for label, text in said.items()}}


def _jobs(linking: Linking, path: str) -> list[Value]:
    """The jobs of a scrape file; none where it cannot be read, which is reported then."""
    value = linking.read(path)
    return cast("list[Value]", value.get("scrape_configs") or []) if isinstance(value, dict) else []


def _remote_write(environment: Environment) -> list[Value]:
    said = cast("dict[str, Map]", environment.platform.get("remote_write", {}))
    return [{"name": name, **each, **credentials(environment, "platform", each)} for name, each in said.items()]
