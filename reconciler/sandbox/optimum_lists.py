"""Optimum's listings: limit, page, sort_by, created_before and created_after, and each resource's filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from reconciler.sandbox.endpoints import Call
from reconciler.sandbox.exchange import Answer, Object
from reconciler.sandbox.optimum_rules import refuse
from reconciler.sandbox.options import Options
from reconciler.sandbox.parameters import Parameter
from reconciler.sandbox.shapes import public, shape_of
from reconciler.sandbox.world import World

Test: TypeAlias = Callable[[Object], bool]
LARGEST = 10**15 - 1
"""The largest number that a query's text may say."""


@dataclass(frozen=True, slots=True)
class Filter:
    """An argument of a list, and the test of an object that its value makes."""

    parameter: Parameter
    make: Callable[[Any, Options], Test]


def equals(name: str, choices: tuple[str, ...] = ()) -> Filter:
    """The field is the given text."""
    return Filter(Parameter(name, choices=choices), lambda value, _: lambda item: item.get(name) == value)


def _named() -> Filter:
    """The name is the given text, or has it in it, by the option."""

    def make(value: str, options: Options) -> Test:
        if options.name_filter == "exact":
            return lambda item: item.get("name") == value
        return lambda item: value.casefold() in str(item.get("name")).casefold()

    return Filter(Parameter("name"), make)


def flag(name: str) -> Filter:
    """The field is the given boolean."""
    return Filter(Parameter(name, "flag"), lambda value, _: lambda item: item.get(name) is value)


def _invalid() -> Filter:
    """L328: "valid by TRUE and invalid by FALSE", the contrary of the field, unless the option says otherwise."""

    def make(value: bool, options: Options) -> Test:
        return lambda item: item.get("invalid") is (value != (options.invalid_filter == "inverted"))

    return Filter(Parameter("invalid", "flag"), make)


def _bounded(name: str, limit: float, upper: bool) -> Test:
    def test(item: Object) -> bool:
        value = item.get(name)
        return value is not None and (float(value) <= limit if upper else float(value) >= limit)

    return test


def rating(side: str) -> Filter:
    """A rating's bound, a decimal as text; "less_than" means at most (L645)."""
    parameter = Parameter(f"rating_{side}_than", pattern=r"\d{1,15}(\.\d{1,15})?")
    return Filter(parameter, lambda value, _: _bounded("rating", float(value), side == "less"))


def score(name: str, side: str, lowest: int, highest: int) -> Filter:
    """A score's bound, a whole number of its scale."""
    parameter = Parameter(f"{name.replace('-', '_')}_{side}_than", "integer", lowest=lowest, highest=highest)
    return Filter(parameter, lambda value, _: _bounded(name, value, side == "less"))


def _created(name: str, *, upper: bool) -> Filter:
    def make(value: int, options: Options) -> Test:
        inner = 0 if options.created_bounds == "inclusive" else -1 if upper else 1
        return _bounded("created", value + inner, upper)

    return Filter(Parameter(name, "integer", lowest=0, highest=LARGEST), make)


_CREATED = (_created("created_before", upper=True), _created("created_after", upper=False))
_FEEDBACK = (
    equals("type", ("star-rating", "nps", "happy")),
    *(score("nps-score", side, 0, 10) for side in ("less", "greater")),
    *(score("star-rating", side, 1, 5) for side in ("less", "greater")),
    flag("happy"),
    *map(equals, ("subscriber", "location", "campaign", "campaign_step")),
)
FILTERS: dict[str, tuple[Filter, ...]] = {
    "locations": (*_CREATED, _named(), *map(equals, ("postal_code", "country_code"))),
    "accounts": (*_CREATED, _named(), flag("active")),
    "subscribers": (
        *_CREATED,
        *map(equals, ("email", "mobile_number", "fname", "sname", "country_code")),
        _invalid(),
        flag("opt_out"),
    ),
    "reviews": (*_CREATED, equals("location"), equals("platform"), rating("less"), rating("greater")),
    "feedback": (*_CREATED, *_FEEDBACK),
}
_DEFAULT_ORDER = {"locations": ("name", False)}


def arguments(name: str) -> tuple[Parameter, ...]:
    """The arguments of a collection's list: the page, the order, and its filters."""
    template = shape_of("optimum", name).template
    fields = ["id", *(field for field in template if not isinstance(template[field], list))]
    return (
        Parameter("limit", "integer", default=10, lowest=1, highest=100),
        Parameter("page", "integer", default=0, lowest=0, highest=1_000_000_000),
        Parameter("sort_by", choices=tuple(f"{field}-{way}" for field in fields for way in ("asc", "desc"))),
        *(entry.parameter for entry in FILTERS[name]),
    )


def list_objects(call: Call, name: str) -> Answer:
    """GET of a collection; a page beyond the end has empty data."""
    world, query = call.world, call.query
    limit, page = query["limit"], query["page"]
    order = _order(world, query, name)
    chosen = [entry for entry in FILTERS[name] if entry.parameter.name in query]
    tests = [entry.make(query[entry.parameter.name], world.options) for entry in chosen]
    found = world.store.collection("optimum", name).listed(*order, lingers(world, name), world.account)
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


def lingers(world: World, name: str) -> bool:
    """Whether a deleted object stays readable and listed; the document calls it inactive (L279, L479)."""
    options = world.options
    shown = {"locations": options.deleted_locations, "subscribers": options.deleted_subscribers}
    return shown.get(name) == "ghost"


def shown_as(world: World, name: str, item: Object) -> Object:
    """An object as the vendor shows it."""
    if name == "feedback" and world.options.feedback_keys == "underscore":
        item = {{"nps-score": "nps_score", "star-rating": "star_rating"}.get(key, key): item[key] for key in item}
    return public(item)


def _order(world: World, query: Object, name: str) -> tuple[str, bool]:
    if "sort_by" not in query:
        return _DEFAULT_ORDER.get(name, ("created", True))
    field, _, direction = query["sort_by"].rpartition("-")
    takes = world.options.sort_by_takes
    if takes == "none" or (takes == "created" and field != "created"):
        raise refuse(400, f"Invalid sort_by: {field} is not sorted by", "sort_by")
    return field, direction == "desc"
