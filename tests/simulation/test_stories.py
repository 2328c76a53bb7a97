"""Cases that the random worlds found, told once more by hand."""

from __future__ import annotations

import pytest

from tests.simulation.machine import live
from tests.simulation.scenario import Apply, Chapter, Edit
from tests.simulation.universe import Declare, Rename, Tamper, Withdraw
from tests.simulation.weather import Fault

LAGGING = Apply(faults=(Fault("create", "lag", 1, 9),))
AT_ONCE = Apply(pause=0.0)


@pytest.mark.parametrize("kind", ["enco/Survey", "optimum/Location", "optimum/Account", "customersure/Site"])
@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        ((), "it is not made a second time"),
        ((Withdraw(pick=0),), "it is not forgotten while it lives"),
        ((Rename(0, "z"),), "under its new name it is not made a second time either"),
        ((Declare("{}/a", 1, 1),), "nor with other values"),
        ((Tamper("insert", "{}", 0, 0),), "it is not given up for an equal one that somebody else made"),
        ((Tamper("delete", "{}", 0),), "where it is really gone, it is made again"),
    ],
)
def test_made_moments_ago_and_not_listed_yet(kind: str, edits: tuple[Edit, ...], reason: str) -> None:
    """The list lags behind a create, and the next apply comes at once."""
    chosen = tuple(_of(kind, edit) for edit in edits)
    live([Chapter((Declare(f"{kind}/a", 0, 1),), LAGGING), Chapter(chosen, AT_ONCE)])


def _of(kind: str, edit: Edit) -> Edit:
    if isinstance(edit, Declare):
        return Declare(edit.address.format(kind), edit.spec, edit.life)
    return Tamper(edit.what, kind, edit.pick, edit.value) if isinstance(edit, Tamper) else edit
