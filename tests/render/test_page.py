"""The page of an assessment is self-contained, runs nothing, and shows its content as text."""

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import jinja2
import pytest

from tests.grafana_oracle import camera
from tests.render.test_assessment import ASSESSMENT, EXEMPTION, HOSTILE, STANDING, WAIVED, WORDS, changed
from varve.render import page as module
from varve.render.assessment import DEFINITION
from varve.render.page import page, shares

__all__ = ["camera"]

VOID: Final = {"meta", "rect", "link", "br", "hr", "img", "input"}
HEADING: Final = re.compile("h[1-6]")


class Reader(HTMLParser):
    """Reads a page: its elements in order, with their texts, and the text outside of the style."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.style = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without anything in it."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """The innermost element ends."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Text, in whatever is open."""
        if self.open[-1:] == ["style"]:
            self.style += data
        else:
            self.texts.append(data)

    @property
    def text(self) -> str:
        """The visible text, in lines without blanks around them."""
        return " ".join("".join(self.texts).split())

    def all(self, tag: str) -> Iterator[dict[str, str | None]]:
        """The text of each element of a kind."""
        return (attributes for name, attributes in self.elements if name == tag)


@pytest.fixture(scope="module")
def read() -> Reader:
    return Reader(page(ASSESSMENT))


def test_every_element_is_closed(read: Reader) -> None:
    assert read.open == []


def test_nothing_is_fetched_and_nothing_runs(read: Reader) -> None:
    tags = {tag for tag, _ in read.elements}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "audio", "video", "use"}
    attributes = [(name, value or "") for _, those in read.elements for name, value in those.items()]
    assert [
        each for each in attributes if each[0].startswith("on") or each[0] in {"src", "style", "action", "srcset"}
    ] == []
    assert [value for name, value in attributes if name in {"href", "xlink:href"} and not value.startswith("#")] == []
    assert not re.search(r"url\(|@import|expression\(", read.style)


