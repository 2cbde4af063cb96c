"""Critical alerts silence the lesser ones of their own service and of those that depend on it, inside one tenant."""

from tests.emit.alertmanager.telling import telling
from tests.emit.repository import task
from varve.emit.alertmanager import inhibition

OF_THE_SERVICE = {
    "source_matchers": ['tenant="acme"', 'service!=""', 'severity="critical"', 'alertname!="Escalated"'],
    "target_matchers": ['tenant="acme"', 'service!=""', 'severity=~"warning|info"', 'alertname!="Escalated"'],
    "equal": ["tenant", "service"],
}


def test_a_critical_alert_silences_the_warnings_of_its_service() -> None:
    assert inhibition.of_unit(task(telling("labels: {a: b}"))) == [OF_THE_SERVICE]


def test_a_dependency_silences_what_depends_on_it() -> None:
    search = {"tenants/acme/services/search.yaml": "depends_on: [checkout]\n"}
    assert inhibition.of_unit(task({**telling("labels: {a: b}"), **search})) == [
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
