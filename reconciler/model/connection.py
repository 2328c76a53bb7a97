"""A connection of the project file: one vendor, one token, where it points and how hard it may be asked."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


class Secret:
    """A token or password. It shows itself to nobody; ``reveal`` is for the one header that needs it.

    ``name`` says where it came from ("the environment variable ENCO_TOKEN"), for messages about it.
    """

    __slots__ = ("_value", "name")

    def __init__(self, value: str, name: str = "the token") -> None:
        self._value, self.name = value, name

    def reveal(self) -> str:
        """The secret itself; for the transport alone."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a secret is not pickled")


@dataclass(frozen=True, slots=True)
class SecretReference:
    """Where a secret is kept: an environment variable or a file, exactly one of them."""

    env: str | None = None
    file: str | None = None

    def __str__(self) -> str:
        return f"{{env: {self.env}}}" if self.env else f"{{file: {self.file}}}"


@dataclass(frozen=True, slots=True)
class OAuthReference:
    """OAuth2 client credentials of a connection, by reference."""

    client_id: SecretReference
    client_secret: SecretReference
    token_url: str


@dataclass(frozen=True, slots=True)
class Connection:
    """Settings of one connection, defaults filled in.

    ``timeout`` is the deadline of a whole request in seconds, ``settle`` how long a vendor's lists may lag behind a
    create in seconds, ``concurrency`` requests in flight,
    ``requests_per_second`` the most that are sent (None: no limit), ``awaits`` the address that has to be applied
    before somebody can fetch the token.
    """

    name: str
    provider: str
    base_url: str
    token: SecretReference | None = None
    oauth: OAuthReference | None = None
    company: str | None = None
    timeout: float = 30.0
    settle: float = 30.0
    concurrency: int = 16
    requests_per_second: float | None = None
    proxy: str | None = None
    ca_file: str | None = None
    awaits: str | None = None

    @property
    def origin(self) -> str:
        """Scheme, host and port of the base URL."""
        return origin_of(self.base_url)


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL, the port always written."""
    parts = urlsplit(url)
    port = {"https": 443, "http": 80}.get(parts.scheme, 0) if parts.port is None else parts.port
    host = (parts.hostname or "").lower()
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"
