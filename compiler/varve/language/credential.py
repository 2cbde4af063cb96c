"""Finds credentials in texts, by the format of their issuer, or by a word beside them and their entropy.

The formats are those that issuers publish for secret scanners. What has no format of its own, such as a password, is
found only next to a word for it, and only if it looks random.
"""

import math
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import ge, ne
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from varve.language import regex


class Credential(NamedTuple):
    """A text that gives access to whoever has it: its `kind` in words, the text found, and the secret part of it."""

    kind: str
    text: str
    secret: str


class _Minimum(NamedTuple):
    """The minimum values of a text that looks random.

    `length` and `digits` are numbers of characters, `turns` is the share of characters whose kind differs from that of
    the previous one, and `entropy` is Shannon's entropy as a share of the maximum for a text of this length.
    """

    length: int
    digits: int
    turns: float
    entropy: float


_FORMS: Final[Mapping[str, str]] = {
    "a Slack webhook": r"(?i:https://hooks\.slack(?:-gov)?\.com)/[a-z]+/[A-Za-z0-9]+/[A-Za-z0-9]+/[A-Za-z0-9/]{12,}",
    "a Slack token": r"\bxox[abeoprs]-[0-9A-Za-z-]{10,}|\bxapp-[0-9]-[A-Z0-9]+-[0-9]+-[0-9a-f]{16,}",
    "a Discord webhook": (
        r"(?i:https://(?:ptb\.|canary\.)?discord(?:app)?\.com)/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,}"
    ),
    "a Microsoft Teams webhook": (
        r"(?i:https://[a-z0-9-]+\.webhook\.office\.com)/webhookb2/[0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/[0-9a-f]{32}"
    ),
    "a Telegram bot's token": r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}",
    "a GitHub token": r"\bgh[opsur]_[A-Za-z0-9]{36,}|\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{50,}",
    "a GitLab token": r"\bgl(?:pat|dt|rt|ptt|soat|cbt|ft)-[A-Za-z0-9_-]{20,}",
    "an AWS access key": r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",
    "a Google API key": r"\bAIza[A-Za-z0-9_-]{35}",
    "a Google access token": r"\bya29\.[A-Za-z0-9_-]{20,}",
    "a private key": r"-----BEGIN [A-Z ]{0,24}PRIVATE KEY(?: BLOCK)?-----",
    "an age identity": r"AGE-SECRET-KEY-(?:PQ-)?1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{40,}",
    "a JSON web token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{16,}",
    "a Stripe key": r"\b[rs]k_(?:live|test)_[0-9A-Za-z]{16,}|\bwhsec_[A-Za-z0-9+/=]{32,}",
    "a SendGrid key": r"\bSG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{39,50}",
    "a Mailgun key": r"\bkey-[0-9a-f]{32}\b",
    "a Twilio key": r"\bSK[0-9a-f]{32}\b",
    "an npm token": r"\bnpm_[A-Za-z0-9]{36}\b",
    "a PyPI token": r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}",
    "a Grafana token": (r"\bglsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|\bglc_[A-Za-z0-9+/=]{32,}|\beyJrIjoi[A-Za-z0-9+/=]{30,}"),
    "a Vault token": r"\bhv[bsr]\.[A-Za-z0-9_-]{24,}",
    "a New Relic key": r"\bNRAK-[A-Z0-9]{27}|\bNRII-[A-Za-z0-9_-]{32}",
    "a Terraform Cloud token": r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}",
    "a Hugging Face token": r"\bhf_[A-Za-z]{34}\b",
    "an AI provider's key": (
        r"\bsk-(?:ant-|proj-|svcacct-)[A-Za-z0-9_-]{40,}|\bsk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}"
    ),
    "a DigitalOcean token": r"\bdo[opr]_v1_[0-9a-f]{64}\b",
    "a login in a URL": (
        r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"'`<>{}$]{0,128}:(?P<secret>[^\s/?#\"'`<>{}$]{3,256})@[\w.\[-]"
    ),
}
_GUESSES: Final[Mapping[str, str]] = {
    "a secret in a URL": (
        r"(?i)[?&;](?:sig|signature|x-amz-signature|[a-z_]*token|api_?key|key|secret|password)="
        r"(?P<secret>[\w%.~+/-]{16,})"
    ),
    "a login": r"(?i)\b(?:bearer|basic|geniekey|apikey|token)[ ]+(?P<secret>[A-Za-z0-9+/_.=-]{16,})",
    "a password or a key": (
        r"(?i)(?:passw(?:or)?d|passphrase|secret|token|(?:api|access|private|routing|integration|service)[ _-]?key"
        r"|credentials?)[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?(?P<secret>[A-Za-z0-9+/_.=~!@#%^&*-]{10,})"
    ),
}


def _any(kinds: Mapping[str, str]) -> str:
    return "|".join(f"(?:{each})".replace("(?P<secret>", "(?:") for each in kinds.values())


def _widened(form: str) -> str:
    """A pattern that matches wherever `form` does, and more: without counts of repetitions it is twice as fast."""
    return _REPETITION.sub(lambda found: "*" if found[1] == "0" else "+", form)


_REPETITION: Final = re.compile(r"\{([0-9]+)(?:,[0-9]*)?\}")
_LIKELY: Final = _widened(_any({**_FORMS, **_GUESSES}))
_HEXADECIMAL: Final = frozenset("0123456789abcdef-")
_HEXADECIMAL_MINIMUM: Final = _Minimum(32, 0, 0, 0.6)
_TWO_KINDS_MINIMUM: Final = _Minimum(24, 4, 0, 0.8)
_MORE_KINDS_MINIMUM: Final = _Minimum(10, 1, 0.38, 0.8)
_MASK: Final = b"***"
_KEY_BEGINS: Final = "-----BEGIN "
_KEY_ENDS: Final = "-----END "
_PERCENT_ESCAPE: Final = re.compile(rb"%[0-9A-F]{2}")
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
_BASE64_BLOCK: Final = 3
"""How many bytes Base64 encodes together."""


