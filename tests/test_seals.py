"""Whatever one edit makes of a sealed file's metadata is refused, before any tool could read it.

Each row takes a file that is sound, and changes one thing in it; the file as it was is the benign twin of them all, and
`SOUND` has what may be changed. Nothing is opened, asked or started on the way.
"""

import pickle
import subprocess
import sys
from pathlib import Path
from textwrap import indent
from typing import Final, TypeAlias

import pytest

from tests.emit.repository import CHECKOUT, repository
from tests.sealing import ACME, OPERATOR, UMBRA, age, armour, box, mac, sealed
from tests.workbench import snapshot
from varve import pipeline
from varve.check.secrets import custody
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.read.reading import reading
from varve.read.sealed import metadata

pytestmark = pytest.mark.usefixtures("one_kit")

FILE: Final = "tenants/acme/secrets/metrics.sops.yaml"
SCRAPE: Final = (
    "scrape: {app: {targets: ['a.example:1'], basic_auth: {username: u, password: {secret: metrics/password}}}}\n"
)
KMS: Final = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
VAULT: Final = "https://vault.meridian.example/v1/transit/keys/acme"
POLICY: Final = f"""\
locale: en_GB
timezone: UTC
platform:
  targets: {{prometheus: {{version: "3.5"}}}}
  prometheus: {{scrape_interval: 30s, evaluation_interval: 30s}}
  secrets: {{root: /run/secrets/varve, recipients: {{tenants: {{acme: [%s]}}, platform: [{OPERATOR}]}}}}
"""
TEXT: Final = sealed("acme", "password", "other")
MAC: Final = mac("acme")
KEY: Final = age("acme", ACME)
ENC: Final = armour(f"acme{ACME}")
LINES: Final = [line for line in ENC.splitlines() if line]
AGE: Final = "  age:\n"
TAIL: Final = "  version: 3.11.0\n"
CREATED: Final = "created_at: '2025-01-31T09:00:00Z', enc: AQICAHhQuUPl3G8wTMW1nVj0Q3PkrQ1rC2l5dHx0a2V5"


def _armoured(text: str) -> str:
    """A data key as it stands in the file."""
    return indent(text, " " * 8)


Edit: TypeAlias = tuple[str, str]


def more(line: str) -> Edit:
    """A field that is added to the block."""
    return TAIL, f"{TAIL}  {line}\n"


def value(text: str) -> Edit:
    """Another value of a secret."""
    return box("acmeother"), text


