"""`varve rule`: what a diagnostic means, and how to fix it; also those of policies."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from varve.render.policy import Listed


@click.command
@click.argument("code", required=False)
@click.option(
    "--format",
    "format_",
    type=click.Choice(("text", "json")),
    default="text",
    envvar="VARVE_RULE_FORMAT",
    help="Output format.",
)
def rule(code: str | None, format_: str) -> None:
    """Explain a diagnostic by its CODE; without one, list them all."""
    from varve.api.catalogue import rules
    from varve.language.name import nearest
    from varve.render import policy as policy_rendering
    from varve.render import rule as rendering

    known = rules()
    if code is None or code in known:
        chosen = known.values() if code is None else [known[code]]
        text = rendering.rows(chosen) if code is None else rendering.whole(known[code])
        click.echo(rendering.json(chosen) if format_ == "json" else text, nl=False)
        return
    policies = _policies() if code.startswith("policy/") or "/" not in code else {}
    if code not in policies:
        whole_code = f"policy/{code}"
        meant = whole_code if whole_code in policies else nearest(code, [*known, *policies])
        way_out = f"did you mean `{meant}`?" if meant else "`varve rule` lists them all"
        raise click.ClickException(f"there is no rule `{code}`; {way_out}")
    found = policies[code]
    click.echo(policy_rendering.json([found]) if format_ == "json" else policy_rendering.whole(found), nl=False)


def _policies() -> "dict[str, Listed]":
    """The policies of the repository around the working directory, or the shipped ones, by the codes they report."""
    from varve.api import repository
    from varve.api.findings import ConfigError
    from varve.api.policy import listing

    try:
        return listing.by_code(repository.open().repository)
    except ConfigError:
        return listing.by_code(None)
