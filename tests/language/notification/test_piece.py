"""The values that templates of texts may render, and the faults of all others."""

from typing import Any

import pytest

from varve.language.fault import Fault
from varve.language.notification.name import NAMES
from varve.language.notification.piece import Each, Link, Paragraph, Part, read

ALERT, MORE = Part("alert", 100), Part("more", 0)

READ: dict[str, tuple[Any, tuple[object, ...]]] = {
    "a line": ("a %(alert)s b", (Paragraph(("a ", ALERT, " b")),)),
    "a percent sign": ("5 % (a)s", (Paragraph(("5 % (a)s",)),)),
    "a line with a condition": ({"text": "a", "when": "owner"}, (Paragraph(("a",), ("owner",)),)),
    "several conditions": ({"text": "a", "when": ["owner", "contact"]}, (Paragraph(("a",), ("owner", "contact")),)),
    "a tag": ({"text": "a", "tag": "h2"}, (Paragraph(("a",), (), "h2"),)),
    "less room": ({"text": "%(alert)s", "cut": 7}, (Paragraph((Part("alert", 7),)),)),
    "more room than there is": ({"text": "%(alert)s", "cut": 5000}, (Paragraph((ALERT,)),)),
    "a link": ({"link": "runbook", "text": "a"}, (Link("runbook", "a"),)),
    "a list of alerts": (
        {"each": "firing", "most": 3, "line": "%(alert)s", "rest": "%(more)s", "heading": "a", "when": "several"},
        (Each("firing", 3, (ALERT,), (MORE,), ("a",), ("several",)),),
    ),
    "several lines": (["a", {"text": "b"}], (Paragraph(("a",)), Paragraph(("b",)))),
}


@pytest.mark.parametrize(("value", "expected"), READ.values(), ids=READ)
def test_read(value: Any, expected: tuple[object, ...]) -> None:  # noqa: ANN401 - what a template renders
    assert read(value) == expected


LIST: dict[str, Any] = {"each": "firing", "most": 3, "line": "a", "rest": "b"}
REFUSED: dict[str, tuple[Any, str]] = {
    "a number": (5, "`5` is neither a line nor a piece with `text`, `link` or `each`"),
    "null": (None, "`None` is neither a line nor a piece with `text`, `link` or `each`"),
    "no lines": ([], "a list of lines is empty"),
    "an empty line": ("  ", "`` is given but a text is needed"),
    "a list in a list": ([["a"]], "`['a']` is neither a line"),
    "a name that no alert has": ("%(pod)s", "`%(pod)s` is not a value of an alert"),
    "a name that is only a condition": ("%(single)s", "`%(single)s` is not a value of an alert"),
    "the rest of no list": ("%(more)s", "`%(more)s` is allowed only in `rest`"),
    "a condition that there is not": (
        {"text": "a", "when": "pod"},
        "`when` is `pod`, which is not a value of an alert",
    ),
    "a condition that always holds": (
        {"text": "a", "when": "status"},
        "`when` tests `status`, which is always there",
    ),
    "a number of alerts beside others": (
        {"text": "a", "when": ["firing", "owner"]},
        "`when` combines a number of alerts with other conditions",
    ),
    "a tag that there is not": ({"text": "a", "tag": "script"}, "`tag` is `script`, but must be one of `h1`, `h2`,"),
    "a key that there is not": ({"text": "a", "colour": "red"}, "`colour` is not a key of a piece with `text`"),
    "a link that there is not": ({"link": "logs", "text": "a"}, "`link` is `logs`, but must be one of `runbook`,"),
    "a link without a text": ({"link": "runbook"}, "`None` is given but a text is needed"),
    "a list without a limit": ({**LIST, "most": None}, "a list of alerts needs `most`"),
    "a list of too many": ({**LIST, "most": 51}, "`most` is `51` but a number from 1 to 50 is needed"),
    "a list that says nothing of the rest": ({**LIST, "rest": None}, "`None` is given but a text is needed"),
    "a list of what there is not": ({**LIST, "each": "silenced"}, "`each` is `silenced`, but must be one of `firing`,"),
    "no room at all": ({"text": "a", "cut": 0}, "`cut` is `0` but a number from 1 to 10000 is needed"),
    "room that is no number": ({"text": "a", "cut": True}, "`cut` is `True` but a number"),
}


@pytest.mark.parametrize(("value", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(value: Any, message: str) -> None:  # noqa: ANN401 - what a template renders
    found = read(value)
    assert isinstance(found, Fault)
    assert found.message.startswith(message)


def test_every_name_is_read_where_it_is_allowed() -> None:
    for name, each in NAMES.items():
        text = f"%({name})s"
        allowed = name != "more" and each.kind != "state"
        assert isinstance(read(text), Fault) != allowed
