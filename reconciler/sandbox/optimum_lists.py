"""Optimum's listings: limit, page, sort_by, created_before and created_after, and each resource's filters."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from reconciler.sandbox.exchange import Answer, Object, Request
from reconciler.sandbox.optimum_rules import refuse
from reconciler.sandbox.shapes import public
from reconciler.sandbox.world import World

Test: TypeAlias = Callable[[Object], bool]
Filter: TypeAlias = Callable[[str], Test]
"""Takes the query's text and gives a test of an object; ValueError says what is expected."""

_DECIMAL = re.compile(r"\d+(\.\d+)?", re.ASCII)


def _number(value: str) -> int:
    if not (value.isascii() and value.isdecimal()):
        raise ValueError("an integer is expected")
    return int(value)


def _decimal(value: str) -> float:
    if not _DECIMAL.fullmatch(value):
        raise ValueError("a decimal is expected")
    return float(value)


def _truth(value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise ValueError("TRUE or FALSE is expected")
    return value.lower() == "true"


def equals(name: str) -> Filter:
    """The field is the given text."""
    return lambda value: lambda item: item.get(name) == value


def one_of(name: str, *known: str) -> Filter:
    """The field is the given text, one of a few."""

    def make(value: str) -> Test:
        if value not in known:
            raise ValueError(f"one of {', '.join(known)} is expected")
        return lambda item: item.get(name) == value

    return make


def flag(name: str, *, inverted: bool = False) -> Filter:
    """The field is the given boolean, or its contrary."""

    def make(value: str) -> Test:
        wanted = _truth(value) != inverted
        return lambda item: item.get(name) is wanted

    return make


def _bounded(name: str, limit: float, upper: bool) -> Test:
    def test(item: Object) -> bool:
        value = item.get(name)
        return value is not None and (float(value) <= limit if upper else float(value) >= limit)

    return test


def at_most(name: str) -> Filter:
    """The field is not above a number; "less_than" means this too (L645)."""
    return lambda value: _bounded(name, _decimal(value), upper=True)


def at_least(name: str) -> Filter:
    """The field is not below a number."""
    return lambda value: _bounded(name, _decimal(value), upper=False)


def score_bound(name: str, lowest: int, highest: int, *, upper: bool) -> Filter:
    """The score is not above (or below) a whole number of its scale."""

    def make(value: str) -> Test:
        number = _number(value)
        if not lowest <= number <= highest:
            raise ValueError(f"an integer between {lowest} and {highest} is expected")
        return _bounded(name, number, upper)

    return make


def _created(upper: bool) -> Filter:
    return lambda value: _bounded("created", _number(value), upper)


_CREATED: dict[str, Filter] = {"created_before": _created(True), "created_after": _created(False)}

FILTERS: dict[str, dict[str, Filter]] = {
    "locations": {name: equals(name) for name in ("name", "postal_code", "country_code")},
    "accounts": {"name": equals("name"), "active": flag("active")},
    "subscribers": {
        **{name: equals(name) for name in ("email", "mobile_number", "fname", "sname", "country_code")},
        "invalid": flag("invalid", inverted=True),  # L328: "valid by TRUE and invalid by FALSE"
        "opt_out": flag("opt_out"),
    },
    "reviews": {
        "location": equals("location"),
        "platform": equals("platform"),
        "rating_less_than": at_most("rating"),
        "rating_greater_than": at_least("rating"),
    },
    "feedback": {
        "type": one_of("type", "star-rating", "nps", "happy"),
        "nps_score_less_than": score_bound("nps-score", 0, 10, upper=True),
        "nps_score_greater_than": score_bound("nps-score", 0, 10, upper=False),
        "star_rating_less_than": score_bound("star-rating", 1, 5, upper=True),
        "star_rating_greater_than": score_bound("star-rating", 1, 5, upper=False),
        "happy": flag("happy"),
        **{name: equals(name) for name in ("subscriber", "location", "campaign", "campaign_step")},
    },
}
_DEFAULT_ORDER = {"locations": ("name", False)}
_PAGING = ("limit", "page", "sort_by")


def list_objects(world: World, request: Request, name: str) -> Answer:
    """GET of a collection; a page beyond the end has empty data."""
    query = _query(request, name)
    limit, page = _whole(query, "limit", 10, 1, 100), _whole(query, "page", 0, 0, 1_000_000_000)
    order = _order(world, query, name)
    tests = _tests(query, name)
    ghosts = name == "locations" and world.options.deleted_locations == "ghost"
    found = world.store.collection("optimum", name).listed(*order, with_deleted=ghosts)
    if tests:
        found = [item for item in found if all(test(item) for test in tests)]
    start = max(0, page - world.options.first_page) * limit
    shown = found[start : start + limit]
    world.store.touch("listed", "optimum", name, *(item["id"] for item in shown))
    body = {
        "page": page + world.options.page_base,
        "total_count": len(found),
        "total_returned": len(shown),
        "data": [shown_as(world, name, item) for item in shown],
    }
    return Answer(200, body)


def shown_as(world: World, name: str, item: Object) -> Object:
    """An object as the vendor shows it."""
    if name == "feedback" and world.options.feedback_keys == "underscore":
        item = {{"nps-score": "nps_score", "star-rating": "star_rating"}.get(key, key): item[key] for key in item}
    return public(item)


def _query(request: Request, name: str) -> dict[str, str]:
    query: dict[str, str] = {}
    for key, value in request.query:
        if key in query:
            raise refuse(400, f"Parameter given twice: {key}", key)
        if key not in _PAGING and key not in _CREATED and key not in FILTERS[name]:
            raise refuse(400, f"Received unknown parameter: {key}", key)
        query[key] = value
    return query


def _whole(query: Mapping[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    value = query.get(name)
    if value is None:
        return default
    if not (value.isascii() and value.isdecimal()) or not lowest <= int(value) <= highest:
        raise refuse(400, f"Invalid {name}: an integer between {lowest} and {highest} is expected", name)
    return int(value)


def _order(world: World, query: Mapping[str, str], name: str) -> tuple[str, bool]:
    asked = query.get("sort_by")
    if asked is None:
        return _DEFAULT_ORDER.get(name, ("created", True))
    field, _, direction = asked.rpartition("-")
    template: dict[str, Any] = world.store.collection("optimum", name).shape.template
    sortable = field == "id" or (field in template and not isinstance(template[field], list))
    if direction not in ("asc", "desc") or not sortable:
        raise refuse(400, "Invalid sort_by: a field and -asc or -desc are expected", "sort_by")
    return field, direction == "desc"


def _tests(query: Mapping[str, str], name: str) -> list[Test]:
    tests = []
    for key, value in query.items():
        if key in _PAGING:
            continue
        make = _CREATED.get(key) or FILTERS[name][key]
        try:
            tests.append(make(value))
        except ValueError as error:
            raise refuse(400, f"Invalid {key}: {error}", key) from error
    return tests
