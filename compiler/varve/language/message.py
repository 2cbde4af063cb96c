"""Texts, numbers and durations in a tenant's own language.

Babel reads the machine's time zone when its data are first loaded; nothing that is used here depends on that.
"""

import re
from collections.abc import Container, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from varve.language import po
from varve.language.fault import Fault

LANGUAGES: Final = ("fr", "en", "de", "es", "it")

PARAMETER: Final = re.compile(r"%\(([a-z_][a-z0-9_]*)\)s")
"""A parameter in a text; its group is the name."""

_LANGUAGE_HEADER = re.compile(r"^Language:[ \t]*([A-Za-z]+)", re.MULTILINE)

# What a translation must repeat: varve's parameters, and the template actions that Prometheus evaluates.
_PLACEHOLDER = re.compile(rf"{PARAMETER.pattern}|\{{\{{.*?\}}\}}", re.DOTALL)

# CLDR does not group four digits in these (minimumGroupingDigits is 2), but Babel ignores that.
_UNGROUPED_LOCALES: Final = frozenset({"es", "es_ES", "it", "it_IT"})
_GROUPED_FROM: Final = 10_000

_UNITS: Final = (("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1_000), ("millisecond", 1))


class Catalogue(NamedTuple):
    """The texts of one language, by msgid."""

    language: str
    texts: Mapping[str, str]

    def text(self, msgid: str) -> str:
        """The translation of `msgid`, or `msgid` itself if there is none."""
        return self.texts.get(msgid, msgid)


def catalogue(text: str, locale: str) -> Catalogue | Fault:
    """A gettext catalogue (`.po`) for `locale`; empty and fuzzy translations are ignored."""
    entries = po.read(text)
    if isinstance(entries, Fault):
        return entries
    seen: set[str] = set()
    for entry in entries:
        fault = _duplicate(entry, seen) or _wrong_language(entry, locale) or _wrong_placeholder(entry)
        if fault:
            return fault
        seen.add(entry.text)
    texts = {each.text: each.translation for each in entries if each.text and each.translation and not each.fuzzy}
    return Catalogue(language(locale), texts)


def fill(text: str, parameters: Mapping[str, str]) -> str:
    """`text` with every `%(name)s` replaced; any other `%` is text. Raises `KeyError` if a parameter is missing."""
    return PARAMETER.sub(lambda found: parameters[found[1]], text)


def localised(text: str | Mapping[str, str], language: str) -> str:
    """A text, or of one for each language the text in `language`, else in English, else in the first by code."""
    if isinstance(text, str):
        return text
    return text.get(language) or text.get("en") or text[min(text)]


def language(locale: str) -> str:
    """The language of a locale: `fr` of `fr_FR`."""
    return locale.partition("_")[0]


def number(value: Decimal | float, locale: str) -> str:
    """`value` with all its digits: 1234.5 is `1 234,5` in French, with U+202F as the blank."""
    return _number(str(value), locale)


@lru_cache(maxsize=4096)
def _number(digits: str, locale: str) -> str:
    from babel.numbers import format_decimal

    exact, known = Decimal(digits), _known_locale(locale)
    grouped = known not in _UNGROUPED_LOCALES or abs(exact) >= _GROUPED_FROM
    return format_decimal(exact, locale=known, decimal_quantization=False, group_separator=grouped)


def ratio(value: Decimal | float, locale: str) -> str:
    """A ratio as a percentage, with all its digits: 0.01 is `1 %` in French, with U+00A0 as the blank."""
    return _ratio(str(value), locale)


@lru_cache(maxsize=4096)
def _ratio(digits: str, locale: str) -> str:
    from babel.numbers import format_percent

    return format_percent(Decimal(digits), locale=_known_locale(locale), decimal_quantization=False)


@lru_cache(maxsize=4096)
def duration_text(milliseconds: int, locale: str) -> str:
    """A duration in words, not rounded: `1 heure 30 minutes`; the blank after a number may be U+00A0."""
    from babel.units import format_unit

    words: list[str] = []
    left, known = milliseconds, _known_locale(locale)
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            words.append(format_unit(count, f"duration-{unit}", locale=known))
    return " ".join(words) or format_unit(0, "duration-second", locale=known)


def _known_locale(locale: str) -> str:
    """The locale itself if CLDR has it, else its language alone, as for German in France."""
    from babel import localedata

    return locale if localedata.exists(locale) else language(locale)


def _duplicate(entry: po.Entry, seen: Container[str]) -> Fault | None:
    return Fault(f"`{entry.text}` is translated a second time", entry.offset) if entry.text in seen else None


def _wrong_language(entry: po.Entry, locale: str) -> Fault | None:
    header = None if entry.text else _LANGUAGE_HEADER.search(entry.translation)
    if header is None or header[1] == language(locale):
        return None
    return Fault(f"the header sets the language to `{header[1]}`, not `{language(locale)}`", entry.offset)


def _wrong_placeholder(entry: po.Entry) -> Fault | None:
    if not entry.text or not entry.translation or entry.fuzzy:
        return None
    expected, present = (
        {found[0] for found in _PLACEHOLDER.finditer(each)} for each in (entry.text, entry.translation)
    )
    if lost := sorted(expected - present):
        return Fault(f"the translation of `{entry.text}` lacks `{lost[0]}`", entry.offset)
    if added := sorted(present - expected):
        return Fault(f"the translation of `{entry.text}` adds `{added[0]}`", entry.offset)
    return None
