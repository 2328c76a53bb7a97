"""The URL of a state on PostgreSQL: read with care, since it may hold a password, and shown without one.

libpq understands the same URLs, but repeats what it cannot understand; so what looks wrong is refused here, in words
that quote nothing of it.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from reconciler.errors import STATE_URL, ReconcilerError

SCHEMA = "reconciler"  # where our tables are in the database, unless the URL says ?schema=NAME
_SECRETS = ("password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key")
_HOSTS = re.compile(r"[A-Za-z0-9._:,%/\[\]@-]*")
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,50}")
_UNCLEAR = "special characters of a user name or password have to be percent-encoded: @ is %40, / is %2F, ? is %3F"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a state is: libpq's parameters, the schema of our tables, and how the place is called in messages.

    ``assumed_tls`` says that encryption is demanded by us, not by the URL or the environment.
    """

    parameters: Mapping[str, str] = field(repr=False)
    schema: str
    label: str
    assumed_tls: bool = False

    def hush(self, text: str) -> str:
        """A text of libpq or the server without the secrets of the URL and the environment."""
        secrets = [self.parameters.get(name) for name in _SECRETS] + [os.environ.get("PGPASSWORD")]
        for secret in sorted({s for s in secrets if s}, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text

    def key(self, *parts: str | int | None) -> int:
        """The number of an advisory lock for these parts, alike for everybody who uses this schema of the database."""
        text = "\0".join(("reconciler", self.schema, *("" if part is None else f"={part}" for part in parts)))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


def target_of(url: str, environ: Mapping[str, str] | None = None) -> Target:
    """What a URL names; raises STATE_URL, quoting nothing of it. Options are libpq's, and ``schema``."""
    environ = os.environ if environ is None else environ
    authority, path, query = _parts(url)
    user, hosts = _user(authority)
    options = _options(query)
    schema = options.pop("schema", SCHEMA)
    if not _NAME.fullmatch(schema):
        raise _wrong("schema is a name of small letters, digits and underscores")
    parameters = {**user, **_places(hosts), **({"dbname": unquote(path)} if path else {}), **options}
    assumed = _demands_tls(parameters, environ)
    if assumed:
        parameters["sslmode"] = "require"
    if "," in parameters.get("host", "") and "target_session_attrs" not in parameters:
        parameters["target_session_attrs"] = "read-write"  # a standby may not know the last intents
    return Target(parameters, schema, _label(parameters, environ), assumed)


def _parts(url: str) -> tuple[str, str, str]:
    scheme, slashes, rest = url.partition("://")
    if scheme.lower() not in ("postgresql", "postgres", "postgresql+psycopg") or not slashes:
        raise _wrong("a URL starts with postgresql://")
    if rest.count("@") > 1 or ("@" in rest and "@" not in re.split(r"[/?#]", rest)[0]) or "#" in rest:
        raise _wrong(_UNCLEAR)
    if not rest.isprintable() or " " in rest:
        raise _wrong("spaces and invisible characters have to be percent-encoded")
    before, _, query = rest.partition("?")
    authority, _, path = before.partition("/")
    return authority, path, query


def _user(authority: str) -> tuple[dict[str, str], str]:
    """User and password, and the hosts."""
    user, found, hosts = authority.rpartition("@")
    if not found:
        return {}, authority
    name, colon, password = user.partition(":")
    told = {"user": unquote(name)} if name else {}
    return (told | {"password": unquote(password)} if colon and password else told), hosts


def _places(hosts: str) -> dict[str, str]:
    """Hosts and ports, as libpq takes them: lists with commas."""
    if not _HOSTS.fullmatch(hosts):
        raise _wrong(_UNCLEAR)
    names, ports = [], []
    for place in hosts.split(","):
        match = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(\d{0,5}))?", place)
        if match is None:
            raise _wrong(f"a port is a number; {_UNCLEAR}")
        names.append(unquote(match[1].strip("[]")))
        ports.append(match[2] or "")
    found = {"host": ",".join(names), "port": ",".join(ports)}
    return {name: value for name, value in found.items() if value.strip(",")}


def _options(query: str) -> dict[str, str]:
    from psycopg.pq import Conninfo

    known = {option.keyword.decode() for option in Conninfo.get_defaults()} | {"schema"}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise _wrong("what follows the ? is name=value, several with & between them") from None
    unknown = sorted(name for name, _ in pairs if name not in known)
    if unknown:
        raise _wrong(f"an option after the ? is not known; PostgreSQL's are known, and schema; {_UNCLEAR}")
    return dict(pairs)


def _demands_tls(parameters: Mapping[str, str], environ: Mapping[str, str]) -> bool:
    """Whether nobody said how to encrypt, and the server is another machine: then unencrypted is not good enough."""
    if "sslmode" in parameters or environ.get("PGSSLMODE"):
        return False
    if "service" in parameters or environ.get("PGSERVICE"):
        return False
    hosts = parameters.get("hostaddr") or parameters.get("host") or environ.get("PGHOSTADDR") or environ.get("PGHOST")
    return not all(_is_near(host) for host in (hosts or "").split(","))


def _is_near(host: str) -> bool:
    """A socket of this machine, or its loopback."""
    if host in ("", "localhost") or host.startswith(("/", "@")):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _label(parameters: Mapping[str, str], environ: Mapping[str, str]) -> str:
    """user@host:port/database, as far as it is said."""
    if "service" in parameters:
        return f"postgresql service {parameters['service']}"
    user = parameters.get("user") or environ.get("PGUSER") or ""
    host = parameters.get("host") or parameters.get("hostaddr") or environ.get("PGHOST") or "localhost"
    port = parameters.get("port") or environ.get("PGPORT") or ""
    name = parameters.get("dbname") or environ.get("PGDATABASE") or user
    shown = f"postgresql://{user}{'@' if user else ''}{host}{':' if port else ''}{port}/{name}"
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in shown)


def _wrong(what: str) -> ReconcilerError:
    return ReconcilerError(
        STATE_URL,
        f"the URL of the state on PostgreSQL cannot be understood: {what}",
        hint="write postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full",
    )
