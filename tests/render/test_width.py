"""Columns are counted as a terminal counts them."""

import pytest

from varve.render.width import width


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        pytest.param("", 0, id="nothing takes no column"),
        pytest.param("expr", 4, id="ASCII takes one each"),
        pytest.param("élevée", 6, id="so do accented letters"),
        pytest.param("e\u0301le\u0301", 3, id="a combining accent takes none"),
        pytest.param("日本", 4, id="East Asian wide characters take two"),
        pytest.param("ＡＢ", 4, id="full-width letters take two"),
        pytest.param("🔥", 2, id="an emoji takes two"),
    ],
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns
