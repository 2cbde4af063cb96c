"""What a credential looks like where nobody said that it is one: by its issuer's form, or by its name and its chance.

The forms are those that issuers publish so that scanners find what was committed by mistake. What has no form of its
own, such as a password, counts only beside a word for it, and only where it looks drawn by chance.
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
    """Something that logs in whoever holds it: of what `kind`, in words, the text found, and the secret part of it."""

    kind: str
    text: str
    secret: str


class _Least(NamedTuple):
    """What a text has at least if it was drawn by chance.

    `length` and `digits` are in characters, `turns` is the share of them whose kind is not that of the one before, and
    `chance` Shannon's entropy as a share of the most that a text of its length can have.
    """

    length: int
    digits: int
    turns: float
    chance: float


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
    """A form that all texts of `form` have, and others too: it counts no signs, and is found twice as fast."""
    return _TIMES.sub(lambda found: "*" if found[1] == "0" else "+", form)


_TIMES: Final = re.compile(r"\{([0-9]+)(?:,[0-9]*)?\}")
_LIKELY: Final = _widened(_any({**_FORMS, **_GUESSES}))
_HEXADECIMAL: Final = frozenset("0123456789abcdef-")
_OF_HEXADECIMAL: Final = _Least(32, 0, 0, 0.6)
_OF_TWO_KINDS: Final = _Least(24, 4, 0, 0.8)
_OF_MORE_KINDS: Final = _Least(10, 1, 0.38, 0.8)
_HIDDEN: Final = b"***"
_KEY_BEGINS: Final = "-----BEGIN "
_KEY_ENDS: Final = "-----END "
_NUMBERED: Final = re.compile(rb"%[0-9A-F]{2}")
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
_BLOCK: Final = 3
"""So many bytes Base64 writes at a time."""


def find(data: bytes) -> Iterator[Credential]:
    """The credentials in a text, which is UTF-8, in their order; in a time that grows as the text does."""
    return (each for _, _, each in _found(data))


def lines(data: bytes) -> Iterator[tuple[int, Credential]]:
    """The same, each with the line on which it begins, counted from 1."""
    line, counted = 1, 0
    for start, _, each in _found(data):
        line += data.count(b"\n", counted, start)
        counted = start
        yield line, each


def holds(text: str) -> bool:
    """Whether there is a credential in `text`."""
    return next(find(_encoded(text)), None) is not None


def masked(text: str) -> str:
    """`text` with `***` for each credential in it."""
    data, end, shown = _encoded(text), 0, bytearray()
    for first, last, _ in _found(data):
        if first >= end:
            shown += data[end:first] + _HIDDEN
        end = max(end, last)
    return (shown + data[end:]).decode("utf-8", "surrogatepass") if shown else text


def private_keys(lines: Sequence[str]) -> Iterator[range]:
    """The lines of each private key in a text, counted from 1: to its end, or to that of the text."""
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
    """Where each credential begins and ends; a guess that fails hides no form that begins inside it."""
    if not _compiled(_LIKELY).search(data):  # nearly always, and in one look
        return iter(())
    known = [*_told(data, _FORMS, lambda _: True), *_told(data, _GUESSES, _is_drawn)]
    return iter(sorted(known))


def _told(data: bytes, kinds: Mapping[str, str], holds: Callable[[str], bool]) -> Iterator[tuple[int, int, Credential]]:
    """A text is looked through once for all `kinds`; only what is found is told apart."""
    for place in _compiled(_any(kinds)).finditer(data):
        text = place.group(0).decode("utf-8", "replace")
        kind, found = next((kind, found) for kind, each in kinds.items() if (found := _compiled(each).search(text)))
        if holds(_secret(found)):
            yield place.start(), place.end(), Credential(kind, text, _secret(found))


@lru_cache(maxsize=64)
def _compiled(form: str) -> Any:  # noqa: ANN401  # re2 has no types
    # Where a word begins, an underscore may stand before it, as in `tok_ghp_…`.
    return regex.trusted(form.replace(r"\b", r"(?:\b|_)"))


def _secret(found: Any) -> str:  # noqa: ANN401  # re2 has no types
    return str(found.groupdict().get("secret") or found.group(0))


def _is_drawn(text: str) -> bool:
    """Whether `text` looks drawn by chance: of signs whose kinds take turns more often than they do in words."""
    kinds = [_kind(sign) for sign in text]
    turns = sum(map(ne, kinds, kinds[1:])) / len(kinds)
    least = _OF_MORE_KINDS if len({*kinds}) > len(("letter", "digit")) else _OF_TWO_KINDS
    if set(text.lower()) <= _HEXADECIMAL:
        least, text = _OF_HEXADECIMAL, text.lower()
    elif least is _OF_TWO_KINDS and not text.isalnum():
        return False
    return all(map(ge, _Least(len(text), kinds.count("digit"), turns, _chance(text)), least))


def _kind(sign: str) -> str:
    if sign.isdigit():
        return "digit"
    return "upper" if sign.isupper() else "lower" if sign.islower() else "other"


def _chance(text: str) -> float:
    """Shannon's entropy of `text`, by how often each character stands in it, as a share of what it could be."""
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares) / math.log2(len(text))


def spelled(value: bytes) -> frozenset[bytes]:
    """How a known secret may stand in a text: plain, escaped, backwards, and in encodings that anybody undoes."""
    backwards = value.decode("utf-8", "surrogateescape")[::-1].encode("utf-8", "surrogateescape")
    url, hexadecimal = quote(value, safe="").encode(), value.hex().encode()
    plain = {value, backwards, url, _small(url), url.replace(b"%20", b"+"), hexadecimal, hexadecimal.upper()}
    quoted = {each.replace(b"\\", rb"\\").replace(b'"', rb"\"") for each in (value, backwards)}
    slashed = {each.replace(b"/", rb"\/") for each in quoted}
    return frozenset({*plain, *quoted, *slashed, *_in_base64(value)})


def _small(url: bytes) -> bytes:
    """The same with small letters where signs are written as numbers."""
    return _NUMBERED.sub(lambda found: found[0].lower(), url)


def _in_base64(value: bytes) -> Iterator[bytes]:
    """What a longer text that holds `value` has in common, wherever in it the value begins, in both alphabets."""
    for before in range(_BLOCK):
        whole = value[: len(value) - (before + len(value)) % _BLOCK]
        encoded = b64encode(bytes(before) + whole)[-(-before * 4 // 3) :]
        yield encoded
        yield encoded.translate(_URL_SAFE)
