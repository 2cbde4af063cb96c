"""Credentials are found by their format, or by a word beside them and their entropy; recall on a corpus is printed."""

import base64
import json
import random
import re
import string
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varve.language import credential

ROOT: Final = Path(__file__).parents[2]
ROUNDS: Final = 25
LETTERS: Final = string.ascii_letters
ALPHANUMERIC: Final = string.ascii_letters + string.digits
WORDY: Final = ALPHANUMERIC + "_-"
HEXADECIMAL: Final = "0123456789abcdef"
BECH32: Final = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"

Draw = Callable[[random.Random], str]


def seeded(seed: str) -> random.Random:
    """A random generator that is the same on every run."""
    return random.Random(seed)  # noqa: S311 - not used for secrets


def some(signs: str, length: int) -> Draw:
    return lambda chance: "".join(chance.choices(signs, k=length))


def filled(text: str, *parts: Draw) -> Draw:
    return lambda chance: text.format(*(part(chance) for part in parts))


UUID: Final = filled(
    "{}-{}-{}-{}-{}", some(HEXADECIMAL, 8), *(some(HEXADECIMAL, 4) for _ in range(3)), some(HEXADECIMAL, 12)
)
UPPER: Final = string.ascii_uppercase + string.digits

FORMED: Final[Mapping[str, Draw]] = {
    "a Slack webhook": filled(
        "https://hooks.slack.com/services/T{}/B{}/{}", some(UPPER, 8), some(UPPER, 10), some(ALPHANUMERIC, 24)
    ),
    "a Slack token": filled("xoxb-{}-{}-{}", some("123456789", 12), some("123456789", 12), some(ALPHANUMERIC, 24)),
    "a Discord webhook": filled("https://discord.com/api/webhooks/{}/{}", some("123456789", 19), some(WORDY, 68)),
    "a Microsoft Teams webhook": filled(
        "https://acme.webhook.office.com/webhookb2/{}@{}/IncomingWebhook/{}/{}", UUID, UUID, some(HEXADECIMAL, 32), UUID
    ),
    "a Telegram bot's token": filled("{}:AA{}", some("123456789", 10), some(WORDY, 33)),
    "a GitHub token": filled("ghp_{}", some(ALPHANUMERIC, 36)),
    "a GitLab token": filled("glpat-{}", some(WORDY, 20)),
    "an AWS access key": filled("AKIA{}", some("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)),
    "a Google API key": filled("AIza{}", some(WORDY, 35)),
    "a Google access token": filled("ya29.{}", some(WORDY, 60)),
    "a private key": filled("-----BEGIN EC PRIVATE KEY-----\n{}", some(ALPHANUMERIC, 64)),
    "an age identity": filled("AGE-SECRET-KEY-1{}", some(BECH32, 58)),
    "a JSON web token": filled("eyJ{}.eyJ{}.{}", some(WORDY, 33), some(WORDY, 60), some(WORDY, 43)),
    "a Stripe key": filled("sk_live_{}", some(ALPHANUMERIC, 24)),
    "a SendGrid key": filled("SG.{}.{}", some(WORDY, 22), some(WORDY, 43)),
    "a Mailgun key": filled("key-{}", some(HEXADECIMAL, 32)),
    "a Twilio key": filled("SK{}", some(HEXADECIMAL, 32)),
    "an npm token": filled("npm_{}", some(ALPHANUMERIC, 36)),
    "a PyPI token": filled("pypi-AgEIcHlwaS5vcmc{}", some(WORDY, 80)),
    "a Grafana token": filled("glsa_{}_{}", some(ALPHANUMERIC, 32), some(HEXADECIMAL, 8)),
    "a Vault token": filled("hvs.{}", some(WORDY, 24)),
    "a New Relic key": filled("NRAK-{}", some(UPPER, 27)),
    "a Terraform Cloud token": filled("{}.atlasv1.{}", some(ALPHANUMERIC, 14), some(WORDY, 67)),
    "a Hugging Face token": filled("hf_{}", some(LETTERS, 34)),
    "an AI provider's key": filled("sk-ant-api03-{}", some(WORDY, 90)),
    "a DigitalOcean token": filled("dop_v1_{}", some(HEXADECIMAL, 64)),
    "a login in a URL": filled("redis://app:{}@cache.acme.example:6379", some(ALPHANUMERIC, 8)),
}
GUESSED: Final[Mapping[str, Draw]] = {
    "a password of twelve characters": filled('password: "{}"', some(ALPHANUMERIC + "!#%^&*", 12)),
    "a password of twenty": filled("db_passwd={}", some(ALPHANUMERIC, 20)),
    "a token": filled("token: {}", some(WORDY, 32)),
    "a hexadecimal key": filled("routing_key: {}", some(HEXADECIMAL, 32)),
    "an API key in lower case": filled("api-key = '{}'", some(string.ascii_lowercase + string.digits, 32)),
    "a bearer": filled("Authorization: Bearer {}", some(ALPHANUMERIC, 40)),
    "basic authentication": lambda chance: (
        f"Basic {base64.b64encode(some(ALPHANUMERIC, 18)(chance).encode()).decode()}"
    ),
    "a signature in a URL": filled("https://prod-7.logic.azure.com/workflows/x?sp=run&sv=1.0&sig={}", some(WORDY, 43)),
}
HARMLESS: Final = (
    "secret: slack/webhook",
    "api_url_file: /run/secrets/varve/tenants/acme/slack/webhook",
    "password_file: /run/secrets/varve/platform/smtp/password",
    "https://runbooks.acme.example/alerts/TokenExpired?key=checkout&tab=overview",
    "https://grafana.acme.example/d/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b/checkout?orgId=1&var-key=all",
    "image: registry.acme.example/app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "uid: 2c26b46b68ffc68ff99b453c1d30413413422d70",
    'sum(rate(http_requests_total{tenant="acme",handler=~"/oauth/token"}[5m])) by (token_type)',
    "absent(vault_token_expiry_seconds) or vault_token_expiry_seconds < 86400",
    "token: rate5mHttpRequestsTotal",
    "basic http-latency-p99-alert-for-checkout-5m",
    "Bearer authentication-failed-too-often-in-the-last-hour",
    "secret: ${SLACK_WEBHOOK_URL_PRODUCTION_42}",
    "token={{ .CommonLabels.token_name_2024_checkout }}",
    "passwords: expire after 90 days, credentials: see the runbook of 2026-11-21",
    "https://user@git.acme.example/repository.git",
    "http://localhost:9090/@team/dashboards:overview",
    "postgres://%{database.user}:%{database.password}@db.acme.example/app",
    "xoxb-",
    "hooks.slack.com is where messages go",
    "-----BEGIN CERTIFICATE-----",
    "age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq",
    "correct horse battery staple is a passphrase: of four words",
    "commit 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12 changed the secret",
    "key: 550e8400-e29b-41d4-a716-446655440000",
)


def kinds(text: str) -> list[str]:
    return [each.kind for each in credential.find(text.encode())]


@pytest.mark.parametrize("kind", FORMED)
def test_every_format_is_found_in_any_context(kind: str) -> None:
    chance = seeded(kind)
    for around in ("{}", "see {} for more", '  url: "{}"\n', "<{}>", "é{}é"):
        sample = FORMED[kind](chance)
        assert kinds(around.format(sample)) == [kind], sample


@pytest.mark.parametrize(
    ("form", "wider"),
    [(r"a{3}", "a+"), (r"a{3,}[b]{0,9}", "a+[b]*"), (r"a{0,}\{b", r"a*\{b"), (r"(?:a|b){1,2}", "(?:a|b)+")],
)
def test_a_widened_pattern_has_no_counts(form: str, wider: str) -> None:
    assert credential._widened(form) == wider  # noqa: SLF001 - no other search runs if this one finds nothing


@pytest.mark.parametrize("kind", FORMED)
@given(data=st.data())
@settings(max_examples=5, deadline=None)
def test_the_first_search_finds_every_format(kind: str, data: st.DataObject) -> None:
    form = credential._FORMS[kind]  # noqa: SLF001 - as above
    text = data.draw(st.from_regex(re.compile(form, re.ASCII))).encode("utf-8", "replace")
    exact, likely = credential._compiled(form), credential._compiled(credential._LIKELY)  # noqa: SLF001 - as above
    assert likely.search(text) or not exact.search(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_texts_that_only_resemble_credentials_are_not_found(text: str) -> None:
    assert kinds(text) == []


def test_a_credential_is_separated_from_the_words_around_it() -> None:
    found = list(credential.find(b"url: postgres://app:hunter22@db.example/app"))
    assert [(each.text, each.secret) for each in found] == [("postgres://app:hunter22@d", "hunter22")]


@pytest.mark.parametrize(
    "text",
    [
        "secret: postgresql://app:hunter22@db.acme.example/ledger",
        "token: payments-alerts-bot-123456789:AA" + "b1C2d3E4f5G" * 3,
        "POSTGRES://app:hunter22@db.acme.example",
        "https://app:p@ss@db.acme.example",
        "HTTPS://HOOKS.SLACK.COM/services/T0AB1CD2E/B0AB1CD2E/aB1cD2eF3gH4iJ5kL6mN7oP8",
        "tok_ghp_" + "aB1cD2eF3g" * 4,
        "https://acme.example/run?sp=run&amp;sig=aB1cD2eF3gH4iJ5kL6mN7oP8qR9s",
    ],
)
def test_no_word_before_a_credential_hides_it(text: str) -> None:
    assert len(kinds(text)) == 1
    assert "***" in credential.masked(text)


def test_a_private_key_has_all_its_lines() -> None:
    key = ["a: |", "  -----BEGIN RSA PRIVATE KEY-----", "  MIIE", "  -----END RSA PRIVATE KEY-----", "b: 1"]
    assert list(credential.private_keys(key)) == [range(2, 5)]
    assert list(credential.private_keys(key[:3])) == [range(2, 4)]
    assert list(credential.private_keys(["-----BEGIN CERTIFICATE-----", "MIIE"])) == []


def test_every_credential_is_masked_and_the_rest_stays() -> None:
    webhook, token = (FORMED[kind](seeded(kind)) for kind in ("a Slack webhook", "a GitHub token"))
    assert credential.masked(f"{webhook} and {token}, and {webhook}") == "*** and ***, and ***"
    assert credential.masked("nothing of the kind, \ud800") == "nothing of the kind, \ud800"
    assert credential.holds(token)
    assert not credential.holds("tokens")


def repository_lines() -> Iterator[str]:
    """The lines of this repository's artifacts, documentation, templates and vendors' rule files."""
    for folder in ("build", "tests/vendor", "docs", "templates"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file():
                yield from path.read_text("utf-8").splitlines()


def test_recall_and_precision_on_a_seeded_corpus(capsys: pytest.CaptureFixture[str]) -> None:
    chance = seeded("a corpus")
    formed = [draw(chance) for draw in FORMED.values() for _ in range(ROUNDS)]
    guessed = [draw(chance) for draw in GUESSED.values() for _ in range(ROUNDS)]
    harmless = [*HARMLESS, *repository_lines()]
    missed = {name: [each for each in drawn if not kinds(each)] for name, drawn in (("f", formed), ("g", guessed))}
    alarms = [each for each in harmless if kinds(each)]
    true = len(formed) + len(guessed) - len(missed["f"]) - len(missed["g"])
    with capsys.disabled():
        print(  # noqa: T201 - a figure for people
            f"\ncredentials: recall {1 - len(missed['f']) / len(formed):.1%} of {len(formed)} with a form, "
            f"{1 - len(missed['g']) / len(guessed):.1%} of {len(guessed)} without; "
            f"precision {true / (true + len(alarms)):.1%} beside {len(harmless)} harmless lines"
        )
    assert missed["f"] == []
    assert len(missed["g"]) <= 0.1 * len(guessed), missed["g"]
    assert alarms == []


@given(st.binary(min_size=6, max_size=60), st.binary(max_size=9), st.binary(max_size=9))
def test_a_known_secret_is_found_in_every_spelling(value: bytes, before: bytes, after: bytes) -> None:
    spellings = credential.encodings(value)
    text = before + value + after
    for said in (
        text,
        base64.b64encode(text),
        base64.urlsafe_b64encode(text),
        text.hex().encode(),
        text.hex().upper().encode(),
        quote(text, safe="").encode(),
        quote_plus(text).encode(),
    ):
        assert any(each in said for each in spellings), said


def test_a_known_secret_is_found_reversed_and_in_json() -> None:
    value = 'a"b/c\\d é'
    spellings = credential.encodings(value.encode())
    assert value[::-1].encode() in spellings
    assert json.dumps(value, ensure_ascii=False).strip('"').encode() in spellings


def test_a_credential_is_found_on_its_line() -> None:
    token = b"ghp_" + b"16C7e42F292c6912E7710c838347Ae178B4a"
    text = b"one\n\ntoken " + token + b" and " + token + b"\n" + token
    assert [(line, found.kind) for line, found in credential.lines(text)] == [
        (3, "a GitHub token"),
        (3, "a GitHub token"),
        (4, "a GitHub token"),
    ]
