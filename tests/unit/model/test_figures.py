"""Figures: counts that add up, scores made of them, and what is not known."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from reconciler.model.figures import Figures, Number, Window, merged, net_promoters, unknown

JANUARY = Window(date(2024, 1, 1), date(2024, 1, 31))


@pytest.mark.parametrize(
    ("moment", "inside", "reason"),
    [
        (datetime(2024, 1, 1, tzinfo=UTC), True, "the first moment belongs to it"),
        (datetime(2024, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC), True, "so does the last day"),
        (datetime(2024, 2, 1, tzinfo=UTC), False, "the day after does not"),
        (datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC), False, "nor does the day before"),
        (None, False, "what has no time is in no period"),
    ],
)
def test_a_window_is_whole_days(moment: datetime | None, inside: bool, reason: str) -> None:
    """Both ends are days that belong to it."""
    assert JANUARY.holds(moment) is inside, reason
    assert JANUARY.days == 31


@pytest.mark.parametrize(
    ("scores", "counts", "nps", "reason"),
    [
        ([], (0, 0, 0, 0), None, "of nothing there is no score, and it is not 0"),
        ([9, 10], (2, 2, 0, 0), 100, "promoters begin at 9"),
        ([7, 8], (2, 0, 2, 0), 0, "passives count, and move nothing"),
        ([0, 6], (2, 0, 0, 2), -100, "detractors go up to 6"),
        ([10, 9, 3], (3, 2, 0, 1), 33, "two thirds less one third"),
    ],
)
def test_net_promoters(scores: list[Number], counts: tuple[int, ...], nps: int | None, reason: str) -> None:
    """The score is made of counts, never taken from a vendor (traps 18 and 86)."""
    figures = Figures(net_promoters(scores))
    assert tuple(figures.counts.values()) == counts, reason
    assert figures.shown()["nps"] == nps, reason
    assert ("nps" in figures.reasons()) is (nps is None)


@pytest.mark.parametrize(
    ("counts", "name", "value"),
    [
        ({"delivered": 50, "replies": 25}, "response_rate", 50),
        ({"delivered": 0, "replies": 0}, "response_rate", None),
        ({"rated": 3, "rating_sum": 14}, "rating", 4.67),
        ({"rated": 0, "rating_sum": 0}, "rating", None),
        ({"replies": 3}, "response_rate", None),
    ],
)
def test_other_scores(counts: dict[str, Number], name: str, value: Number | None) -> None:
    """A rate of what was delivered (trap 86), an average of what was rated; of nothing there is none."""
    shown = Figures(counts).shown()
    assert shown[name] == value
    assert "rating_sum" not in shown


def test_what_is_not_known_takes_its_score_with_it() -> None:
    """A count that could not be read is null with its reason, and so is each score that needs it."""
    figures = merged(Figures({"requests": 5}), unknown("the vendor was down", "responses", "scored", "promoters"))
    assert figures.shown() == {"nps": None, "promoters": None, "requests": 5, "responses": None, "scored": None}
    assert set(figures.reasons().values()) == {"the vendor was down"}
    assert set(figures.reasons()) == {"nps", "promoters", "responses", "scored"}
