"""Programs get every value, and nothing that a JSON reader, a terminal or a CI host would misread."""

from json import loads

from hypothesis import given
from hypothesis import strategies as st

from varve.render.document import document

texts = st.text(st.characters(codec=None)) | st.text("#:[a\\")
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(values)
def test_every_value_comes_through(value: object) -> None:
    assert loads(document(value)) == value


@given(texts, texts)
def test_the_text_is_printable_ascii_without_ci_commands(key: str, text: str) -> None:
    shown = document([{key: [text]}])
    assert shown.isascii()
    assert shown.replace("\n", "").isprintable()
    assert "##" not in shown
    (found,) = loads(shown)[0].values()
    found[0].encode("utf-8")  # which a lone surrogate would refuse
