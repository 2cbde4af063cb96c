"""Formats of URLs and their parts: hosts, ports and paths."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

from varve.check.shape.format.shape import Format
from varve.language import address
from varve.model.diagnostic import Rule

BAD_URL = Rule(
    "check/bad-url",
    "Not a valid URL",
    "URLs are absolute, begin with `http://` or `https://`, and contain neither blanks nor a user name and password. "
    "`%` is followed by two hexadecimal digits, as in `%20`, and is not allowed in the name of a host: Prometheus "
    "and others refuse anything else. What is appended to a URL, such as the path of a dashboard or of a silence, "
    "would be lost behind its query or its fragment, so it has neither; that of runbooks may have a query that ends "
    "with a folder.",
)
BAD_HOST_PORT = Rule(
    "check/bad-host-port",
    "Not a host and port",
    "Targets are `host:port`, without a scheme and a path: `scheme` and `metrics_path` set those. The hosts that the "
    "platform allows are written without a port, as `*.example.org`, or as a network.",
)
BAD_PATH = Rule(
    "check/bad-path",
    "Not a valid path",
    "The path must be absolute, `/like/this`, and contain no `..`, blanks or control characters.",
)

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}")
_NETLOC = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9.])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_NOT_IN_URL = re.compile(r"[^A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]")
_QUERY_OR_FRAGMENT = re.compile(r"[?#].*")
_HOST_PORT = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")
_HOST_PATTERN = re.compile(r"(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?")
_HIGHEST_PORT: Final = 65535


ADDRESSES: Final = frozenset({"http-url", "base-url", "folder-url", "host-port"})
"""The formats of texts that may contain a password, before an `@`."""


def _url(text: str) -> str | None:
    if any(character.isspace() or ord(character) < ord(" ") for character in text):
        return "it contains a blank"
    if illegal := _NOT_IN_URL.search(text):
        return f"write `{quote(illegal[0])}` for `{illegal[0]}`"
    if escape := _BAD_ESCAPE.search(text):
        return f"write two hexadecimal digits after `%`, or `%25` for a literal `%`, instead of `{escape[0]}`"
    try:
        return _parts_of_url(urlsplit(text))
    except ValueError:
        return "it cannot be parsed"


def _parts_of_url(parts: SplitResult) -> str | None:
    is_port_valid = parts.port is None or parts.port > 0
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_port_valid:
        return "it must begin with `http://` or `https://` and a host"
    if "@" in parts.netloc:
        return "it contains a user name or a password"
    return None if _NETLOC.fullmatch(parts.netloc) else f"`{parts.netloc}` is not a host"


def _base_url(text: str) -> str | None:
    """Why nothing can be appended to a URL, or None."""
    suffix = _QUERY_OR_FRAGMENT.search(text)
    return _url(text) or (f"write it without `{suffix[0]}`, in which all that is appended is lost" if suffix else None)


def _folder_url(text: str) -> str | None:
    """Why file names cannot be appended to a URL, or None; some code hosts have the path in a query."""
    name, _, value = text.partition("?")[2].rpartition("&")[2].partition("=")
    ends_with_folder = name and value.startswith(("/", "%2F", "%2f")) and "?" not in value and "#" not in text
    return _url(text) if ends_with_folder else _base_url(text)


def _host_port(text: str) -> str | None:
    match = _HOST_PORT.fullmatch(text)
    if "://" in text:
        return "write only the host and the port; in a scrape, `scheme` and `metrics_path` set the rest"
    return None if match and 0 < int(match[1]) <= _HIGHEST_PORT else "write it like `checkout-1.example:9090`"


def _host_pattern(text: str) -> str | None:
    is_valid = _HOST_PATTERN.fullmatch(text) or address.network_of(text)
    return None if is_valid else "write a host, all hosts below one as `*.example.org`, or a network as `10.1.0.0/16`"


def _path(text: str) -> str | None:
    is_valid = text.startswith("/") and ".." not in text.split("/") and text.isprintable() and " " not in text
    return None if is_valid else "begin with `/`, and use no `..` and no blanks"


FORMATS: Final[Mapping[str, Format]] = {
    "http-url": Format(BAD_URL, "is not a valid URL", _url, "write it like `https://runbooks.example.org/checkout`"),
    "base-url": Format(
        BAD_URL, "is not a URL that can be appended to", _base_url, "write it like `https://a.example/b`"
    ),
    "folder-url": Format(
        BAD_URL,
        "is not the URL of a folder",
        _folder_url,
        "write it like `https://code.example.org/main/templates/packs`",
    ),
    "host-port": Format(BAD_HOST_PORT, "is not a host and port", _host_port),
    "host-pattern": Format(BAD_HOST_PORT, "is not a host, a pattern of hosts or a network", _host_pattern),
    "url-path": Format(BAD_PATH, "is not a valid path", _path),
    "absolute-path": Format(BAD_PATH, "is not a valid path", _path),
}
