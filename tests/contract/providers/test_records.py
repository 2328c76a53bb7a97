"""Buenno and B2S against the sandbox in every manner that their documents leave open."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from reconciler.errors import ReconcilerError, Uncertain
from reconciler.model import JSON, Observed
from reconciler.providers.base import Sought
from reconciler.sandbox.server import RunningSandbox
from tests.contract.providers.conftest import Connecting
from tests.contract.providers.subjects import SUBJECTS

KINDS = ("buenno/Form", "buenno/Invitation", "b2s/Survey", "b2s/Answer")
FORM, INVITATION, SURVEY, ANSWER = (next(it for it in SUBJECTS if it.kind == kind) for kind in KINDS)
DINE_IN = str(ANSWER.sought[0]["search_id"])
LOOP = {"message": "A coupon.", "user_email": "ann@example.com", "user_name": "Ann"}
Options = dict[str, Any]


# --- Buenno ---------------------------------------------------------------------------------------------------------

OUTCOMES: list[tuple[Options, str, str]] = [
    ({}, "made", "as the document has it"),
    ({"buenno_create_status": 201}, "made", "the status of success is not documented"),
    ({"buenno_timestamps": "text"}, "made", "trap 107d: a time that is read as text"),
    ({"buenno_both_contacts": "taken"}, "made", "one contact is never two"),
    ({"buenno_get_body": "refused"}, "made", "trap 99: nothing is ever sent in a GET's body"),
    ({"buenno_create_form_id": "refused"}, "refused", "trap 102: the table does not know form_id"),
    ({"buenno_create_form_id": "ignored"}, "uncertain", "trap 102: it goes to the first active form"),
    ({"buenno_create_form_id": "ignored", "buenno_parameter_status": 422}, "uncertain", "whatever the status"),
    ({"buenno_create_form_id": "refused", "buenno_parameter_status": 422}, "refused", "trap 107c: the other status"),
]


@pytest.mark.parametrize(("options", "outcome", "reason"), OUTCOMES, ids=[reason for *_, reason in OUTCOMES])
def test_trap_102_an_invitation_is_for_the_form_that_was_meant(
    sandbox: RunningSandbox, connecting: Connecting, options: Options, outcome: str, reason: str
) -> None:
    """Made for the second form, refused, or uncertain: never taken for done where it went to the first."""
    sandbox.options.update(options)
    INVITATION.seed(sandbox, 0)
    buenno = connecting("buenno")
    fields = {**INVITATION.new(1), "form": "2"}
    if outcome == "made":
        written = buenno.create(INVITATION.kind, fields)
        assert (written.fields["form"], written.fields["pf_timestamp"]) == ("2", fields["pf_timestamp"]), reason
        return
    with pytest.raises(ReconcilerError) as caught:
        buenno.create(INVITATION.kind, fields)
    assert isinstance(caught.value, Uncertain) is (outcome == "uncertain"), reason
    assert INVITATION.live(sandbox) == (outcome == "uncertain")


@pytest.mark.parametrize(
    ("options", "same", "taken"),
    [
        ({"buenno_identifier": "pf_external_id"}, {"pf_external_id": "#1"}, False),
        ({"buenno_identifier": "contact"}, {}, False),
        ({"buenno_identifier": "none"}, {"pf_external_id": "#1"}, True),
    ],
)
def test_trap_103_a_conflict_is_no_success(
    sandbox: RunningSandbox, connecting: Connecting, options: Options, same: dict[str, JSON], taken: bool
) -> None:
    """Whatever the "given identifier" is: a 409 is told, with where to look, and nothing is made."""
    sandbox.options.update(options)
    INVITATION.seed(sandbox, 0)
    buenno = connecting("buenno")
    fields = {**INVITATION.new(1), **same}
    buenno.create(INVITATION.kind, fields)
    if taken:
        buenno.create(INVITATION.kind, fields)
        return
    with pytest.raises(ReconcilerError, match="409") as caught:
        buenno.create(INVITATION.kind, fields)
    assert "console" in caught.value.hint
    assert INVITATION.live(sandbox) == 1


@pytest.mark.parametrize("inactive", ["listed", "hidden"])
def test_trap_104_a_form_that_is_not_active(sandbox: RunningSandbox, connecting: Connecting, inactive: str) -> None:
    """It may be hidden, and takes no invitation: a 403 that is not about the key."""
    sandbox.options.update({"buenno_inactive_forms": inactive})
    INVITATION.seed(sandbox, 1)
    sandbox.store.change("buenno", "forms", "1", {"_active": False})
    buenno = connecting("buenno")
    assert len(buenno.list(FORM.kind).objects) == (2 if inactive == "listed" else 1)
    assert len(buenno.list(INVITATION.kind).objects) == 1
    with pytest.raises(ReconcilerError, match="No active form") as caught:
        buenno.create(INVITATION.kind, INVITATION.new(900))
    assert caught.value.exit_code == 9
    assert "activate" in caught.value.hint


@pytest.mark.parametrize("status", [404, 405])
def test_trap_104_an_unknown_form_is_an_error_and_no_empty_list(
    sandbox: RunningSandbox, connecting: Connecting, status: int
) -> None:
    """404 is also what a method gets that is not allowed, so it is never absence."""
    sandbox.options.update({"buenno_method_status": status})
    INVITATION.seed(sandbox, 1)
    buenno = connecting("buenno")
    buenno.seek(INVITATION.kind, Sought(({"form": "77"},)))
    with pytest.raises(ReconcilerError) as caught:
        buenno.list(INVITATION.kind)
    assert caught.value.exit_code == 5


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"buenno_sort": "newest"},
        {"buenno_over_limit": "clamp"},
        {"buenno_get_body": "read"},
        {"buenno_figures": "number"},
        {"buenno_replies_by": "updated_at"},
        {"buenno_bounds": "exclusive"},
    ],
    ids=str,
)
def test_trap_100_lists_hold_everything_in_every_manner(
    sandbox: RunningSandbox, connecting: Connecting, options: Options
) -> None:
    """Invitations without a total, replies with one that may be text, in either order."""
    sandbox.options.update(options)
    INVITATION.seed(sandbox, 251)
    at = {"created_at": "2024-05-05T12:00:00Z", "updated_at": "2024-05-05T12:00:00Z"}
    for n in range(1001):
        sandbox.store.insert("buenno", "replies", {"name": "Survey", "email": "" if n % 2 else None, **at})
    buenno: Any = connecting("buenno")
    assert len({item.id for item in buenno.list(INVITATION.kind).objects}) == 251
    replies = buenno.replies(datetime(2024, 5, 5, tzinfo=UTC), datetime(2024, 5, 6, tzinfo=UTC))
    assert len({reply["id"] for reply in replies}) == len(replies) == 1001
    assert buenno.replies(datetime(2024, 6, 5, tzinfo=UTC), datetime(2024, 6, 6, tzinfo=UTC)) == ()


@pytest.mark.parametrize(
    ("fault", "count"), [({"wrong_total": 1}, 1000), ({"wrong_total": -1}, 1000), ({"wrong_total": 1}, 1)]
)
def test_trap_107b_replies_that_do_not_add_up(
    sandbox: RunningSandbox, connecting: Connecting, fault: Options, count: int
) -> None:
    """A total that stays wrong is an error, one that is wrong once is read again."""
    for _ in range(3):
        sandbox.store.insert("buenno", "replies", {"name": "Survey", "created_at": "2024-05-05T12:00:00Z"})
    sandbox.faults.add({"match": {"path": "/replies$"}, "when": {"count": count}, "fault": fault})
    buenno: Any = connecting("buenno")
    period = datetime(2024, 5, 5, tzinfo=UTC), datetime(2024, 5, 6, tzinfo=UTC)
    if count == 1:
        assert len(buenno.replies(*period)) == 3
        return
    with pytest.raises(ReconcilerError) as caught:
        buenno.replies(*period)
    assert (caught.value.code, caught.value.exit_code) == ("RCN0505", 5)


# --- B2S ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 50, 51, 52, 101, 250])
@pytest.mark.parametrize("offset", ["rows", "pages", "pages_from_1"])
@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_trap_89_answers_are_all_there_whatever_an_offset_means(
    sandbox: RunningSandbox, connecting: Connecting, offset: str, sort: str, size: int
) -> None:
    """Skipped answers, pages from 1 with 0 as the first, or pages that have no 0; a second list has learned it."""
    sandbox.options.update({"b2s_offset": offset, "b2s_sort": sort, "b2s_over_limit": "clamp"})
    ANSWER.seed(sandbox, size)
    b2s = connecting("b2s")
    for _ in range(2):
        ids = [item.id for item in b2s.list(ANSWER.kind).objects]
        assert len(ids) == len(set(ids)) == size


@pytest.mark.parametrize("offset", ["rows", "pages", "pages_from_1"])
def test_trap_90_employees_and_customers(sandbox: RunningSandbox, connecting: Connecting, offset: str) -> None:
    """Both populations are read, each in its own pages."""
    sandbox.options.update({"b2s_offset": offset})
    ANSWER.seed(sandbox, 120)
    for item in sandbox.store.objects("b2s", "answers")[:60]:
        sandbox.store.change("b2s", "answers", item["id"], {"_enps": True})
    b2s: Any = connecting("b2s")
    assert len(b2s.answers(DINE_IN, date(2024, 4, 15), date(2024, 4, 16))) == 120
    assert len(b2s.answers(None, date(2024, 4, 1), date(2024, 4, 30))) == 120
    assert b2s.answers(DINE_IN, date(2024, 5, 1), date(2024, 5, 2)) == ()


@pytest.mark.parametrize("hours", [-11, 0, 14])
@pytest.mark.parametrize("end", ["included", "excluded"])
@pytest.mark.parametrize("clock", ["00:00:00", "12:00:00", "23:59:59"])
def test_trap_94_an_answer_just_made_is_found_whatever_the_time_zone(
    sandbox: RunningSandbox, connecting: Connecting, hours: int, end: str, clock: str
) -> None:
    """The time that is sent has no zone, and whether the last day counts is not documented."""
    sandbox.options.update({"b2s_utc_offset": hours, "b2s_date_end": end})
    ANSWER.seed(sandbox, 0)
    b2s, fields = connecting("b2s"), {**ANSWER.new(7), "created_at": f"2024-04-15 {clock}"}
    written = b2s.create(ANSWER.kind, fields)
    b2s.seek(ANSWER.kind, Sought((fields,)))
    assert [item.id for item in b2s.list(ANSWER.kind).objects] == [written.id]


@pytest.mark.parametrize("absent", ["field", "null", "empty"])
@pytest.mark.parametrize("search", ["shown", "missing"])
def test_trap_98_what_an_answer_lacks_does_not_matter(
    sandbox: RunningSandbox, connecting: Connecting, absent: str, search: str
) -> None:
    """Page, client and consumption in three shapes, and now and then no search at all."""
    sandbox.options.update({"b2s_absent": absent, "b2s_answer_search": search})
    ANSWER.seed(sandbox, 2)
    b2s = connecting("b2s")
    listed = b2s.list(ANSWER.kind).objects
    assert len(listed) == 2
    assert b2s.read(ANSWER.kind, listed[0].id) == listed[0]


@pytest.mark.parametrize("body", ["message", "error", "html", "empty"])
@pytest.mark.parametrize("unknown", [403, 404])
def test_trap_91_an_unknown_token_is_told_whatever_the_error_looks_like(
    sandbox: RunningSandbox, connecting: Connecting, unknown: int, body: str
) -> None:
    """403 or 404, with or without words: exit 4 for reads and writes, and nothing is absent."""
    sandbox.options.update({"b2s_unknown_token": unknown, "b2s_error_body": body})
    ANSWER.seed(sandbox, 1)
    id = str(sandbox.store.objects("b2s", "answers")[0]["id"])
    bad = connecting("b2s", token="nobody-knows-it")
    for call in (
        lambda: bad.list(SURVEY.kind),
        lambda: bad.list(ANSWER.kind),
        lambda: bad.read(ANSWER.kind, id),
        lambda: bad.create(ANSWER.kind, ANSWER.new(1)),
        lambda: bad.update(ANSWER.kind, id, {"status": "done"}),
        lambda: bad.update(ANSWER.kind, id, {"closedLoop": [LOOP]}),
    ):
        with pytest.raises(ReconcilerError) as caught:
            call()
        assert caught.value.exit_code == 4
        assert not isinstance(caught.value, Uncertain)


@pytest.mark.parametrize("body", ["message", "error", "html", "empty"])
def test_trap_97_what_is_wrong_with_an_answer_is_refused(
    sandbox: RunningSandbox, connecting: Connecting, body: str
) -> None:
    """A survey or an answer that is not there, and a question that the survey has not: nothing is made."""
    sandbox.options.update({"b2s_error_body": body})
    ANSWER.seed(sandbox, 0)
    b2s, nobody = connecting("b2s"), "903a525c-0ce3-4182-a504-aad595425233"
    for call in (
        lambda: b2s.create(ANSWER.kind, {**ANSWER.new(1), "search_id": nobody}),
        lambda: b2s.create(ANSWER.kind, {**ANSWER.new(1), "questions": [{"id": nobody, "name": "10"}]}),
        lambda: b2s.update(ANSWER.kind, nobody, {"status": "done"}),
        lambda: b2s.update(ANSWER.kind, nobody, {"closedLoop": [LOOP]}),
    ):
        with pytest.raises(ReconcilerError) as caught:
            call()
        assert caught.value.exit_code == 9
        assert not isinstance(caught.value, Uncertain)
    assert b2s.read(ANSWER.kind, nobody) is None
    assert ANSWER.live(sandbox) == 0


REPEATED = ({"status": 503}, {"status": 429}, {"drop_before": True}, {"drop_after": True}, {"cut": True})


@pytest.mark.parametrize("fault", REPEATED, ids=str)
def test_trap_93_a_status_is_set_through_failures(
    sandbox: RunningSandbox, connecting: Connecting, fault: Options
) -> None:
    """No read shows it; the vendor's own books do."""
    ANSWER.seed(sandbox, 1)
    id = str(sandbox.store.objects("b2s", "answers")[0]["id"])
    ANSWER.strike(sandbox, "PATCH", "", fault, count=2)
    connecting("b2s").update(ANSWER.kind, id, {"status": "in-progress"})
    assert sandbox.store.objects("b2s", "answers")[0]["_status"] == "in-progress"


