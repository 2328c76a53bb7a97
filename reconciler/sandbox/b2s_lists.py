"""B2S's answers as they are read: one, or a page of a period (b2s.txt L70-L196)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from reconciler.sandbox.b2s_rules import find, milliseconds, named, to_utc
from reconciler.sandbox.clock import parse_instant
from reconciler.sandbox.endpoints import Call
from reconciler.sandbox.exchange import Answer, Object
from reconciler.sandbox.parameters import Parameter, Unfit
from reconciler.sandbox.shapes import public
from reconciler.sandbox.world import World

LIST = (
    Parameter("is_enps", "boolean", required=True),
    Parameter("date_start", "date", required=True),
    Parameter("date_end", "date", required=True),
    Parameter("limit", "integer", required=True, lowest=1, highest=50),
    Parameter("offset", "integer", required=True, lowest=0),
    Parameter("search_id", "uuid"),
    Parameter("clients_only", "boolean", default=False),
)
_PARTS = {
    "consumption": ("id", "order_id"),
    "page": ("id", "name"),
    "client": ("id", "name", "email", "phone", "born_date"),
}
_LIST_ORDER = ("consumption", "company", "search", "page", "client", "criteria")
_READ_ORDER = ("company", "search", "page", "client", "consumption", "criteria")


def list_answers(call: Call) -> Answer:
    """GET /api/answers: at most 50 of a population and a period, with their total."""
    query, world = call.query, call.world
    if query["date_end"] < query["date_start"]:
        raise Unfit("date_end", "it lies before date_start")
    found = _selected(world, query)
    start = _first_row(world, query["offset"], query["limit"])
    shown = found[start : start + query["limit"]]
    world.store.touch("listed", "b2s", "answers", *(item["id"] for item in shown))
    data = [_shown(world, item, _LIST_ORDER) for item in shown]
    return Answer(200, {"limit": query["limit"], "offset": query["offset"], "total": len(found), "data": data})


def read_answer(call: Call) -> Answer:
    """GET /api/answers/{id}."""
    return Answer(200, _shown(call.world, find(call.world, "answers", call.path[0], "Response"), _READ_ORDER))


def _first_row(world: World, offset: int, limit: int) -> int:
    """L84 counts rows; clients in the field count pages from 1, with page 0 as the first or as an error."""
    if world.options.b2s_offset == "rows":
        return offset
    if offset == 0 and world.options.b2s_offset == "pages_from_1":
        raise Unfit("offset", "at least 1 is expected")
    return max(0, offset - 1) * limit


def _selected(world: World, query: Object) -> list[Object]:
    newest_first = world.options.b2s_sort == "newest"
    start, end = _period(world, query["date_start"], query["date_end"])
    return [
        item
        for item in world.store.collection("b2s", "answers").listed("created_at", descending=newest_first)
        if is_enps(world, item) is query["is_enps"]
        and start <= parse_instant(item["created_at"]) < end
        and query.get("search_id") in (None, _search_id(item))
        and not (query["clients_only"] and not (item["client"] or {}).get("id"))
    ]


def _period(world: World, first: date, last: date) -> tuple[datetime, datetime]:
    """From the beginning of the first day; the option says whether the last day belongs to it."""
    days = 1 if world.options.b2s_date_end == "included" else 0
    start, end = (datetime.combine(day, time()) for day in (first, last + timedelta(days)))
    return to_utc(world, start), to_utc(world, end)


def is_enps(world: World, item: Object) -> bool:
    """Whether an answer is of the employees' population: its own note, else its survey's."""
    if item["_enps"] is not None:
        return bool(item["_enps"])
    search = world.store.collection("b2s", "searches").get(_search_id(item) or "")
    return bool(search and search["_enps"])


def _search_id(item: Object) -> str | None:
    return (item["search"] or {}).get("id")


def _shown(world: World, item: Object, order: tuple[str, ...]) -> Object:
    """The answer with its survey and company as they are called now."""
    known = world.store.collection("b2s", "searches").get(_search_id(item) or "")
    company_id = known["company_id"] if known else (item["company"] or {}).get("id")
    parts: Object = {
        **{name: item[name] or _absent(world, name) for name in _PARTS},
        "company": named(world, "companies", company_id, item["company"]),
        "search": named(world, "searches", _search_id(item), item["search"]),
        "criteria": item["criteria"],
    }
    shown = public(item) | {"created_at": milliseconds(item["created_at"])}
    head = {name: value for name, value in shown.items() if name not in parts}
    missing = ("search",) if world.options.b2s_answer_search == "missing" else ()
    return head | {name: parts[name] for name in order if name not in missing}


def _absent(world: World, name: str) -> Object | None:
    """What stands for a part that the answer has not; in the field a page is {} and the others hold nulls."""
    shape = world.options.b2s_absent
    if shape == "null":
        return None
    return {} if shape == "empty" or name == "page" else dict.fromkeys(_PARTS[name])