def test_the_content_security_policy_allows_only_this_style(read: Reader) -> None:
    digest = b64encode(sha256(read.style.encode()).digest()).decode()
    (policy,) = (each["content"] for each in read.all("meta") if "http-equiv" in each)
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_headings_go_down_by_one(read: Reader) -> None:
    levels = [int(tag[1]) for tag, _ in read.elements if HEADING.fullmatch(tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []


def test_every_table_has_a_caption_and_every_header_a_scope(read: Reader) -> None:
    count = Counter(tag for tag, _ in read.elements)
    assert count["table"] == count["caption"] > 5
    assert {attributes.get("scope") for attributes in read.all("th")} == {"col", "row"}


def test_the_language_is_set_and_links_have_targets(read: Reader) -> None:
    assert next(read.all("html")) == {"lang": "en"}
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len({*ids})
    links = {attributes["href"] or "" for attributes in read.all("a")} | {
        f"#{attributes['aria-labelledby']}" for _, attributes in read.elements if "aria-labelledby" in attributes
    }
    assert {each[1:] for each in links} <= {*ids}


def test_no_verdict_is_shown_by_colour_alone(read: Reader) -> None:
    for word in ("✓ supported", "✕ failed", "! waived", "? not judged", "○ not applicable"):
        assert word in read.text
    assert [attributes for attributes in read.all("svg") if attributes.get("aria-hidden") != "true"] == []


def test_everything_that_an_auditor_needs_is_there(read: Reader) -> None:
    for word in (
        *(ASSESSMENT.commit, ASSESSMENT.compiler, "2026-11-21", ASSESSMENT.again[0], DEFINITION, STANDING.limits),
        *("1 of 4", "5 of 6 controls have a check", "3 of 9 commits looked at"),
        *("notify.receivers.siem", "tenants/acme/tenant.yaml: notify.receivers.siem", "what the server really speaks"),
        *("the second pager arrives", "sre@acme.example", "2026-11-01", "2027-01-15"),
        *("no change was looked at", "ethics cannot be seen in a repository", "2 of 2", "that they know"),
    ):
        assert word in read.text
    assert "compliant" not in read.text


def test_an_expired_waiver_is_marked() -> None:
    check = replace(WAIVED, exceptions=(replace(EXEMPTION, expired=True),))
    read = Reader(page(replace(ASSESSMENT, standings=(replace(STANDING, checks=(*STANDING.checks[:3], check)),))))
    assert "no longer, or not yet" in read.text


def test_the_same_assessment_is_the_same_page() -> None:
    assert page(ASSESSMENT) == page(replace(ASSESSMENT))


def test_an_uncommitted_state_has_no_instructions_to_reproduce_it() -> None:
    assert "nobody else can reproduce it" not in page(ASSESSMENT)
    assert "nobody else can reproduce it" in page(replace(ASSESSMENT, commit="", again=()))


def test_without_tenants_there_is_a_page_too() -> None:
    read = Reader(page(replace(ASSESSMENT, standings=())))
    assert "No tenant is held to any framework." in read.text
    assert read.open == []


# Hostile content


@pytest.mark.parametrize("word", [*WORDS, "unchecked", "again"])
def test_hostile_content_stays_text(word: str) -> None:
    read, plain = Reader(page(changed(**{word: HOSTILE}))), Reader(page(changed(**{word: "a word"})))
    assert read.elements == plain.elements
    assert "a\\x1b[2Jb\\u202ec</td><script>alert(1)</script>\\n::error::d" in read.text
    assert not any(character in "".join(read.texts) for character in "\x1b\u202e")


def test_a_quote_ends_no_attribute() -> None:
    hostile = '"><img src=x onerror=alert(1)>'
    assert Reader(page(changed(number=hostile, tenant=hostile))).elements == Reader(page(changed())).elements


def test_backticks_make_code_of_text_and_of_nothing_else() -> None:
    read = Reader(page(changed(remediation="say `<b>` or `c")))
    assert [each for each in read.elements if each[0] == "b"] == []
    assert "say <b> or c" in read.text


@pytest.fixture
def afresh() -> Iterator[None]:
    """A new template without anything cached, before and after the test."""
    remembering = module._template, module._escaped  # noqa: SLF001 - what was patched must not be remembered
    for each in remembering:
        each.cache_clear()
    yield
    for each in remembering:
        each.cache_clear()


@pytest.mark.usefixtures("afresh")
def test_without_jinjas_escaping_it_would_be_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    made = jinja2.Environment

    def careless(**options: Any) -> jinja2.Environment:  # noqa: ANN401 - those of jinja2
        return made(**{**options, "autoescape": False})

    monkeypatch.setattr(jinja2, "Environment", careless)
    assert "<script>alert(1)</script>" in page(changed(finding=HOSTILE))


@pytest.mark.usefixtures("afresh")
def test_without_making_it_visible_it_would_turn_text_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "escape", str)
    assert "\u202e" in page(changed(finding=HOSTILE))


def test_the_bar_is_whole() -> None:
    found = [*shares(STANDING)]
    assert [(each.verdict, each.controls) for each in found] == [
        ("passed", 1),
        ("waived", 1),
        ("not judged", 1),
        ("failed", 1),
        ("not applicable", 1),
    ]
    assert [each.start for each in found] == [0, 20, 40, 60, 80]
    assert sum(each.length for each in found) == 100


def test_a_browser_takes_the_style_and_no_other(
    camera: Callable[[Path, tuple[int, int]], Path], tmp_path: Path
) -> None:
    """With another hash of the style, the page is drawn without it."""
    file = tmp_path / "report.html"
    file.write_text(page(ASSESSMENT), "utf-8")
    styled = camera(file, (640, 300)).read_bytes()
    file.write_text(page(ASSESSMENT).replace("style-src 'sha256-", "style-src 'sha256-a"), "utf-8")
    assert camera(file, (640, 300)).read_bytes() != styled
