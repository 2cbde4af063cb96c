"""Files among a repository's own templates that nothing uses, and messages that its catalogues lack or do not need."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from posixpath import basename, dirname
from typing import Final, NamedTuple

from varve.emit.kit import Kit
from varve.emit.prometheus.escalation import DESCRIPTION, SUMMARY
from varve.emit.template.reference import References, references
from varve.language import name
from varve.language.message import LANGUAGES
from varve.model.diagnostic import Place, Report, Rule, Severity
from varve.read.parse import EXTENSIONS
from varve.read.repository import UNREAD_FILE, is_reported_if_unread
from varve.resolve.history import brief

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


def check(kit: Kit, own: Iterable[str], report: Report) -> None:
    """Warn of the repository's `own` files below `templates/` that nothing reads, and of its catalogues."""
    own_files = sorted(filter(is_reported_if_unread, own))
    if not own_files:
        return
    named = cache(lambda path: references(kit.engine.templates[path]))
    parts = [(part, _with_includes(part.paths, kit.engine.templates, named)) for part in _parts(kit)]
    read = {path for part, included in parts for path in chain(included, _other_files(part))}
    known = [each for part, _ in parts for each in part.paths if each not in own_files]
    for path in own_files:
        if path not in read:
            _say_unread(path, known, report)
    for part, included in parts:
        catalogues = {each: path for each in LANGUAGES if (path := _catalogue(part.folder, each)) in own_files}
        wanted = (
            part.own_messages.union(*(named(path).messages for path in included)) if catalogues else part.own_messages
        )
        for language, path in catalogues.items():
            _check_catalogue(path, part.texts.get(language, {}), wanted, report)


def _parts(kit: Kit) -> Iterator[_Part]:
    paths = tuple(f"{ROOT}/{folder}/{each}.yaml.j2" for folder, names in USED_BY_NAME.items() for each in names)
    yield _Part(ROOT, paths, OWN_MESSAGES, kit.messages)
    for pack in kit.packs.values():
        yield _Part(pack.folder, tuple(f"{pack.folder}/{each}" for each in PACK_TEMPLATES), frozenset(), pack.messages)


def _with_includes(
    paths: Iterable[str], templates: Collection[str], named: Callable[[str], References]
) -> frozenset[str]:
    """The templates among `paths` that exist, with all that they include."""
    found: set[str] = set()
    waiting = [path for path in paths if path in templates]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += [each for each in named(path).templates if each in templates]
    return frozenset(found)


def _other_files(part: _Part) -> Iterator[str]:
    """The other files that are read in the part's folder: catalogues, and the file of a pack."""
    yield from (_catalogue(part.folder, language) for language in LANGUAGES)
    if part.folder != ROOT:
        yield from (f"{part.folder}/pack{extension}" for extension in EXTENSIONS)


def _catalogue(folder: str, language: str) -> str:
    return f"{folder}/messages/{language}.po"


def _say_unread(path: str, known: Collection[str], report: Report) -> None:
    near = [each for each in known if dirname(each) == dirname(path)]
    named = _meant(path, near) or _meant(path, [each for each in known if not each.startswith(_PACKS)])
    hint = f"did you mean `{named}`?" if named else "move it to where it is read, or delete it"
    if path.endswith(".po"):
        hint = f"name it `messages/<language>.po`, for one of the languages {', '.join(LANGUAGES)}"
    report.say(UNREAD_FILE, f"nothing reads `{path}`", Place(path), hint=hint)


def _meant(path: str, known: Collection[str]) -> str | None:
    """The path whose name, up to its first dot, is most like that of `path`, if any is."""
    by_name = {_stem(each): each for each in known}
    return by_name.get(name.meant(_stem(path), by_name) or "")


def _stem(path: str) -> str:
    return basename(path).partition(".")[0]


def _check_catalogue(path: str, texts: Mapping[str, str], wanted: frozenset[str], report: Report) -> None:
    lost, idle = sorted(wanted - texts.keys()), sorted(texts.keys() - wanted)
    if lost and basename(path) != _UNTRANSLATED:
        message = f"this catalogue does not translate {_some(lost)}, so the text of the template is used"
        report.say(OTHER_MESSAGES, message, Place(path), hint="translate them too, or take them from what varve ships")
    if idle:
        hint = "spell it as the template does, or delete it"
        report.say(OTHER_MESSAGES, f"no template uses {_some(idle)}", Place(path), hint=hint)


def _some(texts: list[str]) -> str:
    return name.few([brief(each) for each in texts], _FEW)
