"""The ``Link`` header of paged listings."""

from __future__ import annotations

import re

from reconciler.http.url import resolve

_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)


def next_link(header: str, url: str) -> str | None:
    """The URL with ``rel="next"``, resolved against the answer's ``url``; None where there is none."""
    for match in _LINK.finditer(header):
        rel = _REL.search(match[2])
        if rel and "next" in (rel[1] or rel[2] or "").casefold().split():
            return resolve(url, match[1]) or None
    return None
