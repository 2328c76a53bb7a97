"""Feedback requests that a create may have made, without reading everybody's.

The list can be asked for a survey, and comes by send_at, the latest first (customersure.txt L447). A request that was
just made has the send_at that was sent: what is sent earlier is of no interest, so the pages end there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import pairwise

from reconciler.http import Transport
from reconciler.model import JSON, Observed
from reconciler.providers.customersure import listing


def possibly_made(transport: Transport, wanted: Iterable[Mapping[str, JSON]]) -> list[Observed]:
    """Every request of the surveys that ``wanted`` name whose send_at is none earlier than theirs. Complete as far as
    that goes: where the list is not in its order, all of it is read."""
    asked = [fields for fields in wanted if fields.get("survey_id") is not None]
    if not asked:
        return []
    source = listing.requests_of(tuple(sorted({str(fields["survey_id"]) for fields in asked})))
    times = [_instant(fields.get("send_at")) for fields in asked]
    since = min((at for at in times if at is not None), default=None)
    if since is None or None in times:
        return [*listing.objects(transport, source)]
    found = listing.first_objects(transport, source, lambda item: _time_of(item) < since)
    if any(_time_of(one) < _time_of(other) for one, other in pairwise(found)):
        return [*listing.objects(transport, source)]
    return [*found]


def _time_of(item: Observed) -> datetime:
    """When a request is sent; one without a readable time comes first, so that reading goes on."""
    return _instant(item.fields["send_at"]) or datetime.max.replace(tzinfo=UTC)


def _instant(value: JSON) -> datetime | None:
    """A time of the vendor's or of a manifest's; without a zone it is UTC (L20)."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)
