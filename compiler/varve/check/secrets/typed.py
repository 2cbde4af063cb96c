"""Whether everything that is sealed is a text, so that what is rendered is what was typed."""

from typing import Final

from varve.model.diagnostic import Place, Report, Rule
from varve.read import plain
from varve.read.sealed.file import Sealed

TYPED_SECRET = Rule(
    "check/typed-secret",
    "Secret is not sealed as a text",
    "A value without quotes gets the type that YAML sees in it, and SOPS seals what it means, not what was typed: "
    "`0123` becomes the number 83, `12e3` becomes 12000, `2025-01-31` a time. That would be rendered, and refused as a "
    "wrong password when an alert is sent. Whether a value is still what was typed cannot be seen afterwards, not even "
    "with a key. Open the file with `varve secrets edit`, and write the value in quotes.",
)

_TYPES: Final = {"int": "a number", "float": "a number", "bool": "a truth value", "time": "a time", "bytes": "bytes"}


def check(sealed: Sealed, report: Report) -> None:
    """Report every secret that was sealed as something other than a text."""
    for name, type_ in sealed.types.items():
        place = Place(sealed.path, sealed.names[name], "key", sealed=True)
        message = f"`{plain.show(name)}` of `{sealed.path}` was sealed as {_TYPES[type_]}, not as a text"
        report.add(TYPED_SECRET, message, place, hint="write it in quotes, with `varve secrets edit`")
