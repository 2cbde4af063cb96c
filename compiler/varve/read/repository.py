"""The layout of a repository: its settings as data, the folders of its tenants, and files that are never read."""

import posixpath
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, cast

from varve.language import name
from varve.model.diagnostic import Note, Place, Report, Rule, Severity
from varve.model.settings import LayerSettings, Settings
from varve.model.snapshot import Snapshot
from varve.model.source import Document, Map
from varve.model.unit import Selection
from varve.read.parse import EXTENSIONS
from varve.read.reading import Reading
from varve.read.sealed.file import is_among_sealed, is_sealed_file

SETTINGS = "varve"
_FOR_PEOPLE: Final = ("", ".md", ".rst", ".adoc", ".txt", ".png", ".svg")
_MISTAKABLE: Final = ("", ".txt")
"""Of these, the extensions that a source may be given by mistake."""

_HIDDEN_PREFIXES: Final = (".", "#")
"""The first characters of the names of hidden files and of editors' temporary files."""

_DOCUMENT_NAMES: Final = frozenset({"changelog", "license", "notes", "readme", "todo"})
"""Names that people commonly give to their own documents, although they are valid ids."""

_LISTED: Final = 9

BAD_ID = Rule(
    "read/bad-id",
    "A name is not a valid id",
    "Ids of tenants, services, users, packs and environments become file names, group names and labels, so they are "
    "kept simple: 2 to 40 lower-case letters, digits and hyphens, starting with a letter and not ending with a "
    "hyphen. Rename the file or the folder.",
)
COLLIDING_ID = Rule(
    "read/colliding-id",
    "Two names differ only in their case",
    "Some file systems treat `Acme` and `acme` as one folder, and so does a person reading an alert. Ids are unique "
    "after case folding: rename one of the two.",
)
UNKNOWN_FORMAT = Rule(
    "read/unknown-format",
    "A file's extension is not that of a source",
    "Sources are YAML (.yaml, .yml), JSON (.json), TOML (.toml) or XML (.xml), and the extension alone decides. A "
    "file with any other extension is never read. Rename it, or move it to where files of its kind belong. Documents "
    "and pictures for people may stay where they are, but in a folder of sources `checkout` or `checkout.txt` is "
    "taken for a service that lacks its extension.",
    Severity.WARNING,
)
UNREAD_FILE = Rule(
    "read/unread-file",
    "A file is never read",
    "Sources are the files that the layers of `varve.yaml` name, and the `rules/`, `dashboards/`, `secrets/` and "
    "`tests/routes.yaml` of each tenant. Any other file is never read, so a setting in it silently does nothing: for "
    "example an overlay for an environment that does not exist, or a file in the wrong folder. Below `templates/`, "
    "varve reads the files of packs, templates that replace those that it ships, what these include, and "
    "`messages/<language>.po`. Move it to where it is read, or delete it.",
    Severity.WARNING,
)

NO_SETTINGS = Rule(
    "read/no-settings",
    "There is no varve.yaml among the files that are read",
    "`varve.yaml` defines what is built. It exists in the work tree, but git ignores it, or it is not in the commit "
    "or index that is read. Without it nothing can be checked, and that is not a success. Commit it.",
)
NO_SUCH_ENVIRONMENT = Rule(
    "read/no-such-environment",
    "Unknown environment",
    "`environments` in `varve.yaml` lists the environments that are built.",
)
NO_SUCH_TENANT = Rule(
    "read/no-such-tenant",
    "Unknown tenant",
    "A tenant is a folder under `tenants/`, with a file `tenant.yaml` in it.",
)


def document(reading: Reading, report: Report) -> Document | None:
    """The `varve.yaml` of the snapshot; without one nothing can be checked, and that is reported.

    If the file exists and was refused, the reason has been reported already.
    """
    refused = any(path.partition(".")[0] == SETTINGS for path in reading.snapshot.refused)
    if SETTINGS not in reading.stems and not refused:
        report.add(NO_SETTINGS, "there is no `varve.yaml` among the files that are read", hint="commit `varve.yaml`")
    return reading.find(SETTINGS)


