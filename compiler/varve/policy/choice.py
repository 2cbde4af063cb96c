"""Which policies bind a unit, and their severities: those that are always active, chosen, or of its frameworks."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from varve.language.name import nearest
from varve.model.diagnostic import Diagnostic, Report, Rule, Severity
from varve.model.policy import Framework, Library, Policy
from varve.model.settings import Settings
from varve.model.source import Map, Value
from varve.model.unit import Resolved
from varve.policy.subject import source
from varve.read.reading import Reading
from varve.resolve import facts
from varve.resolve.reporting import ValueReporter

UNKNOWN_FRAMEWORK = Rule(
    "policy/unknown-framework",
    "Framework is not defined",
    "`tenant.compliance` names the frameworks that a tenant is held to, and each chooses the policies that support "
    "its controls. A framework without a file under `policies/frameworks/` chooses none, so the name alone has no "
    "effect. Correct the name, write the file, or remove the name.",
    Severity.WARNING,
)

Choice: TypeAlias = Mapping[str, Severity]
"""The severities of the policies that bind, by id."""


class Held(NamedTuple):
    """The frameworks of tenants to which the platform is held too.

    `named` are those in the platform's own files, `claimed` those in tenants' files. Findings for the latter appear
    only in reports, because what a tenant claims may be shown to nobody else.
    """

    named: tuple[str, ...] = ()
    claimed: tuple[str, ...] = ()


_KEY: Final = "compliance"
_STRICTER: Final = (Severity.NOTE, Severity.WARNING, Severity.ERROR)


def choice(library: Library, compliance: Iterable[str] = ()) -> Choice:
    """The policies that bind whoever is held to these frameworks.

    Of several severities the strictest counts, but one in the settings overrides the others.
    """
    applying = [library.frameworks[each] for each in compliance if each in library.frameworks]
    found = ((id_, _severity(library, policy, applying)) for id_, policy in library.policies.items())
    return {id_: severity for id_, severity in found if severity is not None}


def _severity(library: Library, policy: Policy, applying: Iterable[Framework]) -> Severity | None:
    """The severity of a policy; None if it does not bind."""
    required = [each.severity for each in applying if policy.id in each.policies]
    own = [policy.severity] if policy.always or policy.id in library.chosen else []
    if policy.id in library.severities:
        return policy.severity if own or required else None
    return max((*own, *required), key=_STRICTER.index, default=None)


def held(tenant: str, settings: Settings, reading: Reading) -> Held:
    """The frameworks that the platform is held to for a tenant: all that are named in files with the tenant's facts."""
    named, claimed = dict[str, None](), dict[str, None]()
    # Most files name none, and need not be parsed.
    candidates = (stem for stem in facts.stems(tenant, settings) if reading.may_contain(stem, _KEY))
    for each in filter(None, map(reading.find, candidates)):
        found = named if source.owner(each.path) == source.PLATFORM else claimed
        found.update(dict.fromkeys(compliance(each.value or {})))
    return Held(tuple(named), tuple(claimed))


def merged(per_tenant: Iterable[Held]) -> Held:
    """The frameworks of all of these, each once."""
    all_named, all_claimed = dict[str, None](), dict[str, None]()
    for named, claimed in per_tenant:
        all_named.update(dict.fromkeys(named))
        all_claimed.update(dict.fromkeys(claimed))
    return Held(tuple(all_named), tuple(all_claimed))


def softened(diagnostic: Diagnostic) -> Diagnostic:
    """The diagnostic with an error made a warning: one tenant's framework must not block the platform for everybody."""
    is_no_error = diagnostic.rule.severity is not Severity.ERROR
    return diagnostic if is_no_error else diagnostic._replace(rule=diagnostic.rule._replace(severity=Severity.WARNING))


def compliance(unit: Map) -> tuple[str, ...]:
    """The frameworks that a resolved unit is held to, each once."""
    tenant = unit.get("tenant")
    return tuple(dict.fromkeys(name for _, name in _named(tenant)))


def check(unit: Resolved, library: Library, report: Report) -> None:
    """Report each framework that a unit is held to and that no file defines."""
    for index, name in _named(unit.value.get("tenant")):
        if name not in library.frameworks:
            meant = nearest(name, library.frameworks)
            hint = f"did you mean `{meant}`?" if meant else f"write `policies/frameworks/{name}.yaml`, or remove it"
            at = ("tenant", "compliance", index)
            ValueReporter(unit.stack, report).at(at, UNKNOWN_FRAMEWORK, f"there is no framework `{name}`", hint=hint)


def _named(tenant: Value) -> Iterator[tuple[int, str]]:
    listed = tenant.get(_KEY) if isinstance(tenant, dict) else None
    for index, name in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(name, str):
            yield index, name
