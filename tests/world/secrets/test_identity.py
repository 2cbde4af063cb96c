import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.keyed import write_private
from tests.sealing import ACME
from tests.world.work import Work
from varve.model.diagnostic import Report
from varve.read.sealed.file import Holder, Sealed
from varve.read.sealed.metadata import Metadata
from varve.world.secrets.identity import Identities, Search, access
from varve.world.secrets.sops import Access

PLUGIN = "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t"
KMS = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"
ENVIRONMENTS = ("production", "staging")


def sealed(*recipients: str) -> Sealed:
    metadata = Metadata((frozenset(recipients),), 1, datetime(2025, 1, 31, tzinfo=UTC), ())
    return Sealed("tenants/acme/secrets/slack.sops.yaml", {}, metadata, frozenset(), "", {})


def found(work: Work, holder: Holder, identities: Identities, *recipients: str) -> tuple[Access | None, Report]:
    report = Report()
    search = Search(work.find(), identities, ENVIRONMENTS)
    return access(sealed(*recipients or (ACME,)), holder, search, report), report


def folder(path: Path, *names: str) -> Path:
    path.mkdir(exist_ok=True)
    for name in names:
        write_private(path / name, b"")
    return path


@pytest.mark.parametrize(
    ("holder", "there", "chosen"),
    [
        pytest.param(Holder("acme", None), ["acme.agekey", "umbra.agekey"], "acme.agekey", id="the tenant's own"),
        pytest.param(Holder(None, None), ["_platform.agekey", "platform.agekey"], "_platform.agekey", id="platform"),
        pytest.param(
            Holder("platform", None), ["_platform.agekey", "platform.agekey"], "platform.agekey", id="named so"
        ),
        pytest.param(
            Holder("acme", "production"), ["acme.agekey", "acme.production.agekey"], "acme.production.agekey", id="one"
        ),
        pytest.param(Holder("acme", "production"), ["acme.agekey", "acme.staging.agekey"], "acme.agekey", id="other"),
        pytest.param(Holder("acme", None), ["acme.staging.agekey"], "acme.staging.agekey", id="what all can open"),
        pytest.param(
            Holder("acme", "production"), ["acme-production.agekey", "umbra.agekey"], None, id="another tenant's"
        ),
        pytest.param(Holder("acme", None), [], None, id="none"),
    ],
)
def test_each_holder_has_its_own_identity(
    work: Work, tmp_path: Path, holder: Holder, there: list[str], chosen: str | None
) -> None:
    keys = folder(tmp_path / "keys", *there)
    got, report = found(work, holder, Identities(keys))
    assert got == (Access(keys / chosen) if chosen else None)
    assert [each.rule.code for each in report] == ([] if chosen else ["world/no-identity"])


def test_a_file_that_was_named_comes_first(work: Work, tmp_path: Path) -> None:
    keys = folder(tmp_path / "keys", "acme.agekey", "mine")
    got, _ = found(work, Holder("acme", None), Identities(keys, keys / "mine"))
    assert got == Access(keys / "mine")


def test_a_relative_name_is_made_absolute(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder(tmp_path / "keys", "acme.agekey")
    monkeypatch.chdir(tmp_path)
    got, _ = found(work, Holder("acme", None), Identities(Path("keys")))
    assert got == Access(tmp_path / "keys/acme.agekey")


def test_plugins_and_services_are_allowed_only_if_the_file_names_them(work: Work, tmp_path: Path) -> None:
    keys = folder(tmp_path / "keys", "acme.agekey")
    holder, none = Holder("acme", None), Identities()
    assert found(work, holder, Identities(keys), ACME, PLUGIN)[0] == Access(keys / "acme.agekey", plugins=True)
    assert found(work, holder, Identities(keys), ACME, KMS)[0] == Access(keys / "acme.agekey")
    assert found(work, holder, none, ACME, KMS)[0] == Access(services=frozenset({"kms"}))


@pytest.mark.parametrize(
    ("mode", "words"), [(0o640, "others can"), (0o604, "others can"), (0o620, "others can"), (0o600, ""), (0o400, "")]
)
def test_others_may_not_read_an_identity(work: Work, tmp_path: Path, mode: int, words: str) -> None:
    keys = folder(tmp_path / "keys", "acme.agekey")
    (keys / "acme.agekey").chmod(mode)
    got, report = found(work, Holder("acme", None), Identities(keys))
    assert (got is None) == bool(words)
    assert [each.message.startswith(words) for each in report] == ([True] if words else [])


def test_a_folder_or_a_dangling_link_is_refused(work: Work, tmp_path: Path) -> None:
    keys = folder(tmp_path / "keys")
    (keys / "acme.agekey").mkdir()
    assert found(work, Holder("acme", None), Identities(keys))[0] is None
    (keys / "acme.agekey").rmdir()
    (keys / "acme.agekey").symlink_to(tmp_path / "gone")
    got, report = found(work, Holder("acme", None), Identities(keys))
    assert got is None
    assert [each.rule.code for each in report] == ["world/unsafe-identity"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_another_users_identity_is_refused(work: Work, tmp_path: Path) -> None:
    keys = folder(tmp_path / "keys", "acme.agekey")
    os.chown(keys / "acme.agekey", 12345, -1)
    assert "belongs to another user" in next(iter(found(work, Holder("acme", None), Identities(keys))[1])).message


def test_git_must_not_be_able_to_record_an_identity(work: Work) -> None:
    keys = folder(work.top / "keys", "acme.agekey")
    holder = Holder("acme", None)
    got, report = found(work, holder, Identities(keys))
    assert got is None
    assert [each.message for each in report] == ["`acme.agekey` is where git records it"]
    work.write({".gitignore": "/keys/\n"})
    assert found(work, holder, Identities(keys))[0] == Access(keys / "acme.agekey")
    work.git("add", "--force", "keys/acme.agekey")
    assert found(work, holder, Identities(keys))[0] is None
