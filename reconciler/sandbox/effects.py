"""What faults do to the store and to an answer: replaced answers, stale and shifting listings, wrong totals."""

from __future__ import annotations

from reconciler.sandbox.exchange import Answer, Object, Request, Touch
from reconciler.sandbox.faults import Fault
from reconciler.sandbox.store import Store

_PAGE = "<!doctype html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
_HTML = "text/html; charset=utf-8"
_TOTALS = {"optimum": "total_count", "buenno": "total", "b2s": "total"}


def replacement(request: Request, fault: Fault) -> Answer | None:
    """The answer that `status`, `html` or `redirect` put in place of the vendor's; None for another kind."""
    headers = tuple((name, str(value)) for name, value in (fault.extras.get("headers") or {}).items())
    if fault.kind == "status":
        return _with_body(int(fault.value), fault.extras.get("body"), headers)
    if fault.kind == "html":
        page = fault.value if isinstance(fault.value, str) else _PAGE.format("Scheduled maintenance")
        return Answer(200, page.encode(), headers, _HTML)
    if fault.kind == "redirect":
        here = request.raw_path + (f"?{request.raw_query}" if request.raw_query else "")
        location = str(fault.extras.get("location", "{path}")).replace("{path}", here)
        return Answer(int(fault.value), b"", (("Location", location), *headers))
    return None


def _with_body(status: int, body: object, headers: tuple[tuple[str, str], ...]) -> Answer:
    if isinstance(body, str):
        markup = body.lstrip().startswith("<")
        return Answer(status, body.encode(), headers, _HTML if markup else "text/plain; charset=utf-8")
    if body is not None:
        return Answer(status, body, headers)
    return Answer(status, {"message": "fault on demand"} if status >= 400 else None, headers)


def apply(store: Store, vendor: str, answer: Answer, struck: list[Fault]) -> Answer:
    """Let the faults that concern listings act on the store and the answer."""
    touches = list(store.touches)
    for fault in struck:
        if fault.kind == "stale_list":
            _veil(store, touches, fault)
        elif fault.kind == "shift_page":
            _shift(store, touches, fault)
        elif fault.kind == "wrong_total":
            answer = _miscount(vendor, answer, int(fault.value))
    return answer


def _veil(store: Store, touches: list[Touch], fault: Fault) -> None:
    """What was just created is missing from the next listings."""
    for touch in touches:
        if touch.action == "created":
            for key in touch.keys:
                store.collection(touch.vendor, touch.collection).veil(
                    key, fault.value.get("reads"), fault.value.get("seconds")
                )


def _shift(store: Store, touches: list[Touch], fault: Fault) -> None:
    """After a page was read, its first object goes, or one comes in beside it: the next page has moved by one."""
    for touch in touches:
        if touch.action != "listed" or not touch.keys:
            continue
        collection = store.collection(touch.vendor, touch.collection)
        if fault.value == "delete":
            store.remove(touch.vendor, touch.collection, touch.keys[0])
            continue
        given = fault.extras.get("object")
        found = collection.get(touch.keys[0])
        if given is not None or found is not None:
            twin = given or _twin(found or {}, collection.shape.key)
            while collection.shape.key in twin and str(twin[collection.shape.key]) in collection:
                twin = _twin(twin, collection.shape.key)
            store.insert(touch.vendor, touch.collection, twin)


def _twin(item: Object, key: str) -> Object:
    twin = {name: value for name, value in item.items() if name != "id"}
    if key != "id":
        twin[key] = f"{item[key]}-shifted"
    if isinstance(item.get("name"), str):
        twin["name"] = f"{item['name']} (shifted)"
    return twin


def _miscount(vendor: str, answer: Answer, by: int) -> Answer:
    """A total that does not add up: in the body, a number or text, or in X-Total-Count (CustomerSure)."""
    data = answer.data
    name = _TOTALS.get(vendor, "")
    if isinstance(data, dict) and name in data:
        total = data[name]
        return Answer(answer.status, data | {name: type(total)(int(total) + by)}, answer.headers)
    headers = tuple(
        (name, str(int(value) + by) if name == "X-Total-Count" else value) for name, value in answer.headers
    )
    return Answer(answer.status, data, headers, answer.content_type)
