"""Which addresses a project file may name: the vendor's own host, loopback, or a host allowed from outside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import SplitResult, urlsplit

from reconciler import errors
from reconciler.project.host import barred, is_loopback

ALLOWED_HOSTS = "RECONCILER_ALLOWED_HOSTS"
_SPOKEN = re.compile(r"[!-~]+\Z")  # printable ASCII without spaces; a host in other letters can pass for another


class Refusal(ValueError):
    """An address that may not be used: the error's code and what is wrong, never the address as a whole."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


def allowed_hosts(environ: Mapping[str, str]) -> frozenset[str]:
    """Hosts (or host:port) that the machine's owner lets connections name."""
    return frozenset(host.strip().lower() for host in environ.get(ALLOWED_HOSTS, "").split(",") if host.strip())


def check_url(url: str, own_hosts: Iterable[str], allowed: frozenset[str], *, proxy: bool = False) -> SplitResult:
    """The parts of a URL that may be used; raises Refusal.

    A proxy may be spoken to in plain http, since requests to a vendor go through it encrypted.
    """
    parts = _split(url)
    host = (parts.hostname or "").lower()
    if reason := barred(host):
        raise Refusal(errors.HOST_NOT_ALLOWED, f'the host "{host}" {reason}')
    if not (is_loopback(host) or host in own_hosts or {host, f"{host}:{parts.port}"} & allowed):
        own = " or ".join(own_hosts) or "loopback"
        raise Refusal(
            errors.HOST_NOT_ALLOWED,
            f'the host "{host}" is not allowed here',
            f"use {own}, or list the host in {ALLOWED_HOSTS}, outside the repository",
        )
    if parts.scheme == "http" and not is_loopback(host) and not proxy:
        raise Refusal(errors.URL_UNFIT, f'plain http to "{host}" is not allowed', "write https://")
    return parts


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refusal(errors.URL_UNFIT, "this is not a URL") from None
    if not _SPOKEN.match(url) or "\\" in url or port == 0:
        raise Refusal(errors.URL_UNFIT, "this is not a URL in plain ASCII letters")
    if parts.scheme not in ("http", "https"):
        raise Refusal(errors.URL_UNFIT, f'a URL here begins with https://, not with "{parts.scheme[:20]}:"')
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise Refusal(errors.URL_UNFIT, "a URL here carries no user name or password")
    if "?" in url or "#" in url:
        raise Refusal(errors.URL_UNFIT, "a URL here carries no query and no fragment")
    if not parts.hostname or "%" in parts.netloc:
        raise Refusal(errors.URL_UNFIT, "the URL names no host")
    return parts
