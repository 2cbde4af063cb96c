import json
from typing import Final

import pytest

from benchmarks.sample import Piece, cut, expression
from varve.model.source import Value

VALUE: Final[Value] = {
    "name": "tenant-0001/service-0",
    "rules": [{"expr": 'up{tenant="tenant-0001"}', "limit": 3, "keep": True, "none": None}, "", "é\n"],
}


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        pytest.param("up", [Piece("up", "")], id="a text without a word is one piece"),
        pytest.param("", [Piece("", "")], id="and so is none"),
        pytest.param(
            'up{tenant="tenant-0001"}',
            [Piece('up{tenant="', "tenant.id"), Piece('"}', "")],
            id="a word stands between two texts",
        ),
        pytest.param(
            "tenant-0001production",
            [Piece("", "tenant.id"), Piece("", "environment"), Piece("", "")],
            id="words need no text between them",
        ),
    ],
)
def test_a_text_is_cut_at_the_words_of_the_unit(text: str, pieces: list[Piece]) -> None:
    assert cut(text) == pieces


def test_an_expression_sums_texts_and_parameters() -> None:
    assert expression(VALUE, json.dumps) == (
        '{"name": p.tenant.id + "/" + p.service, '
        '"rules": [{"expr": "up{tenant=\\"" + p.tenant.id + "\\"}", "limit": 3, '
        '"keep": true, "none": null}, "", "\\u00e9\\n"]}'
    )
