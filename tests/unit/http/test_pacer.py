"""The pace of a connection."""

from __future__ import annotations

import pytest

from reconciler.http.pacer import Pacer
from tests.unit.http.scripted import Clock


@pytest.mark.parametrize("rate", [1.0, 5.0, 20.0, 100.0])
def test_a_rate_is_kept_in_every_window_and_nearly_used(rate: float) -> None:
    """No second holds more requests than allowed, and at least 1/1.15 of the rate is used."""
    clock = Clock()
    pacer = Pacer(rate, clock=clock, sleep=clock.sleep)
    moments = []
    for _ in range(int(rate * 10)):
        pacer.wait()
        moments.append(clock())
    for start in moments:
        assert sum(start <= moment < start + 1 for moment in moments) <= rate
    assert (len(moments) - 1) / (moments[-1] - moments[0]) >= rate / 1.15


def test_without_a_limit_nobody_waits() -> None:
    """No limit, no sleep."""
    clock = Clock()
    pacer = Pacer(None, clock=clock, sleep=clock.sleep)
    for _ in range(100):
        pacer.wait()
    assert clock.slept == []


def test_a_refusal_pauses_and_slows_the_whole_connection() -> None:
    """After a 429 nobody sends before the pause is over, then slower, then faster again."""
    clock = Clock()
    pacer = Pacer(None, clock=clock, sleep=clock.sleep)
    pacer.refused(5.0)
    began = clock()
    pacer.wait()
    assert clock() >= began + 5.0
    pacer.wait()
    assert clock() >= began + 5.05 - 1e-9
    for _ in range(1000):
        pacer.accepted()
    before = clock()
    pacer.wait()
    pacer.wait()
    assert clock() - before < 0.06


def test_requests_refused_together_slow_down_once() -> None:
    """Eight in flight that are refused at the same moment count as one refusal."""
    one, eight = Clock(), Clock()
    pacers = [Pacer(None, clock=clock, sleep=clock.sleep) for clock in (one, eight)]
    pacers[0].refused(1.0)
    for _ in range(8):
        pacers[1].refused(1.0)
    for pacer in pacers:
        pacer.wait()
        pacer.wait()
    assert one() == pytest.approx(eight())
