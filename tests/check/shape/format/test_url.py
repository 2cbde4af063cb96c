"""URLs, hosts and paths that can be requested, without anything hidden in them."""

from typing import Final

from tests.check.shape.format.tried import Tried, mistaken
from varve.check.shape.format.url import FORMATS

TRIED: Final[Tried] = {
    "http-url": (
        ["http://a.example", "https://a.example:8080/x?y=z#w", "https://[2001:db8::1]/", "https://a.example/%7e%2F"],
        [
            "",
            "a.example",
            "ftp://a.example",
            "https://",
            "https://a b",
            "https://me@a.example",
            "http://a:0",
            "http://[",
            "https://a.example/%zz",
            "https://a.example/?a=100%",
            "https://a%2eexample/",
            "https://[fe80::1%25eth0]/",
            "https://@a.example/",
            "https://a,b.example/",
        ],
    ),
    "base-url": (
        ["http://a.example", "https://a.example:8080/x/", "https://a.example/%3F%23"],
        [
            "",
            "a.example",
            "https://me@a.example",
            "https://a.example/?",
            "https://a.example/#/",
            "https://a.example?y=/z",
        ],
    ),
    "folder-url": (
        ["https://a.example/x", "https://a.example/x?v=main&path=/templates/packs", "https://a.example/?p=%2Fx"],
        [
            "",
            "https://me@a.example/?p=/x",
            "https://a.example/x?ref=main",
            "https://a.example/x?p=/x&ref=main",
            "https://a.example/x?p=/x#y",
            "https://a.example/x#p=/x",
            "https://a.example/x?=/x",
        ],
    ),
    "host-port": (
        ["a:1", "a.example:9090", "10.0.0.1:65535", "[2001:db8::1]:9090"],
        ["", "a", "a:", ":1", "a:0", "a:65536", "a:1/x", "http://a:1", "me:pw@a:1", "[::1]"],
    ),
    "host-pattern": (
        ["a.example", "*.a.example", "10.0.0.1", "10.0.0.0/8", "2001:db8::/32", "2001:db8::1"],
        ["", "*", "*.", "a.*", "*a.example", "a.example:80", "10.0.0.1/8", "https://a.example", "a b"],
    ),
    "url-path": (["/", "/metrics", "/a/b.c"], ["", "metrics", "/a/../b", "/a b", "/a\n", "/a\x7f"]),
    "absolute-path": (["/run/secrets"], ["run", "/..", "/run/../etc"]),
}


def test_every_format_tells_good_texts_from_bad_ones() -> None:
    assert TRIED.keys() == FORMATS.keys()
    assert mistaken(FORMATS, TRIED) == []
