"""What Buenno's calls share: error bodies, the choice of a form, windows of time and slices of rows."""

from __future__ import annotations

from datetime import datetime

from reconciler.sandbox.clock import parse_instant
from reconciler.sandbox.exchange import Answer, Object, Refusal
from reconciler.sandbox.parameters import Unfit
from reconciler.sandbox.world import World


def refuse(status: int, message: str) -> Refusal:
    """An error to raise: {"error_message": text} (L36-L39)."""
    return Refusal(Answer(status, {"error_message": message}))


def unfit(world: World, error: Unfit) -> Answer:
    """The answer to a parameter that the tables do not allow; the document names no status for it."""
    return Answer(world.options.buenno_parameter_status, {"error_message": str(error)})


def chosen_form(world: World, given: str | None) -> Object:
    """The form that is named, else the first active one (L137); 404 for an id that means nothing, 403 without any."""
    forms = world.store.collection("buenno", "forms")
    if given is not None:
        found = forms.get(given)
        if found is None:
            raise refuse(404, f"Form {given} not found or invalid")
        return found
    active = next((form for form in forms.ordered("id") if form["_active"]), None)
    if active is None:
        raise refuse(403, "No active form is present")
    return active


def within(world: World, item: Object, field: str, start: datetime | None, end: datetime | None) -> bool:
    """Whether the item's time lies between both ends; the option says whether the ends belong to it."""
    at = parse_instant(item[field])
    if world.options.buenno_bounds == "inclusive":
        return (start is None or at >= start) and (end is None or at <= end)
    return (start is None or at > start) and (end is None or at < end)


def rows(world: World, collection: str, field: str) -> list[Object]:
    """A collection in the order of a field, the oldest first unless the option turns it."""
    newest_first = world.options.buenno_sort == "newest"
    return world.store.collection("buenno", collection).listed(field, descending=newest_first)
