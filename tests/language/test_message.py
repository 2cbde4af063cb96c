"""Texts, numbers and durations are written in the tenant's language."""

import sys
from subprocess import run

import pytest

from varve.language import message
from varve.language.fault import Fault

NARROW, HARD = "\u202f", "\u00a0"

FRENCH = r"""
msgid ""
msgstr "Language: fr\n"

msgid "%(job)s is down on {{ $labels.instance }}"
msgstr "{{ $labels.instance }} : %(job)s ne répond plus"

msgid "100 % of the budget"
msgstr "100 % du budget"

#, fuzzy
msgid "guessed"
msgstr "deviné %(x)s"

msgid "later"
msgstr ""
"""


def entry(text: str, translation: str) -> str:
    """One entry of a catalogue."""
    return f'msgid "{text}"\nmsgstr "{translation}"\n'


def french() -> message.Catalogue:
    """The catalogue above."""
    found = message.catalogue(FRENCH, "fr_FR")
    assert isinstance(found, message.Catalogue)
    return found


def test_a_catalogue_ignores_empty_and_fuzzy_translations() -> None:
    catalogue = french()
    assert catalogue.language == "fr"
    assert catalogue.text("100 % of the budget") == "100 % du budget"
    assert [catalogue.text(each) for each in ("guessed", "later", "unknown", "")] == ["guessed", "later", "unknown", ""]


@pytest.mark.parametrize(
    ("po", "reason"),
    [
        (entry("%(job)s is down", "en panne"), "the translation of `%(job)s is down` lacks `%(job)s`"),
        (entry("%(job)s is down", "%(jbo)s en panne"), "the translation of `%(job)s is down` lacks `%(job)s`"),
        (entry("down", "%(job)s en panne"), "the translation of `down` adds `%(job)s`"),
        (entry("at {{ $value }}", "à {{ $valeur }}"), "the translation of `at {{ $value }}` lacks `{{ $value }}`"),
        (entry("down", "{{ $value }}"), "the translation of `down` adds `{{ $value }}`"),
        (entry("down", "bas") + entry("down", "à terre"), "`down` is translated a second time"),
        (entry("", r"Language: de\n"), "the header sets the language to `de`, not `fr`"),
        (entry("down", "bas") + "msgid", "an entry must be `msgid` and `msgstr`, each with text between double quotes"),
    ],
    ids=[
        "a parameter lost",
        "a parameter misspelt",
        "a parameter too many",
        "an action changed",
        "an action too many",
        "twice",
        "another language",
        "no entry",
    ],
)
def test_a_catalogue_that_would_mislead_is_refused(po: str, reason: str) -> None:
    fault = message.catalogue(po, "fr_FR")
    assert isinstance(fault, Fault)
    assert fault.message == reason


def test_parameters_are_filled_in_and_other_percent_signs_stay() -> None:
    text = "%(job)s: 99 % of %(n)s, %s %(Job)d {{ $value }}"
    assert message.fill(text, {"job": "%(n)s", "n": "3"}) == "%(n)s: 99 % of 3, %s %(Job)d {{ $value }}"
    with pytest.raises(KeyError, match="job"):
        message.fill(text, {"n": "3"})


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("bonjour", "bonjour"),
        ({"fr": "bonjour", "en": "hello"}, "bonjour"),
        ({"de": "hallo", "en": "hello"}, "hello"),
        ({"it": "ciao", "de": "hallo"}, "hallo"),
    ],
    ids=["one for all", "its own", "else English", "else the first by name"],
)
def test_a_text_is_chosen_by_its_language(text: str | dict[str, str], chosen: str) -> None:
    assert message.localised(text, "fr") == chosen


@pytest.mark.parametrize(
    ("locale", "small", "four", "large", "percent"),
    [
        ("fr_FR", "99,9", f"1{NARROW}234,5", f"12{NARROW}345,678901", f"99,995{HARD}%"),
        ("en_GB", "99.9", "1,234.5", "12,345.678901", "99.995%"),
        ("de_DE", "99,9", "1.234,5", "12.345,678901", f"99,995{HARD}%"),
        ("es_ES", "99,9", "1234,5", "12.345,678901", f"99,995{HARD}%"),
        ("es_MX", "99.9", "1,234.5", "12,345.678901", "99.995%"),
        ("it_IT", "99,9", "1234,5", "12.345,678901", "99,995%"),
        ("de_FR", "99,9", "1.234,5", "12.345,678901", f"99,995{HARD}%"),
        ("it_FR", "99,9", "1234,5", "12.345,678901", "99,995%"),
    ],
)
def test_a_number_keeps_its_digits_in_every_locale(
    locale: str, small: str, four: str, large: str, percent: str
) -> None:
    written = [message.number(each, locale) for each in (99.9, 1234.5, 12345.678901)]
    assert [*written, message.ratio(0.99995, locale)] == [small, four, large, percent]


@pytest.mark.parametrize(
    ("ratio", "written"), [(0.07, "7%"), (0.999, "99.9%"), (0.0001, "0.01%"), (1e-7, "0.00001%"), (1, "100%")]
)
def test_a_ratio_is_written_as_an_exact_percentage(ratio: float, written: str) -> None:
    assert message.ratio(ratio, "en_US") == written


@pytest.mark.parametrize(
    ("milliseconds", "locale", "words"),
    [
        (300_000, "fr_FR", "5 minutes"),
        (3_600_000, "fr_FR", f"1{HARD}heure"),
        (5_400_000, "fr_FR", f"1{HARD}heure 30 minutes"),
        (2_592_000_000, "fr_FR", f"30{HARD}jours"),
        (0, "fr_FR", f"0{HARD}seconde"),
        (90_061_001, "en_US", "1 day 1 hour 1 minute 1 second 1 millisecond"),
        (0, "en_US", "0 seconds"),
        (5_400_000, "de_DE", "1 Stunde 30 Minuten"),
        (5_400_000, "es_ES", "1 hora 30 minutos"),
        (5_400_000, "it_CH", "1 ora 30 minuti"),
        (1_000, "de_FR", "1 Sekunde"),
    ],
)
def test_a_duration_is_not_rounded(milliseconds: int, locale: str, words: str) -> None:
    assert message.duration_text(milliseconds, locale) == words


@pytest.mark.parametrize("locale", [f"{language}_ZZ" for language in message.LANGUAGES])
def test_every_language_works_in_any_region(locale: str) -> None:
    assert message.language(locale) in message.LANGUAGES
    assert message.number(5, locale) == "5"


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"TZ": "Asia/Tokyo", "LC_ALL": "de_DE.UTF-8"},
        {"TZ": "Nowhere/Else", "LANGUAGE": "xx:yy", "LC_NUMERIC": "123"},
    ],
    ids=["says nothing", "speaks another language", "speaks nonsense"],
)
def test_the_environment_has_no_effect_and_babel_is_imported_late(environment: dict[str, str]) -> None:
    script = (
        "import sys; from varve.language import message; late = 'babel' not in sys.modules\n"
        "words = message.number(1234.5, 'fr_FR'), message.duration_text(1000, 'fr_FR'), message.ratio(0.5, 'fr_FR')\n"
        "print(late, ascii(words))\n"
    )
    path = {"PYTHONPATH": ":".join(sys.path)}
    done = run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=path | environment)
    assert done.stdout == "True ('1\\u202f234,5', '1\\xa0seconde', '50\\xa0%')\n"
