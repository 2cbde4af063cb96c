"""Sources that nothing reads although a layer without files, or existing artifacts, show that they were meant to be."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from posixpath import basename, splitext
from typing import Final, NamedTuple

from varve.language import name
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.settings import LayerSettings, Settings
from varve.read.reading import Reading
from varve.resolve import origins, pattern
from varve.resolve.origins import Stacking

IDLE_LAYER = Rule(
    "check/idle-layer",
    "A layer reads no file, and files that it seems to mean are never read",
    "A layer that is optional, or whose path has a `*`, may have no file yet. But if files are never read that it "
    "would read if one folder in its path had another name, then either the path or the folder is misspelt, and "
    "everything in these files would silently be lost. So what was built from them before is kept. Correct the path in "
    "`varve.yaml`, rename the folder, or delete the files.",
)
MISPLACED_SOURCE = Rule(
    "check/misplaced-source",
    "A source is never read, but artifacts of its name exist",
    "The artifacts of a service are removed when its source is gone. But if the tenant's folder still has a file of "
    "that name, which nothing reads, then it was probably moved to the wrong place, or a layer in `varve.yaml` reads "
    "the wrong one, and nothing would watch the service any more. So the tenant keeps all its artifacts. Move the file "
    "to where it is read, or delete it: git remembers it.",
)

_SHOWN: Final = 4
_SERVICES: Final = "services."


class _Idle(NamedTuple):
    """A layer without files, the path that it was probably meant to have, and the files below that path."""

    layer: LayerSettings
    meant: str
    files: tuple[str, ...]


def refuse(
    unread: Sequence[str],
    lost: Mapping[str, Collection[str]],
    settings: Settings,
    reading: Reading,
    report: Report,
) -> frozenset[str]:
    """Report the `unread` sources that were meant to be read; the result is the tenants whose artifacts must stay.

    `lost` are, by tenant, the names of the artifacts that no source produces any more. An empty id in the result stands
    for all tenants, because the files are those of a layer that does not depend on the tenant.
    """
    idle = list(_idle_layers(unread, lost, settings, reading))
    for each in idle:
        _report_idle(each, settings, reading, report)
    explained = {file for each in idle for file in each.files}
    kept = {_tenant(file, each) for each in idle for file in each.files}
    misplaced: dict[str, list[str]] = defaultdict(list)
    for file in unread:
        if file not in explained and _is_lost(file, lost):
            misplaced[file.split("/")[1]].append(file)
    for tenant, files in misplaced.items():
        _report_misplaced(tenant, files, report)
    return frozenset(kept | misplaced.keys())


def _idle_layers(
    unread: Sequence[str], lost: Mapping[str, Collection[str]], settings: Settings, reading: Reading
) -> Iterator[_Idle]:
    for layer in settings.layers:
        if not (layer.optional or "*" in layer.path):
            continue
        found: dict[str, list[str]] = defaultdict(list)
        for file in unread:
            certain = layer.into.startswith(_SERVICES) and _is_lost(file, lost)
            if meant := _meant(layer.path, file, certain=certain):
                found[meant].append(file)
        if found and not _reads_any(layer, reading.stems):
            meant, files = max(found.items(), key=lambda each: len(each[1]))
            yield _Idle(layer, meant, tuple(files))


def _reads_any(layer: LayerSettings, stems: Iterable[str]) -> bool:
    """Whether any unit could find a file of the layer."""
    return any(map(pattern.files(layer.path).fullmatch, stems))


def _meant(path: str, file: str, *, certain: bool) -> str | None:
    """The path of a layer with one folder renamed, if it would read `file` then.

    Only a similar name is taken for the one that was meant, unless it is `certain` that the file was read before.
    """
    steps, names = path.split("/"), splitext(file)[0].split("/")
    if len(steps) != len(names):
        return None
    wrong = [at for at, (step, each) in enumerate(zip(steps, names, strict=True)) if not _fits(step, each)]
    if len(wrong) != 1 or not pattern.is_literal(steps[wrong[0]]):
        return None
    at = wrong[0]
    if not (certain or name.nearest(steps[at], [names[at]])):
        return None
    return "/".join((*steps[:at], names[at], *steps[at + 1 :]))


def _fits(step: str, part: str) -> bool:
    return step == part if pattern.is_literal(step) else pattern.files(step).fullmatch(part) is not None


def _is_lost(file: str, lost: Mapping[str, Collection[str]]) -> bool:
    """Whether artifacts with the name of this file of a tenant have no source any more."""
    top, _, rest = file.partition("/")
    return top == "tenants" and splitext(basename(file))[0] in lost.get(rest.partition("/")[0], ())


def _tenant(file: str, idle: _Idle) -> str:
    """The only tenant whose units such a file would belong to; empty where it belongs to all."""
    found = pattern.files(idle.meant).fullmatch(splitext(file)[0])
    return (found.groupdict().get("tenant") if found else None) or ""


def _report_idle(idle: _Idle, settings: Settings, reading: Reading, report: Report) -> None:
    first, *others = idle.files
    many = "" if not others else f" and {len(others)} more"
    message = f"the layer `{idle.layer.name}` reads no file, but `{first}`{many} would be read from `{idle.meant}`"
    notes = [Note("this is never read", Place(file)) for file in idle.files[:_SHOWN]]
    place = origins.layer(idle.layer, Stacking(settings, reading, {}, report))
    hint = f"did you mean `{idle.meant}`? Otherwise rename the folder, or delete what is in it"
    report.add(IDLE_LAYER, message, place, *notes, hint=hint)


def _report_misplaced(tenant: str, files: Sequence[str], report: Report) -> None:
    first, *others = files
    named = splitext(basename(first))[0]
    message = f"`{first}` is never read, but artifacts of `{named}` exist, which `{tenant}` keeps therefore"
    notes = [Note("the same is true here", Place(file)) for file in others[:_SHOWN]]
    if others[_SHOWN:]:
        notes.append(Note(f"and of {len(others) - _SHOWN} more"))
    hint = "move it to where it is read, or delete it"
    report.add(MISPLACED_SOURCE, message, Place(first), *notes, hint=hint)
