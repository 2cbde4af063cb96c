"""The snapshot's files as values, each parsed once, when it is first looked up; and a record of all lookups."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.snapshot import Snapshot
from varve.model.source import Document, Map
from varve.read.parse import EXTENSIONS, parse
from varve.read.sealed.file import Sealed, is_among_sealed, is_sealed_file, sealed

TWO_FILES = Rule(
    "read/two-files-for-one-name",
    "The same source exists in different formats",
    "A name such as `tenants/acme/tenant` stands for one file, whatever its format. With `tenant.yaml` beside "
    "`tenant.toml` nobody could tell which one counts. Keep one of them and move the content of the other into it.",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A view of a snapshot that parses a file when it is first looked up, and reports what is wrong with it.

    `questions` are those that were put to the snapshot through this view, including those to which there was no answer:
    a path asks for the file's content, a path that ends with a dot for the files of that name in any format, and one
    that ends with a slash for the names in a folder. Equal answers to all of them mean an equal result.
    """

    snapshot: Snapshot
    report: Report
    stems: Mapping[str, tuple[str, ...]]
    folders: Mapping[str, tuple[str, ...]]
    questions: dict[str, None] = field(default_factory=dict)
    _answers: dict[str, str] = field(default_factory=dict)
    _documents: dict[str, tuple[Document, Report]] = field(default_factory=dict)
    _sealed: dict[str, tuple[Sealed | None, Report]] = field(default_factory=dict)

    def recording(self, report: Report) -> "Reading":
        """The same view with its own record of questions, reporting to `report`; parsed files are not parsed again."""
        return replace(self, report=report, questions={})

    def with_contents(self, contents: Mapping[str, Map], report: Report) -> "Reading":
        """The same view, except that the files at these paths have the given contents; it reports to `report`."""
        supposed = {path: (Document(path, value), Report()) for path, value in contents.items()}
        return replace(self, report=report, questions={}, _documents=self._documents | supposed)

    def answer(self, question: str) -> str:
        """A text that differs whenever the answer to a question, in the form of `questions`, differs."""
        if question not in self._answers:
            self._answers[question] = self._answered(question)
        return self._answers[question]

    def _answered(self, question: str) -> str:
        if question.endswith("/"):
            return "/".join(self.folders.get(question[:-1], ()))
        if question.endswith(".") and question[:-1] in self.stems:
            return "/".join(self.stems[question[:-1]])
        entry = self.snapshot.entries.get(question)
        return entry.id if entry else ""

    def paths(self, question: str) -> Iterator[str]:
        """The paths of the files that a question, in the form of `questions`, refers to."""
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
        self.questions[path] = None
        return path in self.snapshot

    def document(self, path: str) -> Document:
        """The file at `path`, which must exist; its diagnostics are reported to each view through which it is read."""
        self.questions[path] = None
        if path not in self._documents:
            diagnostics = Report()
            self._documents[path] = Document(path, parse(self.snapshot.source(path), diagnostics)), diagnostics
        found, diagnostics = self._documents[path]
        self.report.extend(diagnostics)
        return found

    def unchanged(self, snapshot: Snapshot) -> Iterator[tuple[str, tuple[Document, Report]]]:
        """The documents that were parsed here and whose files are the same in another snapshot."""
        for path, known in self._documents.items():
            # A document without a value may have been refused only because of another file.
            if known[0].value is not None and self.snapshot.entries[path] == snapshot.entries.get(path):
                yield path, known

    def forget(self, paths: Iterable[str]) -> None:
        """Drop the parsed contents of these files; they are parsed again when they are next asked for."""
        for path in paths:
            self._documents.pop(path, None)

    def sealed(self, path: str, report: Report) -> Sealed | None:
        """What can be read of the sealed file at `path` without a key; the file must exist.

        Its diagnostics are reported to each `report`.
        """
        self.questions[path] = None
        if path not in self._sealed:
            diagnostics = Report()
            self._sealed[path] = sealed(self.snapshot.source(path), diagnostics), diagnostics
        found, diagnostics = self._sealed[path]
        report.extend(diagnostics)
        return found

    def all_sealed(self) -> Iterator[str]:
        """The paths of all files that have to be sealed, sorted."""
        for folder in ("environments", "tenants"):
            paths = filter(is_sealed_file, self.snapshot.under(folder))
            yield from (path for path in paths if path.endswith(EXTENSIONS))

    def all_unsealed(self) -> Iterator[str]:
        """The paths of all other files in the folders of sealed files, sorted."""
        for folder in ("environments", "tenants"):
            paths = filter(is_among_sealed, self.snapshot.under(folder))
            yield from (path for path in paths if not (path.endswith(EXTENSIONS) and is_sealed_file(path)))

    def find(self, stem: str) -> Document | None:
        """The one file of that name in any format, or None; if there are two, both are reported and have no value."""
        self.questions[f"{stem}."] = None
        paths = self.stems.get(stem, ())
        if len(paths) > 1:
            self.report.add(
                TWO_FILES,
                f"`{stem}` is written in {len(paths)} files",
                Place(paths[0]),
                *(Note("and here", Place(path)) for path in paths[1:]),
                hint="keep one of them",
            )
            self._documents.update({path: (Document(path, None), Report()) for path in paths})
        return self.document(paths[0]) if paths else None

    def may_contain(self, stem: str, key: str) -> bool:
        """Whether a file of that name could have a key, without parsing: its text contains the key, or some escape."""
        paths = self.stems.get(stem, ())
        self.questions.update(dict.fromkeys((f"{stem}.", *paths)))
        texts = (self.snapshot.source(path).data for path in paths)
        return any(key.encode() in text or b"\\" in text or b"&" in text for text in texts)

    def names(self, folder: str) -> tuple[str, ...]:
        """The names of the source files directly in `folder`, without extension, sorted."""
        self.questions[f"{folder}/"] = None
        return self.folders.get(folder, ())


def reading(snapshot: Snapshot, report: Report, before: Reading | None = None) -> Reading:
    """A reading of `snapshot` that reports to `report`, with the documents of `before` whose files are the same."""
    documents = dict(before.unchanged(snapshot)) if before else {}
    if before and before.snapshot.entries.keys() == snapshot.entries.keys():
        return Reading(snapshot, report, before.stems, before.folders, _documents=documents)
    stems, folders = _grouped(snapshot)
    return Reading(snapshot, report, stems, folders, _documents=documents)


def _grouped(snapshot: Snapshot) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """The paths of the sources by stem, and the names of the stems by folder."""
    stems: dict[str, list[str]] = defaultdict(list)
    # Most files are artifacts, not sources.
    for path in snapshot.excluding("build"):
        if path.endswith(EXTENSIONS):
            stems[path[: path.rindex(".")]].append(path)
    folders: dict[str, list[str]] = defaultdict(list)
    for stem in stems:
        folder, _, name = stem.rpartition("/")
        folders[folder].append(name)
    names = {folder: tuple(sorted(each)) for folder, each in folders.items()}
    return {stem: tuple(paths) for stem, paths in stems.items()}, names
