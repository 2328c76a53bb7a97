"""CustomerSure's feedback requests: create, read, update while pending, list (customersure.txt L179-L509)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from reconciler.sandbox.clock import from_epoch, parse_instant, utc_text
from reconciler.sandbox.customersure_rules import PAGING, Problems, blank_to_null, paginate, plain
from reconciler.sandbox.endpoints import Call
from reconciler.sandbox.exchange import Answer, Object
from reconciler.sandbox.parameters import Parameter
from reconciler.sandbox.world import World

_DIGITS = re.compile(r"\d{1,15}", re.ASCII)
STATES = ("sent", "pending", "not_sent")
_ITEM = (
    Parameter("key", "filled", required=True, longest=30),
    Parameter("value", "filled", required=True, longest=100),
)
_OTHERS = (
    Parameter("email_template_id", "identifier", nullable=True),
    Parameter("first_name", nullable=True),
    Parameter("surname", nullable=True),
    Parameter("reference", nullable=True),
    Parameter("machine_id", nullable=True, longest=36),
)
CREATE = (
    Parameter("email", "email", required=True),
    Parameter("send_at", "instant", required=True),
    Parameter("survey_id", "identifier", required=True),
    *_OTHERS,
    Parameter("data", "objects", items=_ITEM, nullable=True),
)
UPDATE = (
    Parameter("email", "email"),
    Parameter("send_at", "instant"),
    Parameter("survey_id", "identifier"),
    *_OTHERS,
    Parameter(
        "data",
        "objects",
        items=(Parameter("id", "integer"), *(replace(member, required=False) for member in _ITEM)),
        nullable=True,
    ),
)
LIST = (*PAGING, Parameter("states[]", "texts", choices=STATES), Parameter("survey_ids[]", "texts"))


def list_requests(call: Call) -> Answer:
    """GET /feedback_requests, the latest send_at first, by states[] and survey_ids[]."""
    states, surveys = call.query.get("states[]"), call.query.get("survey_ids[]")
    requests = call.world.store.collection("customersure", "feedback_requests")
    found = [
        item
        for item in requests.listed("send_at", descending=True)
        if (states is None or item["state"] in states) and (surveys is None or str(item["survey_id"]) in surveys)
    ]
    return paginate(call, found, "feedback_requests")


def read_request(call: Call) -> Answer:
    """GET /feedback_requests/:id."""
    return Answer(200, _find(call.world, call.path[0]))


def create_request(call: Call) -> Answer:
    """POST /feedback_requests; a second one with the same content is a second request."""
    world, body = call.world, call.body
    problems = Problems("/feedback_requests/")
    problems.check(CREATE, body)
    _check(world, body, problems)
    items = _data(body, problems, None)
    _check_sites(world, items, problems)
    problems.settle()
    values = _stored(body) | {"data": items}
    return Answer(201, world.store.insert("customersure", "feedback_requests", values))


def update_request(call: Call) -> Answer:
    """PATCH /feedback_requests/:id; only a pending one."""
    world, body, key = call.world, call.body, call.path[0]
    found = _find(world, key)
    problems = Problems(f"/feedback_requests/{key}")
    if found["state"] != "pending":
        problems.add("state", "custom", message="only a pending feedback request can be updated")
    problems.check(UPDATE, body)
    _check(world, body, problems)
    items = _data(body, problems, found["data"])
    _check_sites(world, items, problems)
    problems.settle()
    values = _stored(body) | {"data": items, "updated_at": utc_text(from_epoch(world.store.tick()))}
    changed = world.store.change("customersure", "feedback_requests", key, values)
    if world.options.patch_echo_empty_data:
        changed = changed | {"data": [], "updated_at": found["updated_at"]}
    return Answer(200, changed)


def delete_request(call: Call) -> Answer:
    """DELETE /feedback_requests/:id, promised by L181; a 204 (L140)."""
    world, key = call.world, call.path[0]
    if _find(world, key)["state"] != "pending" and world.options.feedback_request_delete == "pending":
        problems = Problems(f"/feedback_requests/{key}")
        problems.add("state", "custom", message="only a pending feedback request can be deleted")
        problems.settle()
    world.store.remove("customersure", "feedback_requests", key)
    return Answer(204)


def _check(world: World, body: Mapping[str, Any], problems: Problems) -> None:
    """What a table cannot say: a time in the future (L245), and ids that the account owns (L248)."""
    settings = world.store.settings["customersure"]
    instant = _instant(body.get("send_at"))
    if instant is not None and instant <= world.now():
        problems.add("send_at", "invalid_date", greater_than=utc_text(world.now()))
    for name, owned in (("survey_id", "survey_ids"), ("email_template_id", "email_template_ids")):
        number, known = _number(body.get(name)), settings[owned]
        if number is not None and known is not None and number not in map(_number, known):
            problems.add(name, "invalid_value")


def _instant(value: Any) -> datetime | None:
    try:
        return parse_instant(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _number(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else None


def _data(body: Mapping[str, Any], problems: Problems, existing: list[Object] | None) -> list[Object]:
    """The data items after the request: one with an id changes that item, one without is added (L399)."""
    sent = body.get("data") or []
    items = {item["id"]: dict(item) for item in existing or []}
    added: list[Object] = []
    for entry in sent if isinstance(sent, list) else []:
        if not isinstance(entry, dict):
            continue
        if "id" not in entry:
            added.append(dict(entry))
            missing = () if existing is None else [name for name in ("key", "value") if name not in entry]
            for name in missing:
                problems.add(name, "required")
        elif isinstance(entry["id"], int) and entry["id"] in items:
            items[entry["id"]].update(entry)
        else:
            problems.add("data.id", "invalid_value")
    return [*items.values(), *added]


def _check_sites(world: World, items: list[Object], problems: Problems) -> None:
    """L267: "ensure at least one site has that site_code"; what happens otherwise is an option."""
    if world.options.unknown_site_code == "taken":
        return
    sites = world.store.collection("customersure", "sites")
    for item in items:
        if item.get("key") == "site_code" and str(item.get("value")) not in sites:
            problems.add("data.value", "invalid_value")


def _stored(body: Mapping[str, Any]) -> Object:
    values = blank_to_null(body)
    if values.get("send_at"):
        values["send_at"] = utc_text(parse_instant(values["send_at"]))
    for name in ("survey_id", "email_template_id"):
        if values.get(name) is not None:
            values[name] = _number(values[name])
    return values


def _find(world: World, key: str) -> Object:
    found = world.store.collection("customersure", "feedback_requests").get(key)
    if found is None:
        raise plain(404, "Not found")
    return found
