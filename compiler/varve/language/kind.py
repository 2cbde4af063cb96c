"""The kind of a value, in the words of a diagnostic."""

from varve.model.source import Value


def kind(value: Value) -> str:
    """`a map`, `a list`, `a text`, `a number`, `true or false` or `null`, as used after "is"."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case dict():
            return "a map"
        case list():
            return "a list"
        case str():
            return "a text"
    return "a number"