@pytest.mark.parametrize(
    ("fault", "made"), [({"drop_after": True}, 1), ({"status": 500}, 0), ({"cut": True}, 1), ({"drop_before": True}, 0)]
)
def test_trap_96_a_closed_loop_is_sent_once(
    sandbox: RunningSandbox, connecting: Connecting, fault: Options, made: int
) -> None:
    """A lost answer leaves it in doubt and is not followed by a second; without a fault each is one more."""
    ANSWER.seed(sandbox, 1)
    id, b2s = str(sandbox.store.objects("b2s", "answers")[0]["id"]), connecting("b2s")
    ANSWER.strike(sandbox, "POST", "/description$", fault)
    with pytest.raises(Uncertain):
        b2s.update(ANSWER.kind, id, {"closedLoop": [LOOP]})
    assert len(sandbox.store.objects("b2s", "closed_loops")) == made
    b2s.update(ANSWER.kind, id, {"closedLoop": [LOOP]})
    assert [item["description"] for item in sandbox.store.objects("b2s", "closed_loops")] == ["A coupon."] * (made + 1)


def surveys(b2s: Any, *ids: str) -> tuple[Observed, ...]:
    b2s.seek(SURVEY.kind, Sought(ids=frozenset(ids)))
    found: tuple[Observed, ...] = b2s.list(SURVEY.kind).objects
    return found


