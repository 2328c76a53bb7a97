"""Redirects, followed by hand: same method, same body, same origin, at most five, permanent ones remembered."""

from __future__ import annotations

from reconciler.http.retry import Event
from reconciler.http.url import resolve, same_origin
from reconciler.http.wire import Failed, Raw

MOST_HOPS = 5
FOLLOWED = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})


class Trail:
    """Where permanent redirects of this run lead (customersure.txt, status 301: "this and all future requests")."""

    def __init__(self) -> None:
        self._moved: dict[str, str] = {}

    def current(self, url: str) -> str:
        """The URL to ask today."""
        for _ in range(MOST_HOPS):
            if url not in self._moved:
                break
            url = self._moved[url]
        return url

    def follow(self, origin_url: str, url: str, raw: Raw) -> str:
        """The next URL after a redirecting answer to ``url``; raises ``Failed`` where it must not be followed."""
        location = raw.headers.get("location", "")
        next_url = resolve(url, location) if location.strip() else ""
        if not next_url:
            raise Failed(Event.MISDIRECTED, f"redirected ({raw.status}) without saying where to")
        if not same_origin(origin_url, next_url):
            raise Failed(Event.MISDIRECTED, f"redirected ({raw.status}) to another origin")
        if raw.status in _PERMANENT and next_url != url:
            self._moved[url] = next_url
        return next_url
