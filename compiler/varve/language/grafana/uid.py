"""The uids of dashboards, folders and data sources: hashes, because Grafana allows only 40 characters."""

from hashlib import sha256
from typing import Final

_LENGTH: Final = 40


def uid(*parts: str) -> str:
    """The uid for these `parts`: 40 lower-case hexadecimal digits of SHA-256, which never change.

    No part may contain a NUL, which separates them; ids contain none, so different parts are never joined alike.
    """
    return sha256("\0".join(parts).encode()).hexdigest()[:_LENGTH]
