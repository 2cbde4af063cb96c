"""Tests of the names and expressions in a template's rules, whatever values they were made from."""

import re
from collections.abc import Container
from typing import Final

from varve.emit.prometheus import representative
from varve.language import name
from varve.language.fault import Fault
from varve.model.source import Value
from varve.resolve.notify import ESCALATED, SEVERITIES

# An expression that is a range or a string is in parentheses from its beginning, or has none after its last bracket.
_MAY_BE_NO_VECTOR: Final = re.compile(r"""\A\s*["'`(]|\#|\](?!\s*\))[^]]*\Z""")


def alert(value: Value) -> str | None:
    """Why a value is not the name of an alert, as words that follow the name of its place; None if it is one."""
    is_name = isinstance(value, str) and value.strip() and value != ESCALATED
    return None if is_name else "is not a valid alert name, or is the name of varve's escalations"


def record(value: Value) -> str | None:
    """Why a value is not the name of a recording."""
    is_valid = isinstance(value, str) and name.is_metric_name(value)
    return None if is_valid else "is not a valid metric name of letters, digits, underscores and colons"


def label(value: Value) -> str | None:
    """Why a value is not the name of a label or an annotation in every version of Prometheus."""
    is_valid = isinstance(value, str) and name.is_label_name(value) and not value.startswith("__")
    return None if is_valid else "is not of letters, digits and underscores, or begins with two underscores"


def free_label(value: Value, reserved: Container[str]) -> str | None:
    """Why a value is not the name of a label that a rule may set; varve itself sets those in `reserved`."""
    return "varve writes itself" if value in reserved else label(value)


def severity(value: Value) -> str | None:
    """Why a value is not a severity that routes know."""
    return None if value in SEVERITIES else f"is not one of {', '.join(f'`{each}`' for each in SEVERITIES)}"


def plain(value: Value) -> str | None:
    """Why a value is not a text, a number or a boolean."""
    return "is a map or a list but text is needed" if isinstance(value, (dict, list)) else None


def expression(value: Value) -> str | None:
    """Why a valid expression cannot be that of a rule; for most, its first and last characters are enough to tell."""
    if not isinstance(value, str):
        return "is not an expression"
    query = representative.read(value) if _MAY_BE_NO_VECTOR.search(value) else None
    if query is None or isinstance(query, Fault) or query.result_type in ("vector", "scalar"):
        return None
    return f"returns a {query.result_type} but a vector or a scalar is needed"
