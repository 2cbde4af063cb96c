"""Formats of contacts and locales."""

import re
from collections.abc import Mapping
from typing import Final

from varve.check.shape.format.shape import Format
from varve.language.message import LANGUAGES
from varve.model.diagnostic import Rule

BAD_LOCALE = Rule(
    "check/bad-locale",
    "Not a supported locale",
    "A locale is a language and a region, such as `fr_FR` or `de_CH`. The texts of the packs exist in French, English, "
    "German, Spanish and Italian.",
)
BAD_SLACK_CHANNEL = Rule(
    "check/bad-slack-channel",
    "Not a Slack channel",
    "A Slack channel is written with `#`, as in `#payments-oncall`, a person as `@alice`: at most 80 lower-case "
    "letters, digits, hyphens and underscores. In YAML it needs quotes, because ` #` begins a comment.",
)
BAD_EMAIL = Rule(
    "check/bad-email-address",
    "Not an e-mail address",
    "An e-mail address is `name@host`, without blanks, angle brackets or a display name.",
)

_LOCALE = re.compile(r"([a-z]{2})_[A-Z]{2}")
_SLACK = re.compile(r"[#@][a-z0-9\u00c0-\u024f][a-z0-9_\u00c0-\u024f.-]{0,79}")
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
_LONGEST_EMAIL: Final = 254


def _locale(text: str) -> str | None:
    match = _LOCALE.fullmatch(text)
    if not match:
        return "write a language and a region, such as `fr_FR`"
    return None if match[1] in LANGUAGES else f"write one of the languages {', '.join(LANGUAGES)}"


def _slack(text: str) -> str | None:
    return None if _SLACK.fullmatch(text) else "write it like `#payments-oncall`"


def _email(text: str) -> str | None:
    return None if _EMAIL.fullmatch(text) and len(text) <= _LONGEST_EMAIL else "write it like `name@example.org`"


FORMATS: Final[Mapping[str, Format]] = {
    "locale": Format(BAD_LOCALE, "is not a supported locale", _locale),
    "slack-channel": Format(BAD_SLACK_CHANNEL, "is not a Slack channel", _slack),
    "email-address": Format(BAD_EMAIL, "is not an e-mail address", _email),
}
