"""Forms, invitations and replies between the wire and the engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from reconciler.http import as_list, as_object, id_of, required
from reconciler.model import JSON, Observed

FORM = "buenno/Form"
INVITATION = "buenno/Invitation"

_SHOWN = (
    *("email", "phone", "first_name", "last_name", "pf_store", "pf_seller_name", "pf_product_category"),
    *("pf_target", "pf_gender", "pf_age", "pf_external_id"),
)
_SENT = frozenset({*_SHOWN, "form", "pf_timestamp", "pf_seller_id", "preferred_language"})


def forms(value: JSON, connection: str) -> tuple[Observed, ...]:
    """The forms that a token reaches (buenno.txt L16); the list is whole, there are no pages of it."""
    what = f"{connection}: the token's info"
    token = as_object(required(as_object(value, what), "api_token", what), what)
    listed = as_list(required(token, "forms", what), f"{what}: forms")
    return tuple({form.id: form for form in (_form(item, connection) for item in listed)}.values())


def _form(value: JSON, connection: str) -> Observed:
    item = as_object(value, "a form")
    id = id_of(item, "id", "a form")
    fields = {"name": required(item, "name", f"form {id}"), "company_name": item.get("company_name")}
    return Observed(FORM, connection, id, fields)


def invitation(value: JSON, connection: str) -> Observed:
    """An invitation as it is read; what was written alone (pf_seller_id, preferred_language) is never shown."""
    item = as_object(value, "an invitation")
    id = id_of(item, "id", "an invitation")
    fields: dict[str, JSON] = {name: item.get(name) for name in _SHOWN}
    fields["form"] = id_of(item, "form_id", f"invitation {id}")
    fields["pf_timestamp"] = _seconds(item.get("pf_timestamp"))
    return Observed(INVITATION, connection, id, fields)


def _seconds(value: JSON) -> JSON:
    """A time that is written in seconds and may be read as text, as seconds."""
    if not isinstance(value, str) or value.isdigit():
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def invitation_form(fields: Mapping[str, JSON]) -> dict[str, str]:
    """The form body of a create, ``form_id`` first: without it the first active form would be used (L137)."""
    sent = {"form_id": fields.get("form"), **{name: fields[name] for name in fields if name in _SENT - {"form"}}}
    return {name: str(value) for name, value in sent.items() if value is not None}
