"""Hours become time intervals with the tenant's name, and so do quiet hours of users whom receivers name."""

from tests.emit.alertmanager.notifying import task
from varve.emit.alertmanager import interval

HOURS = """\
notify:
  receivers:
    camille: {user: camille}
    mail: {email: {to: [a@acme.example]}}
  hours:
    business: {days: "monday:friday", from: "09:00", to: "18:00"}
    sunday: {days: sunday, timezone: Asia/Tokyo}
"""


def test_hours_are_in_the_zone_of_the_tenant_or_of_the_user_unless_they_set_one() -> None:
    assert interval.of_unit(task(HOURS)) == [
        {
            "name": "acme/business",
            "time_intervals": [
                {
                    "times": [{"start_time": "09:00", "end_time": "18:00"}],
                    "weekdays": ["monday:friday"],
                    "location": "UTC",
                }
            ],
        },
        {"name": "acme/sunday", "time_intervals": [{"weekdays": ["sunday"], "location": "Asia/Tokyo"}]},
        {
            "name": "acme/users/camille/night",
            "time_intervals": [
                {"times": [{"start_time": "22:00", "end_time": "24:00"}], "location": "Europe/Paris"},
                {"times": [{"start_time": "00:00", "end_time": "07:00"}], "location": "Europe/Paris"},
            ],
        },
    ]


def test_a_user_whom_no_receiver_names_has_no_intervals() -> None:
    assert interval.of_unit(task("notify: {receivers: {mail: {email: {to: [a@acme.example]}}}}")) == []


def test_only_a_receiver_that_is_a_user_is_quiet() -> None:
    made = task(HOURS)
    assert interval.quiet(made, "camille") == ["users/camille/night"]
    assert interval.quiet(made, "mail") == []


def test_the_default_zone_of_quiet_hours_is_the_tenants() -> None:
    made = task(
        "timezone: Europe/Rome\nnotify: {receivers: {them: {user: alice}}}\n"
        "users: {alice: {name: A, email: a@acme.example, quiet: {noon: {from: '12:00', to: '13:00'}}}}\n"
    )
    (found,) = interval.of_unit(made)
    assert found["time_intervals"] == [
        {"times": [{"start_time": "12:00", "end_time": "13:00"}], "location": "Europe/Rome"}
    ]
