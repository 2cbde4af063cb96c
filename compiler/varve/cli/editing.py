"""`varve secrets edit`: a sealed file in SOPS's own editor."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from varve.cli import output

_FOLDER: Final = click.Path(exists=True, file_okay=False, path_type=Path, resolve_path=False)
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command
@click.argument("file", metavar="FILE|TENANT/NAME")
@click.option("-e", "--environment", metavar="ENV", help="With TENANT/NAME: the file of this environment only.")
@click.option("--identities", type=_FOLDER, metavar="DIR", help="The folder with the identity of each holder.")
@click.option("--identity", type=_FILE, metavar="FILE", help="The identity of the file's holder.")
def edit(file: str, environment: str | None, identities: Path | None, identity: Path | None) -> None:
    """Edit a sealed file with SOPS, or create one, for the platform's recipients; then check it."""
    from varve.world.secrets.identity import Identities

    repository, keys = output.opened(), Identities(identities, identity)
    try:
        edited = repository.edit_secrets(file, keys, datetime.now(UTC).date(), environment)
    except ValueError as mistake:
        raise click.UsageError(str(mistake)) from None
    output.print_findings(edited.findings)
    click.echo(edited.summary)
    output.end(edited.findings)
