"""What is remembered of answers beside their bodies."""

from __future__ import annotations

import pytest

from reconciler.http.pulse import Pulse

NOON = 1_577_880_000.0  # 2020-01-01T12:00:00Z
DATE = "Wed, 01 Jan 2020 12:00:00 GMT"


@pytest.mark.parametrize(
    ("date", "took", "now", "expected", "reason"),
    [
        (DATE, 0.0, NOON + 0.5, 0.0, "a Date is cut to whole seconds, half a second on average"),
        (DATE, 2.0, NOON + 1.5, 0.0, "the answer was made when half of the time had gone"),
        (DATE, 0.0, NOON - 119.5, 120.0, "the vendor's clock is ahead"),
        (DATE, 0.0, NOON + 60.5, -60.0, "the vendor's clock is behind"),
        ("yesterday", 0.0, NOON, None, "no date at all"),
        ("", 0.0, NOON, None, "an empty header"),
    ],
)
def test_the_clock_of_the_other_side(date: str, took: float, now: float, expected: float | None, reason: str) -> None:
    """How far it is ahead, in seconds; not known without a readable Date."""
    pulse = Pulse()
    pulse.note(200, {"date": date}, took, now)
    skew = pulse.vitals().skew
    assert skew == expected if expected is None else skew == pytest.approx(expected), reason


def test_the_quickest_answer_counts_and_what_is_not_said_again_stays() -> None:
    """The first exchange makes the connection; an answer without a header wipes out nothing that was said before."""
    pulse = Pulse()
    pulse.note(200, {"date": DATE, "x-ratelimit-remaining": "3", "ratelimit-policy": "10;w=1", "etag": "x"}, 0.5, NOON)
    pulse.note(429, {"retry-after": "7"}, 0.1, NOON)
    pulse.note(200, {}, 0.2, NOON)
    vitals = pulse.vitals()
    assert (vitals.latency, vitals.refusals, vitals.skew is not None) == (0.1, 1, True)
    assert vitals.limits == {"retry-after": "7"}


def test_headers_of_a_rate_limit_are_shown_safely() -> None:
    """They are a vendor's words: cut, and with what cannot be seen spelled out."""
    pulse = Pulse()
    pulse.note(200, {"x-rate-limit-note": "\x1b[31m" + "x" * 500}, 0.1, NOON)
    (text,) = pulse.vitals().limits.values()
    assert len(text) <= 80 and "\x1b" not in text
