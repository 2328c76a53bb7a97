"""Buenno's invitations as they are listed, against buenno.txt L98-L137; traps 106 and 108 by number."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.sandbox.server import RunningSandbox
from tests.unit.sandbox.test_sandbox_buenno import INVITATION, PHONE, created, listed


def test_documented_list(buenno: httpx.Client) -> None:
    """L98-L129: rows in an envelope without a total (108), every field, opened and updated a day later."""
    body = buenno.get("/invitations/").json()
    assert list(body) == ["invitations"], "108: no total"
    assert list(body["invitations"][0]) == INVITATION
    assert body["invitations"][0] == dict.fromkeys(INVITATION) | {
        "id": 1,
        "phone": PHONE,
        "form_id": 1,
        **dict.fromkeys(("scheduled_at", "sent_at", "created_at"), "2020-12-18T00:00:00+00:00"),
        **dict.fromkeys(("opened_at", "answered_at", "updated_at"), "2020-12-19T00:00:00+00:00"),
    }


def _fill(sandbox: RunningSandbox, number: int) -> None:
    for index in range(number):
        at = f"2021-01-{index % 28 + 1:02}T00:00:00Z"
        values = {"email": f"p{index}@example.com", "form_id": 1 if index % 2 else 2, "created_at": at}
        sandbox.store.insert("buenno", "invitations", values)


def test_trap_108_pages_end_with_a_short_one(sandbox: RunningSandbox, buenno: httpx.Client) -> None:
    """Trap 108: without a total, a page shorter than the limit is the last; 100 rows are the default (L135)."""
    _fill(sandbox, 620)
    sizes, seen = [], []
    for offset in range(0, 400, 100):
        rows = listed(buenno, offset=offset)
        sizes.append(len(rows))
        seen += [row["id"] for row in rows]
    assert sizes == [100, 100, 100, 11]
    assert len(set(seen)) == 311
    assert len(listed(buenno, limit=250)) == 250
    assert listed(buenno, offset=311) == []


WINDOWS = [
    ({}, [1, 3, 4], "L137: the first active form's"),
    ({"form_id": 2}, [2, 5], "another form's"),
    ({"created_after": "2021-01-02T00:00:00Z"}, [3, 4], "from an instant"),
    ({"created_before": "2021-01-02T00:00:00Z"}, [1, 3], "until one"),
    ({"created_after": "2021-01-02T02:00:00+02:00"}, [3, 4], "L209: with an offset"),
    ({"created_after": "2021-01-02T00:00:00"}, [3, 4], "L209: without one it is UTC"),
    ({"limit": 1, "offset": 1}, [3], "a slice"),
]


@pytest.mark.parametrize(("query", "ids", "reason"), WINDOWS)
def test_windows(
    sandbox: RunningSandbox, buenno: httpx.Client, query: dict[str, Any], ids: list[int], reason: str
) -> None:
    """Form, period and slice of a listing."""
    for number, form in ((2, 2), (3, 1), (4, 1), (5, 2)):
        at = f"2021-01-{number - 1:02}T00:00:00Z"
        sandbox.store.insert("buenno", "invitations", {"id": number, "form_id": form, "created_at": at})
    assert [row["id"] for row in listed(buenno, **query)] == ids, reason


def test_order_and_bounds_are_options(sandbox: RunningSandbox, buenno: httpx.Client) -> None:
    """The order is not documented, nor whether "after" means the very instant."""
    created(buenno, phone=PHONE)
    sandbox.options.update({"buenno_sort": "newest", "buenno_bounds": "exclusive"})
    assert [row["id"] for row in listed(buenno)] == [2, 1]
    assert [row["id"] for row in listed(buenno, created_after="2020-12-18T00:00:00Z")] == []


LISTS = [
    ({"limit": 251}, 400, "L135: at most 250"),
    ({"limit": 0}, 400, "at least one"),
    ({"limit": "all"}, 400, "an integer"),
    ({"offset": -1}, 400, "from 0"),
    ({"created_after": "2020-12-18"}, 400, "a date and a time"),
    ({"created_before": "yesterday"}, 400, "ISO 8601"),
    ({"page": 1}, 400, "an unknown parameter"),
    ({"form_id": 9}, 404, "L33: an unknown id"),
    ({"form_id": "x"}, 404, "L33: or no id"),
]


@pytest.mark.parametrize(("query", "status", "reason"), LISTS)
def test_list_refuses(buenno: httpx.Client, query: dict[str, Any], status: int, reason: str) -> None:
    """What the table does not allow."""
    answer = buenno.get("/invitations", params=query)
    assert (answer.status_code, list(answer.json())) == (status, ["error_message"]), reason


def test_a_limit_may_be_cut(sandbox: RunningSandbox, buenno: httpx.Client) -> None:
    """A limit above the maximum is cut to it where the option says so."""
    _fill(sandbox, 600)
    sandbox.options.update({"buenno_over_limit": "clamp"})
    assert len(listed(buenno, limit=1000)) == 250
