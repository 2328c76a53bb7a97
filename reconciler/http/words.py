"""A vendor's own words, made safe to show, out of the error bodies that vendors are known to send."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

from reconciler.model import JSON

LONGEST = 400  # characters of a vendor's message that are shown
_TEXTS = ("message", "msg", "error_message", "error_description", "description", "detail", "title")
_ENVELOPES = ("error", "fault", "Fault")


def visible(text: str, longest: int = LONGEST) -> str:
    """The text with control, escape, format and bidi characters spelled out, cut to ``longest`` characters."""
    shown = text if text.isascii() and text.isprintable() else "".join(map(_spelled, text))
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def _spelled(character: str) -> str:
    if character in "\n\t\r":
        return " "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        code = ord(character)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return character


def said(body: JSON) -> str:
    """What an error body says, in one visible line: the message, then field by field; "" where it says nothing.

    Understood: ``message`` with ``errors`` (customersure.txt L98), ``type``, ``message``, ``param`` at the top or under
    ``error`` (optimum.txt, Errors), a gateway's ``fault``, and the OAuth ``error`` with ``error_description``.
    """
    parts = [part for part in _parts(body) if part]
    return visible("; ".join(dict.fromkeys(parts)))


def _parts(body: JSON) -> Iterator[str]:
    if isinstance(body, str):
        yield body
    if not isinstance(body, Mapping):
        return
    inner = next((body[name] for name in _ENVELOPES if isinstance(body.get(name), Mapping)), body)
    assert isinstance(inner, Mapping)
    text = next((inner[name] for name in _TEXTS if isinstance(inner.get(name), str) and inner[name]), None)
    text = text or next((inner[name] for name in ("error", "type", "code") if isinstance(inner.get(name), str)), "")
    param = inner.get("param")
    yield f"{text} [{param}]" if isinstance(param, str) and param else str(text)
    errors = inner.get("errors")
    if isinstance(errors, list):
        yield from map(_field_error, errors[:20])


def _field_error(error: JSON) -> str:
    if not isinstance(error, Mapping):
        return error if isinstance(error, str) else ""
    field, short, extra = error.get("field"), error.get("error"), error.get("extra_info")
    told = f"{field}: {short}" if field and short else str(field or short or error.get("message") or "")
    if isinstance(extra, Mapping) and extra:
        told += f" ({', '.join(f'{key} {_short(value)}' for key, value in extra.items())})"
    return told


def _short(value: JSON) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
