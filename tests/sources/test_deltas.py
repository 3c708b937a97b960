"""Every connector that can be asked for changes alone has a test that compares a delta with a full fetch."""

from pathlib import Path

from pipeline.sources.registry import descriptions


def test_the_connectors_with_deltas_are_known_and_each_has_its_test() -> None:
    with_deltas = sorted(kind for kind, about in descriptions().items() if about.delta)
    assert with_deltas == ["events", "ptv"]
    assert all((Path(__file__).parent / kind / "test_delta.py").exists() for kind in with_deltas)
