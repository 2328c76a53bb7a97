"""What B2S's calls share: refusals, the body of an error, times, and the objects that an answer points to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from reconciler.sandbox.clock import parse_instant
from reconciler.sandbox.exchange import Answer, Object, Refusal
from reconciler.sandbox.world import World


def refuse(status: int, message: str) -> Refusal:
    """A refusal to raise; `error_answer` gives it its body."""
    return Refusal(Answer(status, message))


def error_answer(world: World, status: int, message: str) -> Answer:
    """An error; the document shows no body, so the option says what it is."""
    shape = world.options.b2s_error_body
    if shape == "empty":
        return Answer(status)
    if shape == "html":
        return Answer(status, f"<html><body>{message}</body></html>".encode(), content_type="text/html")
    return Answer(status, {shape: message})


def milliseconds(text: str) -> str:
    """The time as L97 has it: UTC with milliseconds and a Z."""
    return parse_instant(text).astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def to_utc(world: World, local: datetime) -> datetime:
    """A time without a zone as an instant; the option says how far the vendor's clock is ahead of UTC, in hours."""
    return local.replace(tzinfo=UTC) - timedelta(hours=world.options.b2s_utc_offset)


def named(world: World, collection: str, key: str | None, otherwise: Object | None = None) -> Object:
    """{id, name} of a company or a search as it is called now, or as the answer remembers it."""
    found = world.store.collection("b2s", collection).get(key) if key is not None else None
    if found is None:
        return otherwise or {"id": key, "name": None}
    return {"id": key, "name": found["name"]}


def find(world: World, collection: str, key: str, what: str) -> Object:
    """An object by its UUID; 404 where there is none."""
    found = world.store.collection("b2s", collection).get(key)
    if found is None:
        raise refuse(404, f"{what} or integration token not found")
    return found
