"""Sites and feedback requests between the wire and the engine. The site_code is a site's id; there is no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.http import as_list, as_object, id_of, required, scalar
from reconciler.model import JSON, Observed

SITE = "customersure/Site"
REQUEST = "customersure/FeedbackRequest"
SITE_KEY = "site_code"  # the data item that names a site (customersure.txt L267)
_OPTIONAL = ("email_template_id", "first_name", "surname", "reference", "machine_id")


def site(value: JSON, connection: str) -> Observed:
    """A site; "blank fields are included as null" (customersure.txt, Schema), so a missing one is null as well."""
    item = as_object(value, "a site")
    code = id_of(item, "site_code", "a site")
    fields = {
        "site_code": code,
        "name": scalar(item, "name", f"site {code}", needed=True),
        "city": scalar(item, "city", f"site {code}"),
        "region": scalar(item, "region", f"site {code}"),
        "country_code": scalar(item, "country_code", f"site {code}"),
    }
    return Observed(SITE, connection, code, fields)


def sites_named(value: JSON, connection: str) -> Observed:
    """A feedback request as far as counting needs it: its state, and the sites that its data name."""
    item = as_object(value, "a feedback request")
    id = id_of(item, "id", "a feedback request")
    what = f"feedback request {id}"
    sites = [entry.get("value") for entry in data_entries(item, what) if entry.get("key") == SITE_KEY]
    return Observed(REQUEST, connection, id, {"state": required(item, "state", what), "site_codes": sites})


def feedback_request(value: JSON, connection: str) -> Observed:
    """A feedback request. The first of its data items called site_code is its site; the others are its data, with the
    ids that an update needs."""
    item = as_object(value, "a feedback request")
    id = id_of(item, "id", "a feedback request")
    what = f"feedback request {id}"
    entries = data_entries(item, what)
    sites = [entry for entry in entries if entry.get("key") == SITE_KEY]
    fields: dict[str, JSON] = {
        "email": required(item, "email", what),
        "send_at": required(item, "send_at", what),
        "survey_id": required(item, "survey_id", what),
        **{name: item.get(name) for name in _OPTIONAL},
        "state": required(item, "state", what),
        "sent_at": item.get("sent_at"),
        "site": str(sites[0].get("value")) if sites else None,
        "data": [_data(entry, what) for entry in entries if entry not in sites],
    }
    return Observed(REQUEST, connection, id, fields)


def data_entries(item: dict[str, JSON], what: str) -> list[dict[str, JSON]]:
    """The data items as they are answered, that of the site among them."""
    data = required(item, "data", what)
    return [as_object(entry, f"the data of {what}") for entry in as_list(data if data is not None else [], what)]


def _data(entry: dict[str, JSON], what: str) -> dict[str, JSON]:
    return {name: required(entry, name, f"the data of {what}") for name in ("id", "key", "value")}


def request_body(fields: Mapping[str, JSON], entries: Iterable[Mapping[str, JSON]] = ()) -> dict[str, JSON]:
    """The body of a create or an update with the given fields; the site goes among the data.

    ``entries`` are the live data items: one whose key is there already is sent with its id, since without it the vendor
    would add a second one (customersure.txt L399).
    """
    body = {name: value for name, value in fields.items() if name not in ("site", "data")}
    items = [{"key": SITE_KEY, "value": fields["site"]}] if "site" in fields else []
    data = fields.get("data")
    items += [{"key": item["key"], "value": item["value"]} for item in data] if isinstance(data, list | tuple) else []
    ids = {entry["key"]: entry["id"] for entry in reversed([*entries])}
    if items:
        body["data"] = [{"id": ids[item["key"]], **item} if item["key"] in ids else item for item in items]
    return body
