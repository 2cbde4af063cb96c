"""A payload with texts in it becomes one template, a map of templates, and a map of texts of maximum length."""

import json
from typing import Any

import pytest

from tests.language.notification.balance import is_balanced
from varve.language.notification.name import PLACEHOLDERS
from varve.language.notification.payload import Wrong, fullest, leaves, parse, template

WORDS = {"firing": "a", "resolved": "b", "critical": "c", "warning": "d", "info": "e"}
PAYLOAD: dict[str, Any] = {
    "text": '{{ said }} "%(alert)s"',
    "blocks": [
        {"type": "header", "text": {"type": "plain_text", "emoji": True, "text": "%(alert)s"}},
        {"type": "section", "when": "owner", "fields": [{"type": "mrkdwn", "text": ["a", "%(owner)s"]}]},
        {
            "type": "actions",
            "when": ["runbook", "silence"],
            "elements": [
                {"when": "runbook", "type": "button", "text": {"type": "plain_text", "text": "a"}, "url": "%(runbook)s"}
            ],
        },
    ],
}


def _parsed(value: Any) -> Any:  # noqa: ANN401 - a payload
    found = parse(value)
    assert not isinstance(found, Wrong), found
    return found


def test_the_template_of_a_payload_is_valid_and_contains_its_structure() -> None:
    text = template(_parsed(PAYLOAD), WORDS)
    assert is_balanced(text)
    assert '{{ "{{" }} said }} \\"' in text
    assert "{{ if $a.Annotations.owner }}{{ $comma1 }}{ " in text


def test_each_leaf_is_a_template() -> None:
    payload = leaves(_parsed(PAYLOAD), WORDS)
    blocks: Any = payload["blocks"]
    assert json.loads(json.dumps(payload)) == payload
    assert [block["type"] for block in blocks] == ["header", "section", "actions"]
    assert "when" not in blocks[1]
    texts = [
        payload["text"],
        blocks[0]["text"]["text"],
        blocks[1]["fields"][0]["text"],
        blocks[2]["elements"][0]["url"],
    ]
    assert all(map(is_balanced, map(str, texts)))
    assert "&lt;" in texts[0]
    assert "&lt;" not in texts[1]


def test_the_fullest_payload_has_texts_of_maximum_length() -> None:
    payload = fullest(_parsed(PAYLOAD), WORDS)
    blocks: Any = payload["blocks"]
    assert len(blocks[0]["text"]["text"]) == 101
    assert len(blocks[1]["fields"][0]["text"]) == 1 + 1 + 101
    assert blocks[2]["elements"][0]["url"].startswith("https://")


REFUSED: dict[str, tuple[dict[str, Any], str, tuple[str | int, ...]]] = {
    "a name that no alert has": (
        {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "%(pod)s"}}]},
        "`%(pod)s` is not a value of an alert",
        ("blocks", 0, "text", "text"),
    ),
    "a condition that there is not": (
        {"blocks": [{"type": "divider", "when": "pod"}]},
        "`when` is `pod`",
        ("blocks", 0),
    ),
    "an address that is written out": (
        {"blocks": [{"type": "button", "url": "https://x.example"}]},
        "`https://x.example` is given but one of `%(runbook)s`, `%(dashboard)s`, `%(silence)s` is needed",
        ("blocks", 0, "url"),
    ),
    "no text": ({"text": None}, "`None` is neither a line", ("text",)),
}


@pytest.mark.parametrize(("value", "message", "keys"), REFUSED.values(), ids=REFUSED)
def test_refused(value: dict[str, Any], message: str, keys: tuple[str | int, ...]) -> None:
    found = parse(value)
    assert isinstance(found, Wrong)
    assert found.message.startswith(message)
    assert found.keys == keys


def test_every_name_is_allowed_in_a_payload() -> None:
    texts = [text for name, text in PLACEHOLDERS.items() if name != "more"]
    assert is_balanced(template(_parsed({"text": texts}), WORDS))
