"""Secrets fetched from where the project file says they are, when they are needed and not before."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from reconciler import errors
from reconciler.document import read_bytes
from reconciler.errors import Problems, ReconcilerError
from reconciler.model import Secret, SecretReference

_MOST = 64 * 1024
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def secret(reference: SecretReference, folder: Path, environ: Mapping[str, str] | None = None) -> Secret:
    """The secret that a reference names; a file's path is relative to ``folder``.

    Raises ReconcilerError (RCN0204, RCN0205), which names the variable or file and never the value.
    """
    if reference.env is not None:
        name = f"the environment variable {reference.env}"
        value = (os.environ if environ is None else environ).get(reference.env)
        if not value:
            state = "not set" if value is None else "empty"
            raise ReconcilerError(
                errors.SECRET_MISSING, f"{name} is {state}", hint=f"set {reference.env} to the secret and run again"
            )
    else:
        name = f"the file {reference.file}"
        value = _from_file(folder / (reference.file or ""), name)
    if not value.strip():
        raise ReconcilerError(errors.SECRET_MISSING, f"{name} is empty")
    if _UNFIT.search(value):
        raise ReconcilerError(errors.SECRET_UNFIT, f"{name} holds control characters or bytes that are not text")
    return Secret(value, name)


def _from_file(path: Path, name: str) -> str:
    try:
        text = read_bytes(path, name, _MOST).decode()
    except Problems as problems:
        code = errors.SECRET_MISSING if problems.errors[0].code == errors.UNREADABLE_FILE else errors.SECRET_UNFIT
        raise ReconcilerError(code, f"{name} cannot be used", hint=_why(problems.errors[0])) from None
    except UnicodeDecodeError:
        raise ReconcilerError(errors.SECRET_UNFIT, f"{name} is not UTF-8 text") from None
    return text.removesuffix("\n").removesuffix("\r")


def _why(error: ReconcilerError) -> str:
    return "the file is larger than any secret" if error.code == errors.TOO_LARGE else error.message
