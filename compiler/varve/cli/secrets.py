"""`varve secrets`: the sealed files of the repository."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

from varve.cli import output
from varve.cli.arguments import EXTRA, refuse_extra
from varve.cli.editing import edit
from varve.cli.output import FORMATS, Format
from varve.cli.rendering import render, require_tenant
from varve.render.escape import escape

if TYPE_CHECKING:
    from varve.api.secrets.check import Secured
    from varve.api.secrets.rotate import Rotated
    from varve.api.secrets.verify import Verified


_FOLDER: Final = click.Path(exists=True, file_okay=False, path_type=Path, resolve_path=False)
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group
def secrets() -> None:
    """Check, verify, edit, render and rotate the sealed files of the repository."""


secrets.add_command(render)
secrets.add_command(edit)


@secrets.command(context_settings=EXTRA)
@click.option("-e", "--environment", metavar="ENV", help="Only what this environment reads.")
@click.option("-t", "--tenant", metavar="TENANT", help="Only what this tenant holds.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    envvar="VARVE_SECRETS_CHECK_FORMAT",
    help="Output format; github in GitHub Actions, else text.",
)
def check(environment: str | None, tenant: str | None, format_: Format | None) -> None:
    """Fail if a sealed file is not sound, not for the platform's recipients, copied, or too old; this needs no key."""
    from varve.world.machine import environment as world

    refuse_extra()
    format_ = format_ or world.host_format()
    repository = output.opened(format_)
    checked = repository.check_secrets(datetime.now(UTC).date(), environment, tenant)
    _print(checked, format_, repository.repository.prefix)


@secrets.command(context_settings=EXTRA)
@click.option("-e", "--environment", metavar="ENV", help="Only what this environment reads.")
@click.option("-t", "--tenant", metavar="TENANT", help="Only what this tenant holds.")
@click.option("--identities", type=_FOLDER, metavar="DIR", help="The folder with the identity of each holder.")
@click.option("--identity", type=_FILE, metavar="FILE", help="The identity of the one tenant that -t names.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    envvar="VARVE_SECRETS_VERIFY_FORMAT",
    help="Output format; github in GitHub Actions, else text.",
)
def verify(
    environment: str | None,
    tenant: str | None,
    identities: Path | None,
    identity: Path | None,
    format_: Format | None,
) -> None:
    """Open what `check` finds sound, each file with its holder's identity, and check what is inside; print no value."""
    from varve.world.machine import environment as world
    from varve.world.secrets.identity import Identities

    refuse_extra()
    require_tenant(tenant, identity)
    format_ = format_ or world.host_format()
    repository = output.opened(format_)
    keys = Identities(identities, identity)
    verified = repository.verify_secrets(datetime.now(UTC).date(), keys, environment, tenant)
    _print(verified, format_, repository.repository.prefix)


@secrets.command
@click.option("-t", "--tenant", metavar="TENANT", help="Only what this tenant holds.")
@click.option("--due", is_flag=True, help="Only files whose data key is too old.")
@click.option("--identities", type=_FOLDER, metavar="DIR", help="The folder with the identity of each holder.")
@click.option("--identity", type=_FILE, metavar="FILE", help="The identity of the one tenant that -t names.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    envvar="VARVE_SECRETS_ROTATE_FORMAT",
    help="Output format; github in GitHub Actions, else text.",
)
def rotate(
    tenant: str | None,
    due: bool,  # noqa: FBT001 - a flag of the command line
    identities: Path | None,
    identity: Path | None,
    format_: Format | None,
) -> None:
    """Give sealed files new data keys, for the platform's recipients; no secret in them changes."""
    from varve.world.machine import environment as world
    from varve.world.secrets.identity import Identities

    require_tenant(tenant, identity)
    format_ = format_ or world.host_format()
    repository = output.opened(format_)
    today = datetime.now(UTC).date() if due else None
    rotated = repository.rotate_secrets(Identities(identities, identity), tenant, today)
    for path in rotated.files if format_ == "text" else ():
        click.echo(f"sealed again: {escape(path)}")
    _print(rotated, format_, repository.repository.prefix)


def _print(result: "Secured | Verified | Rotated", format_: Format, prefix: str) -> NoReturn:
    output.print_findings(result.findings, format_, prefix)
    if result.summary:
        click.echo(result.summary, err=format_ != "text")
    output.end(result.findings)
