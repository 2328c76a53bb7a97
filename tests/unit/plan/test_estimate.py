"""About how long an apply takes, from the numbers alone, and the sentence that says it."""

from __future__ import annotations

import pytest

from reconciler.model import Calls, Connection, Estimate, Plan, Selection
from reconciler.plan.estimate import estimated
from reconciler.report.phrase import estimate_sentence

SECONDS = [
    (Calls(10, 40), 1.0, 16, Estimate(50, 50, 1.0), "a limit of one a second decides"),
    (Calls(0, 3), 0.5, 16, Estimate(3, 6, 0.5), "a limit below one"),
    (Calls(0, 400), None, 16, Estimate(400, 10), "no limit: ten at once, a quarter of a second each"),
    (Calls(0, 400), None, 4, Estimate(400, 25), "fewer at once where the connection takes fewer"),
    (Calls(1, 1), 1_000.0, 16, Estimate(2, 1, 1_000.0), "never less than a request takes"),
]


@pytest.mark.parametrize(
    ("calls", "limit", "concurrency", "estimate"), [pytest.param(c, r, n, e, id=why) for c, r, n, e, why in SECONDS]
)
def test_an_estimate_is_of_the_requests_and_the_limit(
    calls: Calls, limit: float | None, concurrency: int, estimate: Estimate
) -> None:
    """Reads and writes both count: an apply reads anew before it writes."""
    connection = Connection("a", "optimum", "https://x", requests_per_second=limit, concurrency=concurrency)
    assert estimated({"a": calls}, {"a": connection}) == {"a": estimate}


def test_where_nothing_is_written_nothing_is_estimated() -> None:
    """A connection that is only read, and one that the project no longer has."""
    connection = Connection("a", "optimum", "https://x")
    assert estimated({"a": Calls(7, 0), "gone": Calls(0, 1)}, {"a": connection}) == {}


def planned(calls: dict[str, Calls], estimates: dict[str, Estimate], *, destroy: bool = False) -> Plan:
    """A plan of these numbers."""
    return Plan("p", None, Selection(destroy=destroy), None, "d", (), calls=calls, estimates=estimates)


SENTENCES = [
    (planned({"a": Calls(3, 0)}, {}), "", "nothing to send"),
    (
        planned({"optimum": Calls(2, 1)}, {"optimum": Estimate(3, 3, 1.0)}),
        "Apply will send 1 write: optimum 1; a few seconds at 1 request a second, its 2 reads included.",
        "one connection",
    ),
    (
        planned(
            {"optimum": Calls(1, 1_200), "enco": Calls(0, 8), "b2s": Calls(4, 0)},
            {"optimum": Estimate(1_201, 481, 2.5), "enco": Estimate(8, 1)},
        ),
        "Apply will send 1,208 writes: enco 8, optimum 1,200; about 8 min at 2.5 requests a second to optimum, "
        "its 1 read included.",
        "the slowest of several tells the time",
    ),
    (
        planned({"enco": Calls(0, 2)}, {"enco": Estimate(2, 1)}, destroy=True),
        "Destroy will send 2 writes: enco 2; a few seconds.",
        "no limit, no reads, and another command",
    ),
    (planned({"enco": Calls(0, 2)}, {}), "Apply will send 2 writes: enco 2.", "no estimate"),
    (
        planned({"e\x1b[31mco": Calls(0, 1)}, {}),
        "Apply will send 1 write: e\\u001b[31mco 1.",
        "a name that would paint the terminal",
    ),
]


@pytest.mark.parametrize(("plan", "said"), [pytest.param(p, t, id=why) for p, t, why in SENTENCES])
def test_the_estimate_in_a_sentence(plan: Plan, said: str) -> None:
    """How many writes, to whom, and about how long."""
    assert estimate_sentence(plan) == said
