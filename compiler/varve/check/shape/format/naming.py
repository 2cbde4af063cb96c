"""Formats of names in varve itself: ids, secrets and their recipients, and environment variables."""

import re
from collections.abc import Mapping
from typing import Final

from varve.check.shape.format.shape import Format, matching
from varve.language import name, recipient
from varve.model.diagnostic import Rule

BAD_ID = Rule(
    "check/bad-id",
    "Not a valid id",
    "Ids become file names, group names and labels: 2 to 40 characters, lower-case letters, digits and hyphens, a "
    "letter first and no hyphen last.",
)
BAD_SECRET_NAME = Rule(
    "check/bad-secret-name",
    "Not the name of a secret",
    "A secret is named by its file and its key: `{secret: slack/webhook}` is the key `webhook` of "
    "`secrets/slack.sops.yaml`.",
)
BAD_RECIPIENT = Rule(
    "check/bad-recipient",
    "Not a recipient of sealed files",
    "Recipients are public keys: age's, as `age-keygen` prints them, or keys that AWS KMS (`arn:aws:kms:…`), GCP KMS "
    "(`projects/…/cryptoKeys/…`), an Azure Key Vault (`https://…/keys/…`) or a Vault (`https://…/v1/…/keys/…`) "
    "holds. A key that begins with `AGE-SECRET-KEY-` is a private key, which opens files: if it was pushed, replace "
    "it.",
)
BAD_VARIABLE = Rule(
    "check/bad-variable",
    "Not the name of an environment variable",
    "Names of environment variables are capital letters, digits and underscores, a letter first.",
)


def _id(text: str) -> str | None:
    return None if name.is_id(text) else "use 2 to 40 lower-case letters, digits and hyphens"


def _scrape(text: str) -> str | None:
    return "use another name: the series of probes have this component" if text == "probe" else _id(text)


def _secret_name(text: str) -> str | None:
    file, slash, key = text.partition("/")
    is_valid = slash and name.is_id(file) and re.fullmatch(r"[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*", key)
    return None if is_valid else "write the file and the key, such as `slack/webhook`"


FORMATS: Final[Mapping[str, Format]] = {
    "id": Format(BAD_ID, "is not a valid id", _id),
    "scrape": Format(BAD_ID, "is not a valid id", _scrape),
    "secret-name": Format(BAD_SECRET_NAME, "does not name a secret", _secret_name),
    "recipient": Format(BAD_RECIPIENT, "is not a recipient", recipient.fault),
    "variable": Format(
        BAD_VARIABLE,
        "is not the name of an environment variable",
        matching(re.compile(r"[A-Z][A-Z0-9_]*"), "use capital letters, digits and underscores"),
    ),
}
