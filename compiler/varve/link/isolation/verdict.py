"""Reports breaches: where each is, which source the artifact is generated from, and how to fix it."""

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
_CORRECT_TEMPLATE: Final = "correct the template that writes this; if none does, it is a mistake of varve itself"


class Reporter(NamedTuple):
    """Where breaches are reported, how sources are found, and which files are kept.

    `source` returns the full path of a source, given its path without the extension, or None. `kept` maps the paths of
    files that were not built now to their tenants.
    """

    report: Report
    source: Callable[[str], str | None]
    kept: Mapping[str, str]


def reporter_for(linking: Linking) -> Reporter:
    """The reporting of breaches in an environment that is being linked."""
    kept = {path: each.tenant for each in linking.members if not each.fresh for path in each.files}
    return Reporter(linking.report, linking.source, kept)


def say(reporter: Reporter, path: str, breach: Breach) -> None:
    """Report a breach in the artifact at `path`, which is kept from an earlier build or was made just now."""
    if path in reporter.kept:
        place, notes, hint = Place(path, breach.keys), _origin(reporter, path), _RESTORE.format(reporter.kept[path])
    else:
        # What was made just now is not on disk yet, so no line of it can be shown.
        where = Note(f"at `{dotted(breach.keys)}` of the generated file") if breach.keys else None
        place, notes, hint = Place(path), (*filter(None, [where]), *_origin(reporter, path)), _CORRECT_TEMPLATE
    reporter.report.add(NOT_CONFINED, breach.message, place, *notes, hint=hint)


def _origin(reporter: Reporter, path: str) -> tuple[Note, ...]:
    source = next(filter(None, map(reporter.source, _stems(path))), None)
    return (Note("it is generated from this file", Place(source)),) if source else ()


def _stems(path: str) -> Iterator[str]:
    """The sources that an artifact may be generated from, without extensions, the most specific first."""
    _, _, kind, tenant, *rest = path.split("/")
    if kind != "tenants" or not rest:
        return
    folder, name = f"tenants/{tenant}", rest[-1].rpartition(".")[0]
    if "raw" in rest[1:-1]:
        yield f"{folder}/{rest[0]}/{name}"
    yield f"{folder}/services/{name}"
    yield f"{folder}/tenant"
