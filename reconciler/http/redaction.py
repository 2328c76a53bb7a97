"""The credentials of a request taken out of what came back, in every form in which a vendor may repeat them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, quote_plus

HIDDEN = "***"
_SHORTEST = 4  # characters; hiding a shorter token would spoil the text and tell it all the more
_TELLING = 8  # characters from which on a credential does not stand in an answer by chance


def without(content: bytes, authorization: str) -> bytes:
    """An answer's bytes without the credentials that its request was sent with."""
    for form in _forms(authorization):
        if form in content:
            content = content.replace(form, HIDDEN.encode())
    return content


def cleaned(text: str, authorization: str) -> str:
    """The same for a text, such as a URL that a vendor redirected to."""
    return without(text.encode("utf-8", "surrogatepass"), authorization).decode("utf-8", "surrogatepass")


def repeats(content: bytes, authorization: str) -> bool:
    """Whether an answer that is data repeats a credential, which no data does by chance."""
    return any(form in content for form in _forms(authorization) if len(form) >= _TELLING)


@lru_cache(maxsize=64)
def _forms(authorization: str) -> tuple[bytes, ...]:
    """The spellings of a header's credentials, longest first."""
    found = {form for secret in _secrets(authorization) for form in _spelled(secret)}
    return tuple(sorted((form for form in found if len(form) >= _SHORTEST), key=lambda form: (-len(form), form)))


def _secrets(authorization: str) -> set[str]:
    """What in a header is secret: as it was sent, and what that stands for."""
    scheme, blank, sent = authorization.partition(" ")
    secrets = {sent if blank else authorization}  # a key of its own header has no scheme
    if scheme == "Basic":
        user, _, password = base64.b64decode(sent).decode("latin-1").partition(":")
        secrets |= {user, password, f"{user}:{password}"}
    elif scheme == "Token":
        secrets.add(sent.removeprefix('token="').removesuffix('"'))
    return {secret for secret in secrets if len(secret) >= _SHORTEST}


def _spelled(secret: str) -> Iterator[bytes]:
    """Plain, in a URL (hexadecimal digits of either case), in JSON, and in base64 however it falls on its groups."""
    for encoding in ("latin-1", "utf-8"):
        raw = secret.encode(encoding)
        yield raw
        for url in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
            yield url.encode()
            yield _lower(url).encode()
        for shift, lead in enumerate((0, 2, 3)):
            for encode in (base64.b64encode, base64.urlsafe_b64encode):
                yield encode(b"\0" * shift + raw)[lead:]  # where nothing follows
                yield encode(b"\0" * shift + raw).rstrip(b"=")[lead:-1]
    escaped = json.dumps(secret)[1:-1]
    yield escaped.encode()
    yield escaped.replace("/", "\\/").encode()
    yield json.dumps(secret, ensure_ascii=False)[1:-1].encode()


def _lower(url: str) -> str:
    """Escapes with lower-case digits."""
    first, *rest = url.split("%")
    return "".join([first, *(f"%{part[:2].lower()}{part[2:]}" for part in rest)])
