"""`varve secrets render`: sealed secrets, decrypted, where deployed systems read them."""

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from varve.cli import output
from varve.cli.arguments import gathered
from varve.cli.output import FORMATS, Format

if TYPE_CHECKING:
    from varve.world.disk.file import Owner


class _Arguments(NamedTuple):
    """The arguments of the command, which are too many for parameters of one function."""

    environment: str
    to: Path
    tenant: str | None
    identities: Path | None
    identity: Path | None
    owner: str | None
    group: str | None
    require_tmpfs: bool
    format_: Format | None


_HELP: Final = "Write the secrets that an environment uses where its systems read them: all in one step, or none."


def _answer(arguments: _Arguments) -> None:
    from varve.api.secrets.render import Order
    from varve.world.machine import environment as world
    from varve.world.secrets.identity import Identities
    from varve.world.secrets.release import Target

    require_tenant(arguments.tenant, arguments.identity)
    format_ = arguments.format_ or world.host_format()
    target = Target(arguments.to, _owner(arguments), arguments.require_tmpfs)
    repository = output.opened(format_)
    keys = Identities(arguments.identities, arguments.identity)
    rendered = repository.render_secrets(Order(arguments.environment, arguments.tenant, keys, target))
    output.print_findings(rendered.findings, format_, repository.repository.prefix)
    if rendered.summary:
        click.echo(rendered.summary, err=format_ != "text")
    output.end(rendered.findings)


def require_tenant(tenant: str | None, identity: Path | None) -> None:
    """End the command if an identity is given without the tenant that it is for."""
    if identity is not None and tenant is None:
        raise click.UsageError("`--identity` is for one tenant: name the tenant with `-t`")


def _owner(arguments: _Arguments) -> "Owner":
    from varve.world.disk.file import Owner
    from varve.world.machine import owner

    user = owner.user(arguments.owner) if arguments.owner else -1
    group = owner.group(arguments.group) if arguments.group else -1
    if user is None:
        raise click.UsageError(f"there is no user `{arguments.owner}` on this machine")
    if group is None:
        raise click.UsageError(f"there is no group `{arguments.group}` on this machine")
    return Owner(user, group)


render = click.Command(
    "render",
    callback=gathered(_Arguments, _answer),
    help=_HELP,
    params=[
        click.Option(
            ["-e", "--env", "--environment", "environment"], required=True, metavar="ENV", help="The environment."
        ),
        click.Option(
            ["--to"],
            required=True,
            type=click.Path(path_type=Path),
            metavar="DIR",
            help="The folder that artifacts know as `platform.secrets.root`.",
        ),
        click.Option(["-t", "--tenant"], metavar="TENANT", help="Only what this tenant uses."),
        click.Option(
            ["--identities"],
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            metavar="DIR",
            help="The folder with the identity of each holder.",
        ),
        click.Option(
            ["--identity"],
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            metavar="FILE",
            help="The identity of the one tenant that -t names.",
        ),
        click.Option(["--owner"], metavar="USER", help="The owner of the files: nobody else can read them."),
        click.Option(["--group"], metavar="GROUP", help="The group of the files."),
        click.Option(["--require-tmpfs"], is_flag=True, help="Refuse a folder that is not in memory."),
        click.Option(
            ["--format", "format_"],
            type=click.Choice(FORMATS),
            envvar="VARVE_SECRETS_RENDER_FORMAT",
            help="Output format; github in GitHub Actions, else text.",
        ),
    ],
)
