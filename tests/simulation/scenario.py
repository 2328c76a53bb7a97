"""Random lives of a project, as values: what hypothesis draws, shrinks and prints, and what can be pasted as a case."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.simulation.reaper import POINTS, Kill
from tests.simulation.universe import (
    ADDRESSES,
    EDITS,
    NAMES,
    SPECS,
    SWITCHES,
    Declare,
    Rename,
    Revise,
    Switch,
    Tamper,
    Withdraw,
)
from tests.simulation.weather import KINDS_OF, SORTS, Fault

Edit = Declare | Revise | Withdraw | Rename | Tamper | Switch


@dataclass(frozen=True)
class Apply:
    """One run: ``auto`` approves by itself, ``plan`` goes by a plan made before, ``again`` by the one from last time.

    ``between`` happens after the plan was made. ``consent`` gives every consent; without it the guards may stop.
    ``turns`` says which of the operations under way goes on next.
    """

    mode: str = "auto"
    between: tuple[Edit, ...] = ()
    faults: tuple[Fault, ...] = ()
    kill: Kill | None = None
    consent: bool = True
    parallelism: int = 1
    turns: int = 0
    pause: float = 60.0


@dataclass(frozen=True)
class Chapter:
    """Edits, then a run."""

    edits: tuple[Edit, ...] = ()
    apply: Apply = Apply()


def _declares(kind: str) -> st.SearchStrategy[Declare]:
    places = st.sampled_from(("", "second")) if kind == "optimum/Location" else st.just("")
    return st.builds(
        Declare,
        st.sampled_from([f"{kind}/{name}" for name in NAMES[kind]]),
        st.integers(0, len(SPECS[kind]) - 1),
        st.sampled_from((0, 0, 1, 1, 2, 3, 4)),
        places,
        st.sampled_from(("", "", *ADDRESSES)),
    )


DECLARES = st.one_of(*map(_declares, SPECS))
PICKS = st.integers(0, 5)
REVISIONS = st.builds(Revise, PICKS, st.integers(0, 6), st.sampled_from((None, None, 0, 1, 1)))
WITHDRAWALS = st.builds(Withdraw, pick=PICKS)
RENAMES = st.builds(Rename, PICKS, st.sampled_from(("a", "b", "z")))
TAMPERS = st.builds(
    Tamper,
    st.sampled_from(("edit", "edit", "delete", "insert", "data", "data")),
    st.sampled_from(sorted(EDITS)),
    st.integers(0, 2),
    st.integers(0, 4),
)
FIRST = st.lists(st.one_of(DECLARES, DECLARES, DECLARES, DECLARES, TAMPERS), min_size=3, max_size=9).map(tuple)
LATER = st.lists(
    st.one_of(DECLARES, REVISIONS, REVISIONS, WITHDRAWALS, RENAMES, TAMPERS, TAMPERS, st.sampled_from(SWITCHES)),
    min_size=1,
    max_size=6,
).map(tuple)


LIKELY = ("answer lost", "lag", "lost and lagging", "edited meanwhile")


def _faults(sort: str) -> st.SearchStrategy[Fault]:
    return st.builds(
        Fault,
        st.just(sort),
        st.sampled_from(KINDS_OF[sort] + tuple(kind for kind in LIKELY if kind in KINDS_OF[sort]) * 2),
        st.sampled_from((1, 1, 1, 2, 3)),
        st.sampled_from((1, 1, 2, 9)),
    )


FAULTS = st.lists(st.one_of(_faults("create"), _faults("create"), *map(_faults, SORTS)), max_size=3).map(tuple)
KILLS = st.one_of(st.none(), st.builds(Kill, st.sampled_from(POINTS), st.sampled_from((1, 1, 2, 2, 3, 5))))
RUNS = st.builds(
    Apply,
    mode=st.sampled_from(("auto", "auto", "plan", "again")),
    between=st.one_of(st.just(()), st.just(()), st.lists(st.one_of(DECLARES, TAMPERS), max_size=1).map(tuple)),
    faults=FAULTS,
    kill=KILLS,
    consent=st.sampled_from((True, True, False)),
    parallelism=st.integers(1, 4),
    turns=st.integers(0, 5),
    pause=st.sampled_from((60.0, 0.0)),
)


def lives(*, runs: st.SearchStrategy[Apply] = RUNS, most: int = 3) -> st.SearchStrategy[tuple[Chapter, ...]]:
    """A first chapter in which something is declared, and some more."""
    first = st.builds(Chapter, FIRST, runs)
    later = st.lists(st.builds(Chapter, LATER, runs), min_size=1, max_size=most - 1)
    return st.builds(lambda one, more: (one, *more), first, later)
