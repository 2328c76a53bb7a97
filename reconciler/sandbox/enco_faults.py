"""The gateway's error body: {fault: {message, description, code, info, details}}."""

from __future__ import annotations

from reconciler.sandbox.exchange import Answer, Refusal
from reconciler.sandbox.schemas import TEXT, array, fields, record

FAULT = record({"fault": record({**fields(TEXT, "message description code info"), "details": array(TEXT)})})
"""The body, as JSON Schema."""
_CODES = {400: "900800", 401: "900901", 404: "900404", 405: "900405", 415: "900415", 429: "900802"}


def fault_answer(status: int, message: str, description: str, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """An error answer."""
    code = _CODES.get(status, "900900")
    body = {"message": message, "description": description, "code": code, "info": "", "details": []}
    return Answer(status, {"fault": body}, headers)


def fault(status: int, message: str, description: str, headers: tuple[tuple[str, str], ...] = ()) -> Refusal:
    """An error answer to raise."""
    return Refusal(fault_answer(status, message, description, headers))
