"""Random worlds: whatever happens, one live object a key, only approved writes, nothing lost, and in the end agreement.

``RECONCILER_SIMULATIONS`` is the number of worlds (default 500), ``RECONCILER_SEED`` the seed they are drawn from. A
failure prints the seed, the smallest world that shows it (a value to paste into a test), and what happened in it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.simulation.machine import SEED, live
from tests.simulation.scenario import FAULTS, KILLS, RUNS, Chapter, lives

WORLDS = int(os.environ.get("RECONCILER_SIMULATIONS") or 500)
NOTHING = st.just(())


def worlds(share: float, chapters: st.SearchStrategy[tuple[Chapter, ...]]) -> Callable[[Any], Any]:
    """A property over a share of all worlds."""

    def declare(test: Any) -> Any:
        limits = settings(
            max_examples=max(1, round(WORLDS * share)),
            deadline=None,
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        return seed(SEED)(limits(given(chapters)(test)))

    return declare


def runs(**chosen: Any) -> st.SearchStrategy[Any]:
    """Runs of which some parts are chosen."""

    def changed(run: Any, values: dict[str, Any]) -> Any:
        return type(run)(**{**{name: getattr(run, name) for name in run.__dataclass_fields__}, **values})

    return st.builds(changed, RUNS, st.fixed_dictionaries(chosen))


CALM = runs(faults=NOTHING, kill=st.none())
STORMY = runs(faults=FAULTS.filter(bool), kill=st.none())
MORTAL = runs(faults=NOTHING, kill=KILLS.filter(bool), mode=st.sampled_from(("auto", "again")))
APPROVED = runs(mode=st.sampled_from(("plan", "plan", "again")))


@worlds(0.35, lives())
def test_whatever_happens_everything_agrees_in_the_end(chapters: tuple[Chapter, ...]) -> None:
    """Kills, faults, drift and edits of all sorts, over several runs."""
    live(chapters)


@worlds(0.25, lives(runs=MORTAL, most=4))
def test_killed_and_killed_again(chapters: tuple[Chapter, ...]) -> None:
    """Every run dies, the recovering ones too, until one is let through."""
    live(chapters)


@worlds(0.2, lives(runs=STORMY))
def test_no_answer_can_be_relied_on(chapters: tuple[Chapter, ...]) -> None:
    """Answers lost, cut, late, false; lists that lag, shift and miscount."""
    live(chapters)


@worlds(0.1, lives(runs=APPROVED))
def test_only_what_was_approved(chapters: tuple[Chapter, ...]) -> None:
    """Saved plans, applied late, in part, twice, and after the world has moved."""
    live(chapters)


@worlds(0.1, lives(runs=CALM, most=4))
def test_drift_and_edits(chapters: tuple[Chapter, ...]) -> None:
    """Everything works, and people do as they please, in git and at the vendors' consoles."""
    live(chapters)
