"""A vendor's own words, made safe to show, out of the error bodies that vendors are known to send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model import JSON
from reconciler.model.redaction import redacted, scrubbed
from reconciler.model.visible import visible as spelled_out

LONGEST = 400  # characters of a vendor's message that are shown
_TEXTS = ("message", "msg", "error_message", "error_description", "description", "detail", "title")
_BLANKS = str.maketrans("\n\t\r", "   ")
_ENVELOPES = ("error", "fault", "Fault")


def visible(text: str, longest: int = LONGEST) -> str:
    """The text on one line, with what cannot be seen spelled out, cut to ``longest`` characters."""
    shown = spelled_out(text.translate(_BLANKS))
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def said(body: JSON) -> str:
    """What an error body says, in one visible line: the message, then field by field; "" where it says nothing.

    Personal data is hidden: what stands in a field of a telling name, e-mail addresses and telephone numbers.

    Understood: ``message`` with ``errors`` (customersure.txt L98), ``type``, ``message``, ``param`` at the top or under
    ``error`` (optimum.txt, Errors), a gateway's ``fault``, and the OAuth ``error`` with ``error_description``.
    """
    try:
        parts = [part for part in _parts(redacted(body)) if part]
    except RecursionError:  # nested as deep as no error is
        return ""
    return visible(scrubbed("; ".join(dict.fromkeys(parts))))


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
