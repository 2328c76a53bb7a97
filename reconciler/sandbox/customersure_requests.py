"""CustomerSure's feedback requests: create, read, update while pending, list (customersure.txt L179-L509)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.clock import from_epoch, has_time, parse_instant, utc_text
from reconciler.sandbox.customersure_rules import Problems, blank_to_null, paginate, permit, plain, query_lists
from reconciler.sandbox.exchange import Answer, Object, Request
from reconciler.sandbox.world import World

STATES = ["sent", "pending", "not_sent"]
_REQUIRED = ("email", "send_at", "survey_id")
_FIELDS = {*_REQUIRED, "email_template_id", "first_name", "surname", "reference", "machine_id", "data"}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LIMITS = {"machine_id": 36, "first_name": None, "surname": None, "reference": None}


def list_requests(world: World, request: Request, _: str) -> Answer:
    """GET /feedback_requests, the latest send_at first, by states[] and survey_ids[]."""
    query = query_lists(request, {"page", "per_page", "states[]", "survey_ids[]"})
    states, surveys = query.get("states[]"), query.get("survey_ids[]")
    problems = Problems("/feedback_requests")
    if any(state not in STATES for state in states or []):
        problems.add("states", "invalid_value", allowed_values=STATES)
    problems.settle()
    found = [
        item
        for item in world.store.collection("customersure", "feedback_requests").listed("send_at", descending=True)
        if (states is None or item["state"] in states) and (surveys is None or str(item["survey_id"]) in surveys)
    ]
    return paginate(
        request,
        found,
        lambda item: item,
        lambda shown: world.store.touch(
            "listed", "customersure", "feedback_requests", *(str(item["id"]) for item in shown)
        ),
    )


def read_request(world: World, request: Request, key: str) -> Answer:
    """GET /feedback_requests/:id."""
    query_lists(request, set())
    return Answer(200, _find(world, key))


def create_request(world: World, request: Request, _: str) -> Answer:
    """POST /feedback_requests; a second one with the same content is a second request."""
    body = request.json
    permit(body, _FIELDS)
    problems = Problems("/feedback_requests/")
    for name in _REQUIRED:
        if body.get(name) in (None, ""):
            problems.add(name, "required")
    _check(world, body, problems)
    items = _data(body, problems, None)
    problems.settle()
    values = _stored(body) | {"data": items}
    return Answer(201, world.store.insert("customersure", "feedback_requests", values))


def update_request(world: World, request: Request, key: str) -> Answer:
    """PATCH /feedback_requests/:id; only a pending one."""
    found = _find(world, key)
    body = request.json
    permit(body, _FIELDS)
    problems = Problems(f"/feedback_requests/{key}")
    if found["state"] != "pending":
        problems.add("state", "custom", message="only a pending feedback request can be updated")
    for name in _REQUIRED:
        if name in body and body[name] in (None, ""):
            problems.add(name, "required")
    _check(world, body, problems)
    items = _data(body, problems, found["data"])
    problems.settle()
    values = _stored(body) | {"data": items, "updated_at": utc_text(from_epoch(world.store.tick()))}
    changed = world.store.change("customersure", "feedback_requests", key, values)
    if world.options.patch_echo_empty_data:
        changed = changed | {"data": [], "updated_at": found["updated_at"]}
    return Answer(200, changed)


def _check(world: World, body: Mapping[str, Any], problems: Problems) -> None:
    email = body.get("email")
    if email not in (None, "") and not (isinstance(email, str) and _EMAIL.fullmatch(email)):
        problems.add("email", "invalid_format", valid_format=_EMAIL.pattern)
    if body.get("send_at") not in (None, ""):
        _check_send_at(world, body["send_at"], problems)
    _check_id(body, "survey_id", world.store.settings["customersure"]["survey_ids"], problems)
    _check_id(body, "email_template_id", world.store.settings["customersure"]["email_template_ids"], problems)
    for name, maximum in _LIMITS.items():
        problems.text(body, name, maximum=maximum)


def _check_send_at(world: World, value: object, problems: Problems) -> None:
    """L245: a time in the future."""
    try:
        if not isinstance(value, str) or not has_time(value):
            raise ValueError("not a time")
        instant = parse_instant(value)
    except ValueError:
        problems.add("send_at", "invalid_date")
        return
    if instant <= world.now():
        problems.add("send_at", "invalid_date", greater_than=utc_text(world.now()))


def _check_id(body: Mapping[str, Any], name: str, owned: list[Any] | None, problems: Problems) -> None:
    """An integer or its digits; one that the account does not own fails (L248)."""
    value = body.get(name)
    if value in (None, ""):
        return
    number = _number(value)
    if number is None:
        problems.add(name, "invalid_format", must_be="integer")
    elif owned is not None and number not in [_number(entry) for entry in owned]:
        problems.add(name, "invalid_value")


def _number(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else None


def _data(body: Mapping[str, Any], problems: Problems, existing: list[Object] | None) -> list[Object]:
    """The data items after the request: one with an id changes that item, one without is added (L399)."""
    sent = body.get("data")
    items = {item["id"]: dict(item) for item in existing or []}
    permitted = {"key", "value"} if existing is None else {"id", "key", "value"}
    added: list[Object] = []
    if sent is not None and not (isinstance(sent, list) and all(isinstance(entry, dict) for entry in sent)):
        problems.add("data", "invalid_format", message="must be an array of objects")
        return []
    for entry in sent or []:
        permit(entry, permitted)
        known = items.get(entry.get("id")) if "id" in entry else None
        if "id" in entry and known is None:
            problems.add("data.id", "invalid_value")
            continue
        for name, maximum in (("key", 30), ("value", 100)):
            if known is None or name in entry:
                problems.text(entry, name, required=True, maximum=maximum)
        if known is None:
            added.append(dict(entry))
        else:
            known.update(entry)
    return [*items.values(), *added]


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
