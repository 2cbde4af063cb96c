"""`varve schema`: the JSON Schema of a kind of source, for editors."""

from typing import Final

import click

_KINDS: Final = (
    *("settings", "layer", "tenant", "service", "user", "unit", "platform"),
    *("pack", "rules", "dashboard", "routes"),
    *("policy", "framework", "waivers", "policies"),
)


@click.command(epilog=f"A KIND is one of {', '.join(_KINDS)}.")
@click.argument("kind", type=click.Choice(_KINDS), metavar="KIND")
def schema(kind: str) -> None:
    """Print the JSON Schema of a KIND of source, self-contained."""
    from varve.check.shape.kind import bundled
    from varve.language import canonical

    click.echo(canonical.json(bundled(kind)), nl=False)
