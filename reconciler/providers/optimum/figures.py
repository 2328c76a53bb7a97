"""What Optimum's customers said over a period: reviews with their ratings, and feedback with its NPS scores.

Both lists are read once for the whole connection and shared out by location, however many locations there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.http import Transport, as_object, id_of, required, unreadable, whole_number
from reconciler.model import JSON, Observed
from reconciler.model.figures import ANSWERED, SCORED, Figures, Measured, Number, Window, merged, net_promoters, unknown
from reconciler.providers.base import Reckoning
from reconciler.providers.optimum.listing import Catalogue
from reconciler.providers.optimum.translation import ACCOUNT, LOCATION, Resource

_REVIEWS = ("reviews", "rated", "rating_sum")
_OWN = ("active_locations", "active_users")
_NONE_HERE = "Optimum counts by location: of an account its own connection tells"
Item = Mapping[str, JSON]


def measured(transport: Transport, observed: Sequence[Observed], window: Window) -> Measured:
    """Each location's reviews and feedback, each account's active locations and users, and the connection's all."""
    reckoning = Reckoning(transport.connection.name)
    reviews, no_reviews = reckoning.reading("reviews", lambda: _read(transport, "reviews", window))
    feedback, no_feedback = reckoning.reading("feedback", lambda: _read(transport, "feedback", window))

    def counted(location: str | None) -> Figures:
        return merged(
            unknown(no_reviews, *_REVIEWS) if reviews is None else _reviewed(_at(reviews, location)),
            unknown(no_feedback, *ANSWERED) if feedback is None else _answered(_at(feedback, location)),
        )

    each = {(item.kind, item.id): counted(item.id) for item in observed if item.kind == LOCATION}
    each |= {(item.kind, item.id): _own(item) for item in observed if item.kind == ACCOUNT}
    return Measured(each, counted(None), troubles=reckoning.troubles)


def _read(transport: Transport, name: str, window: Window) -> list[Item]:
    """Everything of a list that was created in the period, oldest first. Whether its bounds belong to it is not
    documented, so more is asked for and what lies outside is left out."""
    what = f"{transport.connection.name}: the list /{name}"
    start, end = int(window.start.timestamp()), int(window.end.timestamp())

    def read(value: JSON) -> Observed:
        item = as_object(value, what)
        return Observed(name, transport.connection.name, id_of(item, "id", what), item)

    query = {"created_after": str(start - 1), "created_before": str(end)}
    listed = Catalogue(transport, Resource(name, f"/{name}", ()), read, query).objects()
    return [item.fields for item in listed if start <= _created(item.fields, what) < end]


def _created(item: Item, what: str) -> int:
    created = whole_number(required(dict(item), "created", what))
    if created is None:
        raise unreadable(f"{what} has an object without a usable 'created'")
    return created


def _at(items: Sequence[Item], location: str | None) -> Sequence[Item]:
    """Those of a location; for None all of them."""
    return items if location is None else [item for item in items if item.get("location") == location]


def _reviewed(reviews: Sequence[Item]) -> Figures:
    """Reviews, and the sum of their ratings: numbers, or texts that say one (optimum.txt L600, and clients' code)."""
    ratings = [rating for rating in (_number(item.get("rating")) for item in reviews) if rating is not None]
    return Figures({"reviews": len(reviews), "rated": len(ratings), "rating_sum": sum(ratings)})


def _answered(feedback: Sequence[Item]) -> Figures:
    """All feedback, and the scores of that of type nps; the example spells its field with a hyphen (L730)."""
    asked = [item for item in feedback if item.get("type") == "nps"]
    scores = [_number(item.get("nps-score", item.get("nps_score"))) for item in asked]
    counts: dict[str, Number] = {"responses": len(feedback)}
    if any(score is None for score in scores):
        return Figures(counts, dict.fromkeys(SCORED, "there is feedback of type nps without a score"))
    return Figures({**counts, **net_promoters(score for score in scores if score is not None)})


def _own(account: Observed) -> Figures:
    counts = {name: whole_number(account.fields.get(name)) for name in _OWN}
    found: dict[str, Number] = {name: count for name, count in counts.items() if count is not None}
    missing = dict.fromkeys((name for name in _OWN if name not in found), "the account does not say it")
    return Figures(found, {**missing, **dict.fromkeys(("nps", "responses"), _NONE_HERE)})


def _number(value: JSON) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if 0 <= number <= 100 else None
