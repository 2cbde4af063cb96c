"""Who owns the files in a change."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from varve.model.diagnostic import Note, Place, Report, Rule

TWO_OWNERS = Rule(
    "check/two-owners",
    "Change mixes files of the platform and of a tenant",
    "A tenant's change is judged by the platform's files as they are on the trusted commit. A change that includes "
    "platform files could relax a rule and use that at once, before anybody has approved it. Everything outside "
    "`tenants/<tenant>/` and `build/` belongs to the platform. Split the change into two pull requests, the "
    "platform's first.",
)

_SHOWN: Final = 4


class Owners(NamedTuple):
    """The paths in a change, by owner; `artifacts` are written by varve, and may be in anyone's change."""

    platform: tuple[str, ...]
    tenants: Mapping[str, tuple[str, ...]]
    artifacts: tuple[str, ...] = ()


def owners(paths: Iterable[str]) -> Owners:
    """Who owns each of `paths`, which are relative to the folder of `varve.yaml`.

    No layer of the platform can be in a tenant's folder, nor a tenant's layer outside of it (`check/layer-owner`), so
    the folder alone decides.
    """
    platform, tenants, artifacts = [], defaultdict(list), []
    for path in sorted(paths):
        top, _, below = path.partition("/")
        tenant, inside, _ = below.partition("/")
        if top == "tenants" and inside:
            tenants[tenant].append(path)
        elif top == "build" and below:
            artifacts.append(path)
        else:
            platform.append(path)
    return Owners(tuple(platform), {tenant: tuple(own) for tenant, own in tenants.items()}, tuple(artifacts))


def refuse_mixed(changed: Owners, report: Report) -> None:
    """Report a change with files of the platform and of tenants, at the first file of the platform."""
    first, *others = changed.platform
    named = list(changed.tenants.items())
    notes = (
        *(Note("this one too", Place(path)) for path in others[:_SHOWN]),
        *_more(others, "of the platform's"),
        *(Note(f"belongs to the tenant `{tenant}`", Place(own[0])) for tenant, own in named[:_SHOWN]),
        *_more(named, "tenants"),
    )
    owner = f"the tenant `{named[0][0]}`" if len(named) == 1 else f"{len(named)} tenants"
    message = f"`{first}` belongs to the platform but files of {owner} change with it"
    report.add(TWO_OWNERS, message, Place(first), *notes, hint="split it into two pull requests, the platform's first")


def _more(things: list[str] | list[tuple[str, tuple[str, ...]]], what: str) -> tuple[Note, ...]:
    return (Note(f"and {len(things) - _SHOWN} more {what}"),) if things[_SHOWN:] else ()
