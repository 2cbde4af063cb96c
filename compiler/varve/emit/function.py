"""The functions that templates may call."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from varve.emit.template.given import Function, Given
from varve.language import message, objective
from varve.language.time import duration

_SECOND: Final = 1000


def functions_with_texts(messages: Mapping[str, Mapping[str, str]], locale: str) -> Mapping[str, Given]:
    """The functions of `functions`, and the catalogue of the locale's language as `text`, for templates with texts."""
    language = message.language(locale)
    return {**functions(locale), "text": message.Catalogue(language, messages.get(language, {}))}


@cache
def functions(locale: str) -> Mapping[str, Given]:
    """The functions by name; `duration`, `number` and `percent` write in the conventions of `locale`."""
    return {
        "seconds": Function(seconds),
        "budget": Function(budget),
        "burns": Function(burns),
        "duration": Function(lambda text: message.duration_text(_milliseconds(text), locale)),
        "number": Function(lambda value: message.number(value, locale)),
        "percent": Function(lambda value: message.ratio(value, locale)),
    }


def seconds(text: str) -> float | int:
    """How many seconds a duration lasts; raises `ValueError` if it is not a duration."""
    milliseconds = _milliseconds(text)
    return milliseconds // _SECOND if milliseconds % _SECOND == 0 else milliseconds / _SECOND


def budget(objective_: float) -> str:
    """The share of events that may fail, in plain digits: `0.001` for 99.9."""
    return objective.text(objective.budget(objective_))


def burns(objective_: float, window: str) -> list[Given]:
    """The alerts of an objective over a window; factors and thresholds are plain digits, windows are durations."""
    error_budget = objective.budget(objective_)
    return [
        {
            "severity": burn.severity,
            "share": objective.text(burn.share),
            "long": duration.text(burn.long),
            "short": duration.text(burn.short),
            "factor": objective.text(burn.factor),
            "threshold": objective.threshold(burn.factor, error_budget),
        }
        for burn in objective.burns(_milliseconds(window))
        if objective.can_fire(burn.factor, error_budget)
    ]


def _milliseconds(text: str) -> int:
    milliseconds = duration.milliseconds(text)
    if milliseconds is None:
        raise ValueError(f"`{text}` is not a duration")
    return milliseconds
