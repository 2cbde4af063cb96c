"""Files among a repository's own templates that nothing uses, and messages that its catalogues lack or do not need."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from posixpath import basename, dirname
from typing import TYPE_CHECKING, Final, NamedTuple

from varve.emit.kit import Kit
from varve.emit.prometheus.escalation import DESCRIPTION, SUMMARY
from varve.language import name
from varve.language.message import LANGUAGES
from varve.model.diagnostic import Place, Report, Rule, Severity
from varve.read.parse import EXTENSIONS
from varve.read.repository import UNREAD_FILE, is_reported_if_unread
from varve.resolve.history import brief

if TYPE_CHECKING:
    from varve.emit.template.reference import References

OTHER_MESSAGES = Rule(
    "emit/other-messages",
    "Catalogue does not match the templates",
    "A repository's own `messages/<language>.po` replaces the whole catalogue that varve ships. A text that it does "
    "not translate, or marks as fuzzy, is written as in the template, in English; one that no template uses has no "
    "effect. Copy the shipped catalogue and change the wording you want.",
    Severity.WARNING,
)

ROOT: Final = "templates"
USED_BY_NAME: Final[Mapping[str, tuple[str, ...]]] = {
    "alertmanager": ("discord", "email", "jira", "msteams", "opsgenie", "pagerduty", "slack", "telegram", "words"),
    "grafana": ("service", "tenant"),
    "prometheus": ("heartbeat", "probe", "prometheus", "rules", "scrape"),
    "slack": ("alert", "digest", "resolved"),
}
"""The templates that varve uses by name, by folder."""

PACK_TEMPLATES: Final = ("dashboard.yaml.j2", "rules.yaml.j2", "tests.yaml.j2")
OWN_MESSAGES: Final = frozenset({"Dashboards", "Runbook", SUMMARY, DESCRIPTION})
"""The messages that varve itself uses, without a template."""

_PACKS: Final = f"{ROOT}/packs/"
_UNTRANSLATED: Final = "en.po"
_FEW: Final = 3


class _Part(NamedTuple):
    """Templates with their own catalogues: which of them varve uses, its own messages there, and the texts."""

    folder: str
    paths: tuple[str, ...]
    own_messages: frozenset[str]
    texts: Mapping[str, Mapping[str, str]]


def check(kit: Kit, paths: Iterable[str], report: Report) -> None:
    """Warn of the repository's own files at `paths`, below `templates/`, that nothing reads, and of its catalogues."""
    own_files = sorted(filter(is_reported_if_unread, paths))
    if not own_files:
        return
    from varve.emit.template.reference import references

    references_of = cache(lambda path: references(kit.engine.templates[path]))
    parts = [(part, _with_includes(part.paths, kit.engine.templates, references_of)) for part in _parts(kit)]
    read = {path for part, included in parts for path in chain(included, _other_files(part))}
    expected = [each for part, _ in parts for each in part.paths if each not in own_files]
    for path in own_files:
        if path not in read:
            _report_unread(path, expected, report)
    for part, included in parts:
        catalogues = {each: path for each in LANGUAGES if (path := _catalogue(part.folder, each)) in own_files}
        needed = part.own_messages
        if catalogues:
            needed = needed.union(*(references_of(path).messages for path in included))
        for language, path in catalogues.items():
            _check_catalogue(path, part.texts.get(language, {}), needed, report)


def _parts(kit: Kit) -> Iterator[_Part]:
    paths = tuple(f"{ROOT}/{folder}/{each}.yaml.j2" for folder, names in USED_BY_NAME.items() for each in names)
    yield _Part(ROOT, paths, OWN_MESSAGES, kit.messages)
    for pack in kit.packs.values():
        yield _Part(pack.folder, tuple(f"{pack.folder}/{each}" for each in PACK_TEMPLATES), frozenset(), pack.messages)


def _with_includes(
    paths: Iterable[str], templates: Collection[str], references_of: "Callable[[str], References]"
) -> frozenset[str]:
    """The templates among `paths` that exist, with all that they include."""
    found: set[str] = set()
    waiting = [path for path in paths if path in templates]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += [each for each in references_of(path).templates if each in templates]
    return frozenset(found)


def _other_files(part: _Part) -> Iterator[str]:
    """The other files that are read in the part's folder: catalogues, and the file of a pack."""
    yield from (_catalogue(part.folder, language) for language in LANGUAGES)
    if part.folder != ROOT:
        yield from (f"{part.folder}/pack{extension}" for extension in EXTENSIONS)


def _catalogue(folder: str, language: str) -> str:
    return f"{folder}/messages/{language}.po"


def _report_unread(path: str, expected: Collection[str], report: Report) -> None:
    siblings = [each for each in expected if dirname(each) == dirname(path)]
    suggestion = _nearest(path, siblings) or _nearest(path, [each for each in expected if not each.startswith(_PACKS)])
    hint = f"did you mean `{suggestion}`?" if suggestion else "move it to where it is read, or delete it"
    if path.endswith(".po"):
        hint = f"name it `messages/<language>.po`, for one of the languages {', '.join(LANGUAGES)}"
    report.add(UNREAD_FILE, f"nothing reads `{path}`", Place(path), hint=hint)


def _nearest(path: str, expected: Collection[str]) -> str | None:
    """The path whose name, up to its first dot, is most like that of `path`, if any is."""
    by_name = {_stem(each): each for each in expected}
    return by_name.get(name.meant(_stem(path), by_name) or "")


def _stem(path: str) -> str:
    return basename(path).partition(".")[0]


def _check_catalogue(path: str, texts: Mapping[str, str], needed: frozenset[str], report: Report) -> None:
    missing, unneeded = sorted(needed - texts.keys()), sorted(texts.keys() - needed)
    if missing and basename(path) != _UNTRANSLATED:
        message = f"this catalogue does not translate {_some(missing)}, so the text of the template is used"
        report.add(OTHER_MESSAGES, message, Place(path), hint="translate them too, or take them from what varve ships")
    if unneeded:
        hint = "spell it as the template does, or delete it"
        report.add(OTHER_MESSAGES, f"no template uses {_some(unneeded)}", Place(path), hint=hint)


def _some(texts: list[str]) -> str:
    return name.few([brief(each) for each in texts], _FEW)
