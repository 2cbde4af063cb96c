"""A tenant's tests of its routes, run on the compiled tree."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, Protocol, cast

from varve.language.matcher import write
from varve.language.time import instant
from varve.link.routing.alerts import received_labels
from varve.link.routing.decision import Decision, Delivery, Inhibited, Labels, decide
from varve.link.routing.origin import origin
from varve.link.routing.tree import Tree
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.source import Keys, Map, Value
from varve.model.unit import Environment, Resolved
from varve.resolve import history, notify

FAILED_ROUTE_TEST = Rule(
    "link/failed-route-test",
    "Route test fails",
    "`tests/routes.yaml` of a tenant defines who must be notified of which alerts, and each case is run on the "
    "compiled routes, as Alertmanager would evaluate them. The message names who is actually notified, and the notes "
    "show which routes matched. Correct the route, or what the case expects; `varve route` answers the same question "
    "by hand.",
)


class Case(Protocol):
    """One case of a test file: the keys that lead to it, and its content."""

    @property
    def at(self) -> Keys: ...  # noqa: D102 - the class describes it

    @property
    def value(self) -> Map: ...  # noqa: D102 - the class describes it


class Trial(NamedTuple):
    """What the cases of a file are run on; `tree` is None if the environment has no Alertmanager."""

    unit: Resolved
    environment: Environment
    tree: Tree | None
    file: str
    report: Report


def try_cases(trial: Trial, cases: Iterable[Case]) -> None:
    """Report each case that fails."""
    for case in cases:
        if trial.tree is not None:
            _try(trial, trial.tree, case)
        elif case.value["expect"]:
            message = f"`{trial.unit.unit.environment}` has no Alertmanager and notifies nobody"
            place = Place(trial.file, (*case.at, "environments"))
            trial.report.add(FAILED_ROUTE_TEST, message, place, hint="remove the environment from the case")


def _try(trial: Trial, tree: Tree, case: Case) -> None:
    decision = _decide(trial, tree, case.value)
    _judge(trial, case, "expect", decision.notified, decision)
    if "muted" in case.value:
        _judge(trial, case, "muted", decision.muted, decision)
    if case.value.get("inhibited", bool(decision.inhibited)) is not bool(decision.inhibited):
        message = f"`{trial.unit.unit.environment}` {_inhibition(decision.inhibited)} but the case expects the opposite"
        _report(trial, case, "inhibited", message, decision)


def _decide(trial: Trial, tree: Tree, value: Map) -> Decision:
    alerts = cast("list[Labels]", [value["labels"], *cast("list[Value]", value.get("firing") or [])])
    labels, *firing = (received_labels(each, trial.environment, trial.unit.unit.tenant) for each in alerts)
    return decide(tree, labels, _time(trial.unit, value), firing)


def _time(unit: Resolved, value: Map) -> datetime | None:
    return instant.read(cast("str", value["at"]), cast("str", unit.value["timezone"])) if "at" in value else None


def _judge(trial: Trial, case: Case, key: str, found: tuple[str, ...], decision: Decision) -> None:
    wanted = [_full_name(trial.unit, name) for name in notify.texts(case.value, key)]
    if set(wanted) == set(found):
        return
    verb = "notifies" if key == "expect" else "mutes"
    actual, expected = (_listing(trial.unit, names) for names in (found, wanted))
    message = f"`{trial.unit.unit.environment}` {verb} {actual} but {expected} is expected"
    _report(trial, case, key, message, decision)


def _report(trial: Trial, case: Case, key: str, message: str, decision: Decision) -> None:
    notes = _notes(trial.unit, decision)
    hint = "correct the route, or what the case expects"
    trial.report.add(FAILED_ROUTE_TEST, message, Place(trial.file, (*case.at, key)), *notes, hint=hint)


def _full_name(unit: Resolved, name: str) -> str:
    """The name of a receiver in the artifact; the tenant's own takes precedence over the platform's."""
    own = name in notify.maps(notify.notify(unit.value), "receivers")
    return f"{unit.unit.tenant}/{name}" if own else notify.PLATFORM


def _listing(unit: Resolved, names: Iterable[str]) -> str:
    shown = [f"`{each.removeprefix(f'{unit.unit.tenant}/')}`" for each in names]
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:]))) or "nobody"


def _inhibition(inhibited: tuple[Inhibited, ...]) -> str:
    if not inhibited:
        return "does not inhibit the alert"
    source = ", ".join(f'{name}="{value}"' for name, value in inhibited[0].source if name != "tenant")
    return f"inhibits the alert, because of `{{{source}}}`"


def _notes(unit: Resolved, decision: Decision) -> Iterator[Note]:
    """The routes that matched, each at its place in the sources."""
    for each in dict.fromkeys((origin(unit.value, each), _routing(unit, each)) for each in decision.deliveries):
        keys, text = each
        yield Note(text, history.origin(unit.stack, keys)[0] if keys else None)


def _routing(unit: Resolved, delivery: Delivery) -> str:
    who = _listing(unit, [delivery.receiver])
    if len(delivery.branch) <= 2:  # noqa: PLR2004 - the root and the tenant's node, which match all of its alerts
        return f"no route matches the alert, so {who} is notified"
    matchers = ", ".join(map(write, delivery.node.matchers))
    route = f"`{matchers}`" if matchers else "a route that matches every alert"
    return f"{who} by {route}{_hours(unit, delivery)}"


def _hours(unit: Resolved, delivery: Delivery) -> str:
    muted, outside = (_listing(unit, names) for names in (delivery.muted_by, delivery.outside))
    if delivery.muted_by:
        return f", muted by {muted}"
    return f", muted outside of {outside}" if delivery.outside else ""
