"""What Optimum's answers look like, as JSON Schema: objects, pages of them, and errors."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.sandbox.endpoints import Answered
from reconciler.sandbox.optimum_rules import ERRORS
from reconciler.sandbox.options import Options
from reconciler.sandbox.schemas import COUNT, INTEGER, TEXT, Schema, array, choice, record
from reconciler.sandbox.shapes import shape_of

Answering = Callable[[Options], Answered]
DELETED = record({"id": TEXT, "deleted": {"const": True}})
"""The answer to every delete (L290)."""
_ERROR = record({"type": choice(*ERRORS), "message": TEXT, "param": TEXT}, optional=("message", "param"))


def shown(name: str, options: Options) -> Schema:
    """An object of a collection as the vendor shows it."""
    schema = shape_of("optimum", name).schema
    if name != "feedback" or options.feedback_keys == "hyphen":
        return schema
    names = {"nps-score": "nps_score", "star-rating": "star_rating"}
    return record({names.get(key, key): value for key, value in schema["properties"].items()})


def object_of(name: str) -> Answering:
    """One object."""
    return lambda options: (200, shown(name, options))


def echo_of(name: str) -> Answering:
    """The object after an update; an account's sms_allowance may be text there (L971)."""
    if name != "accounts":
        return object_of(name)
    echo = shape_of("optimum", name).schema
    limit = {"type": ["integer", "string", "null"], "minimum": 0, "pattern": "^[0-9]+$"}
    return lambda _: (200, record({**echo["properties"], "sms_allowance": limit}))


def page_of(name: str) -> Answering:
    """A page of a list (L43-L58)."""
    return lambda options: (
        200,
        record(
            {
                "page": INTEGER,
                "total_count": COUNT,
                "total_returned": COUNT,
                "data": array(shown(name, options), maxItems=100),
            }
        ),
    )


def wrapped(options: Options) -> Schema:
    """An error (L74-L85), inside `error` by the option."""
    return record({"error": _ERROR}) if options.wrap_errors else _ERROR
