"""Sites and feedback requests between the wire and the engine. The site_code is a site's id; there is no other."""

from __future__ import annotations

from reconciler.http import as_list, as_object, id_of, required
from reconciler.model import JSON, Observed

SITE = "customersure/Site"
REQUEST = "customersure/FeedbackRequest"


def site(value: JSON, connection: str) -> Observed:
    """A site; "blank fields are included as null" (customersure.txt, Schema), so a missing one is null as well."""
    item = as_object(value, "a site")
    code = id_of(item, "site_code", "a site")
    fields = {
        "site_code": code,
        "name": required(item, "name", f"site {code}"),
        "city": item.get("city"),
        "region": item.get("region"),
        "country_code": item.get("country_code"),
    }
    return Observed(SITE, connection, code, fields)


def feedback_request(value: JSON, connection: str) -> Observed:
    """A feedback request as far as counting needs it: its state, and the sites that its data name."""
    item = as_object(value, "a feedback request")
    id = id_of(item, "id", "a feedback request")
    what = f"feedback request {id}"
    data = required(item, "data", what)
    entries = [as_object(entry, f"the data of {what}") for entry in as_list(data if data is not None else [], what)]
    sites = [entry.get("value") for entry in entries if entry.get("key") == "site_code"]
    return Observed(REQUEST, connection, id, {"state": required(item, "state", what), "site_codes": sites})
