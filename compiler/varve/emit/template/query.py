"""PromQL with Grafana's variables: values are written as in PromQL, and none may introduce a variable."""

from collections.abc import Sequence
from typing import Final

from varve.emit.template.expression import PROMQL
from varve.emit.template.form import Form, Marker, Misfit, Shape, Written
from varve.emit.template.given import Given
from varve.language.grafana import interpolation
from varve.language.grafana.interpolation import Substituted


def _shape(parts: tuple[str, ...]) -> Shape | Misfit:
    marker = Marker.unlike(parts)
    text = marker.text(parts)
    first_misfit: Misfit | None = None
    for reading in interpolation.READINGS:
        substituted = interpolation.substitute(text, reading)
        if any(marker.stem in original for _, original in substituted.places):
            return Misfit("a value cannot be a piece of a variable", None, "write the whole variable in the template")
        shape = PROMQL.shape(marker.split(substituted.text)[0])
        if not isinstance(shape, Misfit):
            return _restored(shape, substituted)
        first_misfit = first_misfit or shape
    return first_misfit or Misfit("a value is not allowed here")


def _restored(shape: Shape, substituted: Substituted) -> Shape:
    def restored(values: Sequence[Given]) -> Written | Misfit:
        written = shape(values)
        if isinstance(written, Misfit):
            return written
        if not substituted.places and "$" not in written[0] and "[[" not in written[0]:  # the usual case
            return written
        text, proof = (interpolation.restore(each, substituted.places) for each in written)
        # A value must not introduce a variable: Grafana has no way to escape one.
        if text is None or proof is None or len(list(interpolation.variables(text))) != len(substituted.places):
            return Misfit("Grafana would read a part of it as a variable", None, "remove the `$` from the value")
        return text, proof

    return restored


def _whole(value: Given) -> Written | Misfit:
    written = PROMQL.whole(value)
    if not isinstance(written, Misfit) and any(interpolation.variables(written[0])):
        return Misfit("Grafana would read a part of it as a variable")
    return written


def _fault(text: str) -> str | None:
    wrong = interpolation.fault(text)
    return f"it is not valid PromQL: {wrong.message}" if wrong else None


QUERY: Final = Form(_fault, _whole, _shape)