def find(data: bytes) -> Iterator[Credential]:
    """The credentials in a UTF-8 text, in their order; takes time proportional to its length."""
    return (each for _, _, each in _found(data))


def lines(data: bytes) -> Iterator[tuple[int, Credential]]:
    """The credentials in a UTF-8 text, each with the line on which it begins, counted from 1."""
    line, counted = 1, 0
    for start, _, each in _found(data):
        line += data.count(b"\n", counted, start)
        counted = start
        yield line, each


def holds(text: str) -> bool:
    """Whether `text` contains a credential."""
    return next(find(_encoded(text)), None) is not None


def masked(text: str) -> str:
    """`text` with each credential replaced by `***`."""
    data, end, shown = _encoded(text), 0, bytearray()
    for first, last, _ in _found(data):
        if first >= end:
            shown += data[end:first] + _MASK
        end = max(end, last)
    return (shown + data[end:]).decode("utf-8", "surrogatepass") if shown else text


def private_keys(lines: Sequence[str]) -> Iterator[range]:
    """The lines of each private key in a text, counted from 1; a key without an end lasts to the end of the text."""
    first = 0
    for number, line in enumerate(lines, 1):
        if first == 0 and _KEY_BEGINS in line and _compiled(_FORMS["a private key"]).search(line):
            first = number
        if first and _KEY_ENDS in line:
            yield range(first, number + 1)
            first = 0
    if first:
        yield range(first, len(lines) + 1)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _found(data: bytes) -> Iterator[tuple[int, int, Credential]]:
    """Each credential with its start and end; a guess that is not random does not hide a format that begins in it."""
    if not _compiled(_LIKELY).search(data):  # the usual case, decided by one search
        return iter(())
    known = [*_matches(data, _FORMS, lambda _: True), *_matches(data, _GUESSES, _is_random)]
    return iter(sorted(known))


def _matches(
    data: bytes, kinds: Mapping[str, str], accepts: Callable[[str], bool]
) -> Iterator[tuple[int, int, Credential]]:
    """The matches of all `kinds` by one search; which kind each is of is decided only for the matches."""
    for place in _compiled(_any(kinds)).finditer(data):
        text = place.group(0).decode("utf-8", "replace")
        kind, found = next((kind, found) for kind, each in kinds.items() if (found := _compiled(each).search(text)))
        if accepts(_secret(found)):
            yield place.start(), place.end(), Credential(kind, text, _secret(found))


@lru_cache(maxsize=64)
def _compiled(form: str) -> Any:  # noqa: ANN401  # re2 has no types
    # Unlike `\b`, allow an underscore before a word, as in `tok_ghp_…`.
    return regex.trusted(form.replace(r"\b", r"(?:\b|_)"))


def _secret(found: Any) -> str:  # noqa: ANN401  # re2 has no types
    return str(found.groupdict().get("secret") or found.group(0))


def _is_random(text: str) -> bool:
    """Whether `text` looks random: the kinds of its characters alternate more often than in words."""
    kinds = [_kind(sign) for sign in text]
    turns = sum(map(ne, kinds, kinds[1:])) / len(kinds)
    minimum = _MORE_KINDS_MINIMUM if len({*kinds}) > len(("letter", "digit")) else _TWO_KINDS_MINIMUM
    if set(text.lower()) <= _HEXADECIMAL:
        minimum, text = _HEXADECIMAL_MINIMUM, text.lower()
    elif minimum is _TWO_KINDS_MINIMUM and not text.isalnum():
        return False
    return all(map(ge, _Minimum(len(text), kinds.count("digit"), turns, _entropy(text)), minimum))


def _kind(sign: str) -> str:
    if sign.isdigit():
        return "digit"
    return "upper" if sign.isupper() else "lower" if sign.islower() else "other"


def _entropy(text: str) -> float:
    """Shannon's entropy of `text`, by the frequency of each character, as a share of the maximum for its length."""
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares) / math.log2(len(text))


def encodings(value: bytes) -> frozenset[bytes]:
    """The forms in which a known secret may occur in a text: plain, escaped, reversed, and in reversible encodings."""
    backwards = value.decode("utf-8", "surrogateescape")[::-1].encode("utf-8", "surrogateescape")
    url, hexadecimal = quote(value, safe="").encode(), value.hex().encode()
    plain = {value, backwards, url, _lower_escapes(url), url.replace(b"%20", b"+"), hexadecimal, hexadecimal.upper()}
    quoted = {each.replace(b"\\", rb"\\").replace(b'"', rb"\"") for each in (value, backwards)}
    slashed = {each.replace(b"/", rb"\/") for each in quoted}
    return frozenset({*plain, *quoted, *slashed, *_in_base64(value)})


def _lower_escapes(url: bytes) -> bytes:
    """The URL with lower-case percent escapes."""
    return _PERCENT_ESCAPE.sub(lambda found: found[0].lower(), url)


def _in_base64(value: bytes) -> Iterator[bytes]:
    """What the Base64 of any longer text that contains `value` contains, for each alignment and both alphabets."""
    for before in range(_BASE64_BLOCK):
        whole = value[: len(value) - (before + len(value)) % _BASE64_BLOCK]
        encoded = b64encode(bytes(before) + whole)[-(-before * 4 // 3) :]
        yield encoded
        yield encoded.translate(_URL_SAFE)
