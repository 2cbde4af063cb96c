"""An address is recognised in every spelling."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varve.language.address import danger, endpoint_of, is_relative, matches, network_of, of_target, of_url

ONESELF = "whichever server connects to it"
LOCAL = "a link-local address, where a cloud serves metadata to its machines"
CLOUD = "where a cloud serves metadata to its machines"
EITHER = "a name to some resolvers, and an address to others"

DANGEROUS = {
    "localhost:1": ONESELF,
    "LocalHost:1": ONESELF,
    "db.localhost:1": ONESELF,
    "localhost.localdomain:1": ONESELF,
    "ip6-localhost:1": ONESELF,
    "127.0.0.1:1": ONESELF,
    "127.9.9.9:1": ONESELF,
    "0.0.0.0:1": ONESELF,
    "0.1.2.3:1": ONESELF,
    "[::1]:1": ONESELF,
    "[::]:1": ONESELF,
    "[0:0::0:1]:1": ONESELF,
    "[::ffff:127.0.0.1]:1": ONESELF,
    "[::ffff:7f00:1]:1": ONESELF,
    "[::127.0.0.1]:1": ONESELF,
    "[2002:7f00:1::]:1": ONESELF,
    "[64:ff9b::7f00:1]:1": ONESELF,
    "169.254.169.254:80": LOCAL,
    "[fe80::1]:1": LOCAL,
    "[::ffff:a9fe:a9fe]:80": LOCAL,
    "metadata.google.internal:80": CLOUD,
    "[fd00:ec2::254]:80": CLOUD,
    "100.100.100.200:80": CLOUD,
    "168.63.129.16:80": CLOUD,
    "2130706433:1": EITHER,
    "127.1:1": EITHER,
    "0x7f.1:1": EITHER,
    "0x7f000001:1": EITHER,
    "0177.0.0.1:1": EITHER,
    "127.0.0.01:1": EITHER,
}

HARMLESS = ["checkout.example:1", "10.0.0.1:1", "192.168.1.1:1", "[2001:db8::1]:1", "localhosts.example:1", "1a:1"]


@pytest.mark.parametrize(("target", "what"), DANGEROUS.items(), ids=DANGEROUS)
def test_a_dangerous_host_is_recognised_in_every_spelling(target: str, what: str) -> None:
    assert danger(of_target(target).host) == what
    assert danger(of_url(f"http://{target}/x").host) == what


@pytest.mark.parametrize("target", HARMLESS)
def test_any_other_host_is_not_dangerous(target: str) -> None:
    assert danger(of_target(target).host) is None


@pytest.mark.parametrize(
    "target",
    ["a:1", "a.b.svc:1", "a.b.svc.cluster.local:1", "LOCALHOST.:1", "x.localhost:1", "[::1]:1", "169.254.1.1:1"],
)
def test_a_host_that_each_network_completes_is_relative(target: str) -> None:
    assert is_relative(of_target(target).host)


@pytest.mark.parametrize("target", ["a.b:1", "svc.example:1", "10.0.0.1:1", "[2001:db8::1]:1", "cluster.local:1"])
def test_any_other_host_is_the_same_for_everybody(target: str) -> None:
    assert not is_relative(of_target(target).host)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (of_target("Blackbox.example:9115"), of_target("blackbox.example:09115")),
        (of_target("[2001:DB8:0::1]:80"), of_url("http://[2001:db8::1]/probe")),
        (of_target("[::ffff:10.0.0.1]:80"), of_target("10.0.0.1:80")),
        (of_url("https://a.example./x"), of_target("a.example:443")),
        (of_url("https://a.example:8443"), of_target("a.example:8443")),
    ],
)
def test_an_address_is_equal_in_every_spelling(left: object, right: object) -> None:
    assert left == right


@pytest.mark.parametrize(
    ("host", "pattern", "fits"),
    [
        ("a.example", "a.example", True),
        ("a.example", "A.Example", True),
        ("b.a.example", "*.a.example", True),
        ("c.b.a.example", "*.a.example", True),
        ("a.example", "*.a.example", False),
        ("xa.example", "*.a.example", False),
        ("a.example.evil", "*.a.example", False),
        ("10.1.2.3", "10.0.0.0/8", True),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "*.2.3", False),
        ("10.example", "10.0.0.0/8", False),
        ("2001:db8::1", "2001:db8::/32", True),
        ("10.1.2.3", "2001:db8::/32", False),
    ],
)
def test_which_hosts_match_a_pattern(host: str, pattern: str, fits: bool) -> None:  # noqa: FBT001 - the third column
    assert matches(host, pattern) is fits


def test_a_network_is_written_without_what_lies_in_it() -> None:
    assert network_of("10.0.0.0/8")
    assert network_of("10.0.0.1/8") is None


@given(st.ip_addresses())
@settings(max_examples=50, deadline=None)
def test_every_address_is_in_one_of_the_two_whole_networks(ip: IPv4Address | IPv6Address) -> None:
    assert matches(str(ip), "0.0.0.0/0") or matches(str(ip), "::/0")
    assert matches(ip.exploded, "0.0.0.0/0") or matches(ip.exploded, "::/0")


@pytest.mark.parametrize(
    ("url", "alike"),
    [
        ("https://m.example/push", True),
        ("HTTPS://M.example.:443/push/#top", True),
        ("https://m.example/p%75sh%2F", True),
        ("https://m.example:8443/push", False),
        ("https://m.example/pull", False),
        ("https://m.example/push?to=a", False),
    ],
)
def test_an_endpoint_is_equal_in_every_spelling(url: str, *, alike: bool) -> None:
    assert (endpoint_of(url) == endpoint_of("https://m.example/push")) is alike
