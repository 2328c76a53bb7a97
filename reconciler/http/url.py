"""URLs as they are sent: encoded path segments, queries, and the bounds of a connection's origin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from reconciler.errors import LISTING_INCOMPLETE, ReconcilerError
from reconciler.model import origin_of
from reconciler.model.redaction import scrubbed


def segment(id: str) -> str:
    """An id as one path segment. Nothing in it can change the path: slashes, dots and percent signs are encoded.

    Raises ValueError for an empty id, which would name the whole collection.
    """
    if not id:
        raise ValueError("an empty id names the collection, not an object")
    if not id.strip("."):
        return "%2E" * len(id)
    return quote(id, safe="", errors="surrogatepass")


def query_text(query: Mapping[str, str | tuple[str, ...]]) -> str:
    """The query string: a space is ``%20``, a plus ``%2B``, a list repeats ``name[]``."""
    return "&".join(
        f"{quote(name, safe='[]')}={quote(value, safe='', errors='surrogatepass')}" for name, value in _flat(query)
    )


def _flat(query: Mapping[str, str | tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    for name, value in query.items():
        if isinstance(value, str):
            yield name, value
        else:
            yield from ((f"{name}[]", item) for item in value)


def target(base: str, path: str, query: Mapping[str, str | tuple[str, ...]]) -> str:
    """The full URL of a request. An absolute ``path`` is taken as it is where it stays within the base's origin.

    Raises a ReconcilerError where it leads to another origin.
    """
    if "://" in path:
        url = path
        if not same_origin(base, url):
            raise ReconcilerError(LISTING_INCOMPLETE, "the vendor's next page is at another origin; it is not followed")
    else:
        url = base.rstrip("/") + path
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{query_text(query)}"


_PAGING = frozenset({"page", "per_page", "limit", "starting_after", "ending_before"})


def shown(url: str) -> str:
    """Path and query of a URL as a log may have them: of the query the names, and the values of those that page."""
    path, _, query = url.partition("://")[2].partition("?")
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    told = "&".join(f"{name}={value if name in _PAGING else '***'}" for name, _, value in pairs)
    return scrubbed("/" + path.partition("/")[2]) + (f"?{told}" if told else "")


def same_origin(one: str, other: str) -> bool:
    """Whether two URLs share scheme, host and port; never true for a URL with user information or a bad port."""
    try:
        return urlsplit(other).username is None and origin_of(one) == origin_of(other)
    except ValueError:
        return False


def resolve(url: str, location: str) -> str:
    """Where a ``Location`` or ``Link`` of an answer to ``url`` points, without its fragment; "" for no URL."""
    try:
        return urldefrag(urljoin(url, location.strip()))[0]
    except ValueError:
        return ""