def settings(value: Map) -> Settings:
    """The settings in a `varve.yaml` that has passed its schema."""
    layers = [_layer(cast("Map", each)) for each in cast("list[object]", value["layers"])]
    inputs = cast("dict[str, dict[str, str]]", value.get("inputs", {}))
    return Settings(
        tuple(cast("list[str]", value["environments"])),
        tuple(sorted(layers, key=lambda layer: layer.priority)),
        inputs.get("env", {}),
    )


def _layer(value: Map) -> LayerSettings:
    when = cast("dict[str, str | list[str]]", value.get("when", {}))
    return LayerSettings(
        cast("str", value["name"]),
        cast("int", value["priority"]),
        cast("Literal['platform', 'tenant']", value["owner"]),
        cast("str", value["path"]),
        cast("str", value.get("into", "")),
        optional=bool(value.get("optional", False)),
        when={fact: (one,) if isinstance(one, str) else tuple(one) for fact, one in when.items()},
    )


def tenants(snapshot: Snapshot, report: Report) -> tuple[str, ...]:
    """The ids of the tenants that have a folder under `tenants/`, sorted; folders with invalid names are reported.

    A tenant of which nothing can be read is included: its artifacts must be kept.
    """
    refused = sorted(path for path in snapshot.refused if path.startswith("tenants/"))
    folders: dict[str, str] = {}
    for path in (*snapshot.under("tenants"), *refused):
        folder, slash, _ = path.removeprefix("tenants/").partition("/")
        if slash or path in snapshot.refused:
            folders.setdefault(folder, path)
    ids = sorted(filter(name.is_id, folders))
    for folder in sorted(folders.keys() - set(ids)):
        # At most one of two names that differ only in case is a valid id.
        if folder.casefold() in ids:
            _report_colliding(folder, folder.casefold(), folders, report)
        else:
            report_bad_id(report, "tenant", folder, Place(folders[folder]), folders)
    return tuple(ids)


def _report_colliding(folder: str, other: str, folders: dict[str, str], report: Report) -> None:
    report.add(
        COLLIDING_ID,
        f"the tenants `{folder}` and `{other}` differ only in their case",
        Place(folders[folder]),
        Note("the other one", Place(folders[other])),
        hint=f"rename the folder `tenants/{folder}`",
    )


def report_bad_id(report: Report, what: str, text: str, place: Place, taken: Collection[str] = ()) -> None:
    """Report that `text` is not a valid name for a `what`; none of the names that are `taken` is suggested."""
    plain = name.suggested_id(text)
    hint = "use 2 to 40 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen"
    hint = f"{hint}, such as `{plain}`" if plain and plain not in taken else hint
    report.add(BAD_ID, f"`{text}` is not a valid name for a {what}", place, hint=hint)


def unread(snapshot: Snapshot, questions: Collection[str], places: tuple[str, ...], report: Report) -> None:
    """Warn of the files at `places`, or below those that end with a slash, that none of `questions` refers to.

    Questions have the form of `Reading.questions`. Whatever is in a folder of sealed files is left to their checks.
    """
    paths = sorted(path for path in _at(places, snapshot) if path not in questions and is_reported_if_unread(path))
    folders = _by_folder(questions) if paths else {}
    for path in paths:
        if not path.endswith(EXTENSIONS):
            _judge_format(path, folders, report)
        else:
            hint = _way_out(path, folders, snapshot)
            report.add(UNREAD_FILE, f"`{path}` is never read", Place(path), hint=hint)


def is_reported_if_unread(path: str) -> bool:
    """Whether a file that was not asked for deserves a warning: it is neither for people nor with sealed files."""
    sealed = path.endswith(EXTENSIONS) and is_sealed_file(path)
    return not (sealed or is_among_sealed(path) or _is_for_people(path))


def _by_folder(questions: Iterable[str]) -> Mapping[str, set[str]]:
    """The last parts of the questions, by folder; an empty text asks for the names of the folder's files."""
    folders: dict[str, set[str]] = defaultdict(set)
    for question in questions:
        folder, _, last = question.rpartition("/")
        folders[folder].add(last)
    return dict(folders)


