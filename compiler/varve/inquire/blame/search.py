"""Which words cause a line: each is tried with another value, and left out."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from varve.check.shape.alternative import others, text_format
from varve.check.shape.kind import is_entry
from varve.inquire.blame.minimal import least
from varve.inquire.blame.trial import Trial, Tried, attempt, documents
from varve.inquire.blame.word import Word, instead, of_document, without
from varve.model.source import Document, Keys, Map, Value
from varve.pipeline.opening import Opened
from varve.resolve import pattern

Relation: TypeAlias = Literal["appears", "affects", "produces", "untried"]
"""How a word causes a line. With another value of a word that `appears` in a line or `affects` it, the line differs; in
the first case, the line contains the word's text. Without a word that `produces` a line, the line is missing. The line
contains the text of an `untried` word, but no other value of it could be tried."""

_RANKS: Final[Sequence[Relation]] = ("appears", "affects", "produces", "untried")
_LEAST: Final = 2  # a single character occurs in nearly every line


class Touch(NamedTuple):
    """A word that causes a line, how it does, and the number of lines that it changes, 0 if that is not known.

    A word that changes few lines is the more specific cause of each.
    """

    word: Word
    relation: Relation
    reach: int


def try_words(trial: Trial, words: Sequence[Word]) -> list[Touch]:
    """The words that cause the line; a map or a list only if nothing in it does."""
    found = list(_below(trial, _Tree(words, _alike(trial.opened, words)), ()))
    return [each for each in found if each.relation != "untried" or not _is_part(each.word, found)]


def _is_part(word: Word, found: Iterable[Touch]) -> bool:
    """Whether the text of a word is part of the text of another word that says or shapes the line."""
    texts = (str(each.word.value) for each in found if each.relation in ("appears", "affects"))
    return any(str(word.value) in text for text in texts)


class _Tree(NamedTuple):
    """Words by their paths, and all values of each kind of text."""

    words: Sequence[Word]
    alike: Mapping[str, Sequence[Value]]

    def right_below(self, keys: Keys) -> Iterator[tuple[Keys, list[Word]]]:
        """The paths one key further down, with their words; a map that no single file sets as a whole has none."""
        depth = len(keys) + 1
        paths = dict.fromkeys(each.keys[:depth] for each in self.words if _is_below(each.keys, keys))
        return ((path, [each for each in self.words if each.keys == path]) for path in paths)

    def ends(self, keys: Keys) -> Iterator[Word]:
        """The words at or below a path that are not maps or lists of other words."""
        return (each for each in self.words if not each.whole and each.keys[: len(keys)] == keys)


def _is_below(keys: Keys, above: Keys) -> bool:
    return len(keys) > len(above) and keys[: len(above)] == above


def _below(trial: Trial, tree: _Tree, keys: Keys) -> Iterator[Touch]:
    """The words below a path that cause the line.

    If the artifact is the same without a map, the words in the map are not tried, unless the map only repeats defaults:
    one entry among others never does; otherwise, all its words are changed at once to find out.
    """
    for path, words_here in tree.right_below(keys):
        for word in words_here:
            if not word.whole:
                yield from _tried(trial, word, tree.alike.get(_kind(word), ()))
        whole = next((each for each in words_here if each.whole), None)
        gone = _without(trial, whole) if whole else None
        if gone and gone.same and (is_entry(path) or _all_otherwise(trial, tree, path)):
            continue
        inner = list(_below(trial, tree, path))
        if whole and gone and gone.fate != "stays" and all(each.relation == "untried" for each in inner):
            # Words that cannot be left out alone were left out with the map.
            inner = [_touch(trial, each.word, gone) for each in inner] or _of_least(trial, tree, path, whole, gone)
        yield from inner


def _of_least(trial: Trial, tree: _Tree, keys: Keys, whole: Word, gone: Tried) -> list[Touch]:
    """The cause in a map of which no single word changes the line: words of its minimal content that do.

    If those are in an entry of the map, any other entry would do as well, and the map itself is the cause.
    """
    found = least(trial, tree.words, keys)
    inner = list(_below(found[0], tree._replace(words=found[1]), keys)) if found else []
    alike = any(is_entry(each.word.keys[: len(keys) + 1]) for each in inner)
    return [_touch(trial, whole, gone)] if alike or not inner else inner


def _all_otherwise(trial: Trial, tree: _Tree, keys: Keys) -> bool:
    """Whether the sources compile, to the same artifact, with other values of all words below a path."""
    changed: dict[str, Map] = {}
    for word in tree.ends(keys):
        value = next(others(word.keys, word.value, tree.alike.get(_kind(word), ())), None)
        if value is not None:
            changed |= instead(word, value, documents(trial, word) | changed)
    tried = attempt(trial, changed)
    return tried is not None and tried.same


def try_document(trial: Trial, document: Document) -> list[Touch]:
    """The words of a copied file that cause the line; maps and lists without which the line stays are not searched."""
    return list(_inside(trial, document, Word((), document.value, (), whole=True)))


def _inside(trial: Trial, document: Document, around: Word) -> Iterator[Touch]:
    for word in of_document(document, around.keys):
        found = list(_tried(trial, word))
        if not word.whole:
            yield from found
        elif found or _without(trial, word) is None:
            inner = list(_inside(trial, document, word))
            yield from inner or found


def _tried(trial: Trial, word: Word, alike: Iterable[Value] = ()) -> Iterator[Touch]:
    otherwise = None if word.whole else _instead(trial, word, alike)
    if otherwise and otherwise.fate != "stays":
        yield _touch(trial, word, otherwise)
        return
    gone = _without(trial, word)
    if gone and gone.fate != "stays":
        yield _touch(trial, word, gone)
    elif gone is None and otherwise is None and not word.whole and _is_in_line(trial, word):
        yield Touch(word, "untried", 0)


def _touch(trial: Trial, word: Word, tried: Tried) -> Touch:
    if tried.fate == "gone":
        return Touch(word, "produces", tried.reach)
    return Touch(word, "appears" if _is_in_line(trial, word) else "affects", tried.reach)


def _is_in_line(trial: Trial, word: Word) -> bool:
    value = word.value
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    if value is None or isinstance(value, (dict, list)) or len(text) < _LEAST:
        return False
    return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", trial.line) is not None


def _instead(trial: Trial, word: Word, alike: Iterable[Value]) -> Tried | None:
    """The result with the first other value that compiles, or None."""
    files = documents(trial, word)
    tried = (attempt(trial, instead(word, value, files)) for value in others(word.keys, word.value, alike))
    return next((each for each in tried if each), None)


def _without(trial: Trial, word: Word) -> Tried | None:
    return attempt(trial, without(word, documents(trial, word)))


def strength(touch: Touch) -> tuple[int, int]:
    """The sort key of touches: the closest relation first, then the fewest changed lines."""
    return _RANKS.index(touch.relation), touch.reach


def _alike(opened: Opened, words: Iterable[Word]) -> Mapping[str, Sequence[Value]]:
    """All values of each kind of text; for a fact also the names of the files that it selects among."""
    found: defaultdict[str, dict[Value, None]] = defaultdict(dict)
    for word in words:
        if isinstance(word.value, str):
            found[_kind(word)][word.value] = None
    for layer in opened.settings.layers:
        folder, _, last = layer.path.rpartition("/")
        if fact := pattern.FACT.fullmatch(last):
            found[fact[1]].update(dict.fromkeys(opened.reading.names(folder)))
    return {name: list(each) for name, each in found.items() if name}


def _kind(word: Word) -> str:
    fact = ".".join(map(str, word.keys))
    return fact if word.keys[:1] == ("tenant",) else text_format(word.keys)
