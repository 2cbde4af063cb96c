"""Saying what leads out of a tenant: where, of which source it is made, and the way out."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from varve.language.name import dotted
from varve.link.isolation.evidence import Breach
from varve.link.linking import Linking
from varve.model.diagnostic import Note, Place, Report, Rule

NOT_CONFINED = Rule(
    "link/not-confined",
    "Artifact is not confined to its tenant",
    "Before anything is written, every file that an environment's servers will load is read again from its bytes, "
    "whether it was built now or earlier: queries select only the tenant's series, rules and jobs name their tenant, "
    "alerts reach the tenant's own receivers, names and secrets are the tenant's. An artifact that was changed by "
    "hand fails here, and so would a mistake of a template or of varve itself. Build the tenant again, or restore "
    "its artifacts from a commit that was checked. A tenant whose new artifacts fail keeps the old ones; if the old "
    "ones fail, the environment's shared files stay as they are until it is fixed.",
)

_RESTORE: Final = "build `{}` again, or restore the file"
_OURS: Final = "correct the template that writes this; if none does, it is a mistake of varve itself"


class Teller(NamedTuple):
    """Where ways out are reported, what finds a source by its path without the extension, and whose files are kept."""

    report: Report
    source: Callable[[str], str | None]
    kept: Mapping[str, str]


def teller(linking: Linking) -> Teller:
    """How it is told what is wrong with an environment that is to be linked."""
    kept = {path: each.tenant for each in linking.members if not each.fresh for path in each.files}
    return Teller(linking.report, linking.source, kept)


def say(told: Teller, path: str, breach: Breach) -> None:
    """Report a way out of a tenant in the artifact at `path`, which stands from before or was made just now."""
    if path in told.kept:
        place, notes, hint = Place(path, breach.keys), _origin(told, path), _RESTORE.format(told.kept[path])
    else:
        # What was made just now is nowhere yet, so no line of it can be shown.
        where = Note(f"at `{dotted(breach.keys)}` of the generated file") if breach.keys else None
        place, notes, hint = Place(path), (*filter(None, [where]), *_origin(told, path)), _OURS
    told.report.say(NOT_CONFINED, breach.message, place, *notes, hint=hint)


def _origin(told: Teller, path: str) -> tuple[Note, ...]:
    source = next(filter(None, map(told.source, _stems(path))), None)
    return (Note("it is generated from this file", Place(source)),) if source else ()


def _stems(path: str) -> Iterator[str]:
    """The sources that an artifact may be made of, without their extensions, the nearest first."""
    _, _, kind, tenant, *rest = path.split("/")
    if kind != "tenants" or not rest:
        return
    folder, name = f"tenants/{tenant}", rest[-1].rpartition(".")[0]
    if "raw" in rest[1:-1]:
        yield f"{folder}/{rest[0]}/{name}"
    yield f"{folder}/services/{name}"
    yield f"{folder}/tenant"
