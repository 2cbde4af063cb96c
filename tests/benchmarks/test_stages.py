import pytest

from benchmarks.stages import stage


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(["__main__", "varve.pipeline.unit"], "pipeline", id="the pipeline itself"),
        pytest.param(["varve.pipeline.unit", "varve.check.shape.schema"], "check", id="a stage that it calls"),
        pytest.param(
            ["varve.pipeline.unit", "varve.resolve.merge", "varve.read.yaml"],
            "resolve",
            id="what a stage calls counts as its own",
        ),
        pytest.param(
            ["varve.emit.prometheus.rules", "yaml"], "emit prometheus", id="targets are told apart, and libraries not"
        ),
    ],
)
def test_a_stack_stands_for_a_stage(names: list[str], expected: str) -> None:
    assert stage(names) == expected
