"""What of a repository's own templates nothing asks for, and which messages its catalogues lack or have in vain."""

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
from varve.read.repository import UNREAD_FILE, is_missed
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
NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "alertmanager": ("discord", "email", "jira", "msteams", "opsgenie", "pagerduty", "slack", "telegram", "words"),
    "grafana": ("service", "tenant"),
    "prometheus": ("heartbeat", "probe", "prometheus", "rules", "scrape"),
    "slack": ("alert", "digest", "resolved"),
}
"""The templates that are asked for by name, by their folder."""

OF_A_PACK: Final = ("dashboard.yaml.j2", "rules.yaml.j2", "tests.yaml.j2")
SPOKEN: Final = frozenset({"Dashboards", "Runbook", SUMMARY, DESCRIPTION})
"""The messages that varve says where no template is asked."""

_PACKS: Final = f"{ROOT}/packs/"
_AS_WRITTEN: Final = "en.po"
_FEW: Final = 3


class _Part(NamedTuple):
    """A part of the templates that has catalogues of its own: what is asked for by name, and the texts it is given."""

    folder: str
    paths: tuple[str, ...]
    spoken: frozenset[str]
    texts: Mapping[str, Mapping[str, str]]


def check(kit: Kit, own: Iterable[str], report: Report) -> None:
    """Warn of the repository's `own` files below `templates/` that nothing reads, and of its catalogues."""
    looked = sorted(filter(is_missed, own))
    if not looked:
        return
    named = cache(lambda path: references(kit.engine.templates[path]))
    parts = [(part, _reached(part.paths, kit.engine.templates, named)) for part in _parts(kit)]
    read = {path for part, reached in parts for path in chain(reached, _beside(part))}
    known = [each for part, _ in parts for each in part.paths if each not in looked]
    for path in looked:
        if path not in read:
            _say_unread(path, known, report)
    for part, reached in parts:
        catalogues = {each: path for each in LANGUAGES if (path := _catalogue(part.folder, each)) in looked}
        wanted = part.spoken.union(*(named(path).messages for path in reached)) if catalogues else part.spoken
        for language, path in catalogues.items():
            _judge(path, part.texts.get(language, {}), wanted, report)


def _parts(kit: Kit) -> Iterator[_Part]:
    paths = tuple(f"{ROOT}/{folder}/{each}.yaml.j2" for folder, names in NAMED.items() for each in names)
    yield _Part(ROOT, paths, SPOKEN, kit.messages)
    for pack in kit.packs.values():
        yield _Part(pack.folder, tuple(f"{pack.folder}/{each}" for each in OF_A_PACK), frozenset(), pack.messages)


def _reached(paths: Iterable[str], templates: Collection[str], named: Callable[[str], References]) -> frozenset[str]:
    """The templates that are asked for, with all that these include."""
    found: set[str] = set()
    waiting = [path for path in paths if path in templates]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += [each for each in named(path).templates if each in templates]
    return frozenset(found)


def _beside(part: _Part) -> Iterator[str]:
    """What is read beside templates, where it stands: catalogues, and the file of a pack."""
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
    """The one of these paths whose name was probably meant, whatever follows its first dot."""
    by_name = {_stem(each): each for each in known}
    return by_name.get(name.meant(_stem(path), by_name) or "")


def _stem(path: str) -> str:
    return basename(path).partition(".")[0]


def _judge(path: str, texts: Mapping[str, str], wanted: frozenset[str], report: Report) -> None:
    lost, idle = sorted(wanted - texts.keys()), sorted(texts.keys() - wanted)
    if lost and basename(path) != _AS_WRITTEN:
        message = f"this catalogue does not translate {_some(lost)}, so the text of the template is used"
        report.say(OTHER_MESSAGES, message, Place(path), hint="translate them too, or take them from what varve ships")
    if idle:
        hint = "spell it as the template does, or delete it"
        report.say(OTHER_MESSAGES, f"no template uses {_some(idle)}", Place(path), hint=hint)


def _some(texts: list[str]) -> str:
    return name.few([brief(each) for each in texts], _FEW)
