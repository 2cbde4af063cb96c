import pytest

from tests.check.unit.test_timing import environment, unit
from varve.check.unit.slow_probe import check
from varve.language.name import dotted
from varve.model.diagnostic import Report
from varve.model.pack import Pack
from varve.model.source import Map, Value

PACK = Pack("blackbox-http", "probes", {"properties": {"slow": {"default": "2s"}}}, {})
TIMEOUT, SLOW, PROBE = "services.a.probes.x.http.timeout", "services.a.packs.blackbox-http.slow", "services.a.probes.x"


def _probed(http: Map, **parameters: str) -> Map:
    packs: Map = {"packs": {"blackbox-http": {**parameters}}} if parameters else {}
    return {"probes": {"x": {"http": http}}, **packs}


@pytest.mark.parametrize(
    ("service", "platform", "expected"),
    [
        pytest.param({}, {}, [], id="no probe"),
        pytest.param(_probed({}), {}, [], id="both defaults"),
        pytest.param(_probed({"timeout": "2100ms"}), {}, [], id="a timeout that is a little longer"),
        pytest.param(_probed({"timeout": "2s"}), {}, [TIMEOUT], id="a timeout that is as long"),
        pytest.param(_probed({}, slow="10s"), {}, [SLOW], id="as long as the default timeout"),
        pytest.param(_probed({}, slow="9s"), {}, [], id="shorter than the default timeout"),
        pytest.param(
            _probed({"timeout": "20s"}, slow="12s"), {}, [], id="longer than the default timeout, with a longer timeout"
        ),
        pytest.param(_probed({"timeout": "5s"}, slow="5s"), {}, [SLOW], id="both are set"),
        pytest.param(_probed({}), {"scrape_timeout": "1s"}, [PROBE], id="the platform's timeout is too short"),
        pytest.param(_probed({}, slow="12s"), {"scrape_timeout": "15s"}, [], id="the platform's timeout is longer"),
        pytest.param(_probed({"interval": "2s"}), {}, [PROBE], id="no timeout is longer than the interval"),
        pytest.param(_probed({}, slow="6s"), {"scrape_interval": "5s"}, [SLOW], id="nor than the platform's interval"),
        pytest.param(_probed({}, fail_for="1m"), {}, [], id="another parameter"),
    ],
)
def test_a_probe_that_is_aborted_before_it_is_slow_is_warned_of(
    service: Map, platform: dict[str, str], expected: list[str]
) -> None:
    report = Report()
    check(unit({"a": service}), {"blackbox-http": PACK}, environment(**platform), report)
    assert [dotted(each.place.keys) for each in report if each.place] == expected
    assert {each.rule.code for each in report} <= {"check/never-slow"}


@pytest.mark.parametrize("packs", [{}, {"blackbox-http": PACK._replace(parameters={})}])
def test_a_replaced_pack_may_lack_the_parameter(packs: dict[str, Pack]) -> None:
    report = Report()
    check(unit({"a": _probed({"timeout": "1s"})}), packs, environment(), report)
    assert not len(report)


@pytest.mark.parametrize("slow", [5, 1.5, True, ["5s"], {"5s": 1}, "soon", ""])
def test_an_invalid_duration_is_left_to_the_schema_of_the_pack(slow: Value) -> None:
    service: Map = {"probes": {"x": {"http": {}}}, "packs": {"blackbox-http": {"slow": slow}}}
    report = Report()
    check(unit({"a": service}), {"blackbox-http": PACK}, environment(), report)
    assert not len(report)


def test_each_probe_is_checked_separately() -> None:
    probes: Map = {"x": {"http": {"timeout": "1s"}}, "y": {"http": {"timeout": "5s"}}, "z": {"http": {"timeout": "2s"}}}
    report = Report()
    check(unit({"a": {"probes": probes}}), {"blackbox-http": PACK}, environment(), report)
    assert [each.message for each in report] == [
        "`slow` is 2s but the probe `x` of `a` is aborted after 1s",
        "`slow` is 2s but the probe `z` of `a` is aborted after 2s",
    ]
