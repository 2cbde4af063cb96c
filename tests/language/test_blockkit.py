"""Which messages Slack accepts, compared with the models of its own SDK."""

from typing import Any

import pytest
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from varve.language.blockkit import BLOCKS, CHARACTERS, faults
from varve.language.name import dotted


def _plain(length: int = 1) -> dict[str, Any]:
    return {"type": "plain_text", "text": "x" * length}


def _marked(length: int = 1) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": "x" * length}


def _button(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"type": "button", "text": _plain(), "action_id": "a", **fields}


def _message(*blocks: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"text": "x", "blocks": list(blocks)}


TAKEN: dict[str, dict[str, Any]] = {
    "a header as long as can be": {"type": "header", "text": _plain(150)},
    "a section as long as can be": {"type": "section", "text": _marked(3000)},
    "a section of ten fields": {"type": "section", "fields": [_marked(900)] * 10},
    "a section with a button": {"type": "section", "text": _plain(), "accessory": _button(url="https://x.example")},
    "ten elements of context": {"type": "context", "elements": [_marked()] * 10},
    "five buttons": {"type": "actions", "elements": [_button(action_id=str(each)) for each in range(5)]},
    "a divider": {"type": "divider"},
    "an image": {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a"},
}


@pytest.mark.parametrize("block", TAKEN.values(), ids=TAKEN)
def test_slack_accepts(block: dict[str, Any]) -> None:
    assert list(faults(_message(block))) == []
    parsed = Block.parse(block)
    assert parsed is not None
    assert parsed.to_dict() == block


REFUSED: dict[str, tuple[Any, str, str]] = {
    "a header that is too long": (
        {"type": "header", "text": _plain(151)},
        "blocks[0].text.text",
        "the text can have 151 characters but Slack accepts 150",
    ),
    "a section that is too long": (
        {"type": "section", "text": _marked(3001)},
        "blocks[0].text.text",
        "the text can have 3,001 characters but Slack accepts 3,000",
    ),
    "eleven fields": (
        {"type": "section", "fields": [_marked()] * 11},
        "blocks[0].fields",
        "there are 11 items but Slack accepts 10",
    ),
    "a field that is too long": (
        {"type": "section", "fields": [_marked(2001)]},
        "blocks[0].fields[0].text",
        "the text can have 2,001 characters but Slack accepts 2,000",
    ),
    "eleven elements of context": (
        {"type": "context", "elements": [_marked()] * 11},
        "blocks[0].elements",
        "there are 11 items but Slack accepts 10",
    ),
    "the text of a button that is too long": (
        {"type": "actions", "elements": [{**_button(), "text": _plain(76)}]},
        "blocks[0].elements[0].text.text",
        "the text can have 76 characters but Slack accepts 75",
    ),
    "an address that is too long": (
        {"type": "actions", "elements": [_button(url="x" * 3001)]},
        "blocks[0].elements[0].url",
        "the text can have 3,001 characters but Slack accepts 3,000",
    ),
}
STRANGE: dict[str, tuple[Any, str, str]] = {
    "a block that there is not": (
        {"type": "heading"},
        "blocks[0]",
        "one of `header`, `section`, `context`, `actions`, `divider` and `image` is needed here, as `type`",
    ),
    "a text instead of a block": ("x", "blocks[0]", "one of `header`, "),
    "a header without a text": ({"type": "header"}, "blocks[0]", "`header` needs `text`"),
    "a header with markup": (
        {"type": "header", "text": _marked()},
        "blocks[0].text",
        "a text of the type `plain_text` is needed here",
    ),
    "a section of nothing": ({"type": "section"}, "blocks[0]", "`section` needs one of `text` and `fields`"),
    "a field that there is not": (
        {"type": "divider", "colour": "red"},
        "blocks[0].colour",
        "Slack does not support `colour` here; it supports `type` and `block_id`",
    ),
    "a text that knows no emoji": (
        {"type": "section", "text": {**_marked(), "emoji": True}},
        "blocks[0].text.emoji",
        "Slack does not support `emoji` here; it supports `type`, `text` and `verbatim`",
    ),
    "no elements": (
        {"type": "actions", "elements": []},
        "blocks[0].elements",
        "a list that is not empty is needed here",
    ),
    "an element that there is not": (
        {"type": "actions", "elements": [{"type": "datepicker"}]},
        "blocks[0].elements[0]",
        "one of `button` is needed here, as `type`",
    ),
    "a style that there is not": (
        {"type": "actions", "elements": [_button(style="red")]},
        "blocks[0].elements[0].style",
        "one of `primary` and `danger` is needed here",
    ),
    "an empty text": ({"type": "section", "text": _marked(0)}, "blocks[0].text.text", "a text is needed here"),
}


ALL = REFUSED | STRANGE


@pytest.mark.parametrize(("block", "where", "message"), ALL.values(), ids=ALL)
def test_slack_refuses(block: Any, where: str, message: str) -> None:  # noqa: ANN401 - JSON
    ((found, keys, limit),) = faults(_message(block))
    assert found.startswith(message)
    assert dotted(keys) == where
    assert limit == ("but Slack accepts" in found)


KNOWN_TO_THE_MODELS = [name for name in REFUSED if name != "a field that is too long"]


@pytest.mark.parametrize("block", [REFUSED[name][0] for name in KNOWN_TO_THE_MODELS], ids=KNOWN_TO_THE_MODELS)
def test_slacks_own_models_refuse_it_too(block: dict[str, Any]) -> None:
    with pytest.raises(SlackObjectFormationError):
        Block.parse(block).to_dict()  # type: ignore[union-attr]


def test_a_whole_message_has_its_own_limits() -> None:
    divider: dict[str, Any] = {"type": "divider"}
    assert [each.message for each in faults(_message(*[divider] * (BLOCKS + 1)))] == [
        "there are 51 items but Slack accepts 50"
    ]
    long = {"type": "section", "text": _marked(2900)}
    (found,) = faults(_message(*[long] * 5))
    assert found.limit
    assert found.message.startswith("the texts can have 14,")
    assert found.message.endswith(f"characters in all but Slack accepts about {CHARACTERS:,}")
    assert [each.keys for each in faults({"text": "x" * 5000, "blocks": [divider]})] == [("text",)]
    assert [each.keys for each in faults({"text": "x", "blocks": [divider], "channel": "#a"})] == [("channel",)]
