"""Listings of every length and in every manner of paging are complete, or they are an error."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from reconciler.errors import ReconcilerError
from reconciler.providers.base import Provider
from reconciler.sandbox.server import RunningSandbox
from tests.contract.providers.conftest import Connecting
from tests.contract.providers.subjects import SUBJECTS, Subject

SIZES = (0, 1, 100, 101, 250)
PAGED = tuple(subject for subject in SUBJECTS if subject.counted)
OPTIMUM = tuple(subject for subject in SUBJECTS if subject.vendor == "optimum")
# first_page is the number that asks for the first page, page_base what it then calls itself.
PAGING = tuple(itertools.product((0, 1), (0, 1)))

named = pytest.mark.parametrize("one", PAGED, ids=lambda one: one.kind)


@pytest.mark.parametrize("size", SIZES)
def test_a_listing_holds_every_object_once(
    sandbox: RunningSandbox, provider: Provider, subject: Subject, size: int
) -> None:
    """None, one, a page, a page and one, several pages."""
    subject.seed(sandbox, size)
    listing = provider.list(subject.kind)
    ids = [item.id for item in listing.objects]
    assert (listing.kind, listing.connection) == (subject.kind, subject.vendor)
    assert len(ids) == len(set(ids)) == size == subject.live(sandbox)
    suspicious = subject.kind == "enco/Survey" and size == 100
    assert bool(listing.warnings) is suspicious  # Enco's paging is not documented: a round number may be a page


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("first_page", "page_base"), PAGING)
@pytest.mark.parametrize("one", OPTIMUM, ids=lambda one: one.kind)
def test_optimums_pages_may_count_from_zero_or_one(
    sandbox: RunningSandbox, connecting: Connecting, one: Subject, first_page: int, page_base: int, size: int
) -> None:
    """The text says 0 and the example shows 1 (optimum.txt L37, L65); a second listing has learned which it is."""
    sandbox.options.update({"first_page": first_page, "page_base": page_base})
    one.seed(sandbox, size)
    optimum = connecting("optimum")
    for _ in range(2):
        ids = [item.id for item in optimum.list(one.kind).objects]
        assert len(ids) == len(set(ids)) == size


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("wrap_errors", [False, True])
@pytest.mark.parametrize("first_page", [0, 1])
def test_the_account_list_may_demand_active(
    sandbox: RunningSandbox, connecting: Connecting, size: int, wrap_errors: bool, first_page: int
) -> None:
    """Then active and inactive accounts are listed after each other, and both are there."""
    options = {"accounts_list_requires": "active", "wrap_errors": wrap_errors, "first_page": first_page}
    sandbox.options.update(options)
    SUBJECTS[4].seed(sandbox, size)
    objects = connecting("optimum").list("optimum/Account").objects
    assert len({item.id for item in objects}) == len(objects) == size
    if size > 1:
        assert {item.fields["active"] for item in objects} == {True, False}


@pytest.mark.parametrize("size", [0, 3])
@pytest.mark.parametrize("wrap_errors", [False, True])
@pytest.mark.parametrize("demand", ["name", "both"])
def test_an_account_list_by_name_alone_is_unreadable_and_not_empty(
    sandbox: RunningSandbox, connecting: Connecting, demand: str, wrap_errors: bool, size: int
) -> None:
    """Who may only ask by name can never know that all was listed: an error, never an empty world."""
    sandbox.options.update({"accounts_list_requires": demand, "wrap_errors": wrap_errors})
    SUBJECTS[4].seed(sandbox, size)
    with pytest.raises(ReconcilerError) as caught:
        connecting("optimum").list("optimum/Account")
    assert caught.value.exit_code == 5
    assert "name" in caught.value.message


@named
@pytest.mark.parametrize(("size", "off"), [(0, 1), (1, -1), (1, 1), (101, 1), (101, 5), (250, -1)])
def test_a_total_that_stays_wrong_is_an_error(
    sandbox: RunningSandbox, connecting: Connecting, one: Subject, size: int, off: int
) -> None:
    """The count of the vendor and what it lists contradict each other in every reading: exit 5."""
    one.seed(sandbox, size)
    one.strike(sandbox, "GET", one.listing, {"wrong_total": off}, count=1000)
    with pytest.raises(ReconcilerError) as caught:
        connecting(one.vendor).list(one.kind)
    assert caught.value.exit_code == 5
    assert caught.value.code.startswith("RCN05")


@named
@pytest.mark.parametrize("size", [1, 101])
def test_a_total_that_is_wrong_once_is_read_again(
    sandbox: RunningSandbox, connecting: Connecting, one: Subject, size: int
) -> None:
    """A listing that does not add up gets another reading before it is an error."""
    one.seed(sandbox, size)
    one.strike(sandbox, "GET", one.listing, {"wrong_total": 1})
    assert len(connecting(one.vendor).list(one.kind).objects) == size


def live_ids(sandbox: RunningSandbox, one: Subject) -> set[str]:
    """The ids of the vendor's own books."""
    key = "site_code" if one.vendor == "customersure" else "id"
    return {str(item[key]) for item in sandbox.store.objects(one.vendor, one.collection)}


