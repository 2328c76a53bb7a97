"""A saved plan as text: the plan, its approval and a checksum; read back to the same values."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from reconciler.errors import PLAN_UNREADABLE, ReconcilerError
from reconciler.model import JSON, Address, Pending, Plan, digest
from reconciler.plan.approval import Approval

FORMAT = "reconciler-plan/1"


def dump(plan: Plan, approval: Approval, document: Mapping[str, JSON]) -> str:
    """The file's text. ``document`` is the plan in the JSON shape that ``show --json`` prints."""
    body = {"format": FORMAT, "approval": asdict(approval), "plan": _encode(plan), "document": document}
    return _text({**body, "checksum": digest(body)})


def _text(body: Mapping[str, JSON]) -> str:
    return json.dumps(body, sort_keys=True, ensure_ascii=False, indent=1) + "\n"


def load(text: str) -> tuple[Plan, Approval]:
    """The plan and its approval; raises RCN0701 for a file that was cut, edited or is none of ours."""
    try:
        body = json.loads(text)
        if not isinstance(body, dict) or body.get("format") != FORMAT:
            raise ReconcilerError(PLAN_UNREADABLE, "this is not a plan file of this version")
        whole = _text(body) == text  # to the byte: a key said twice would show a reviewer what is not done
        checksum = body.pop("checksum", None)
        if not whole or checksum != digest(body):
            raise ReconcilerError(PLAN_UNREADABLE, "the plan file was changed after it was written")
        return _decode(Plan, body["plan"]), Approval(**body["approval"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ReconcilerError(PLAN_UNREADABLE, "the plan file is damaged") from error


def _encode(value: object) -> Any:
    if isinstance(value, Address):
        return str(value)
    if isinstance(value, Pending):
        return {"$pending": str(value.address)}
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _encode(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encode(item) for item in value]
    return value


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _decode(kind: Any, value: Any) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else _decode(next(a for a in arguments if a is not type(None)), value)
    if origin is tuple:
        return tuple(_decode(arguments[0], item) for item in value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: _decode(arguments[1], item) for key, item in value.items()}
    if kind is Address:
        return Address.parse(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if is_dataclass(kind) and isinstance(kind, type):
        return kind(**{name: _decode(_hints(kind)[name], item) for name, item in value.items()})
    return _json(value)


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"$pending"}:
            return Pending(Address.parse(value["$pending"]))
        return {key: _json(item) for key, item in value.items()}
    return [_json(item) for item in value] if isinstance(value, list) else value
