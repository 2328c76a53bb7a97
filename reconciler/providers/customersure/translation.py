"""Sites between the wire and the engine. The site_code is the id; there is no other."""

from __future__ import annotations

from reconciler.http import as_object, id_of, required
from reconciler.model import JSON, Observed

SITE = "customersure/Site"


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
