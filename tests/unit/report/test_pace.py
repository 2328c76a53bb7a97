"""How far an apply has come and how long it may still take."""

from __future__ import annotations

import pytest

from reconciler.report.pace import Pace
from reconciler.report.phrase import span

LEFT: list[tuple[dict[str, int], dict[str, int], float, float | None, str]] = [
    ({"a": 10}, {"a": 5}, 1.0, None, "too soon to know a pace"),
    ({"a": 10}, {"a": 2}, 30.0, None, "too few to know a pace"),
    ({"a": 10}, {"a": 5}, 20.0, 20.0, "half of it in 20 s"),
    ({"a": 40, "b": 8}, {"a": 10, "b": 8}, 10.0, 30.0, "the slower one tells, the other is through"),
    ({"a": 40, "b": 8}, {"a": 10, "b": 1}, 10.0, None, "one of them has not shown its pace"),
    ({"a": 4}, {"a": 4}, 10.0, 0.0, "all done"),
    ({"a": 4, "b": 0}, {"a": 4}, 10.0, 0.0, "a connection with nothing to do says nothing"),
]


@pytest.mark.parametrize(
    ("totals", "done", "lasted", "left"), [pytest.param(t, d, s, left, id=why) for t, d, s, left, why in LEFT]
)
def test_the_time_left_is_of_the_slowest_connection(
    totals: dict[str, int], done: dict[str, int], lasted: float, left: float | None
) -> None:
    """Nothing is said as long as it would be a guess."""
    pace = Pace(totals, 100.0)
    for name, count in done.items():
        for _ in range(count):
            pace.end(name, "done")
    assert pace.left(100.0 + lasted) == left


def test_what_was_skipped_tells_no_pace_and_counts_as_ended() -> None:
    """Skipping 90 of 100 at once does not promise that the last five take no time."""
    pace = Pace({"a": 100}, 0.0)
    for kind in ["done"] * 4 + ["failed"] + ["skipped"] * 90:
        pace.end("a", kind)
    assert (pace.ended, pace.left(10.0)) == (95, 10.0)
    assert pace.counts() == "a 95/100"
    assert pace.summary() == "a 4 of 100 (1 failed or unknown, 90 skipped)"


def test_connections_are_told_by_name() -> None:
    """In one order, whatever order they were counted in."""
    pace = Pace({"optimum": 2, "enco": 1}, 0.0)
    pace.end("optimum", "done")
    assert pace.counts() == "enco 0/1, optimum 1/2"
    assert pace.summary() == "enco 0 of 1, optimum 1 of 2"


SPANS = [
    (0.2, "a few seconds", "nobody counts these"),
    (4.9, "a few seconds", "the last of these"),
    (5, "about 5 s", "seconds"),
    (19.4, "about 19 s", "still to the second"),
    (21, "about 25 s", "in steps of five, rounded up"),
    (89, "about 90 s", "up to a minute and a half"),
    (90, "about 2 min", "minutes"),
    (3_540, "about 59 min", "the last minutes"),
    (3_600, "about 1 h", "an hour"),
    (5_000, "about 1 h 30 min", "in steps of ten minutes, rounded up"),
    (36_000, "about 10 h", "many hours"),
]


@pytest.mark.parametrize(("seconds", "said"), [pytest.param(n, t, id=why) for n, t, why in SPANS])
def test_a_length_of_time_is_told_as_a_guess(seconds: float, said: str) -> None:
    """Coarser the longer it is."""
    assert span(seconds) == said
