"""Services depend on services that exist, and not on each other in a circle."""

import pytest

from tests.emit.alertmanager.notifying import findings
from tests.emit.repository import task
from varve.check.notify import dependency

DEPENDENCIES: dict[str, tuple[dict[str, list[str]], list[str]]] = {
    "a chain": ({"aa": ["bb"], "bb": ["cc"], "cc": []}, []),
    "a diamond": ({"aa": ["bb", "cc"], "bb": ["dd"], "cc": ["dd"], "dd": []}, []),
    "an unknown service": ({"aa": ["ledger"]}, ["check/unknown-dependency: there is no service `ledger`"]),
    "itself": ({"aa": ["aa"]}, ["check/dependency-cycle: `aa` depends on itself"]),
    "each other": (
        {"aa": ["bb"], "bb": ["aa"]},
        ["check/dependency-cycle: `aa` depends on `bb`, and that on `aa`"],
    ),
    "a circle and a chain that leads into it": (
        {"aa": ["bb"], "bb": ["cc"], "cc": ["dd"], "dd": ["bb"]},
        ["check/dependency-cycle: `bb` depends on `cc`, and that on `dd`, and that on `bb`"],
    ),
    "two circles": (
        {"aa": ["bb"], "bb": ["aa"], "cc": ["cc"]},
        [
            "check/dependency-cycle: `aa` depends on `bb`, and that on `aa`",
            "check/dependency-cycle: `cc` depends on itself",
        ],
    ),
}


@pytest.mark.parametrize(("services", "expected"), DEPENDENCIES.values(), ids=DEPENDENCIES)
def test_dependencies(services: dict[str, list[str]], expected: list[str]) -> None:
    made = task(
        {f"tenants/acme/services/{name}.yaml": f"depends_on: [{', '.join(on)}]\n" for name, on in services.items()}
    )
    dependency.check(made.unit, made.report)
    assert findings(made) == expected


def test_a_similar_service_is_suggested() -> None:
    made = task({"tenants/acme/services/search.yaml": "depends_on: [checkuot]\n"})
    dependency.check(made.unit, made.report)
    assert [each.hint for each in made.report] == ["did you mean `checkout`?"]