def _meant(path: str, folders: Mapping[str, set[str]], snapshot: Snapshot) -> str | None:
    """The name that was probably meant: a similar one that was asked for in the same folder and does not exist."""
    stem, _ = posixpath.splitext(path)
    folder, _, last = stem.rpartition("/")
    names = sorted(each[:-1] for each in folders.get(folder, ()) if each.endswith("."))
    return name.meant(last, [each for each in names if not _exists(f"{folder}/{each}", snapshot)])


def _way_out(path: str, folders: Mapping[str, set[str]], snapshot: Snapshot) -> str:
    """The hint for a source that is never read: the name or the folder that was meant, or the folders that are read."""
    if meant := _meant(path, folders, snapshot):
        return f"did you mean `{meant}`?"
    folder, _, last = posixpath.splitext(path)[0].rpartition("/")
    above, _, own = folder.rpartition("/")
    read = _folders_that_read(above, last, folders) if above not in {"", "tenants"} and folder not in folders else []
    meant = name.meant(own, read)
    if meant and not _exists(f"{above}/{meant}/{last}", snapshot):
        return f"move it to `{above}/{meant}/`"
    others = _folders_that_read(folder, "", folders) if posixpath.dirname(folder) == "tenants" else read
    where = f"such as {name.few([f'{each}/' for each in others], _LISTED)}, " if others else ""
    return f"move it to where it is read, {where}or delete it"


def _folders_that_read(above: str, last: str, folders: Mapping[str, set[str]]) -> list[str]:
    """The names of the folders in `above` from which a source called `last`, or any, is read, sorted."""
    own = ((folder.rpartition("/"), asked) for folder, asked in folders.items())
    return sorted(each for (top, _, each), asked in own if top == above and not asked.isdisjoint({"", f"{last}."}))


def _exists(stem: str, snapshot: Snapshot) -> bool:
    return any(f"{stem}{extension}" in snapshot for extension in EXTENSIONS)


def _at(places: tuple[str, ...], snapshot: Snapshot) -> Iterator[str]:
    """These paths, and the paths below those that end with a slash."""
    for place in places:
        yield from snapshot.under(place[:-1]) if place.endswith("/") else (place,)


def _judge_format(path: str, folders: Collection[str], report: Report) -> None:
    folder, (_, extension) = posixpath.dirname(path), posixpath.splitext(path)
    if path in folders:
        message = f"`{path}` is never read: sources are expected in a folder of that name"
        report.add(UNREAD_FILE, message, Place(path), hint="replace it with a folder")
    # In a tenant's own folder files are only looked up by fixed names: a required one is reported where it is missing.
    elif extension not in _FOR_PEOPLE or (folder in folders and folder.count("/") > 1):
        wrong = f"`{extension}` is not the extension of a source" if extension else "it has no extension"
        hint = f"use one of {', '.join(EXTENSIONS)}"
        report.add(UNKNOWN_FORMAT, f"`{path}` is never read: {wrong}", Place(path), hint=hint)


def _is_for_people(path: str) -> bool:
    """Whether the file is by its name not a source: a document, a picture, a hidden file, a backup."""
    last, extension = posixpath.splitext(posixpath.basename(path))
    if extension in EXTENSIONS:
        return False
    if last[0] in _HIDDEN_PREFIXES or path.endswith("~"):
        return True
    plain = extension in _MISTAKABLE and name.is_id(last) and last not in _DOCUMENT_NAMES
    return extension in _FOR_PEOPLE and not plain


def is_selectable(selection: Selection, settings: Settings, tenants: Sequence[str], report: Report) -> bool:
    """Whether the selected environment and tenant exist; if not, this is reported."""
    named = (
        (NO_SUCH_ENVIRONMENT, "environment", selection.environment, settings.environments),
        (NO_SUCH_TENANT, "tenant", selection.tenant, tenants),
    )
    before = len(report)
    for rule, what, selected, known in named:
        if selected is not None and selected not in known:
            meant = name.meant(selected, known)
            report.add(
                rule,
                f"there is no {what} `{selected}`",
                hint=f"did you mean `{meant}`?" if meant else f"known: {name.few(known, _LISTED)}" if known else "",
            )
    return len(report) == before
