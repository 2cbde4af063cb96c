"""`varve rule`: what a diagnostic means, and how to fix it; also those of policies."""

import textwrap
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from varve.render.policy import Listed

_WIDTH = 88


@click.command
@click.argument("code", required=False)
def rule(code: str | None) -> None:
    """Explain a diagnostic by its CODE; without one, list them all."""
    from varve.api.catalogue import rules
    from varve.language.name import nearest
    from varve.render.policy import whole

    known = rules()
    if code is None:
        for each in known.values():
            click.echo(f"{each.code:<40} {each.title}")
        return
    named = code.startswith("policy/") or "/" not in code
    policies = _policies() if code not in known and named else {}
    if code in policies:
        click.echo(whole(policies[code]), nl=False)
        return
    if code not in known:
        whole_code = f"policy/{code}"
        meant = whole_code if whole_code in policies else nearest(code, [*known, *policies])
        way_out = f"did you mean `{meant}`?" if meant else "`varve rule` lists them all"
        raise click.ClickException(f"there is no rule `{code}`; {way_out}")
    found = known[code]
    explanation = textwrap.fill(found.explanation, _WIDTH, break_on_hyphens=False)
    click.echo(f"{found.severity.value}[{found.code}]: {found.title}\n\n{explanation}")


def _policies() -> "dict[str, Listed]":
    """The policies of the repository around the working directory, or the shipped ones, by the codes they report."""
    from varve.api import repository
    from varve.api.findings import ConfigError
    from varve.api.policy import listing

    try:
        return listing.by_code(repository.open().repository)
    except ConfigError:
        return listing.by_code(None)
