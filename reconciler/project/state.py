"""Where a project keeps its state."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from reconciler import errors
from reconciler.model import SecretReference
from reconciler.project.secret import secret
from reconciler.project.settings import Project
from reconciler.project.url import Refusal

DEFAULT = "sqlite:///.reconciler/state.db"
OVERRIDE = "RECONCILER_STATE"
_SQLITE = "sqlite:///"
_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")
_SECRET = re.compile(r"password=|_secret=|scram_(client|server)_key=", re.IGNORECASE)  # among libpq's options


def state_location(written: object, environ: Mapping[str, str]) -> str | SecretReference:
    """The state's URL or a reference to it; RECONCILER_STATE comes first. Raises Refusal."""
    if environ.get(OVERRIDE):
        return SecretReference(env=OVERRIDE)
    if isinstance(written, Mapping):
        return SecretReference(env=written.get("env"), file=written.get("file"))
    return _checked(written if isinstance(written, str) else DEFAULT)


def state_url(project: Project, environ: Mapping[str, str] | None = None) -> str:
    """The state's URL, a SQLite path made absolute from the project's folder. It may hold a password: do not show it.

    Raises ReconcilerError where the variable or file is missing (RCN0204) or holds no such URL (RCN0212).
    """
    url = project.state
    if isinstance(url, SecretReference):
        name = str(url)
        url = secret(url, project.folder, os.environ if environ is None else environ).reveal()
        try:
            _checked(url, literal=False)
        except Refusal as refusal:
            raise errors.ReconcilerError(refusal.code, f"{name}: {refusal.message}") from None
    if not url.startswith(_SQLITE):
        return url
    return f"{_SQLITE}{(project.folder / url.removeprefix(_SQLITE)).absolute()}"


def _checked(url: str, *, literal: bool = True) -> str:
    if url.startswith(_SQLITE):
        if url.removeprefix(_SQLITE).strip() in ("", ":memory:"):
            raise Refusal(errors.STATE_UNFIT, "the state needs a file: sqlite:///PATH")
        return url
    try:
        parts = urlsplit(url)
        has_password = parts.password is not None or _SECRET.search(parts.query) is not None
    except ValueError:
        raise Refusal(errors.STATE_UNFIT, "the state is not a URL") from None
    if parts.scheme not in _POSTGRESQL:
        raise Refusal(errors.STATE_UNFIT, "the state is neither sqlite:///PATH nor postgresql://...")
    if literal and has_password:
        raise Refusal(
            errors.LITERAL_SECRET,
            "the state's URL holds a password",
            "write {env: NAME} for the whole URL, or leave the password to PGPASSWORD or PGPASSFILE",
        )
    return url
