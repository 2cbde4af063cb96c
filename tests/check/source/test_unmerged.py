"""If files cannot be stacked, each of their mistakes is reported once."""

import pytest

from varve.check.shape.wording import UNKNOWN_KEY, WRONG_KIND
from varve.check.source.unmerged import combined
from varve.model.diagnostic import Place, Report, Rule
from varve.model.source import Keys
from varve.resolve.missing import UNKNOWN_FACT

OWN = "tenants/acme/tenant.yaml"
FACT = (UNKNOWN_FACT, OWN, ("tenant", "tier"))
SETTING = (UNKNOWN_FACT, "varve.yaml", ("layers", 1, "path"))


def reporting(rule: Rule, file: str, keys: Keys) -> Report:
    report = Report()
    report.add(rule, "it is wrong", Place(file, keys), hint="did you mean `%{tenant.teir}`?")
    return report


@pytest.mark.parametrize(
    ("stacking", "file", "codes"),
    [
        pytest.param(FACT, (UNKNOWN_KEY, OWN, ("lables",)), 2, id="another mistake"),
        pytest.param(FACT, (UNKNOWN_KEY, OWN, ("tenant", "isolaton")), 2, id="another fact is misspelt"),
        pytest.param(FACT, (WRONG_KIND, OWN, ("tenant", "tier")), 1, id="the same place"),
        pytest.param(FACT, (WRONG_KIND, "tenants/acme/b.yaml", ("tenant", "tier")), 2, id="the same path elsewhere"),
        pytest.param(FACT, (WRONG_KIND, OWN, ("tenant",)), 1, id="`tenant` is not a map"),
        pytest.param(FACT, (WRONG_KIND, "tenants/acme/b.yaml", ("tenant",)), 2, id="another file's `tenant`"),
        pytest.param(SETTING, (UNKNOWN_KEY, OWN, ("tenant", "teir")), 1, id="the fact is misspelt"),
        pytest.param(SETTING, (UNKNOWN_KEY, OWN, ("lables",)), 2, id="the settings are wrong"),
        pytest.param(SETTING, (UNKNOWN_KEY, OWN, ("tenant", "isolaton")), 2, id="the settings are, and another fact"),
    ],
)
def test_consequences_and_repetitions_are_dropped(
    stacking: tuple[Rule, str, Keys], file: tuple[Rule, str, Keys], codes: int
) -> None:
    found = list(combined(reporting(*stacking), reporting(*file)))
    assert len(found) == codes
    kept = file if codes == 1 and (file[2] == ("tenant",) or stacking is SETTING) else stacking
    assert found[0].rule is kept[0]


def test_diagnostics_without_a_place_are_kept() -> None:
    report = Report()
    report.add(UNKNOWN_KEY, "it is wrong")
    assert len(list(combined(report, report))) == 2
