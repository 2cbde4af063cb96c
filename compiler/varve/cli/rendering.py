"""`varve secrets render`: what is sealed, in the clear, where deployed systems read it."""

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from varve.cli import saying
from varve.cli.saying import FORMATS, Format
from varve.cli.words import gathered

if TYPE_CHECKING:
    from varve.world.disk.file import Owner


class _Asked(NamedTuple):
    """The words of the command line, which are more than one function should take."""

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


def _answer(asked: _Asked) -> None:
    from varve.api.secrets.render import Order
    from varve.world.machine import environment as world
    from varve.world.secrets.identity import Identities
    from varve.world.secrets.release import Target

    alone(asked.tenant, asked.identity)
    format_ = asked.format_ or world.host_format()
    target = Target(asked.to, _owner(asked), asked.require_tmpfs)
    repository = saying.opened(format_)
    keys = Identities(asked.identities, asked.identity)
    rendered = repository.render_secrets(Order(asked.environment, asked.tenant, keys, target))
    saying.say(rendered.findings, format_, repository.repository.prefix)
    if rendered.summary:
        click.echo(rendered.summary, err=format_ != "text")
    saying.end(rendered.findings)


def alone(tenant: str | None, identity: Path | None) -> None:
    """End the command where one identity is named, and not the one tenant that it is for."""
    if identity is not None and tenant is None:
        raise click.UsageError("`--identity` is for one tenant: name the tenant with `-t`")


def _owner(asked: _Asked) -> "Owner":
    from varve.world.disk.file import Owner
    from varve.world.machine import owner

    user = owner.user(asked.owner) if asked.owner else -1
    group = owner.group(asked.group) if asked.group else -1
    if user is None:
        raise click.UsageError(f"there is no user `{asked.owner}` on this machine")
    if group is None:
        raise click.UsageError(f"there is no group `{asked.group}` on this machine")
    return Owner(user, group)


render = click.Command(
    "render",
    callback=gathered(_Asked, _answer),
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
