"""A saved plan as text: the plan, its approval and a checksum; read back to the same values."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass, replace
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from reconciler.errors import PLAN_UNREADABLE, ReconcilerError
from reconciler.model import JSON, Address, Pending, Plan, digest, parsed
from reconciler.plan.approval import Approval, approve
from reconciler.schema.sealing import KEYED

FORMAT = "reconciler-plan/1"

_DEEPEST = 80  # what a manifest may hold, in a field of a change of a plan

T = TypeVar("T")


def dump(plan: Plan, approval: Approval, document: Mapping[str, JSON]) -> str:
    """The file's text. ``document`` is the plan in the JSON shape that ``show --json`` prints."""
    body = {"format": FORMAT, "approval": asdict(approval), "plan": _encode(plan), "document": document}
    return _text({**body, "checksum": digest(body)})


def _text(body: Mapping[str, JSON]) -> str:
    return json.dumps(body, sort_keys=True, ensure_ascii=False, indent=1) + "\n"


def load(text: str) -> tuple[Plan, Approval]:
    """The plan and its approval; raises RCN0701 for a file that was cut, edited or is none of ours."""
    try:
        body = parsed(text, deepest=_DEEPEST)
        if not isinstance(body, dict) or body.get("format") != FORMAT:
            raise ReconcilerError(PLAN_UNREADABLE, "this is not a plan file of this version")
        whole = _text(body) == text  # to the byte: a key said twice would show a reviewer what is not done
        checksum = body.pop("checksum", None)
        if not whole or checksum != digest(body):
            raise ReconcilerError(PLAN_UNREADABLE, "the plan file was changed after it was written")
        plan, approval = _decoded(body)
        if _unkeyed(approval, approve(plan)) != approve(plan):
            raise ReconcilerError(PLAN_UNREADABLE, "the plan file approves something else than its plan")
        return plan, approval
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ReconcilerError(PLAN_UNREADABLE, "the plan file is damaged") from error


def _decoded(body: Mapping[str, Any]) -> tuple[Plan, Approval]:
    """What is whole and yet not understood was written by a version that knows other fields."""
    try:
        return _decode(Plan, body["plan"]), _decode(Approval, body["approval"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = "the plan file was made by another version of reconciler, or by something else"
        raise ReconcilerError(PLAN_UNREADABLE, message) from error


def _unkeyed(approval: Approval, shown: Approval) -> Approval:
    """The approval as far as the plan beside it can be held against it: personal data is masked there, and digests that
    take the key are checked when the plan is made anew."""
    operations = {
        address: {
            name: shown.operations.get(address, {}).get(name) if str(value).startswith(KEYED) else value
            for name, value in operation.items()
        }
        for address, operation in approval.operations.items()
    }
    return replace(approval, operations=operations)


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
    """A value as its type has it; raises TypeError or ValueError for any other: a checksum alone makes no plan."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else _decode(next(a for a in arguments if a is not type(None)), value)
    if origin is tuple:
        return tuple(_decode(arguments[0], item) for item in _of(list, value))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: _decode(arguments[1], item) for key, item in _of(dict, value).items()}
    if kind is Address:
        return Address.parse(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if is_dataclass(kind) and isinstance(kind, type):
        return _made(kind, _of(dict, value))
    if kind is float:
        return value if type(value) is int else _of(float, value)
    return _of(kind, value) if kind in (str, int, bool) else _json(value)


def _made(kind: type, value: Mapping[str, Any]) -> Any:
    if value.keys() != {field.name for field in fields(kind)}:
        raise ValueError(f"these are not the fields of {kind.__name__}")
    return kind(**{name: _decode(_hints(kind)[name], item) for name, item in value.items()})


def _of(kind: type[T], value: Any) -> T:
    if type(value) is not kind:
        raise TypeError(f"{type(value).__name__} where {kind.__name__} is due")
    return value


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"$pending"}:
            return Pending(Address.parse(value["$pending"]))
        return {key: _json(item) for key, item in value.items()}
    return [_json(item) for item in value] if isinstance(value, list) else value
