"""A create that may change what exists: what is looked for before it, and how one without an answer is settled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.apply.entry import so_far
from reconciler.apply.operation import Operation
from reconciler.apply.ownership import Ownership
from reconciler.apply.readings import Readings
from reconciler.apply.verdict import Finding, absence_counts, judge
from reconciler.apply.writes import Create
from reconciler.errors import STALE
from reconciler.model import Action, Address, Change, Intent, Observed, Recorded, Snapshot, Tombstone
from reconciler.schema import load

KIND = "optimum/Subscriber"
RTYPE = load().get(KIND)
JANE, JOE = Address.parse(f"{KIND}/jane"), Address.parse(f"{KIND}/joe")
REQUEST = {"email": "jane@example.org", "country_code": "GB", "locations": ["L"]}
INTENT = Intent(
    id="r-1", run="r", address=JANE, action=Action.CREATE, step="create", connection="optimum", object_id=None,
    request=REQUEST, request_digest="", plan_digest="", at=0.0, seen=("old",),
)  # fmt: skip


def live(id: str, *locations: str, **fields: Any) -> Observed:
    """A live subscriber, Jane unless said otherwise."""
    whole = dict.fromkeys(RTYPE.fields) | {**REQUEST, **fields, "locations": list(locations)}
    return Observed(KIND, "optimum", id, whole)


# (live objects, what it comes to, why)
READ = [
    ([], Finding.ABSENT, "nobody"),
    ([live("new", "L")], Finding.MADE, "a new one, equal in what was sent"),
    ([live("old", "L")], Finding.MADE, "one that was there before: the upsert changed it, or need not have"),
    ([live("old", "L", country_code="FR")], Finding.NOT_MADE, "not yet changed: the next plan adopts and updates"),
    ([live("old", "L", "Y")], Finding.NOT_MADE, "more locations than were sent: the next plan compares"),
    ([live("new", "Y")], Finding.ABSENT, "the contact at another location is another subscriber"),
    ([live("a", "L"), live("b", "L")], Finding.AMBIGUOUS, "two are for a person to tell"),
    ([live("held", "L")], Finding.ABSENT, "one that another address holds, or that we deleted, is not it"),
]


@pytest.mark.parametrize(("objects", "finding", "reason"), READ, ids=[reason for *_, reason in READ])
def test_an_upsert_without_an_answer_is_settled_by_its_key(
    objects: list[Observed], finding: Finding, reason: str
) -> None:
    """By contact and location, whether it was there before or not."""
    assert judge(INTENT, RTYPE, objects, lambda id: id != "held").finding is finding, reason


def test_sending_it_again_does_no_harm() -> None:
    """So an absence that was looked for long enough counts."""
    assert absence_counts(INTENT, RTYPE)


class Vendor:
    """Shows who is alike."""

    def __init__(self, *objects: Observed) -> None:
        self.objects = objects

    def alike(self, kind: str, fields: Any) -> tuple[Observed, ...]:
        """Everybody."""
        return self.objects


# (who has the contact now, whether the create is stopped, why)
BEFORE = [
    ([], False, "nobody"),
    ([live("new", "L")], True, "somebody made one since the plan"),
    ([live("new", "Y")], True, "at another location: a near match that the plan would have blocked"),
    ([live("joes", "Y")], False, "another address holds it, elsewhere: that is another subscriber"),
    ([live("joes", "L")], True, "another address holds the very one: it would be changed under its hands"),
    ([live("janes", "L")], True, "the one said to be gone is there after all"),
    ([live("dead", "L")], False, "what we deleted is shown all the same: it comes back, as the plan said"),
]


@pytest.mark.parametrize(("objects", "stopped", "reason"), BEFORE, ids=[reason for *_, reason in BEFORE])
def test_right_before_an_upsert_its_contact_is_looked_for(objects: list[Observed], stopped: bool, reason: str) -> None:
    """An upsert is never a safe create (trap 40): where it would hit somebody, nothing is sent."""
    records = {
        JOE: Recorded(JOE, "optimum", "joes", {}),
        JANE: Recorded(JANE, "optimum", "janes", {}),
    }
    snapshot = Snapshot(
        exists=True, lineage="l", records=records, tombstones=frozenset({Tombstone(KIND, "optimum", "dead")})
    )
    op = Operation(
        change=Change(JANE, "optimum", Action.CREATE, "test", request=REQUEST),
        intent=replace(INTENT, seen=()),
        rtype=RTYPE,
        provider=Vendor(*objects),  # type: ignore[arg-type]
        ownership=Ownership(snapshot),
        readings=Readings(lambda seconds: None),
    )
    result = Create().check(op)
    assert (result is not None) is stopped, reason
    if result is not None:
        assert result.code == STALE
        assert "jane@example.org" not in (result.message or "")


def test_a_record_holds_what_was_sent_so_far() -> None:
    """After the create the one location it took, and nothing of what only the update sets: a kill loses nothing."""
    fields = {"email": "a", "opt_out": True, "locations": ["L", "Y"]}
    then = {"opt_out": True, "locations": ["L", "Y"]}
    assert so_far(fields, {"email": "a", "locations": ["L"]}, then) == {"email": "a", "locations": ["L"]}
