"""The snapshot's files as values, each read once, when somebody asks; and a record of what was asked."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Final

from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.snapshot import Entry, Snapshot
from varve.model.source import Document
from varve.read.parse import EXTENSIONS, parse
from varve.read.sealed.file import Sealed, is_sealed_file, sealed

TWO_FILES = Rule(
    "read/two-files-for-one-name",
    "Two files say the same thing in different formats",
    "A name such as `tenants/acme/tenant` stands for one file, whatever its format. With `tenant.yaml` beside "
    "`tenant.toml` nobody could tell which one speaks. Keep one of them and move what the other says into it.",
)


_id: Final[Callable[[Entry], str]] = itemgetter(0)
"""The id of an entry, without the detour through Python that each of ten thousands would take."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A view of a snapshot that parses a file when it is first asked for, and reports what is wrong with it.

    `asked` are the questions that were put to the snapshot through this view, also those that were answered with
    nothing: a path stands for the file's content, a path that ends with a dot for the files of that name in any
    format, and one that ends with a slash for the names in a folder. Whoever gets the same answers finds the same.
    """

    snapshot: Snapshot
    report: Report
    stems: Mapping[str, tuple[str, ...]]
    folders: Mapping[str, tuple[str, ...]]
    asked: dict[str, None] = field(default_factory=dict)
    _answers: defaultdict[str, str] = field(default_factory=lambda: defaultdict(str))
    _documents: dict[str, tuple[Document, Report]] = field(default_factory=dict)
    _sealed: dict[str, tuple[Sealed | None, Report]] = field(default_factory=dict)

    def watched(self, report: Report) -> "Reading":
        """The same view with a record of its own, which reports to `report`; what was read stays read."""
        return replace(self, report=report, asked={})

    @property
    def answer(self) -> Callable[[str], str]:
        """Gives of each question that is `asked` a text that differs wherever its answer does."""
        if not self._answers:
            # Whoever wants one answer wants tens of thousands, and many want none.
            entries = self.snapshot.entries
            self._answers.update(zip(entries, map(_id, entries.values()), strict=True))
            self._answers.update((f"{stem}.", "/".join(paths)) for stem, paths in self.stems.items())
            self._answers.update((f"{folder}/", "/".join(names)) for folder, names in self.folders.items())
        return self._answers.__getitem__

    def paths(self, question: str) -> Iterator[str]:
        """The paths of the files that answer a question, however many."""
        match question[-1:]:
            case "/":
                stems = (question + name for name in self.folders.get(question[:-1], ()))
                yield from (path for stem in stems for path in self.stems[stem])
            case ".":
                yield from self.stems.get(question[:-1], ())
            case _ if question in self.snapshot:
                yield question

    def __contains__(self, path: str) -> bool:
        """Whether there is a file at `path`."""
        self.asked[path] = None
        return path in self.snapshot

    def document(self, path: str) -> Document:
        """The file at `path`, which must exist; whoever asks hears what is wrong with it."""
        self.asked[path] = None
        if path not in self._documents:
            said = Report()
            self._documents[path] = Document(path, parse(self.snapshot.source(path), said)), said
        found, said = self._documents[path]
        self.report.extend(said)
        return found

    def forget(self, paths: Iterable[str]) -> None:
        """Let go of what these files say; who asks for it again reads it again."""
        for path in paths:
            self._documents.pop(path, None)

    def sealed(self, path: str, report: Report) -> Sealed | None:
        """What the sealed file at `path`, which must exist, says without any key; whoever asks hears what is wrong."""
        self.asked[path] = None
        if path not in self._sealed:
            said = Report()
            self._sealed[path] = sealed(self.snapshot.source(path), said), said
        found, said = self._sealed[path]
        report.extend(said)
        return found

    def all_sealed(self) -> Iterator[str]:
        """The paths of all files that have to be sealed, sorted."""
        for folder in ("environments", "tenants"):
            paths = filter(is_sealed_file, self.snapshot.under(folder))
            yield from (path for path in paths if path.endswith(EXTENSIONS))

    def find(self, stem: str) -> Document | None:
        """The one file of that name in any format, or None; two of them are reported, and neither says anything."""
        self.asked[f"{stem}."] = None
        paths = self.stems.get(stem, ())
        if len(paths) > 1:
            self.report.say(
                TWO_FILES,
                f"`{stem}` is written in {len(paths)} files",
                Place(paths[0]),
                *(Note("and here", Place(path)) for path in paths[1:]),
                hint="keep one of them",
            )
            self._documents.update({path: (Document(path, None), Report()) for path in paths})
        return self.document(paths[0]) if paths else None

    def may_say(self, stem: str, key: str) -> bool:
        """Whether a file of that name could have a key, known without reading it: its text has it, or some escape."""
        paths = self.stems.get(stem, ())
        self.asked.update(dict.fromkeys((f"{stem}.", *paths)))
        texts = (self.snapshot.source(path).data for path in paths)
        return any(key.encode() in text or b"\\" in text or b"&" in text for text in texts)

    def names(self, folder: str) -> tuple[str, ...]:
        """The names of the readable files right inside `folder`, without extension, sorted."""
        self.asked[f"{folder}/"] = None
        return self.folders.get(folder, ())


def reading(snapshot: Snapshot, report: Report) -> Reading:
    """A reading of `snapshot` that reports to `report`."""
    stems: dict[str, list[str]] = defaultdict(list)
    # Most files are artifacts, and no sources.
    for path in snapshot.beside("build"):
        if path.endswith(EXTENSIONS):
            stems[path[: path.rindex(".")]].append(path)
    folders: dict[str, list[str]] = defaultdict(list)
    for stem in stems:
        folder, _, name = stem.rpartition("/")
        folders[folder].append(name)
    return Reading(snapshot, report, _frozen(stems), _frozen(folders))


def _frozen(groups: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(sorted(values)) for key, values in groups.items()}
