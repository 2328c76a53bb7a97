"""Which requests are sent again, and after how long."""

from __future__ import annotations

import pytest

from reconciler.http.message import Purpose
from reconciler.http.retry import LONGEST_RETRY_AFTER, Event, backoff, event_of, in_doubt, may_repeat, retry_after

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


@pytest.mark.parametrize(
    ("text", "seconds", "reason"),
    [
        ("7", 7.0, "plain seconds"),
        (" 7 ", 7.0, "blanks around"),
        ("0", 0.0, "at once"),
        ("86400", LONGEST_RETRY_AFTER, "capped"),
        ("9" * 40, LONGEST_RETRY_AFTER, "capped, however many digits"),
        ("Tue, 14 Nov 2023 22:13:30 GMT", 10.0, "an HTTP date"),
        ("Tue, 14 Nov 2023 22:00:00 GMT", 0.0, "a date that has passed"),
        ("Tue, 14 Nov 2033 22:00:00 GMT", LONGEST_RETRY_AFTER, "a date far off"),
        ("", None, "nothing"),
        ("-5", None, "before now"),
        ("1.5", None, "not of the standard"),
        ("soon", None, "nonsense"),
        ("١٢", None, "digits of another script"),
        ("Tue, 99 Nov 2023 22:13:30 GMT", None, "a day that is none"),
        ("+5", None, "a sign"),
        ("-0", None, "a sign before nothing"),
        ("-99999999999999999999", None, "far before now"),
        ("5.0", None, "a float"),
        ("1e3", None, "an exponent"),
        ("0x10", None, "hexadecimal"),
        ("inf", None, "without end"),
        ("nan", None, "no number"),
        ("5, 7", None, "two of them"),
        ("5 seconds", None, "with its unit"),
        ("007", 7.0, "zeros before it"),
        ("\x00", None, "NUL"),
        ("9" * 100_000, LONGEST_RETRY_AFTER, "digits without end"),
        ("Tue, " * 5_000, None, "garbage without end"),
        ("Tue, 14 Nov 2023 23:13:30 +0100", 10.0, "a date of another zone"),
        ("14 Nov 2023 22:13:30", 10.0, "a date without a zone is GMT"),
        ("Tue, 14 Nov 2023 22:13:30 -0000", 10.0, "a zone that says nothing"),
        ("Tuesday, 14-Nov-23 22:13:30 GMT", 10.0, "the older form of a date"),
        ("Tue Nov 14 22:13:30 2023", 10.0, "the form of C"),
        ("Tue, 14 Nov 2023 22:13:30 +9999", None, "no such zone"),
        ("Tue, 14 Nov 99999 22:13:30 GMT", None, "a year beyond all calendars"),
        ("Mon, 01 Jan 0001 00:00:00 GMT", 0.0, "the first of all years"),
        ("2023-11-14T22:13:30Z", None, "a date of another standard"),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(text: str, seconds: float | None, reason: str) -> None:
    """Seconds and dates are obeyed up to a cap, everything else is ignored."""
    assert retry_after(text, NOW) == seconds, reason


@pytest.mark.parametrize(
    ("purpose", "event", "again", "doubt"),
    [
        (Purpose.READ, Event.NOT_SENT, True, False),
        (Purpose.READ, Event.LOST, True, False),
        (Purpose.READ, Event.LIMITED, True, False),
        (Purpose.READ, Event.SERVER_ERROR, True, False),
        (Purpose.READ, Event.REFUSED, False, False),
        (Purpose.READ, Event.MISDIRECTED, False, False),
        (Purpose.READ, Event.UNTRUSTED, False, False),
        (Purpose.READ, Event.TOO_LARGE, False, False),
        (Purpose.REPEATABLE, Event.NOT_SENT, True, False),
        (Purpose.REPEATABLE, Event.LOST, True, True),
        (Purpose.REPEATABLE, Event.SERVER_ERROR, True, True),
        (Purpose.REPEATABLE, Event.LIMITED, True, False),
        (Purpose.ONCE, Event.NOT_SENT, True, False),
        (Purpose.ONCE, Event.LIMITED, True, False),
        (Purpose.ONCE, Event.LOST, False, True),
        (Purpose.ONCE, Event.SERVER_ERROR, False, True),
        (Purpose.ONCE, Event.MALFORMED, False, True),
        (Purpose.ONCE, Event.TOO_LARGE, False, True),
        (Purpose.ONCE, Event.REFUSED, False, False),
        (Purpose.ONCE, Event.MISDIRECTED, False, False),
        (Purpose.ONCE, Event.UNTRUSTED, False, False),
    ],
)
def test_repeating_follows_the_purpose(purpose: Purpose, event: Event, again: bool, doubt: bool) -> None:
    """A create is repeated only where nothing was processed; a write without a proper answer is in doubt (trap 54)."""
    assert (may_repeat(purpose, event), in_doubt(purpose, event)) == (again, doubt)


@pytest.mark.parametrize(
    ("status", "event"),
    [
        (200, Event.ANSWERED),
        (204, Event.ANSWERED),
        (304, Event.MALFORMED),
        (400, Event.REFUSED),
        (401, Event.REFUSED),
        (408, Event.SERVER_ERROR),
        (429, Event.LIMITED),
        (500, Event.SERVER_ERROR),
        (503, Event.SERVER_ERROR),
        (600, Event.SERVER_ERROR),
        (999, Event.SERVER_ERROR),
        (100, Event.MALFORMED),
        (199, Event.MALFORMED),
        (299, Event.ANSWERED),
        (300, Event.MALFORMED),
        (305, Event.MALFORMED),
        (399, Event.MALFORMED),
        (499, Event.REFUSED),
    ],
)
def test_a_status_is_one_event(status: int, event: Event) -> None:
    """Every status falls into one class."""
    assert event_of(status) is event


def test_backoff_grows_with_jitter_under_a_cap() -> None:
    """Full jitter (trap 57): never zero, never over the cap, and spread over the whole range."""
    for tries in (1, 3, 50):
        waits = [backoff(tries, {}, NOW) for _ in range(200)]
        ceiling = min(10.0, 0.5 * 2 ** (tries - 1))
        assert 0 < min(waits) < ceiling / 4
        assert ceiling * 0.75 < max(waits) <= ceiling


def test_retry_after_wins_over_the_jitter() -> None:
    """What the vendor asks for is waited for (trap 57), and zero still leaves a breath."""
    assert backoff(1, {"retry-after": "7"}, NOW) == 7.0
    assert 0 < backoff(9, {"retry-after": "0"}, NOW) <= 0.1
