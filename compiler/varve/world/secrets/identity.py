"""The identities that open sealed files: one file for each holder, which alone is used for that holder's files."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from varve.language.recipient import is_native, kind
from varve.model.diagnostic import Report, Rule
from varve.read.sealed.file import Holder, Sealed
from varve.world.git.command import Git
from varve.world.git.repository import Repository
from varve.world.secrets.sops import Access

NO_IDENTITY = Rule(
    "world/no-identity",
    "A holder of secrets has no identity",
    "Each tenant's files are opened with that tenant's identity alone, so that nothing that renders one tenant's "
    "secrets could open another's. It is the file `<tenant>.agekey` in the folder of `--identities`, or "
    "`<tenant>.<environment>.agekey` for one environment; the platform's own is `_platform.agekey`. With `-t`, "
    "`--identity` can name a single file.",
)
UNSAFE_IDENTITY = Rule(
    "world/unsafe-identity",
    "Others can read an identity",
    "Whoever can read an identity can open every file that was ever sealed for it, in all of git's history. So varve "
    "accepts one only from a file that nobody but its owner may read, and that git cannot record. Run `chmod 600` on "
    "it, and keep it outside the repository; if it was ever committed or shared, make a new one and rotate.",
)

PLATFORM: Final = "_platform"
"""The name of the platform's own identity, which no tenant can have."""

_OPEN_TO_OTHERS: Final = 0o077


class Identities(NamedTuple):
    """Where identities are: a folder with one for each holder, or one file for a selected tenant."""

    folder: Path | None = None
    file: Path | None = None


class Search(NamedTuple):
    """A search for identities: the repository, where they are, and the environments, the likeliest first."""

    repository: Repository
    identities: Identities
    environments: Sequence[str]


def access(sealed: Sealed, holder: Holder, search: Search, report: Report) -> Access | None:
    """The access that opens a holder's file; None, with the reason reported, if there is none, or only an unsafe one.

    A service is used only if there is no identity, and only if the file names it, which was checked against the
    platform's settings.
    """
    found = next((each for each in _candidates(holder, search) if os.path.lexists(each)), None)
    recipients = frozenset().union(*sealed.metadata.groups)
    if found is not None:
        plugins = any(kind(each) == "age" and not is_native(each) for each in recipients)
        real = Path(os.path.realpath(found))
        return Access(real, plugins=plugins) if _is_safe(found, search.repository, report) else None
    services = frozenset(named for each in recipients if (named := kind(each)) and named != "age")
    if services:
        return Access(services=services)
    owner = "the platform" if holder.tenant is None else f"tenant `{holder.tenant}`"
    hint = f"put it into the folder of `--identities`, as `{holder.tenant or PLATFORM}.agekey`"
    report.add(NO_IDENTITY, f"there is no identity for {owner}", hint=hint)
    return None


def _candidates(holder: Holder, search: Search) -> Iterator[Path]:
    """The paths at which an identity may be; as no id contains a dot, no tenant's file can be taken for another's."""
    folder, file = search.identities.folder, search.identities.file
    if file is not None:
        yield file
    if folder is None:
        return
    name = holder.tenant or PLATFORM
    environments = search.environments if holder.environment is None else (holder.environment,)
    yield from (folder / f"{name}.{each}.agekey" for each in environments)
    yield folder / f"{name}.agekey"


def _is_safe(path: Path, repository: Repository, report: Report) -> bool:
    """Whether nobody else can read an identity; reported if not, by its name and never with its content."""
    real = Path(os.path.realpath(path))
    try:
        status = real.stat()
    except OSError as error:
        report.add(UNSAFE_IDENTITY, f"`{path.name}` cannot be read: {error.strerror}", hint="check who owns it")
        return False
    if not stat.S_ISREG(status.st_mode):
        report.add(
            UNSAFE_IDENTITY, f"`{path.name}` is not a regular file", hint="name a file that contains an identity"
        )
    elif status.st_mode & _OPEN_TO_OTHERS:
        report.add(UNSAFE_IDENTITY, f"others can read or write `{path.name}`", hint=f"run `chmod 600` on `{path}`")
    elif status.st_uid not in {0, os.geteuid()}:
        report.add(UNSAFE_IDENTITY, f"`{path.name}` belongs to another user", hint="use a file of your own")
    elif real.is_relative_to(repository.top) and _is_recorded(real, repository):
        message = f"`{path.name}` is where git records it"
        report.add(UNSAFE_IDENTITY, message, hint="keep it outside the repository, and rotate what it opens")
    else:
        return True
    return False


def _is_recorded(path: Path, repository: Repository) -> bool:
    """Whether git tracks a file of the work tree, or would with `git add --all`."""
    listed = ("ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", str(path))
    return any(Git(repository.top).records(*listed))
