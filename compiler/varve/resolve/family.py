"""Environments that extend others: a file after its parents."""

from varve.language import name
from varve.model.diagnostic import Note, Place, Rule
from varve.model.settings import LayerSettings
from varve.model.source import Document
from varve.resolve import pattern
from varve.resolve.origins import Stacking

UNKNOWN_PARENT = Rule(
    "resolve/unknown-parent",
    "An environment extends one that does not exist",
    "`extends: staging` reads `staging`'s file just before this one, so it is only allowed in the file of an "
    "environment, and names another one beside it. Correct the name, or write the file.",
)
CIRCULAR_PARENTS = Rule(
    "resolve/circular-extends",
    "Environments extend each other in a circle",
    "`extends` reads the parent first, and the parent's parent before that. In a circle none comes first. Remove one "
    "`extends`, or move what is shared into an environment of its own.",
)


def family(spec: LayerSettings, document: Document, stacking: Stacking) -> list[Document]:
    """The document after those that it extends, the most distant ancestor first."""
    files = [document]
    while spec.owner == "platform" and files[0].value and isinstance(parent := files[0].value.get("extends"), str):
        names_environment = "environment" in pattern.facts(spec.path)
        stem = pattern.fill(spec.path, {**stacking.facts, "environment": (parent,)}) if names_environment else ""
        ancestor = stacking.reading.find(stem) if stem else None
        if ancestor is None:
            _report_no_parent(parent, stem, files[0], stacking)
            break
        if ancestor in files:
            _report_circle(files[: files.index(ancestor) + 1], stacking)
            break
        files.insert(0, ancestor)
    return files


def _report_no_parent(parent: str, stem: str, child: Document, stacking: Stacking) -> None:
    """Report a parent without a file; `stem` is empty if the layer is not one of environments."""
    folder, _, last = stem.rpartition("/")
    meant = name.nearest(parent, stacking.reading.names(folder)) if last == parent else None
    hint = "name another environment whose file is beside this one" if stem else "set it in an environment's file"
    stacking.report.add(
        UNKNOWN_PARENT,
        f"there is no environment `{parent}` that this file could extend",
        Place(child.path, ("extends",)),
        hint=f"did you mean `{meant}`?" if meant else hint,
    )


def _report_circle(circle: list[Document], stacking: Stacking) -> None:
    """Report a circle of documents, always at the same one, so that it is reported once."""
    first, *others = sorted(circle, key=lambda document: document.path)
    stacking.report.add(
        CIRCULAR_PARENTS,
        "these environments extend each other in a circle" if others else "this environment extends itself",
        Place(first.path, ("extends",)),
        *(Note("this one is part of the circle", Place(each.path, ("extends",))) for each in others),
        hint="remove one `extends`",
    )
