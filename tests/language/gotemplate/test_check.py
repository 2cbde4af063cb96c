"""A template is valid if Prometheus loads it and renders it without an error, and varve allows all that it does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.language.gotemplate.verdicts import FAILING, NOT_ALLOWED, REFUSED_BY_BOTH, SOUND
from varve.language import gotemplate
from varve.language.fault import Fault


@pytest.mark.parametrize("template", SOUND)
def test_templates_that_prometheus_renders_and_varve_allows_have_no_fault(template: str) -> None:
    assert gotemplate.fault(template) is None


@pytest.mark.parametrize("template", [*REFUSED_BY_BOTH, *FAILING, *NOT_ALLOWED])
def test_other_templates_have_a_fault_in_one_sentence(template: str) -> None:
    fault = gotemplate.fault(template)
    assert fault
    assert fault.message == fault.message.strip().rstrip(".")
    assert not fault.message[:1].isupper()
    assert "\n" not in fault.message
    assert fault.offset is not None
    assert 0 <= fault.offset <= len(template)


@given(st.lists(st.sampled_from(SOUND), max_size=4))
def test_a_sequence_of_valid_templates_is_valid(templates: list[str]) -> None:
    assert gotemplate.fault(" ".join(templates)) is None


def test_the_result_has_a_maximum_length() -> None:
    assert gotemplate.fault("{{ $labels.a }}" * 64) is None
    fault = gotemplate.fault("{{ $labels.a }}" * 64 + "é{{ 1 }}")
    assert fault == Fault(
        "the result may be longer than 65536 bytes where labels are 1024 long: replace, repeat or print less", 945
    )


def test_the_length_of_conditions_does_not_count() -> None:
    assert gotemplate.fault("{{ if $labels }}{{ end }}" * 100) is None


@given(st.sampled_from(SOUND), st.sampled_from([*REFUSED_BY_BOTH, *FAILING, *NOT_ALLOWED]))
def test_a_valid_beginning_does_not_hide_a_fault(sound: str, other: str) -> None:
    assert gotemplate.fault(f"{sound} {other}")


@given(st.text(max_size=30) | st.text('{}$.-/*|()"` \nabif', max_size=40))
def test_no_text_raises(text: str) -> None:
    fault = gotemplate.fault("{{" + text)
    assert fault is None or isinstance(fault, Fault)


@pytest.mark.parametrize(
    ("template", "message", "offset"),
    [
        (
            '{{ query "up" }}',
            "`query` is not allowed in an alert's text: it reads series beyond the alert's own",
            3,
        ),
        (
            '{{ range printf "up{a=%q}" $labels.a | query }}',
            "`range` is not allowed in an alert's text: there is nothing to repeat",
            3,
        ),
        ("{{ range $labels }}", "`range` is not allowed in an alert's text: there is nothing to repeat", 3),
        ("{{ externalURL }}", "`externalURL` is not allowed in an alert's text: write `$externalURL`", 3),
        ("{{ trimSpace $labels.a }}", "the function `trimSpace` is unknown", 3),
        (
            "{{ $foo }}",
            (
                "`$foo` is not known, an alert's text can read only `$labels`, `$value`, `$externalLabels` and "
                "`$externalURL`"
            ),
            3,
        ),
        ("a {{ $value", "the action is not closed by `}}`", 2),
        ("{{ if $value }}", "the `if` has no `end`", 0),
        ("{{ end }}", "`end` without `if`", 0),
        ("{{ if true }}{{ else }}{{ else }}{{ end }}", "a second `else` in one `if`", 23),
        ("{{ if true }}{{ end x }}", "nothing may follow `end`", 20),
        ("{{ }}", "a value is missing", 0),
        (
            "{{ if gt $value 1 }}x{{ end }}",
            "`gt` cannot compare a whole number with one that has a fraction, write `1.0` instead of `1`",
            6,
        ),
        ("{{ $labels.my-label }}", "unexpected `.` in an action", 10),
        ("{{ if true }}" * 17, "more than 16 nested `if` or `with`", 208),
        ("{{ with $value }}", "the `with` has no `end`", 0),
        (
            "{{ with $labels.a }}{{ .Labels.b }}",
            "`.Labels.b` is unknown inside `with`, where `.` is its value",
            23,
        ),
        ("{{ 1 }}" + "x" * 8192, "the text is longer than 8192 characters", None),
        ("\ud800", "half a surrogate pair is not a character", 0),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_fault_names_what_is_wrong_and_where(template: str, message: str, offset: int | None) -> None:
    assert gotemplate.fault(template) == Fault(message, offset)
