"""Text in a report's line: safe to look at, in quotes, and no longer than it should be."""

from __future__ import annotations

from typing import Final

from reconciler.model.visible import leading, visible

__all__ = ["leading", "quoted", "sentence", "shortened", "visible", "window"]
_ELLIPSIS: Final = "…"
_SENTENCE: Final = 1_000  # characters of a message that are shown


def quoted(text: str) -> str:
    """The text in double quotes; quotes and backslashes of its own are escaped, so no two texts look the same."""
    return '"' + visible(text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def sentence(text: str, limit: int = _SENTENCE) -> str:
    """A message, a name or an id from elsewhere, cut where nobody reads on; idempotent."""
    return shortened(visible(shortened(text, limit)), limit)


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters of the text, an ellipsis where it goes on."""
    return text if len(text) <= limit else text[: max(limit - 1, 0)] + _ELLIPSIS


def window(text: str, start: int, limit: int) -> str:
    """``limit`` characters from ``start`` on, an ellipsis at each end that was cut."""
    lead = _ELLIPSIS if start > 0 else ""
    return lead + shortened(text[start:], limit)
