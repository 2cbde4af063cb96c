"""Every regular expression of the compiler itself ends soon on any text that a source can contain.

Python's engine backtracks. A pattern that did so on a long text would let one tenant's file slow down everybody's
build, so each pattern is tried on repetitions of its own parts, with every method that its module calls.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from itertools import product
from time import process_time
from types import ModuleType
from typing import Final

import pytest

import varve
from tests.defences.child import End, ended

LENGTH: Final = 12_000
SLOW: Final = 0.04  # of time to the square there would be several times as much
METHODS: Final = ("fullmatch", "match", "search", "finditer", "findall", "split", "sub")
PIECES: Final = (
    *"aA0_ \n\t-.:/\\'\"<>{}[]()=,&%#$@!~|*+?é",
    *("{{", "{{ ", "}}", '\\"', "a.", "a-", "a ", "a:", "a/", "a=", "0.", "<a", "</", "://", "%{", "%(", "${", "ENC["),
    *("\n ", "\n\n", " \n", "(a", "a|", "1h", "\\x", "[a", "[[", "/*", "*/", "--", "::", "[^", "0,", "$__", "@a", "&#"),
)
BEFORE: Final = ("", "a", '"', "[")


Used = tuple[str, re.Pattern[str], list[str]]
"""A pattern by its name, with the methods that its module calls."""


def patterns(module: ModuleType) -> list[Used]:
    """The patterns of a module; if it passes one on, the match may start at any position."""
    text = inspect.getsource(module)
    return [
        (name, each, [method for method in METHODS if f"{name}.{method}" in text] or ["match"])
        for name, value in vars(module).items()
        for each in (value if isinstance(value, (tuple, list)) else [value])
        if isinstance(each, re.Pattern)
        and isinstance(each.pattern, str)
        and f"{module.__name__.removeprefix('varve.')} {name}" not in EXEMPT
    ]


# These read only what the platform reviews: catalogues, and the templates of notifications.
EXEMPT: Final = {"language.message _PLACEHOLDER", "language.notification.layout _ACTION", "language.po _STRING"}
NAMES: Final = [
    found.name for found in pkgutil.walk_packages(varve.__path__, "varve.") if found.name != "varve.__main__"
]
MODULES: Final = {name: used for name in NAMES if (used := patterns(importlib.import_module(name)))}


def texts(pattern: re.Pattern[str]) -> Iterator[str]:
    words = sorted(set(re.findall(r"[A-Za-z]{2,}", pattern.pattern)))[:12]
    for piece in (*PIECES, *words):
        for before in BEFORE:
            yield before + piece * (LENGTH // len(piece)) + "!"


def is_slow(pattern: re.Pattern[str], method: str, text: str) -> bool:
    """Whether it takes long every time: once may be the machine's fault."""
    return all(seconds(pattern, method, text) > SLOW for _ in range(3))


def seconds(pattern: re.Pattern[str], method: str, text: str) -> float:
    begun = process_time()
    found = getattr(pattern, method)(*([""] if method == "sub" else []), text)
    if method == "finditer":
        list(found)
    return process_time() - begun


def slow(used: list[Used]) -> str:
    """The first text that takes one of the patterns too long, or an empty text."""
    for name, pattern, methods in used:
        for method, text in product(methods, texts(pattern)):
            if is_slow(pattern, method, text):
                return f"{name}.{method} of {text[:8]!r}, and so on"
    return ""


@pytest.mark.parametrize("used", MODULES.values(), ids=MODULES)
def test_no_text_makes_a_pattern_slow(used: list[Used]) -> None:
    assert ended(lambda: slow(used), 10) == ""


def test_a_pattern_that_backtracks_is_found() -> None:
    assert ended(lambda: slow([("BAD", re.compile(r"(?:a+)+b"), ["match"])]), 0.3) == End.EXHAUSTED
    assert slow([("BAD", re.compile(r"a*(?:a|b)*c"), ["match"])]).startswith("BAD.match of 'a")
