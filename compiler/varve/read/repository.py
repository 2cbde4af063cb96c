"""The shape of a repository: its settings as data, and the tenants whose folders stand in it."""

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
from varve.read.sealed.file import is_sealed_file

SETTINGS = "varve"
_FOR_PEOPLE: Final = ("", ".md", ".rst", ".adoc", ".txt", ".png", ".svg")
_LIKE_SOURCES: Final = ("", ".txt")
"""The extensions for people that a source is given by mistake."""

_HIDING: Final = (".", "#")
"""How names begin that people do not see, and those that editors keep for themselves."""

_NOTES: Final = frozenset({"changelog", "license", "notes", "readme", "todo"})
"""What people call their own files, though a source could be called so."""

_FEW: Final = 9

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


def document(desk: Reading, report: Report) -> Document | None:
    """The `varve.yaml` of what is read; where there is none, nothing can be judged, and that is reported.

    Why one that is there was refused has been reported by whoever refused it.
    """
    refused = any(path.partition(".")[0] == SETTINGS for path in desk.snapshot.refused)
    if SETTINGS not in desk.stems and not refused:
        report.say(NO_SETTINGS, "there is no `varve.yaml` among the files that are read", hint="commit `varve.yaml`")
    return desk.find(SETTINGS)


def settings(value: Map) -> Settings:
    """The settings that a `varve.yaml` of the right shape says."""
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
    """The ids of the tenants whose folders stand under `tenants/`, sorted; folders with other names are reported.

    A tenant is there also where nothing of it can be read: what it built must stay.
    """
    refused = sorted(path for path in snapshot.refused if path.startswith("tenants/"))
    folders: dict[str, str] = {}
    for path in (*snapshot.under("tenants"), *refused):
        folder, slash, _ = path.removeprefix("tenants/").partition("/")
        if slash or path in snapshot.refused:
            folders.setdefault(folder, path)
    ids = sorted(filter(name.is_id, folders))
    for folder in sorted(folders.keys() - set(ids)):
        # Of two names that differ only in their case, one at most is an id.
        if folder.casefold() in ids:
            _say_colliding(folder, folder.casefold(), folders, report)
        else:
            say_bad_id(report, "tenant", folder, Place(folders[folder]))
    return tuple(ids)


def _say_colliding(folder: str, other: str, folders: dict[str, str], report: Report) -> None:
    report.say(
        COLLIDING_ID,
        f"the tenants `{folder}` and `{other}` differ only in their case",
        Place(folders[folder]),
        Note("the other one", Place(folders[other])),
        hint=f"rename the folder `tenants/{folder}`",
    )


def say_bad_id(report: Report, what: str, text: str, place: Place) -> None:
    """Report that `text` cannot name a `what`."""
    report.say(
        BAD_ID,
        f"`{text}` is not a valid name for a {what}",
        place,
        hint="use 2 to 40 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen",
    )


def unread(snapshot: Snapshot, asked: Collection[str], places: tuple[str, ...], report: Report) -> None:
    """Warn of the files at `places`, or below where these end with a slash, that nothing `asked` for.

    Questions are those of `Reading.asked`. Sealed files are left to those who look at all of them.
    """
    paths = sorted(path for path in _at(places, snapshot) if path not in asked and is_missed(path))
    folders = _by_folder(asked) if paths else {}
    for path in paths:
        if not path.endswith(EXTENSIONS):
            _judge_format(path, folders, report)
        else:
            meant = _meant(path, folders, snapshot)
            hint = f"did you mean `{meant}`?" if meant else "move it to where it is read, or delete it"
            report.say(UNREAD_FILE, f"`{path}` is never read", Place(path), hint=hint)


def is_missed(path: str) -> bool:
    """Whether what else was asked for can tell what a file, that nothing has asked for, was meant to be."""
    return not (_is_for_people(path) or (path.endswith(EXTENSIONS) and is_sealed_file(path)))


def _by_folder(asked: Iterable[str]) -> Mapping[str, set[str]]:
    """What was asked for in each folder; an empty text stands for the names of its files."""
    folders: dict[str, set[str]] = defaultdict(set)
    for question in asked:
        folder, _, last = question.rpartition("/")
        folders[folder].add(last)
    return dict(folders)


def _meant(path: str, folders: Mapping[str, set[str]], snapshot: Snapshot) -> str | None:
    """The name that was probably meant: one that was asked for in the same folder, in vain."""
    stem, _ = posixpath.splitext(path)
    folder, _, last = stem.rpartition("/")
    names = sorted(each[:-1] for each in folders.get(folder, ()) if each.endswith("."))
    return name.meant(last, [each for each in names if not _stands(f"{folder}/{each}", snapshot)])


def _stands(stem: str, snapshot: Snapshot) -> bool:
    return any(f"{stem}{extension}" in snapshot for extension in EXTENSIONS)


def _at(places: tuple[str, ...], snapshot: Snapshot) -> Iterator[str]:
    """These paths, and those below such as end with a slash."""
    for place in places:
        yield from snapshot.under(place[:-1]) if place.endswith("/") else (place,)


def _judge_format(path: str, folders: Collection[str], report: Report) -> None:
    folder, (_, extension) = posixpath.dirname(path), posixpath.splitext(path)
    if path in folders:
        message = f"`{path}` is never read: sources are expected in a folder of that name"
        report.say(UNREAD_FILE, message, Place(path), hint="replace it with a folder")
    # Right in a tenant's own folder nothing is found by chance: its file is missed where it is not there.
    elif extension not in _FOR_PEOPLE or (folder in folders and folder.count("/") > 1):
        wrong = f"`{extension}` is not the extension of a source" if extension else "it has no extension"
        hint = f"use one of {', '.join(EXTENSIONS)}"
        report.say(UNKNOWN_FORMAT, f"`{path}` is never read: {wrong}", Place(path), hint=hint)


def _is_for_people(path: str) -> bool:
    """Whether nobody could take the file for a source, by its name: a text, a picture, what is hidden, a backup."""
    last, extension = posixpath.splitext(posixpath.basename(path))
    if extension in EXTENSIONS:
        return False
    if last[0] in _HIDING or path.endswith("~"):
        return True
    plain = extension in _LIKE_SOURCES and name.is_id(last) and last not in _NOTES
    return extension in _FOR_PEOPLE and not plain


def is_selectable(selection: Selection, settings: Settings, tenants: Sequence[str], report: Report) -> bool:
    """Whether the selected environment and tenant exist; reported where they do not."""
    named = (
        (NO_SUCH_ENVIRONMENT, "environment", selection.environment, settings.environments),
        (NO_SUCH_TENANT, "tenant", selection.tenant, tenants),
    )
    before = len(report)
    for rule, what, asked, known in named:
        if asked is not None and asked not in known:
            meant = name.meant(asked, known)
            report.say(
                rule,
                f"there is no {what} `{asked}`",
                hint=f"did you mean `{meant}`?" if meant else f"known: {name.few(known, _FEW)}" if known else "",
            )
    return len(report) == before