BENT: Final[dict[str, tuple[str, Edit]]] = {
    # Values
    "a value in the clear": ("read/not-sealed", value("hunter2")),
    "a number in the clear": ("read/not-sealed", value("12345")),
    "nothing": ("read/not-sealed", value("null")),
    "an empty text": ("read/not-sealed", value('""')),
    "an empty map": ("read/not-sealed", value("{}")),
    "an empty list": ("read/not-sealed", value("[]")),
    "another cipher": ("read/not-sealed", value(box("x").replace("AES256_GCM", "AES128_CBC"))),
    "a value without a nonce": ("read/not-sealed", value("ENC[AES256_GCM,data:AAAA,tag:AAAA,type:str]")),
    "a short nonce": ("read/not-sealed", value("ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]")),
    "an empty ciphertext": ("read/not-sealed", value(box("x", 0))),
    "a type that there is not": ("read/not-sealed", value(box("x", kind="object"))),
    "a comment for a value": ("read/not-sealed", value(box("x", kind="comment"))),
    "words behind a value": ("read/not-sealed", value(f"'{box('x')} hunter2'")),
    "a value that stands twice": ("read/bad-seal", value(box("acmepassword"))),
    "a comment in the clear": ("read/not-sealed", ("sops:\n", "# hunter2\nsops:\n")),
    "a comment behind a value": ("read/not-sealed", ("\nsops:\n", " # hunter2\nsops:\n")),
    "a comment that only begins as a sealed one": (
        "read/not-sealed",
        ("sops:\n", f"#{box('x', kind='comment')} hunter2\nsops:\n"),
    ),
    "a value that says it is none": ("read/not-sealed", ("other:", "other_unencrypted: hunter2\nother:")),
    "a sealed value that its name takes for one in the clear": ("read/not-sealed", ("other:", "other_unencrypted:")),
    # The seal and its circumstances
    "no seal": ("read/not-sealed", (f"  mac: {MAC}\n", "")),
    "an empty seal": ("read/bad-seal", (MAC, '""')),
    "a seal in the clear": ("read/bad-seal", (MAC, "0" * 128)),
    "a seal of another length": ("read/bad-seal", (MAC, box("x", 64))),
    "a seal of another type": ("read/bad-seal", (MAC, box("acme mac", 128, "bytes"))),
    "no time": ("read/bad-seal", ("  lastmodified: '2025-01-31T09:00:00Z'\n", "")),
    "a time that is none": ("read/bad-seal", ("2025-01-31T", "2025-02-31T")),
    "a time in another zone": ("read/bad-seal", ("09:00:00Z", "09:00:00+01:00")),
    "a time that is a number": ("read/bad-seal", ("'2025-01-31T09:00:00Z'", "1738314000")),
    "no version": ("read/bad-seal", (TAIL, "")),
    "an old version": ("read/bad-seal", ("3.11.0", "3.8.1")),
    "a version that is not there yet": ("read/bad-seal", ("3.11.0", "4.0.0")),
    "a version that is none": ("read/bad-seal", ("3.11.0", "3.11.0-rc.1")),
    "a version that is a number": ("read/bad-seal", ("3.11.0", "3.11")),
    # What may stay in the clear
    "another suffix of what stays in the clear": ("read/bad-seal", more("unencrypted_suffix: word")),
    "an empty suffix": ("read/bad-seal", more('unencrypted_suffix: ""')),
    "a suffix of what is sealed": ("read/bad-seal", more("encrypted_suffix: _secret")),
    "a pattern of what stays in the clear": ("read/bad-seal", more("unencrypted_regex: .*")),
    "a narrow pattern of what is sealed": ("read/bad-seal", more("encrypted_regex: ^password$")),
    "a pattern of comments": ("read/bad-seal", more("encrypted_comment_regex: secret")),
    "a pattern of comments in the clear": ("read/bad-seal", more("unencrypted_comment_regex: .*")),
    "a seal over a part": ("read/bad-seal", more("mac_only_encrypted: true")),
    "a seal over a part, in words": ("read/bad-seal", more('mac_only_encrypted: "false"')),
    # Fields
    "a field that SOPS does not have": ("read/bad-seal", more("post_decrypt: curl https://evil.example")),
    "a field in other letters": ("read/bad-seal", more("MAC: x")),
    "a field with a blank": ("read/bad-seal", more('"age ": []')),
    # Who is asked
    "another tenant's key": ("check/wrong-recipients", (ACME, UMBRA)),
    "one key more": (
        "check/wrong-recipients",
        (AGE, AGE + age("x", UMBRA).replace("- r", "    - r", 1).replace("\n  ", "\n      ")),
    ),
    "a key with one letter wrong": ("read/bad-seal", (ACME, ACME.replace("3z7n", "3z7m"))),
    "the other half of a key": ("read/bad-seal", (ACME, "AGE-SECRET-KEY-1QQQQQQQQQQQQ")),
    "a key of SSH": ("read/bad-seal", (ACME, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA")),
    "no key": ("read/bad-seal", (AGE + KEY.replace("\n", "\n    ").rstrip(" ").replace("- rec", "    - rec", 1), "")),
    "an empty list of keys": ("read/bad-seal", (AGE, "  age: []\n  kms:\n")),
    "a key for a list of them": ("read/bad-seal", (AGE + "    - ", "  age:\n      ")),
    "the same key twice": (
        "read/bad-seal",
        (AGE, AGE + age("x", ACME).replace("- r", "    - r", 1).replace("\n  ", "\n      ")),
    ),
    "a key with a field more": ("read/bad-seal", ("      enc: |", "      plugin: x\n      enc: |")),
    "a key without a data key": ("read/bad-seal", ("      enc: |", "      end: |")),
    "PGP": ("read/bad-seal", more("pgp: [{fp: 85D77543B3D624B63CEA9E6DBC17301B491B3F21, enc: x}]")),
    "a Vault": (
        "check/wrong-recipients",
        more(
            "hc_vault: [{vault_address: 'https://vault.evil.example', engine_path: transit, key_name: acme, "
            "created_at: '2025-01-31T09:00:00Z', enc: 'vault:v1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'}]"
        ),
    ),
    "a Vault without TLS": (
        "read/bad-seal",
        more(
            "hc_vault: [{vault_address: 'http://127.0.0.1:8200', engine_path: transit, key_name: acme, "
            "created_at: '2025-01-31T09:00:00Z', enc: 'vault:v1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'}]"
        ),
    ),
    "a key of AWS": ("check/wrong-recipients", more(f"kms: [{{arn: '{KMS}', {CREATED}}}]")),
    "a key of AWS, as another role": (
        "read/bad-seal",
        more(f"kms: [{{arn: '{KMS}', role: 'arn:aws:iam::123456789012:role/ci', {CREATED}}}]"),
    ),
    "a key of AWS, in another profile": ("read/bad-seal", more(f"kms: [{{arn: '{KMS}', aws_profile: ci, {CREATED}}}]")),
    "a key of AWS, with a context": ("read/bad-seal", more(f"kms: [{{arn: '{KMS}', context: {{a: b}}, {CREATED}}}]")),
    "a key of AWS, elsewhere": (
        "read/bad-seal",
        more(f"kms: [{{arn: 'arn:aws:kms:eu-west-1.evil.example:123456789012:key/x', {CREATED}}}]"),
    ),
    "a key of AWS without a time": (
        "read/bad-seal",
        more(f"kms: [{{arn: '{KMS}', enc: AAAAAAAAAAAAAAAAAAAAAAAAAAAA}}]"),
    ),
    "a key of Azure, elsewhere": (
        "read/bad-seal",
        more(f"azure_kv: [{{vault_url: 'https://evil.example', name: a, version: '{'0' * 32}', {CREATED}}}]"),
    ),
    "a key of GCP with a way up": (
        "read/bad-seal",
        more(f"gcp_kms: [{{resource_id: 'projects/../locations/a/keyRings/b/cryptoKeys/c', {CREATED}}}]"),
    ),
    "a key of Huawei": ("read/bad-seal", more("hckms: [{key_id: 'eu:1', enc: x}]")),
    # Groups
    "groups beside keys": ("read/bad-seal", more("key_groups: [{age: []}, {age: []}]")),
    "a threshold without groups": ("read/bad-seal", more("shamir_threshold: 2")),
    # Data keys
    "a data key that is a text": ("read/bad-seal", (LINES[0], "hunter2")),
    "a data key without its first line": ("read/bad-seal", (f"        {LINES[1]}\n", "")),
    "a data key of another tool": ("read/bad-seal", (LINES[1][:8], "c2FsdHlk")),
    "a data key with a line of blanks": ("read/bad-seal", (f"        {LINES[2]}\n", f"        \n        {LINES[2]}\n")),
    "a data key for a password": ("read/bad-seal", (_armoured(ENC), _armoured(armour("x", stanza="scrypt")))),
    "a data key that is cut": ("read/bad-seal", (LINES[-2], LINES[-2][:-8])),
    "a data key that is too long": ("read/bad-seal", (LINES[-2], LINES[-2].rstrip("=")[:-4] + "A" * 12)),
}


def files(text: str, recipients: str = ACME) -> dict[str, str | None]:
    return {"environments/defaults.yaml": POLICY % recipients, FILE: text, CHECKOUT: SCRAPE}


def bent(edit: Edit) -> str:
    before, after = edit
    assert TEXT.count(before) == 1, f"{before} stands {TEXT.count(before)} times"
    return TEXT.replace(before, after)


def codes(text: str, recipients: str = ACME) -> list[str]:
    report = Report()
    desk = reading(snapshot({FILE: text.encode()}), report)
    found = desk.sealed(FILE, report)
    if found is not None:
        custody.check(found, [environment(recipients)], report)
    return [each.rule.code for each in report]


def environment(recipients: str) -> Environment:
    """An environment with these keys of the tenant."""
    return Environment("production", platform([*recipients.split(", ")]), Stack(()))


def platform(keys: list[Value]) -> Map:
    return {"secrets": {"root": "/run", "recipients": {"tenants": {"acme": keys}, "platform": [OPERATOR]}}}


@pytest.mark.parametrize(("code", "edit"), BENT.values(), ids=BENT)
def test_one_edit_of_a_sealed_file_is_refused(code: str, edit: Edit) -> None:
    found = codes(bent(edit))
    assert code in found
    assert {each for each in found if not each.startswith("read/")} <= {"check/wrong-recipients"}


def test_there_are_many_of_them() -> None:
    assert len(BENT) >= 60


SOUND: Final = {
    "the file as it is": (TEXT, ACME),
    "SOPS's own suffix": (bent(more("unencrypted_suffix: _unencrypted")), ACME),
    "a pattern of everything": (bent(more("encrypted_regex: .*")), ACME),
    "a sealed comment": (bent(("sops:\n", f"#{box('x', kind='comment')}\nsops:\n")), ACME),
    "lists of keys that are empty, as older versions write them": (
        bent(more("kms: []\n  gcp_kms: []\n  azure_kv: []\n  hc_vault: []\n  pgp: []")),
        ACME,
    ),
    "parts of a second in the time": (bent(("09:00:00Z", "09:00:00.123Z")), ACME),
    "an older version": (bent(("3.11.0", "3.9.0")), ACME),
    "a key of AWS that the platform names": (
        bent(more(f"kms: [{{arn: '{KMS}', aws_profile: '', {CREATED}}}]")),
        f"{ACME}, {KMS}",
    ),
    "a Vault that the platform names": (
        bent(
            more(
                "hc_vault: [{vault_address: 'https://vault.meridian.example/', engine_path: transit, key_name: acme, "
                "created_at: '2025-01-31T09:00:00Z', enc: 'vault:v1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'}]"
            )
        ),
        f"{ACME}, {VAULT}",
    ),
}


@pytest.mark.parametrize(("text", "recipients"), SOUND.values(), ids=SOUND)
def test_its_twin_passes(text: str, recipients: str) -> None:
    assert codes(text, recipients) == []


@pytest.mark.parametrize(
    "name", ["a Vault without TLS", "a key of AWS, as another role", "a narrow pattern of what is sealed"]
)
def test_without_the_defence_the_edit_passes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "_fields", lambda _: ())
    monkeypatch.setattr(metadata, "_key", lambda *_: ())
    _, edit = BENT[name]
    assert set(codes(bent(edit))) <= {"check/wrong-recipients"}


def test_a_compile_refuses_them_too_and_builds_what_passes() -> None:
    refused = pipeline.compile(repository(files(bent(BENT["a key of AWS"][1]))))
    assert [each.rule.code for each in refused.diagnostics] == ["check/wrong-recipients"]
    assert not pipeline.compile(repository(files(TEXT))).diagnostics


AUDITED: Final = """
import sys, pickle
from varve.read.parse import parse
from varve.read.sealed.file import sealed
from varve.model.diagnostic import Report
from varve.model.source import Source
path, sound, texts = pickle.loads(sys.stdin.buffer.read())
seen = []
sealed(Source(path, "", sound.encode()), Report())
sys.addaudithook(lambda event, arguments: seen.append((event, arguments)))
found = [(report, sealed(Source(path, "", text.encode()), report)) for text in texts for report in [Report()]]
assert all(got is not None or report.broken for report, got in found)
outside = ("open", "os.", "socket.", "subprocess.", "shutil.", "ctypes.", "urllib.", "import")
print(*(each for each in seen if each[0].startswith(outside)), sep="\\n", end="")
"""


def test_nothing_is_opened_asked_or_started(tmp_path: Path) -> None:
    """All of them in one process that hears of every file, socket and process; a sound file loads the code."""
    message = pickle.dumps((FILE, TEXT + "# x\n", [bent(edit) for _, edit in BENT.values()]))
    done = subprocess.run(
        [sys.executable, "-P", "-c", AUDITED], cwd=tmp_path, input=message, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.decode()) == (0, ""), (done.stdout + done.stderr).decode()
