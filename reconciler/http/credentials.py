"""How a request says who asks: the static schemes, and OAuth2 client credentials with their renewal."""

from __future__ import annotations

import base64
import json
import math
import re
import threading
from collections.abc import Callable
from typing import Protocol

from reconciler.errors import (
    CREDENTIALS_FORBIDDEN,
    CREDENTIALS_REFUSED,
    HEADER_UNFIT,
    READ_REFUSED,
    TOKEN_ENDPOINT_REFUSED,
    UNREADABLE,
    ReconcilerError,
)
from reconciler.http.message import Answer, Purpose, Request
from reconciler.model import Secret

# Stricter than the HTTP library's own check, so that it never comes to an exception that quotes the value.
_FIT = re.compile(r"[!-~\xa1-\xff]([ -~\xa1-\xff]*[!-~\xa1-\xff])?\Z")
_LONGEST_LIFE = 30 * 86400.0  # seconds; a token said to live longer is fetched anew after this
_EARLY = 60.0  # seconds before its end that a token is renewed, or a tenth of a shorter life


class Authorizer(Protocol):
    """Knows the header that says who asks, and its value."""

    @property
    def header(self) -> str:
        """The header's name: ``Authorization``, unless the vendor has one of its own."""
        ...

    def value(self) -> str:
        """The header's value now; may ask a token endpoint."""
        ...

    def renew(self, refused: str) -> bool:
        """After a 401 to ``refused``: whether there is another value worth one more try."""
        ...


class _Static:
    def __init__(self, value: str, header: str = "Authorization") -> None:
        self._value, self.header = value, header

    def value(self) -> str:
        """The same value every time."""
        return self._value

    def renew(self, refused: str) -> bool:
        """A static token has no successor."""
        return False


def fit(value: str, what: str) -> str:
    """The value where a header can carry it; raises a ReconcilerError that does not show it otherwise."""
    if _FIT.match(value) is None:
        raise ReconcilerError(HEADER_UNFIT, f"{what} is empty or holds characters that no HTTP header can carry")
    return value


def bearer(token: Secret) -> Authorizer:
    """``Authorization: Bearer T``."""
    return _Static("Bearer " + _token(token, " "))


def basic_key(key: Secret) -> Authorizer:
    """``Authorization: Basic`` with the key as the user and an empty password (optimum.txt, Authentication)."""
    return _Static(_basic(_token(key, ":"), ""))


def basic_pair(client_id: Secret, client_secret: Secret) -> Authorizer:
    """``Authorization: Basic`` with client id and secret."""
    return _Static(_basic(_token(client_id, ":"), _token(client_secret)))


def quoted_token(token: Secret) -> Authorizer:
    """``Authorization: Token token="K"`` (customersure.txt L43; the document's working examples quote it)."""
    return _Static(f'Token token="{_token(token, chr(34) + chr(92))}"')


def key_header(name: str, key: Secret) -> Authorizer:
    """The key alone in a header of the vendor's own, without a scheme (buenno.txt L4)."""
    return _Static(_token(key, " "), name)


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode("latin-1")).decode("ascii")


def _token(secret: Secret, forbidden: str = "") -> str:
    value = fit(secret.reveal(), secret.name)
    if any(character in value for character in forbidden):
        raise ReconcilerError(HEADER_UNFIT, f"{secret.name} holds a character that its scheme does not allow")
    return value


class ClientCredentials:
    """OAuth2 client credentials: one token for all threads, renewed shortly before it ends and once after a 401.

    ``post`` sends a request to the token endpoint. A life that is missing or nonsense means a permanent token, a very
    long one is cut to 30 days (seconds, whatever other clients believe).
    """

    header = "Authorization"

    def __init__(self, post: Callable[[Request], Answer], *, clock: Callable[[], float]) -> None:
        self._post, self._clock = post, clock
        self._lock = threading.Lock()
        self._current: Secret | None = None
        self._until = math.inf

    def value(self) -> str:
        """The header with a token that is good for a while; fetched where there is none."""
        with self._lock:
            if self._current is None or self._clock() >= self._until:
                self._fetch()
            return self._header()

    def renew(self, refused: str) -> bool:
        """Fetch another token, unless another thread already has."""
        with self._lock:
            if self._current is None or self._header() == refused:
                self._fetch()
            return self._header() != refused

    def _header(self) -> str:
        assert self._current is not None
        return "Bearer " + _token(self._current, " ")

    def _fetch(self) -> None:
        form = {"grant_type": "client_credentials", "scope": "openid"}
        try:
            answer = self._post(Request("POST", "", Purpose.READ, form=form))
        except ReconcilerError as error:
            if error.code in (CREDENTIALS_REFUSED, CREDENTIALS_FORBIDDEN, READ_REFUSED):
                raise ReconcilerError(TOKEN_ENDPOINT_REFUSED, f"token endpoint: {error.message}") from None
            raise
        body = answer.json if isinstance(answer.json, dict) else {}
        token = body.get("access_token")
        if not isinstance(token, str) or not token:
            raise ReconcilerError(UNREADABLE, "the token endpoint's answer holds no access_token")
        life = _life(body.get("expires_in"))
        self._current = Secret(token, "the access_token that the token endpoint gave")
        self._until = self._clock() + life - min(_EARLY, life / 10)


def _life(seconds: object) -> float:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float, str)):
        return _LONGEST_LIFE
    try:
        life = float(json.loads(seconds) if isinstance(seconds, str) else seconds)
    except (ValueError, TypeError, OverflowError):
        return _LONGEST_LIFE
    return min(life, _LONGEST_LIFE) if life > 0 else _LONGEST_LIFE