@pytest.mark.parametrize("sort", ["newest", "oldest"])
@pytest.mark.parametrize("offset", ["rows", "pages_from_1"])
def test_a_survey_is_the_same_with_and_without_the_inventory(
    sandbox: RunningSandbox, connecting: Connecting, sort: str, offset: str
) -> None:
    """Its answers tell name and company; a rename shows in both."""
    sandbox.options.update({"b2s_sort": sort, "b2s_offset": offset})
    ANSWER.seed(sandbox, 60)
    sandbox.store.change("b2s", "searches", DINE_IN, {"name": "Renamed"})
    b2s = connecting("b2s")
    by_inventory = surveys(b2s, DINE_IN)
    sandbox.options.update({"b2s_searches": "missing"})
    assert surveys(b2s, DINE_IN) == by_inventory
    assert by_inventory[0].fields["name"] == "Renamed"


def test_without_inventory_and_answers_nothing_is_gone(sandbox: RunningSandbox, connecting: Connecting) -> None:
    """An error, since nothing shows whether it is there; and who asks for none gets none, with a warning."""
    sandbox.options.update({"b2s_searches": "missing"})
    ANSWER.seed(sandbox, 0)
    b2s = connecting("b2s")
    with pytest.raises(ReconcilerError) as caught:
        surveys(b2s, DINE_IN)
    assert caught.value.exit_code == 5
    b2s.seek(SURVEY.kind, Sought())
    listing = b2s.list(SURVEY.kind)
    assert (listing.objects, listing.complete, len(listing.warnings)) == ((), False, 1)
