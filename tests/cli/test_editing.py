"""The arguments of `varve secrets edit`; tests/api/secrets/test_edit covers the editor."""

from pathlib import Path

import pytest

from tests.workbench import varve


def test_without_a_terminal_no_editor_is_opened(repository: Path) -> None:
    code, output = varve("secrets edit acme/slack", repository)
    assert code == 1
    assert "error[world/no-terminal]" in output
    assert output.endswith("nothing was changed in `tenants/acme/secrets/slack.sops.yaml`\n")


@pytest.mark.parametrize(
    "target", ["acme", "README.md", "tenants/acme/tenant.yaml", "-e production environments/secrets/a.sops.yaml"]
)
def test_what_is_no_sealed_file_is_refused(repository: Path, target: str) -> None:
    code, output = varve(f"secrets edit {target}", repository)
    assert code == 1
    assert "is not a sealed file" in output
