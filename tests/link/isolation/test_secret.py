"""A secret file has to be in the folder of its owner."""

import pytest

from varve.link.isolation.secret import leaks
from varve.model.source import Value

FOLDER, ROOT = "/run/secrets/tenants/acme", "/run/secrets"


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("password_file", "/run/secrets/tenants/bank/a/b"),
        ("password_file", "/run/secrets/tenants/acme/../bank/a"),
        ("password_file", "/run/secrets/tenants/acme//a"),
        ("password_file", "/run/secrets/tenants/acme-two/a"),
        ("password_file", "/etc/shadow"),
        ("password_file", "secret"),
        ("password_file", ["/run/secrets/tenants/acme/a"]),
        ("ca_file", "/run/secrets/platform/a"),
        ("ca_file", "../../run/secrets/platform/a"),
        ("ca_file", "/etc/../run/secrets/platform/a"),
        ("key_file", "//run/secrets/platform/a"),
        ("key_file", "/proc/self/home/run/secrets/platform/a"),
    ],
)
def test_a_secret_file_elsewhere_is_refused(key: str, path: Value) -> None:
    (found,) = leaks({"a": [{"b": {key: path}}]}, FOLDER, ROOT)
    assert found.keys == ("a", 0, "b", key)


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("password_file", "/run/secrets/tenants/acme/a/b"),
        ("ca_file", "/etc/ssl/ca.pem"),
        ("key_file", "/etc/a.pem"),
        ("file", "/etc/passwd"),
    ],
)
def test_own_secrets_and_other_tls_files_pass(key: str, path: str) -> None:
    assert not list(leaks({"a": [{"b": {key: path}}]}, FOLDER, ROOT))
