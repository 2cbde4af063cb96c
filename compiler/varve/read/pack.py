"""Reads the packs of a snapshot from the folders under `templates/packs/`."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, cast

from varve.language import name
from varve.language.fault import Fault
from varve.language.message import LANGUAGES, catalogue
from varve.model.diagnostic import Place, Report, Rule
from varve.model.pack import Pack, Scope
from varve.model.source import Document, Map
from varve.read.decode import decode
from varve.read.mark import Lines
from varve.read.reading import Reading
from varve.read.repository import report_bad_id

_FOLDER: Final = "templates/packs"

NO_PACK_FILE = Rule(
    "read/no-pack-file",
    "A pack has no pack.yaml",
    "`pack.yaml` defines what a pack applies to and which parameters it takes. Without it nobody can use the pack.",
)
NO_PACK_RULES = Rule(
    "read/no-pack-rules",
    "A pack has no rules",
    "A pack's rules are written in its `rules.yaml.j2`. Write it, or delete the folder.",
)
BAD_CATALOGUE = Rule(
    "read/bad-catalogue",
    "A message catalogue cannot be used",
    "The texts of a pack are gettext catalogues, `messages/<language>.po`. A translation must use the same "
    "`%(parameters)s` as the text it translates.",
)


def names(reading: Reading, report: Report) -> list[str]:
    """The names of the packs, sorted; folders with invalid names are reported."""
    prefix = _FOLDER + "/"
    paths = (path for path in reading.snapshot.under(_FOLDER) if "/" in path.removeprefix(prefix))
    by_folder = {path.removeprefix(prefix).partition("/")[0]: path for path in paths}
    for folder in sorted(by_folder):
        if not name.is_id(folder):
            report_bad_id(report, "pack", folder, Place(by_folder[folder]), by_folder)
    return sorted(folder for folder in by_folder if name.is_id(folder))


def document(reading: Reading, pack: str, report: Report) -> Document | None:
    """A pack's `pack.yaml`, or None after reporting that it or `rules.yaml.j2` is missing."""
    folder = f"{_FOLDER}/{pack}"
    found = reading.find(f"{folder}/pack")
    if found is None:
        report.add(
            NO_PACK_FILE,
            f"the pack `{pack}` has no `pack.yaml`",
            Place(next(reading.snapshot.under(folder))),
            hint="write it, or delete the folder",
        )
    if f"{folder}/rules.yaml.j2" not in reading.snapshot:
        place = Place(next(reading.snapshot.under(folder)))
        report.add(
            NO_PACK_RULES, f"the pack `{pack}` has no `rules.yaml.j2`", place, hint="write it, or delete the folder"
        )
        return None
    return found


def pack(reading: Reading, named: str, value: Map, report: Report) -> Pack:
    """The pack of that name, from the `value` of a `pack.yaml` that has passed its schema."""
    texts = messages(reading, f"{_FOLDER}/{named}/messages", report)
    runbook = f"{_FOLDER}/{named}/runbook.md" in reading.snapshot
    return Pack(named, cast("Scope", value["applies_to"]), cast("Map", value["parameters"]), texts, runbook)


class _Texts(Mapping[str, Mapping[str, str]]):
    """Texts by language and msgid: those that are `known`, and those that are read when they are first needed."""

    def __init__(self, known: dict[str, Mapping[str, str]], read: Callable[[str], Mapping[str, str]]) -> None:
        self._known = known
        self._read = read

    def __getitem__(self, language: str) -> Mapping[str, str]:
        if language not in LANGUAGES:
            raise KeyError(language)
        if language not in self._known:
            self._known[language] = self._read(language)
        return self._known[language]

    def __iter__(self) -> Iterator[str]:
        return iter(LANGUAGES)

    def __len__(self) -> int:
        return len(LANGUAGES)


def messages(reading: Reading, folder: str, report: Report) -> Mapping[str, Mapping[str, str]]:
    """The texts of the catalogues in `folder`, by language and msgid; broken catalogues are reported.

    Catalogues that varve ships are read only when they are needed: its tests make sure that they are valid, and most
    repositories use few of the languages.
    """
    paths = {language: f"{folder}/{language}.po" for language in LANGUAGES}

    def read(language: str) -> Mapping[str, str]:
        return _messages(reading, paths[language], language, report)

    own = [language for language, path in paths.items() if path not in reading.snapshot.library]
    return _Texts({language: read(language) for language in own}, read)


def _messages(reading: Reading, path: str, language: str, report: Report) -> Mapping[str, str]:
    if path not in reading.snapshot:
        return {}
    text = decode(reading.snapshot.source(path), report)
    parsed = catalogue(text or "", language)
    if isinstance(parsed, Fault):
        span = Lines(text or "").span(parsed.offset or 0, len(text or ""))
        report.add(BAD_CATALOGUE, parsed.message, Place(path, span=span), hint="correct the catalogue")
        return {}
    return parsed.texts
