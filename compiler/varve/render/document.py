"""Renders values as one JSON document, in ASCII, that neither terminals nor CI hosts misread."""

import json
import re

from varve.language.credential import masked


def document(value: object) -> str:
    """`value` as indented JSON, without commands to a CI host, credentials and lone surrogates."""
    written = json.dumps(_cleaned(value), indent=2)
    # A CI host takes `##[error]` anywhere in a line as a command; a JSON reader decodes the escape to the same text.
    # Only strings contain a `#`.
    return re.sub("#(?=#)", r"\\u0023", written) + "\n"


def _cleaned(value: object) -> object:
    """The value without credentials; lone surrogates, which strict JSON readers refuse, are written as escapes."""
    match value:
        case str():
            return masked(value.encode("utf-8", "backslashreplace").decode("utf-8"))
        case dict():
            return {_cleaned(key): _cleaned(each) for key, each in value.items()}
        case list():
            return [_cleaned(each) for each in value]
    return value
