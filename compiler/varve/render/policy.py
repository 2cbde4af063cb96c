"""Renders policies: as a table, as JSON, and one of them with all that its file contains."""

import json as standard
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Final, Literal, NamedTuple, TypeAlias

from varve.language.credential import masked
from varve.model.policy import Policy
from varve.render.document import document
from varve.render.escape import escape
from varve.render.table import table

Asked: TypeAlias = Literal["always", "everywhere", "by frameworks", "nowhere"]
"""Where a policy is asked: in every repository, in this one, for tenants held to one of its frameworks, or nowhere."""

_WIDTH: Final = 88
_INDENT: Final = 11
_LINES: Final = 4  # of a parameter, which may be a whole directory; JSON has all of it
_HEAD: Final = ("POLICY", "SCOPE", "SEVERITY", "ASKED", "WAIVABLE", "FROM", "FRAMEWORKS")


class Listed(NamedTuple):
    """A policy, where it is asked, the controls that it supports by framework, and whether varve ships it."""

    policy: Policy
    asked: Asked
    controls: Mapping[str, Sequence[str]]
    shipped: bool


def rows(listed: Sequence[Listed]) -> str:
    """A line for each policy, below a header; empty for none."""
    return table([_HEAD, *map(_row, listed)]) if listed else ""


def _row(listed: Listed) -> tuple[str, ...]:
    policy = listed.policy
    yes = "yes" if policy.waivable else "no"
    origin = "varve" if listed.shipped else "own"
    cells = policy.id, policy.scope.value, policy.severity.value, listed.asked, yes, origin
    return *cells, ", ".join(listed.controls)


def json(listed: Iterable[Listed]) -> str:
    """The policies as one JSON document: a list of objects, sorted by `id`."""
    return document([_record(each) for each in listed])


def _record(listed: Listed) -> dict[str, object]:
    policy = listed.policy
    return {
        "id": policy.id,
        "title": policy.title,
        "scope": policy.scope.value,
        "severity": policy.severity.value,
        "asked": listed.asked,
        "waivable": policy.waivable,
        "shipped": listed.shipped,
        "file": policy.file,
        "evidence": policy.evidence,
        "limits": policy.limits,
        "cwe": [*policy.cwe],
        "rules": [*policy.rules],
        "parameters": policy.parameters,
        "controls": {name: [*controls] for name, controls in listed.controls.items()},
    }


def whole(listed: Listed) -> str:
    """A policy as `varve rule policy/<id>` prints it."""
    policy = listed.policy
    head = escape(f"{policy.severity.value}[{policy.code}]: {policy.title}")
    remediation = "\n".join(map(escape, textwrap.wrap(policy.remediation, _WIDTH, break_on_hyphens=False)))
    return f"{head}\n\n{remediation}\n\n{table([*_facts(listed)])}"


def _facts(listed: Listed) -> Iterator[tuple[str, str]]:
    policy = listed.policy
    yield "file", policy.file + (", which varve ships" if listed.shipped else "")
    yield "about", f"every {policy.scope.value}" if policy.scope.value != "change" else "a change"
    yield from _wrapped("match", policy.match)
    yield from _wrapped("require", policy.require)
    yield from (("rule", code) for code in policy.rules)
    for name, value in policy.parameters.items():
        yield from _wrapped("parameter", f"{name}: {masked(standard.dumps(value, ensure_ascii=False))}", most=_LINES)
    yield "asked", listed.asked
    yield "waivable", "yes" if policy.waivable else "no"
    yield "evidence", policy.evidence
    yield from _wrapped("not shown", policy.limits)
    if policy.cwe:
        yield "cwe", ", ".join(policy.cwe)
    for name, controls in listed.controls.items():
        yield "supports", f"{name} {', '.join(controls)}"


def _wrapped(word: str, text: str, *, most: int | None = None) -> Iterator[tuple[str, str]]:
    """`text`, wrapped into rows, with `word` beside the first one; lines beyond `most` are left out."""
    cut = most is not None
    width = _WIDTH - _INDENT
    lines = textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=cut, max_lines=most, placeholder=" …")
    yield from zip(chain([word], repeat("")), lines, strict=False)
