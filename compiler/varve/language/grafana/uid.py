"""The uids of dashboards, folders and data sources: Grafana allows 40 characters, ids need more, so they are hashed."""

from hashlib import sha256
from typing import Final

_LENGTH: Final = 40


def uid(*parts: str) -> str:
    """The uid of what `parts` name: 40 lower-case hexadecimal digits of SHA-256, the same for ever.

    No part may hold a NUL, which is what parts them: ids hold none, so different parts never say the same.
    """
    return sha256("\0".join(parts).encode()).hexdigest()[:_LENGTH]
