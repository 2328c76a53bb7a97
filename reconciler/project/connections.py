"""Connections of a project file: defaults filled in, credentials and addresses checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler import errors
from reconciler.document import suggest
from reconciler.errors import ReconcilerError
from reconciler.model import Connection, OAuthReference, SecretReference
from reconciler.project.provider import Provider, known_fields, providers
from reconciler.project.url import Refusal, check_url

# (code, message, keys below the connection, hint) -> the error in its place
Telling = Callable[[str, str, tuple[str, ...], str], ReconcilerError]


@dataclass(frozen=True, slots=True)
class Written:
    """One connection as it stands in the file (its environment laid over), and how to point at it."""

    name: str
    data: Mapping[str, Any]
    tell: Telling

    @property
    def provider(self) -> Provider | None:
        """The provider, where the connection names a known one."""
        return providers().get(str(self.data.get("provider")))


def faults(written: Written, allowed: frozenset[str]) -> list[ReconcilerError]:
    """Everything that is wrong with a connection beyond its shape."""
    provider = written.provider
    if "provider" not in written.data:
        return [written.tell(errors.PROVIDER_MISSING, f'the connection "{written.name}" has no provider', (), "")]
    if provider is None:  # told with the shape
        return []
    return [
        *_credential_faults(written, provider),
        *_company_faults(written, provider),
        *_address_faults(written, provider, allowed),
    ]


def _credential_faults(written: Written, provider: Provider) -> Iterator[ReconcilerError]:
    given = [name for name in ("token", "oauth") if name in written.data]
    for name in given:
        if name not in provider.credentials:
            message = f'{provider.name} takes no "{name}"'
            yield written.tell(errors.CREDENTIALS_UNDECIDED, message, (name,), "use token: {env: NAME}")
    if not given and not any(suggest(key, provider.credentials) for key in written.data.keys() - known_fields()):
        takes = " or ".join(provider.credentials)
        message = f'the connection "{written.name}" has no credential'
        yield written.tell(errors.CREDENTIALS_UNDECIDED, message, (), f"add {takes}, for instance token: {{env: NAME}}")
    elif len(given) == 2 and set(given) <= set(provider.credentials):
        message = f'the connection "{written.name}" has both token and oauth'
        yield written.tell(errors.CREDENTIALS_UNDECIDED, message, ("oauth",), "keep one of the two")


def _company_faults(written: Written, provider: Provider) -> Iterator[ReconcilerError]:
    if provider.company and "company" not in written.data:
        message = f'the connection "{written.name}" does not say which company asks'
        hint = f"add company: NAME; {provider.name} demands it as User-Agent"
        yield written.tell(errors.COMPANY_MISSING, message, (), hint)
    if not provider.company and "company" in written.data:
        yield written.tell(
            errors.UNKNOWN_FIELD, 'unknown field "company"', ("company",), f"{provider.name} asks for no company"
        )


def _address_faults(written: Written, provider: Provider, allowed: frozenset[str]) -> Iterator[ReconcilerError]:
    oauth = written.data.get("oauth")
    oauth = oauth if isinstance(oauth, Mapping) else {}
    addresses = (
        (("baseUrl",), written.data.get("baseUrl"), provider.hosts),
        (("oauth", "tokenUrl"), oauth.get("tokenUrl"), provider.hosts),
        (("proxy",), written.data.get("proxy"), ()),
    )
    for keys, url, hosts in addresses:
        if not isinstance(url, str):
            continue
        try:
            check_url(url, hosts, allowed, proxy=keys == ("proxy",))
        except Refusal as refusal:
            yield written.tell(refusal.code, f"{keys[-1]}: {refusal.message}", keys, refusal.hint)
    if oauth and "tokenUrl" not in oauth and not _own_host(written, provider):
        hint = "needed beside a baseUrl that is not the vendor's own, lest the secret goes to another place"
        yield written.tell(errors.MISSING_FIELD, 'missing field "tokenUrl"', ("oauth",), hint)


def _own_host(written: Written, provider: Provider) -> bool:
    from urllib.parse import urlsplit

    try:
        return (urlsplit(str(written.data.get("baseUrl", provider.base_url))).hostname or "") in provider.hosts
    except ValueError:
        return False


def connection(written: Written, folder: Path) -> Connection:
    """A connection without faults as a value."""
    provider, data = written.provider, written.data
    assert provider is not None
    limit = provider.requests_per_second if _own_host(written, provider) else None
    return Connection(
        name=written.name,
        provider=provider.name,
        base_url=data.get("baseUrl", provider.base_url).rstrip("/"),
        token=_reference(data["token"]) if "token" in data else None,
        oauth=_oauth(data["oauth"], provider) if "oauth" in data else None,
        company=data.get("company"),
        timeout=float(data.get("timeout", 30.0)),
        settle=float(data.get("settle", 30.0)),
        concurrency=data.get("concurrency", 16),
        requests_per_second=data.get("requestsPerSecond", limit),
        proxy=data.get("proxy"),
        ca_file=str(folder / data["caFile"]) if "caFile" in data else None,
        awaits=data.get("awaits"),
    )


def _reference(data: Mapping[str, str]) -> SecretReference:
    return SecretReference(env=data.get("env"), file=data.get("file"))


def _oauth(data: Mapping[str, Any], provider: Provider) -> OAuthReference:
    token_url = data.get("tokenUrl", provider.token_url or "")
    return OAuthReference(_reference(data["clientId"]), _reference(data["clientSecret"]), token_url)
