"""What CustomerSure counts over a period: responses, the response rate and the score (customersure.txt L511-L785).

Both metrics count the whole account. A response is a site's where it answers a request whose data name the site's code;
which ratings answer an NPS question no answer tells, so a site has no score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from reconciler.http import Request, Transport, as_list, as_object, id_of, required, unreadable, whole_number
from reconciler.model import JSON, Observed
from reconciler.model.figures import SCORED, Figures, Measured, Window, merged, unknown
from reconciler.providers.base import Reckoning
from reconciler.providers.customersure import listing
from reconciler.providers.customersure.translation import REQUEST, SITE

RESPONSE = "customersure/FeedbackResponse"
_RATE = {"requests": "sent_count", "delivered": "delivered_count", "replies": "reply_count"}
_SCORE = {"promoters": "promoter_count", "passives": "passive_count", "detractors": "detractor_count"}
_OF_A_SITE = ("requests", "responses")
_NO_SCORE = "CustomerSure scores whole accounts: which ratings answer an NPS question, no endpoint tells"


def measured(transport: Transport, observed: Sequence[Observed], window: Window) -> Measured:
    """The account's metrics, and of each site the requests and responses that name it."""
    reckoning = Reckoning(transport.connection.name)
    rate = reckoning.of("response_rate", tuple(_RATE), lambda: _metric(transport, "/response_rate", _RATE, window))
    score = reckoning.of("nps", SCORED, lambda: _scored(_metric(transport, "/nps", _SCORE, window)))
    answers, why = reckoning.reading(RESPONSE, lambda: _answers(transport, window))
    counted = unknown(why, "responses") if answers is None else Figures({"responses": len(answers)})
    whole, sites = merged(rate, score, counted), [item for item in observed if item.kind == SITE]
    sent: Sequence[Observed] | None = None
    if sites and answers is not None:
        sent, why = reckoning.reading(REQUEST, lambda: listing.objects(transport, _SENT))
    if sent is None or answers is None:
        each = {site.id: unknown(why, *_OF_A_SITE) for site in sites}
        notes: tuple[str, ...] = ()
    else:
        each, notes = _shared(transport.connection.name, sites, window, answers, sent)
    return Measured(
        {(SITE, id): merged(each[id], unknown(_NO_SCORE, "nps")) for id in each}, whole, notes, reckoning.troubles
    )


def _metric(transport: Transport, path: str, wanted: Mapping[str, str], window: Window) -> Figures:
    """Counts of a metric over a period that is always said: the defaults leave out the last days (L725)."""
    query = {"from_time": _spelled(window.start), "to_time": _spelled(window.end - timedelta(seconds=1))}
    what = f"{transport.connection.name}: {path}"
    body = as_object(transport.send(Request("GET", path, query=query)).json, what)
    counts = {name: whole_number(required(body, key, what)) for name, key in wanted.items()}
    if any(count is None for count in counts.values()):
        raise unreadable(f"{what} has counts that are no numbers")
    return Figures({name: count for name, count in counts.items() if count is not None})


def _scored(figures: Figures) -> Figures:
    return Figures({**figures.counts, "scored": sum(figures.counts.values())})


def _answers(transport: Transport, window: Window) -> list[Observed]:
    """The responses that were submitted in the period. One that was changed since it began may be older."""
    query = {"updated_since": _spelled(window.start)}
    source = listing.Source("/feedback_responses", RESPONSE, "feedback responses", _response, query)
    listed = listing.objects(transport, source)
    return [item for item in listed if window.holds(_moment(item.fields["submitted_at"]))]


def _shared(
    name: str, sites: Sequence[Observed], window: Window, answers: Sequence[Observed], sent: Sequence[Observed]
) -> tuple[dict[str, Figures], tuple[str, ...]]:
    """Requests and responses by the site that a request's data name, and what is to be said of those that name none."""
    codes = {item.id: item.fields["site_codes"] for item in sent}
    fresh = [item.id for item in sent if window.holds(_moment(item.fields["sent_at"]))]
    requests = Counter(code for id in fresh for code in _of(codes, id))
    named = [_of(codes, str(item.fields["request"])) for item in answers]
    responses = Counter(code for each in named for code in each)
    found = {site.id: Figures({"requests": requests[site.id], "responses": responses[site.id]}) for site in sites}
    alone = sum(not each for each in named)
    number = "1 response answers" if alone == 1 else f"{alone} responses answer"
    return found, (f"{name}: {number} no request that names a site, so that no site counts it",) if alone else ()


def _of(codes: Mapping[str, JSON], request: str) -> list[str]:
    known = codes.get(request)
    return sorted({str(code) for code in known}) if isinstance(known, list) else []


def _response(value: JSON, connection: str) -> Observed:
    """A response as far as counting needs it: when it was submitted, and the request that it answers."""
    item = as_object(value, "a feedback response")
    id = id_of(item, "id", "a feedback response")
    asked = item.get("feedback_request")
    request = str(asked.get("id")) if isinstance(asked, dict) else None
    submitted = required(item, "submitted_at", f"feedback response {id}")
    return Observed(RESPONSE, connection, id, {"submitted_at": submitted, "request": request})


def _request(value: JSON, connection: str) -> Observed:
    """A request as far as counting needs it: when it was sent, and the sites that its data name."""
    item = as_object(value, "a feedback request")
    id = id_of(item, "id", "a feedback request")
    data = as_list(item.get("data") or [], f"the data of feedback request {id}")
    entries = [as_object(entry, f"the data of feedback request {id}") for entry in data]
    codes: JSON = [entry.get("value") for entry in entries if entry.get("key") == "site_code"]
    return Observed(REQUEST, connection, id, {"sent_at": item.get("sent_at"), "site_codes": codes})


def _moment(value: JSON) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _spelled(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


# A site is named by a request's data alone, and the list has no period: what was sent is read whole.
_SENT = listing.Source("/feedback_requests", REQUEST, "feedback requests", _request, {"states[]": "sent"})
