"""What Buenno counts over a period: invitations form by form, and replies of all forms together.

A reply says the survey's title and no form (buenno.txt L152), so no form has responses of its own. Replies hold answers
of type NPS (L226), but on which scale their points are the document does not say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from reconciler.http import Transport, as_object, fan_out, id_of, required, unreadable, whole_number
from reconciler.model import JSON, Observed
from reconciler.model.figures import Figures, Measured, Window, merged, unknown
from reconciler.providers.base import Reckoning
from reconciler.providers.buenno import listing
from reconciler.providers.buenno.translation import FORM, INVITATION

_SPARE = timedelta(days=1)  # whether the ends belong to a period is not documented (L201), so more is asked for
_NO_FORM = "a Buenno reply does not say which form it is of; the connection's figures hold them all"
_NO_SCALE = "Buenno does not document on which scale the points of NPS answers are"


def measured(transport: Transport, observed: Sequence[Observed], window: Window) -> Measured:
    """Each form's invitations, and the replies of the connection."""
    name, work = transport.connection.name, transport.connection.concurrency
    reckoning = Reckoning(name)
    forms = [item for item in observed if item.kind == FORM]
    invited = fan_out(
        lambda form: reckoning.of(INVITATION, ("requests",), lambda: _invited(transport, form.id, window)), forms, work
    )
    replied = reckoning.of("buenno/Reply", ("responses", "rated", "rating_sum"), lambda: _replied(transport, window))
    nothing = unknown(_NO_FORM, "responses", "nps")
    each = {(form.kind, form.id): merged(counts, nothing) for form, counts in zip(forms, invited, strict=True)}
    return Measured(each, merged(replied, unknown(_NO_SCALE, "nps")), troubles=reckoning.troubles)


def _invited(transport: Transport, form: str, window: Window) -> Figures:
    period = {
        "created_after": (window.start - _SPARE).isoformat(),
        "created_before": (window.end + _SPARE).isoformat(),
    }
    found = listing.invitations(transport, form, period, _invitation)
    return Figures({"requests": sum(window.holds(_created(item.fields, "an invitation")) for item in found)})


def _replied(transport: Transport, window: Window) -> Figures:
    """Replies made in the period; their main questions' points, as the vendor adds them up (L211)."""
    listed = listing.replies(transport, window.start - _SPARE, window.end + _SPARE)
    found = [reply for reply in listed if window.holds(_created(reply, "a reply"))]
    points = [(whole_number(reply.get("question_count")), _number(reply.get("score_sum"))) for reply in found]
    known = [(count, total) for count, total in points if count and total is not None]
    rated, total = sum(count for count, _ in known), sum(total for _, total in known)
    return Figures({"responses": len(found), "rated": rated, "rating_sum": total})


def _invitation(value: JSON, connection: str) -> Observed:
    """An invitation as far as counting needs it: its form, and when it was made."""
    item = as_object(value, "an invitation")
    id = id_of(item, "id", "an invitation")
    fields = {"form": id_of(item, "form_id", f"invitation {id}"), "created_at": item.get("created_at")}
    return Observed(INVITATION, connection, id, fields)


def _created(item: Mapping[str, JSON], what: str) -> datetime:
    text = required(dict(item), "created_at", what)
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise unreadable(f"{what} has no usable 'created_at'") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(value: JSON) -> float | None:
    try:
        return None if isinstance(value, bool) or not isinstance(value, int | float | str) else float(value)
    except ValueError:
        return None
