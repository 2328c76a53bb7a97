"""The control API under /_sandbox: the log, the store, tampering as if in a vendor's console, faults and options."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.exchange import Answer, Refusal, Request
from reconciler.sandbox.faults import Faults
from reconciler.sandbox.requestlog import RequestLog
from reconciler.sandbox.seed import resolve_seed
from reconciler.sandbox.vendors import description
from reconciler.sandbox.world import World

_READS = ("GET", "HEAD")
_INDEX = {
    "GET /_sandbox/health": "whether it serves",
    "GET, DELETE /_sandbox/requests": "the log, by ?vendor= and ?method=",
    "GET, PUT /_sandbox/store": "everything, in the shape of a seed",
    "GET, POST /_sandbox/objects/{vendor}/{collection}": "live objects, as in the vendor's console",
    "PATCH, DELETE /_sandbox/objects/{vendor}/{collection}/{id}": "change or remove one",
    "GET, PUT, POST, DELETE /_sandbox/faults": "a list of {match, when, fault}; POST adds one",
    "GET /_sandbox/openapi/{vendor}.json": "what the vendor's stand-in takes and answers, in OpenAPI 3.1",
    "GET, PUT /_sandbox/options": "what the documents leave open, latency, rate_limit",
}


def handle(world: World, faults: Faults, log: RequestLog, request: Request) -> Answer:
    """Answer one control request; errors are {"error": text}."""
    path = request.segments[1:]
    try:
        if path[:1] == ("objects",) and len(path) in (3, 4):
            return _objects(world, request, path)
        if path[:1] == ("openapi",) and len(path) == 2 and request.method == "GET":
            vendor = path[1].removesuffix(".json")
            return Answer(200, description(vendor, world.options, request.origin))
        if len(path) == 1:
            return _single(world, faults, log, request, path[0])
        raise _error(404, "no such control endpoint")
    except Refusal as refusal:
        return refusal.answer
    except KeyError as error:
        return Answer(404, {"error": f"unknown: {error.args[0]}"})
    except (ValueError, TypeError, AttributeError) as error:
        return Answer(400, {"error": str(error)})


def _single(world: World, faults: Faults, log: RequestLog, request: Request, name: str) -> Answer:
    match request.method, name:
        case "GET", "":
            return Answer(200, _INDEX)
        case "GET", "health":
            return Answer(200, {"status": "ok"})
        case "GET", "requests":
            return Answer(200, _requests(log, request))
        case "DELETE", "requests":
            log.clear()
            return Answer(204)
        case "GET", "store":
            return Answer(200, world.store.dump())
        case "PUT", "store":
            world.store.load(_seed(request.json))
            return Answer(204)
        case _:
            return _switches(world, faults, request, name)


def _switches(world: World, faults: Faults, request: Request, name: str) -> Answer:
    match request.method, name:
        case "GET", "faults":
            return Answer(200, faults.report())
        case "PUT", "faults":
            faults.replace(request.json)
            return Answer(204)
        case "POST", "faults":
            faults.add(request.json)
            return Answer(204)
        case "DELETE", "faults":
            faults.clear()
            return Answer(204)
        case "GET", "options":
            return Answer(200, world.options.as_dict())
        case "PUT", "options":
            world.options.update(request.json)
            return Answer(200, world.options.as_dict())
        case _:
            raise _error(404, "no such control endpoint")


def _seed(content: Any) -> dict[str, Any]:
    """A seed in the body: an object, null (the waffle company) or "empty"; never a path on this machine."""
    if isinstance(content, str) and content != "empty":
        raise ValueError('a seed is an object, null or "empty"')
    return resolve_seed(content)


def _requests(log: RequestLog, request: Request) -> dict[str, Any]:
    wanted = dict(request.query)
    entries = log.entries(wanted.get("vendor"), wanted.get("method"))
    reads = sum(entry.request.method in _READS for entry in entries)
    return {
        "total": len(entries),
        "reads": reads,
        "writes": len(entries) - reads,
        "requests": [entry.as_dict() for entry in entries],
    }


def _objects(world: World, request: Request, path: tuple[str, ...]) -> Answer:
    vendor, collection = path[1], path[2]
    if len(path) == 3:
        if request.method == "GET":
            return Answer(200, world.store.objects(vendor, collection))
        if request.method == "POST":
            return Answer(201, world.store.insert(vendor, collection, request.json))
    elif request.method == "PATCH":
        return Answer(200, world.store.change(vendor, collection, path[3], request.json))
    elif request.method == "DELETE":
        if not world.store.remove(vendor, collection, path[3]):
            raise KeyError(path[3])
        return Answer(204)
    raise _error(405, "objects take GET and POST, one object PATCH and DELETE")


def _error(status: int, message: str) -> Refusal:
    return Refusal(Answer(status, {"error": message}))
