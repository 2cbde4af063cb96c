"""Critical alerts inhibit the lesser ones of their service and of those that depend on it, within one tenant."""

from tests.emit.alertmanager.notifying import notifying
from tests.emit.repository import task
from varve.emit.alertmanager import inhibition

OF_THE_SERVICE = {
    "source_matchers": ['tenant="acme"', 'service!=""', 'severity="critical"', 'alertname!="Escalated"'],
    "target_matchers": ['tenant="acme"', 'service!=""', 'severity=~"warning|info"', 'alertname!="Escalated"'],
    "equal": ["tenant", "service"],
}


def test_a_critical_alert_inhibits_the_warnings_of_its_service() -> None:
    assert inhibition.of_unit(task(notifying("labels: {a: b}"))) == [OF_THE_SERVICE]


def test_a_dependency_inhibits_the_services_that_depend_on_it() -> None:
    search = {"tenants/acme/services/search.yaml": "depends_on: [checkout]\n"}
    assert inhibition.of_unit(task({**notifying("labels: {a: b}"), **search})) == [
        OF_THE_SERVICE,
        {
            "source_matchers": ['tenant="acme"', 'service="checkout"', 'severity="critical"', 'alertname!="Escalated"'],
            "target_matchers": [
                'tenant="acme"',
                'service="search"',
                'severity=~"warning|info"',
                'alertname!="Escalated"',
            ],
            "equal": ["tenant"],
        },
    ]
