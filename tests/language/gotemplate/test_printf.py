"""A format of `printf` cannot make a long text of nothing."""

import pytest

from varve.language.gotemplate import printf
from varve.language.gotemplate.function import Operand, Sort

LABEL = Operand(Sort.TEXT, 1024)
VALUE = Operand(Sort.FLOAT, 64)
LABELS = Operand(Sort.LABELS, 4096)


@pytest.mark.parametrize(
    "form", ["done", "%.2f", "%s: %v", "%.1f%%", "%+d", "%-99s|", "% x", "%#q", "%08.3f", "%5.f", "100%%", "%099d"]
)
def test_a_usual_format_has_no_fault(form: str) -> None:
    assert printf.fault(form) is None


WIDE = "a width and a precision have at most 2 digits"
UNKNOWN = "it is not a verb that an alert's text may use"


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("%999999999d", f"refuses `%999999999d` in its format: {WIDE}"),
        ("%0100d", f"refuses `%0100d` in its format: {WIDE}"),
        ("%s %.100f", f"refuses `%.100f` in its format: {WIDE}"),
        ("%-+ 0#100s", f"refuses `%-+ 0#100s` in its format: {WIDE}"),
        ("%*d", f"refuses `%*` in its format: {UNKNOWN}"),
        ("%.*d", f"refuses `%.*` in its format: {UNKNOWN}"),
        ("%[1]d", f"refuses `%[` in its format: {UNKNOWN}"),
        ("%9[2]*.[1]*f", f"refuses `%9[` in its format: {UNKNOWN}"),
        ("%p", f"refuses `%p` in its format: {UNKNOWN}"),
        ("%5%", f"refuses `%5%` in its format: {UNKNOWN}"),
        ("%é", f"refuses `%é` in its format: {UNKNOWN}"),
        ("100%", f"refuses `%` in its format: {UNKNOWN}"),
        ("%99", f"refuses `%99` in its format: {UNKNOWN}"),
        ("%\n", f"refuses `%` in its format: {UNKNOWN}"),
    ],
)
def test_a_format_with_large_widths_or_unknown_verbs_is_refused(form: str, message: str) -> None:
    assert printf.fault(form) == message


@pytest.mark.parametrize(
    ("form", "values", "length"),
    [
        ("done", [], 4),
        ("%%", [], 2),
        ("%s", [LABEL], 2 + 1024 + 32),
        ("%s%s", [LABEL, LABEL], 4 + 2 * (1024 + 32)),
        ("%99s", [LABEL], 4 + 1024 + 99 + 32),
        ("%q", [LABEL], 2 + 6 * 1024 + 32),
        ("%#v", [LABEL], 3 + 6 * 1024 + 32),
        ("%.2f", [VALUE], 4 + 6 * 64 + 2 + 512),
        ("%v", [LABELS], 2 + 4096),
        ("%9v", [LABELS], 3 + 4096 * 10),
        ("%q", [LABELS], 2 + 4096 * 33),
        ("%s", [], 2 + 32),
        ("done", [LABEL], 4 + 1024 + 32),
    ],
)
def test_the_result_has_a_maximum_length(form: str, values: list[Operand], length: int) -> None:
    assert printf.length(form, values) == length
