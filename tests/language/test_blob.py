import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.language.blob import identify


@pytest.mark.parametrize(
    ("data", "sha1", "sha256"),
    [
        pytest.param(
            b"",
            "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
            "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
            id="nothing",
        ),
        pytest.param(
            b"hello\n",
            "ce013625030ba8dba906f756967f9e9ca394464a",
            "2cf8d83d9ee29543b34a87727421fdecb7e3f3a183d337639025de576db9ebb4",
            id="a line",
        ),
    ],
)
def test_ids(data: bytes, sha1: str, sha256: str) -> None:
    assert identify(data) == identify(data, "sha1") == sha1
    assert identify(data, "sha256") == sha256


@given(st.lists(st.binary(), min_size=2, max_size=2, unique=True))
def test_other_bytes_have_another_id(pair: list[bytes]) -> None:
    assert identify(pair[0]) != identify(pair[1])


def test_git_agrees() -> None:
    data = bytes(range(256)) * 9
    command = ["git", "hash-object", "--stdin", "--no-filters"]
    completed = subprocess.run(command, input=data, capture_output=True, check=True)
    assert completed.stdout.decode().strip() == identify(data)
