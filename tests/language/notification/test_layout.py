"""Line breaks do not change what a template prints; that Go agrees is tested elsewhere, with the real amtool."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.language.gotemplate import escape
from varve.language.notification.layout import laid, stepped

LAID = {
    "blocks and assignments have lines": (
        '{{ define "x" }}{{ $a := 1 }}{{ if $a }}yes{{ else }}no{{ end }}{{ end }}',
        '{{ define "x" }}\n  {{- $a := 1 -}}\n  {{ if $a }}yes\n  {{- else }}no\n  {{- end }}\n{{- end }}',
    ),
    "a text of its own has one after an assignment": ("{{ $a := 1 }}b", "{{ $a := 1 -}}\nb"),
    "what prints stays where it is": ("a {{ x }}{{ y }} b", "a {{ x }}{{ y }} b"),
    "no white space of a text is left out": ("{{ $a := 1 }} b {{ if x }}\nc\n{{ end }}",) * 2,
    "braces in a string end nothing": ('{{ if eq " }} " x }}a{{ end }}', '{{ if eq " }} " x }}a\n{{- end }}'),
}


@pytest.mark.parametrize(("template", "expected"), LAID.values(), ids=LAID)
def test_laid_out(template: str, expected: str) -> None:
    assert laid(template) == expected


def _trimmed(template: str) -> str:
    """The template without the white space that its actions trim."""
    left = re.sub(r"[ \t\r\n]*\{\{- ", "{{ ", template)
    return re.sub(r" -\}\}[ \t\r\n]*", " }}", left)


TEXT = st.text("ab \n\t{}\u00a0é", max_size=4).map(escape)
ACTION = st.sampled_from(["if x", "range .Y", "else", "end", '$n := ""', '$n = printf "%s." $n', "len $n", '"}}"'])


@given(st.lists(st.tuples(TEXT, ACTION), max_size=12), TEXT)
def test_the_output_does_not_change(parts: list[tuple[str, str]], last: str) -> None:
    template = "".join(f"{text}{{{{ {action} }}}}" for text, action in parts) + last
    assert _trimmed(laid(template)) == template


def test_each_step_of_a_pipeline_has_a_line() -> None:
    assert stepped("a | b{{ . | c `|` | d }}") == "a | b{{ .\n  | c `|`\n  | d }}"
