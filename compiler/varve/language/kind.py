"""What kind of value something is, in the words of a diagnostic."""

from varve.model.source import Value


def kind(value: Value) -> str:
    """`a map`, `a list`, `a text`, `a number`, `true or false` or `null`, as it stands after "is" or "holds"."""
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
