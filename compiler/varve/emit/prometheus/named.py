"""What the names and the expressions of rules must be, wherever a template took them from."""

import re
from collections.abc import Container
from typing import Final

from varve.emit.prometheus import alike
from varve.language import name
from varve.language.fault import Fault
from varve.model.source import Value
from varve.resolve.notify import ESCALATED, SEVERITIES

# What is a range or a string as a whole is in parentheses from its beginning, or in none after its last bracket.
_MAY_BE_NO_VECTOR: Final = re.compile(r"""\A\s*["'`(]|\#|\](?!\s*\))[^]]*\Z""")


def alert(value: Value) -> str | None:
    """Why a value cannot name an alert, in words that follow where it stands."""
    is_name = isinstance(value, str) and value.strip() and value != ESCALATED
    return None if is_name else "is not a valid alert name, or is the name of varve's escalations"


def record(value: Value) -> str | None:
    """Why a value cannot name a recording."""
    sound = isinstance(value, str) and name.is_metric_name(value)
    return None if sound else "is not a valid metric name of letters, digits, underscores and colons"


def label(value: Value) -> str | None:
    """Why a value cannot name a label or an annotation in every version of Prometheus."""
    sound = isinstance(value, str) and name.is_label_name(value) and not value.startswith("__")
    return None if sound else "is not of letters, digits and underscores, or begins with two underscores"


def unwritten(value: Value, written: Container[str]) -> str | None:
    """Why a value cannot name a label of a rule that gets those that are `written`, whatever it says of them."""
    return "varve writes itself" if value in written else label(value)


def severity(value: Value) -> str | None:
    """Why a value is no severity that anybody can be told of."""
    return None if value in SEVERITIES else f"is not one of {', '.join(f'`{each}`' for each in SEVERITIES)}"


def plain(value: Value) -> str | None:
    """Why a value is no text, number or truth value."""
    return "is a map or a list but text is needed" if isinstance(value, (dict, list)) else None


def expression(value: Value) -> str | None:
    """Why the value of a sound expression is none that a rule may have; most are known by how they begin and end."""
    if not isinstance(value, str):
        return "is not an expression"
    query = alike.read(value) if _MAY_BE_NO_VECTOR.search(value) else None
    if query is None or isinstance(query, Fault) or query.result_type in ("vector", "scalar"):
        return None
    return f"returns a {query.result_type} but a vector or a scalar is needed"
