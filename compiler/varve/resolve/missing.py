"""What a layer lacks: a fact that its path needs, or its file."""

from varve.language import name
from varve.model.diagnostic import Note, Rule
from varve.model.settings import LayerSettings
from varve.resolve import origins, pattern
from varve.resolve.facts import fact_layers
from varve.resolve.origins import Stacking

UNKNOWN_FACT = Rule(
    "resolve/unknown-fact",
    "A layer's path needs a fact that is not set",
    "The path of a layer is completed with facts: `environment`, `tenant.id`, and what the tenant's file or the "
    "platform's grants set under `tenant:`. Without the fact nobody can tell which file is meant. Set the fact in the "
    "tenant's file or, where it is locked, in a grant; or correct the path in `varve.yaml`.",
)
MISSING_FILE = Rule(
    "resolve/missing-file",
    "A layer has no file",
    "A layer that is not `optional` must have a file: a tenant of tier `gold` needs `environments/tiers/gold`. "
    "Otherwise a spelling mistake would silently drop a whole layer. Write the file, correct the fact, or make the "
    "layer optional in `varve.yaml`.",
)


def report_fact(fact: str, spec: LayerSettings, stacking: Stacking) -> None:
    """Report a fact that a layer's path needs and that is not set, where it would be set or is misspelt."""
    if _tenant_file_is_missing(stacking):
        return
    known = [each.removeprefix("tenant.") for each in stacking.facts if each.startswith("tenant.")]
    meant = name.nearest(fact.removeprefix("tenant."), known)
    path = origins.layer(spec, stacking)
    message = f"the layer `{spec.name}` needs `{fact}`, which is not set to a text"
    if meant:
        stacking.report.add(UNKNOWN_FACT, message, path, hint=spelling_hint(meant))
    else:
        note = Note("the layer's path needs it", path)
        stacking.report.add(UNKNOWN_FACT, message, origins.fact(fact, stacking), note, hint=_how_to_set(fact, stacking))


def spelling_hint(fact: str) -> str:
    """The hint for a path with a misspelling of `fact` below `tenant`."""
    return f"did you mean `%{{tenant.{fact}}}`?"


def _tenant_file_is_missing(stacking: Stacking) -> bool:
    """Whether the tenant lacks the file in which it would set facts; that is reported for the layer."""
    own = (each for each in fact_layers(stacking.settings) if each.owner == "tenant")
    needed = (pattern.fill(each.path, stacking.facts) for each in own if not each.optional)
    return any(stacking.reading.find(stem) is None for stem in needed)


def _how_to_set(fact: str, stacking: Stacking) -> str:
    """The hint on who should set a missing fact: the tenant, or the platform in a grant, to which no lock applies."""
    own = f"set `{fact}` in the tenant's file"
    grants = [each for each in fact_layers(stacking.settings) if each.owner == "platform"]
    if not grants:
        return own
    stem = pattern.fill(grants[-1].path, stacking.facts)
    found = stacking.reading.find(stem)
    return f"{own} or, where it is locked, in the platform's `{found.path if found else f'{stem}.yaml'}`"


def report_file(spec: LayerSettings, stem: str, stacking: Stacking) -> None:
    """Report that a layer which is not optional has no file."""
    if spec.optional:
        return
    facts = pattern.named(spec.path)
    path = origins.layer(spec, stacking)
    stacking.report.add(
        MISSING_FILE,
        f"the layer `{spec.name}` has no file `{stem}`",
        origins.fact(facts[-1], stacking) if facts else path,
        *([Note("the layer is not optional", path)] if facts else ()),
        hint=_advice(spec, stem, stacking),
    )


def _advice(spec: LayerSettings, stem: str, stacking: Stacking) -> str:
    """The hint for a missing file: a similar name in the same folder, if there is one."""
    folder, _, last = stem.rpartition("/")
    meant = name.nearest(last, stacking.reading.names(folder)) if pattern.facts(spec.path) else None
    return f"did you mean `{meant}`?" if meant else f"write `{stem}.yaml`, or make the layer optional in `varve.yaml`"
