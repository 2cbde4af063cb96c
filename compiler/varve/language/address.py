"""Hosts and ports: those that any server takes for itself or its own network, and patterns of hosts."""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, NamedTuple, TypeAlias
from urllib.parse import unquote, urlsplit

_IP: TypeAlias = IPv4Address | IPv6Address

_PORTS: Final = {"http": 80, "https": 443}
_NUMERIC: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_MAY_BE_IP: Final = re.compile(r":|[0-9]\Z")
_THIS_NETWORK: Final = IPv4Network("0.0.0.0/8")
_TRANSLATED: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
_LOCAL: Final = frozenset(
    {"localhost.localdomain", "localhost4", "localhost4.localdomain4", "localhost6", "localhost6.localdomain6"}
    | {"ip6-localhost", "ip6-loopback"}
)
_NEARBY: Final = frozenset({"svc", "localhost"})
"""The ends of names that every Kubernetes cluster, and every host, resolves by itself."""

_METADATA: Final = frozenset(
    {"metadata", "metadata.google.internal", "instance-data", "instance-data.ec2.internal"}
    | {"100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"}
)


class Address(NamedTuple):
    """The target of a connection: `host` in lower case, an IP address in its canonical spelling."""

    host: str
    port: int


class Endpoint(NamedTuple):
    """What is requested at an address: a `path` without escapes and without a slash at its end, and a query."""

    address: Address
    path: str
    query: str

    @property
    def resource(self) -> "Endpoint":
        """The endpoint without its query."""
        return self._replace(query="")


@lru_cache(maxsize=512)
def of_target(text: str) -> Address:
    """The address in a valid `host:port`."""
    host, _, port = text.rpartition(":")
    return Address(_plain(host.strip("[]")), int(port))


@lru_cache(maxsize=512)
def of_url(text: str) -> Address:
    """The address in a valid URL."""
    parts = urlsplit(text)
    return Address(_plain(parts.hostname or ""), parts.port or _PORTS[parts.scheme])


def endpoint_of(url: str) -> Endpoint:
    """The endpoint of a valid URL, whatever its spelling; a fragment is never sent."""
    parts = urlsplit(url)
    return Endpoint(of_url(url), unquote(parts.path).rstrip("/"), parts.query)


@lru_cache(maxsize=512)
def danger(host: str) -> str | None:
    """Why no tenant may have a server connect to a host, as a phrase that follows `is`, or None."""
    labels, ip = host.split("."), _ip(host)
    if host in _METADATA:
        return "where a cloud serves metadata to its machines"
    if labels[-1] == "localhost" or host in _LOCAL or (ip and _is_own_host(ip)):
        return "whichever server connects to it"
    if ip and ip.is_link_local:
        return "a link-local address, where a cloud serves metadata to its machines"
    if ip is None and _NUMERIC.fullmatch(labels[-1]):
        return "a name to some resolvers, and an address to others"
    return None


def is_relative(host: str) -> bool:
    """Whether a host may be another one for whoever connects: itself, or a name that only its own network completes."""
    ip = _ip(host)
    if ip:
        return _is_own_host(ip) or ip.is_link_local
    labels = host.split(".")
    return len(labels) == 1 or labels[-1] in _NEARBY or host.endswith(".cluster.local") or host in _LOCAL


def matches(host: str, pattern: str) -> bool:
    """Whether a host is the one in a pattern, is below it (`*.example.org`), or is in its network."""
    if pattern.startswith("*."):
        return _ip(host) is None and host.endswith(pattern[1:].lower())
    network, ip = network_of(pattern), _ip(host)
    return host == pattern.lower() if network is None else ip is not None and ip in network


def network_of(text: str) -> IPv4Network | IPv6Network | None:
    """The network in a text such as `10.0.0.0/8`, or that of a single address; None if the text is neither."""
    try:
        return ip_network(text)
    except ValueError:
        return None


def _plain(host: str) -> str:
    host = host.lower().rstrip(".")
    ip = _ip(host)
    return host if ip is None else str(ip)


@lru_cache(maxsize=512)
def _ip(host: str) -> _IP | None:
    if not _MAY_BE_IP.search(host):  # the usual case: saves three exceptions
        return None
    try:
        ip = ip_address(host)
    except ValueError:
        return None
    return ip if isinstance(ip, IPv4Address) else _embedded(ip) or ip


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address to which an IPv6 address leads, by its notation or through a gateway."""
    if ip.ipv4_mapped or ip.sixtofour:
        return ip.ipv4_mapped or ip.sixtofour
    if any(ip in network for network in _TRANSLATED) and int(ip) > 1:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def _is_own_host(ip: _IP) -> bool:
    return ip.is_loopback or ip.is_unspecified or ip in _THIS_NETWORK
