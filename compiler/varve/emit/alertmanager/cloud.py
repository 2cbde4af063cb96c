"""Jira Cloud: which addresses belong to it, and which Alertmanager can search for issues there."""

from typing import Final
from urllib.parse import urlsplit

from varve.language.version import Version

_SITES: Final = ".atlassian.net"
_GATEWAY: Final = "api.atlassian.com"
_SEARCHES: Final = Version(0, 29)
_SEARCHES_RIGHT: Final = Version(0, 31)


def since(url: str) -> Version | None:
    """The first Alertmanager that searches at `url` as Jira Cloud requires, or None for a self-hosted Jira.

    Before 0.31 it takes the first `/2` in an address for the API's version, even in a site's name or an id.
    """
    host = urlsplit(url).hostname or ""
    if not host.endswith(_SITES) and host != _GATEWAY:
        return None
    return _SEARCHES_RIGHT if "/2" in url.partition("/rest/api/2")[0] else _SEARCHES