@named
@pytest.mark.parametrize("concurrency", [1, 8])
@pytest.mark.parametrize("how", ["insert", "delete"])
def test_pages_that_shift_while_they_are_read(
    sandbox: RunningSandbox, connecting: Connecting, one: Subject, how: str, concurrency: int
) -> None:
    """An object comes or goes between two pages: the listing is the world after it, none lost, none that is gone."""
    one.seed(sandbox, 250)
    one.strike(sandbox, "GET", one.listing, {"shift_page": how})
    listed = [item.id for item in connecting(one.vendor, concurrency=concurrency).list(one.kind).objects]
    assert len(listed) == len(set(listed)) == (251 if how == "insert" else 249)
    assert set(listed) == live_ids(sandbox, one)


@named
@pytest.mark.parametrize("how", ["insert", "delete"])
def test_pages_that_never_stand_still_are_no_listing(
    sandbox: RunningSandbox, connecting: Connecting, one: Subject, how: str
) -> None:
    """With an object coming or going at every page nobody can say what there is: an error, no guess."""
    one.seed(sandbox, 250)
    one.strike(sandbox, "GET", one.listing, {"shift_page": how}, count=1000)
    with pytest.raises(ReconcilerError) as caught:
        connecting(one.vendor, concurrency=1).list(one.kind)
    assert (caught.value.code, caught.value.exit_code) == ("RCN0505", 5)


SHAPES: tuple[tuple[Any, str], ...] = (
    ([], "a bare list where Optimum has an envelope"),
    ({"data": []}, "an envelope without total_count"),
    ({"data": None, "total_count": 0}, "null in place of the list"),
    ({"data": [], "total_count": 3}, "three counted and none listed"),
    ({"data": [{"name": "x"}], "total_count": 1}, "an object without an id"),
    ({"data": ["x"], "total_count": 1}, "a text in place of an object"),
    ({"res": False, "msg": "no such key"}, "an error inside a success"),
    ({"error": {"type": "api_error", "message": "down"}}, "an error inside a success, in an envelope"),
    (None, "null"),
    ("sorry", "a text"),
)


@pytest.mark.parametrize(("body", "reason"), SHAPES, ids=[reason for _, reason in SHAPES])
def test_a_listing_of_another_shape_is_unreadable(
    sandbox: RunningSandbox, provider: Provider, subject: Subject, body: Any, reason: str
) -> None:
    """Status 200 alone is no listing. An empty list is one only for vendors that answer with a bare list, uncounted."""
    subject.seed(sandbox, 1)
    fault = {"status": 200, "body": "null" if body is None else body}
    subject.strike(sandbox, "GET", subject.listing, fault, count=1000)
    if body == [] and subject.bare:
        assert provider.list(subject.kind).objects == ()
        return
    with pytest.raises(ReconcilerError) as caught:
        provider.list(subject.kind)
    assert caught.value.exit_code == 5, reason
