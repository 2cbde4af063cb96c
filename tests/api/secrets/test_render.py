"""The files that `render_secrets` writes to a folder: those that artifacts name, all of them or none."""

import re
import shutil
import stat
from pathlib import Path

import pytest

from tests.api.secrets import keyed
from tests.api.secrets.keyed import CHECKOUT, METRICS, RENDERED, commit, write
from tests.keyed import recipients, seal
from varve.api import repository as api
from varve.api.secrets.render import Order, Rendered
from varve.world.secrets import release
from varve.world.secrets.identity import Identities
from varve.world.secrets.release import Target

ACME, UMBRA = (f"tenants/{each}/{METRICS}" for each in ("acme", "umbra"))


@pytest.fixture
def repository(two: Path, sops: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(release, "in_memory", lambda _: True)
    monkeypatch.setattr(release, "_PAUSE", 0)
    return keyed.sealed(two, sops, monkeypatch)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return keyed.keys(tmp_path / "keys")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "secrets"


def render(repository: Path, keys: Path, folder: Path, tenant: str | None = None) -> Rendered:
    order = Order("production", tenant, Identities(keys), Target(folder))
    found = api.open(repository).render_secrets(order)
    assert "CANARY" not in found.text() + repr(found) + found.findings.json()
    return found


def codes(found: Rendered) -> list[str]:
    return [each.rule.code for each in found.diagnostics]


def seen(folder: Path) -> dict[str, bytes]:
    tops = [folder / top for top in ("platform", "tenants") if (folder / top).exists()]
    paths = [path for top in tops for path in top.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_the_folder_has_the_files_that_artifacts_name(repository: Path, keys: Path, folder: Path) -> None:
    found = render(repository, keys, folder)
    assert (found.text(), found.files, found.removed) == ("3 secrets rendered\n", tuple(sorted(RENDERED)), ())
    assert seen(folder) == RENDERED
    built = api.open(repository).build("production")
    assert not built.broken
    artifacts = [path.read_text() for path in (repository / "build/production").rglob("*.yaml")]
    named = {name for text in artifacts for name in re.findall(r"/run/secrets/varve/([^\s\"']+)", text)}
    assert named == RENDERED.keys()


def test_a_secret_that_is_no_longer_used_is_removed(repository: Path, keys: Path, folder: Path) -> None:
    render(repository, keys, folder)
    write(repository, {"tenants/umbra/services/checkout.yaml": "description: x\n"})
    found = render(repository, keys, folder)
    assert found.summary == "2 secrets rendered, 1 removed"
    assert found.removed == ("tenants/umbra/metrics/password",)
    assert seen(folder) == {path: data for path, data in RENDERED.items() if "umbra" not in path}


def test_one_tenant_needs_its_own_identity_alone(repository: Path, keys: Path, folder: Path) -> None:
    (keys / "umbra.agekey").unlink()
    (keys / "_platform.agekey").unlink()
    assert render(repository, keys, folder, "acme").files == ("tenants/acme/metrics/password",)
    assert codes(render(repository, keys, folder, "acmee")) == ["read/no-such-tenant"]


def test_an_environments_own_file_comes_first(repository: Path, keys: Path, folder: Path, sops: Path) -> None:
    own = f"tenants/acme/secrets/production/{Path(METRICS).name}"
    write(repository, {own: seal(sops, {"password": "CANARY-of-production"}, recipients("acme"))})
    commit(repository)
    assert not codes(render(repository, keys, folder))
    assert seen(folder) == RENDERED | {"tenants/acme/metrics/password": b"CANARY-of-production"}


def spoilt(how: str, repository: Path, keys: Path, sops: Path) -> None:
    """Break one of acme's secrets, or what is needed to open it."""
    twice = recipients("acme"), recipients("umbra")
    match how:
        case "check/copied-seal":
            shutil.copy(repository / UMBRA, repository / ACME)
        case "check/wrong-recipients":
            write(repository, {ACME: seal(sops, {"password": "x" * 9}, *twice)})
        case "check/misshapen-secret":
            write(repository, {ACME: seal(sops, {"password": "CANARY\n"}, twice[0])})
        case "check/typed-secret":
            write(repository, {ACME: seal(sops, {"password": 83}, twice[0])})
        case "world/no-identity":
            (keys / "umbra.agekey").unlink()
        case "world/cannot-open":
            (keys / "acme.agekey").write_bytes((keys / "umbra.agekey").read_bytes())
        case "check/unknown-secret":
            write(repository, {"tenants/acme/services/other.yaml": CHECKOUT.replace("metrics/", "more/")})
        case _:
            write(repository, {"tenants/acme/services/other.yaml": "scrape: nonsense\n"})


@pytest.mark.parametrize(
    "code",
    [
        "check/copied-seal",
        "check/wrong-recipients",
        "check/misshapen-secret",
        "check/typed-secret",
        "world/no-identity",
        "world/cannot-open",
        "check/unknown-secret",
        "check/wrong-kind",
    ],
)
def test_the_folder_stays_as_it_was_if_anything_is_wrong(
    repository: Path, keys: Path, folder: Path, sops: Path, code: str
) -> None:
    render(repository, keys, folder)
    before = (folder / ".varve/current").readlink()
    spoilt(code, repository, keys, sops)
    found = render(repository, keys, folder)
    assert code in codes(found)
    assert (found.done, found.summary) == (False, "")
    assert (folder / ".varve/current").readlink() == before
    assert seen(folder) == RENDERED


def test_a_folder_in_the_repository_is_refused_first(repository: Path, keys: Path) -> None:
    assert codes(render(repository, keys, repository / "secrets")) == ["world/unsafe-folder"]
    assert not (repository / "secrets").exists()


def test_only_the_owner_can_read_the_files(repository: Path, keys: Path, folder: Path) -> None:
    render(repository, keys, folder)
    paths = [path for path in (folder, *folder.rglob("*")) if not path.is_symlink() and path.name != "lock"]
    assert {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in paths} == {(True, 0o700), (False, 0o400)}
