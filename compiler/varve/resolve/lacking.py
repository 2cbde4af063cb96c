"""What a layer lacks: the fact that its path asks for, or its file."""

from varve.language import name
from varve.model.diagnostic import Note, Rule
from varve.model.settings import LayerSettings
from varve.resolve import pattern, whence
from varve.resolve.facts import speaking
from varve.resolve.whence import Stacking

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


def say_fact(fact: str, spec: LayerSettings, stacking: Stacking) -> None:
    """Report a fact that a layer's path asks for and nobody says, where it is to be said or is misspelt."""
    if _lacks_its_file(stacking):
        return
    known = [each.removeprefix("tenant.") for each in stacking.facts if each.startswith("tenant.")]
    meant = name.nearest(fact.removeprefix("tenant."), known)
    path = whence.layer(spec, stacking)
    message = f"the layer `{spec.name}` needs `{fact}`, which is not set to a text"
    if meant:
        stacking.report.say(UNKNOWN_FACT, message, path, hint=meaning(meant))
    else:
        note = Note("the layer's path needs it", path)
        stacking.report.say(UNKNOWN_FACT, message, whence.fact(fact, stacking), note, hint=_speaker(fact, stacking))


def meaning(said: str) -> str:
    """The way out where a path asks for nearly the fact that is `said` below `tenant`."""
    return f"did you mean `%{{tenant.{said}}}`?"


def _lacks_its_file(stacking: Stacking) -> bool:
    """Whether the tenant has no file in which it could say a fact: that is reported of the layer."""
    own = (each for each in speaking(stacking.settings) if each.owner == "tenant")
    needed = (pattern.fill(each.path, stacking.facts) for each in own if not each.optional)
    return any(stacking.reading.find(stem) is None for stem in needed)


def _speaker(fact: str, stacking: Stacking) -> str:
    """Who is to say a fact that nobody says: the tenant, or the platform in a grant, which no lock binds."""
    own = f"set `{fact}` in the tenant's file"
    grants = [each for each in speaking(stacking.settings) if each.owner == "platform"]
    if not grants:
        return own
    stem = pattern.fill(grants[-1].path, stacking.facts)
    found = stacking.reading.find(stem)
    return f"{own} or, where it is locked, in the platform's `{found.path if found else f'{stem}.yaml'}`"


def say_file(spec: LayerSettings, stem: str, stacking: Stacking) -> None:
    """Report a file that a layer must have and does not."""
    if spec.optional:
        return
    facts = pattern.named(spec.path)
    path = whence.layer(spec, stacking)
    stacking.report.say(
        MISSING_FILE,
        f"the layer `{spec.name}` has no file `{stem}`",
        whence.fact(facts[-1], stacking) if facts else path,
        *([Note("the layer is not optional", path)] if facts else ()),
        hint=_advice(spec, stem, stacking),
    )


def _advice(spec: LayerSettings, stem: str, stacking: Stacking) -> str:
    """The way out for a file that is missing: another name, where one nearly like it stands beside it."""
    folder, _, last = stem.rpartition("/")
    meant = name.nearest(last, stacking.reading.names(folder)) if pattern.facts(spec.path) else None
    return f"did you mean `{meant}`?" if meant else f"write `{stem}.yaml`, or make the layer optional in `varve.yaml`"
