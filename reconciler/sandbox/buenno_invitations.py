"""Buenno's invitations: create and list; a create sends an email or an SMS (buenno.txt L40-L137)."""

from __future__ import annotations

from hashlib import blake2b

from reconciler.sandbox.buenno_rules import chosen_form, refuse, rows, within
from reconciler.sandbox.clock import from_epoch, utc_text
from reconciler.sandbox.endpoints import Call
from reconciler.sandbox.exchange import Answer, Object
from reconciler.sandbox.parameters import Parameter, Unfit
from reconciler.sandbox.shapes import public
from reconciler.sandbox.world import World

_TEXTS = (
    *("first_name", "last_name", "pf_store", "pf_seller_name", "pf_seller_id"),
    *("pf_product_category", "pf_target", "pf_gender", "pf_external_id"),
)
CREATE = (
    # L84: "Phone number should include country code where + is replaced with 00."
    Parameter("phone", pattern=r"00[1-9]\d{5,14}"),
    Parameter("email", "email"),
    *(Parameter(name) for name in _TEXTS),
    Parameter("pf_timestamp", "integer", lowest=0),
    Parameter("pf_age", "integer", lowest=0),
    Parameter("preferred_language", pattern="[a-z]{2}"),
    # Missing from the table, and named by the exceptions (L79).
    Parameter("form_id"),
)
LIST = (
    Parameter("created_after", "instant"),
    Parameter("created_before", "instant"),
    Parameter("limit", "integer", default=100, lowest=1, highest=250),
    Parameter("offset", "integer", default=0, lowest=0),
    Parameter("form_id"),
)
_WRITE_ONLY = ("pf_seller_id", "preferred_language")
_IDENTIFIERS = {"pf_external_id": ("pf_external_id",), "contact": ("phone", "email"), "none": ()}


def create_invitation(call: Call) -> Answer:
    """POST /invitations; the answer alone shows the invitation's link."""
    values = {name: value for name, value in call.body.items() if value != ""}
    _check_contact(call.world, values)
    form = chosen_form(call.world, _asked_form(call.world, values))
    if not form["_active"]:
        raise refuse(403, "No active form is present")
    _check_new(call.world, form, values)
    now = utc_text(from_epoch(call.world.store.tick()))
    values |= {f"_{name}": values.pop(name) for name in _WRITE_ONLY if name in values}
    values |= {"form_id": form["id"]} | dict.fromkeys(("scheduled_at", "sent_at", "created_at", "updated_at"), now)
    created = call.world.store.insert("buenno", "invitations", values)
    return Answer(call.world.options.buenno_create_status, {"invitation": _linked(_shown(call.world, created))})


def list_invitations(call: Call) -> Answer:
    """GET /invitations of one form, without a total."""
    query, world = call.query, call.world
    form = chosen_form(world, query.get("form_id"))
    start, end = query.get("created_after"), query.get("created_before")
    found = [
        item
        for item in rows(world, "invitations", "id")
        if item["form_id"] == form["id"] and within(world, item, "created_at", start, end)
    ]
    shown = found[query["offset"] : query["offset"] + query["limit"]]
    world.store.touch("listed", "buenno", "invitations", *(str(item["id"]) for item in shown))
    return Answer(200, {"invitations": [_shown(world, item) for item in shown]})


def _check_contact(world: World, values: Object) -> None:
    given = [name for name in ("phone", "email") if name in values]
    if not given:
        raise Unfit("phone", "phone or email is mandatory")
    if len(given) == 2 and world.options.buenno_both_contacts == "refused":
        raise Unfit("email", "use either email or phone")


def _asked_form(world: World, values: Object) -> str | None:
    """The form that the create names; whether it may name one is an option."""
    asked: str | None = values.pop("form_id", None)
    if asked is not None and world.options.buenno_create_form_id == "refused":
        raise Unfit("form_id", "unknown parameter")
    return asked if world.options.buenno_create_form_id == "taken" else None


def _check_new(world: World, form: Object, values: Object) -> None:
    """L75: 409 where the form has an invitation "with given identifier"; the option says what that is."""
    names = [name for name in _IDENTIFIERS[world.options.buenno_identifier] if name in values]
    for item in world.store.collection("buenno", "invitations"):
        if item["form_id"] == form["id"] and any(item[name] == values[name] for name in names):
            raise refuse(409, "Created item with a given key already exists")


def _shown(world: World, item: Object) -> Object:
    """The invitation with its times in the manner of L66; pf_timestamp by the option."""
    shown = public(item)
    for name in shown:
        if name.endswith("_at") and shown[name] is not None:
            shown[name] = shown[name].replace("Z", "+00:00")
    if world.options.buenno_timestamps == "text" and shown["pf_timestamp"] is not None:
        shown["pf_timestamp"] = utc_text(from_epoch(shown["pf_timestamp"])).replace("Z", "+00:00")
    return shown


def _linked(shown: Object) -> Object:
    code = blake2b(str(shown["id"]).encode(), digest_size=10, key=b"buenno").hexdigest()
    return shown | {"invitation_link": f"https://buenno.fi/i/{code}"}
