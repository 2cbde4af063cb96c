"""`varve schema`: the JSON Schema of a kind of source, for editors."""

import click


@click.command
@click.argument(
    "kind",
    type=click.Choice(
        (
            *("settings", "layer", "tenant", "service", "user", "unit", "platform"),
            *("pack", "rules", "dashboard", "routes"),
            *("policy", "framework", "waivers", "policies"),
        )
    ),
)
def schema(kind: str) -> None:
    """Print the JSON Schema of a KIND of source, complete in itself."""
    from varve.check.kind import bundled
    from varve.language import canonical

    click.echo(canonical.json(bundled(kind)), nl=False)
