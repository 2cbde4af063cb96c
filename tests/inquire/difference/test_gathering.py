"""Equal changes are said once, whatever the tenants are called, and those of the same units together."""

from varve.inquire.difference.gathering import gathered
from varve.model.difference import Change, ChangedItem, Difference, Lines, Occurrence, SharedChange
from varve.model.unit import Unit


def value(subject: str, after: str, where: str = "") -> Occurrence:
    return Occurrence(Change("value", subject, "", "0", after), where)


def alert(subject: str, where: str, after: str = "10m") -> Occurrence:
    return Occurrence(Change("alert", subject, "for", "5m", after), where)


def units(*names: str) -> list[Unit]:
    return [Unit(*each.split("/")) for each in names]


def test_without_occurrences_there_are_no_differences() -> None:
    assert gathered([]) == ()
    assert gathered([(Unit("acme", "production"), [])]) == ()


def test_an_equal_change_of_several_units_is_listed_once() -> None:
    own = units("acme/production", "acme/staging")
    assert gathered((unit, [value("a", "1", "f:1")]) for unit in own) == (
        Difference(
            tuple(own), (SharedChange(Change("value", "", "", "0", "1"), (ChangedItem("a", "f:1", tuple(own)),)),)
        ),
    )


def test_tenants_with_the_same_change_share_a_placeholder_for_their_names() -> None:
    own = units("acme/production", "bank/production")
    (found,) = gathered((each, [value("a", f"of {each.tenant}", f"tenants/{each.tenant}/t.yaml:1")]) for each in own)
    assert [(each.change.after, each.where) for each in found.changes] == [
        ("of <tenant>", ("tenants/<tenant>/t.yaml:1",))
    ]


def test_a_change_of_one_tenant_has_its_name() -> None:
    (found,) = gathered([(Unit("acme", "production"), [value("acme.a", "acme-x, acme")])])
    assert [(each.subjects, each.change.after) for each in found.changes] == [(("acme.a",), "acme-x, acme")]


def test_a_name_is_a_tenants_only_as_a_whole_word() -> None:
    own = units("acme/production", "acm/production")
    assert len(gathered((each, [value("a", f"{each.tenant}-oncall")]) for each in own)) == 2


def test_an_equal_change_of_several_alerts_is_listed_once() -> None:
    (found,) = gathered([(Unit("acme", "production"), [alert("Slow", "checkout"), alert("Late", "search")])])
    assert [(each.subjects, each.where) for each in found.changes] == [(("Slow", "Late"), ("checkout", "search"))]


def test_services_of_tenants_may_have_other_names() -> None:
    met = [(Unit("acme", "production"), [alert("Slow", "a")]), (Unit("bank", "production"), [alert("Slow", "b")])]
    (found,) = gathered(met)
    assert [each.where for each in found.changes] == [("a", "b")]


def test_of_several_alerts_it_is_known_which_tenant_has_which() -> None:
    slow, late = alert("Slow", "a"), alert("Late", "acme/a")
    (found,) = gathered([(Unit("acme", "dev"), [slow, late]), (Unit("bank", "dev"), [slow])])
    (change,) = found.changes
    own, other = Unit("acme", "dev"), Unit("bank", "dev")
    assert change.items == (ChangedItem("Slow", "a", (own, other)), ChangedItem("Late", "<tenant>/a", (own,)))


def test_changes_of_different_environments_are_listed_apart() -> None:
    both = [alert("Slow", "a")]
    found = gathered([(Unit("acme", "production"), both), (Unit("acme", "staging"), [*both, alert("Slow", "b")])])
    assert [(len(each.units), each.changes[0].where) for each in found] == [(2, ("a",)), (1, ("b",))]


def test_different_values_are_listed_apart() -> None:
    (found,) = gathered([(Unit("acme", "production"), [value("a", "1"), value("b", "1")])])
    assert [each.subjects for each in found.changes] == [("a",), ("b",)]


def test_sealed_files_of_several_tenants_are_listed_apart() -> None:
    both, alone = (
        Occurrence(Change("secret", path, "", "there", "there")) for path in ("shared.sops.yaml", "own.sops.yaml")
    )
    found = gathered([(Unit("acme", "dev"), [both, alone]), (Unit("bank", "dev"), [both])])
    assert [(len(each.units), each.changes[0].subjects) for each in found] == [
        (2, ("shared.sops.yaml",)),
        (1, ("own.sops.yaml",)),
    ]


def test_lines_of_artifacts_are_summed_by_folder() -> None:
    met = [Occurrence(Change("artifact", "rules/"), name, Lines(1, 2, 3)) for name in ("a.yaml", "b.yaml")]
    (found,) = gathered((unit, met) for unit in units("acme/production", "acme/staging"))
    assert [(each.where, each.lines) for each in found.changes] == [(("a.yaml", "b.yaml"), Lines(4, 8, 12))]
    assert [each.lines for each in found.changes[0].items] == [Lines(2, 4, 6)] * 2


def test_values_come_first_then_what_most_units_have() -> None:
    alone, many = Unit("bank", "production"), units("acme/production", "acme/staging")
    met = [*((unit, [alert("Slow", "a")]) for unit in many), (alone, [alert("Late", "b", "1m"), value("a", "1")])]
    found = gathered(met)
    assert [[each.change.kind for each in one.changes] for one in found] == [["value", "alert"], ["alert"]]
    assert [one.units for one in found] == [(alone,), tuple(many)]


def test_what_all_share_may_have_the_change_of_a_tenant() -> None:
    met = [(Unit("", "production"), [value("a", "1")]), (Unit("acme", "production"), [value("a", "1")])]
    assert [each.units for each in gathered(met)] == [(Unit("", "production"), Unit("acme", "production"))]
