"""Saved plans on disk: written whole or not at all, readable by their owner alone."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from reconciler.errors import OUTPUT_FAILED, PLAN_UNREADABLE, ReconcilerError
from reconciler.model import Plan
from reconciler.plan.approval import Approval, approve
from reconciler.plan.planfile import dump, load
from reconciler.report.shape import plan_document
from reconciler.schema import Registry

LARGEST = 256 * 1024 * 1024  # bytes; a plan of 50,000 objects takes about 60 MB


def save(path: Path, plan: Plan, registry: Registry) -> None:
    """Write the plan; mode 0600, since it holds what the manifests hold."""
    text = dump(plan, approve(plan), plan_document(plan, registry))
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
        Path(name).replace(path)
    except OSError as error:
        raise ReconcilerError(OUTPUT_FAILED, f"{path}: {error.strerror}") from error


def read(path: Path) -> tuple[Plan, Approval]:
    """Read a saved plan; raises RCN0701 where it is none, was cut or edited."""
    try:
        if path.stat().st_size > LARGEST or not path.is_file():
            raise ReconcilerError(PLAN_UNREADABLE, f"{path} is no plan file")
        text = path.read_text(encoding="utf-8", errors="surrogatepass")
    except OSError as error:
        raise ReconcilerError(PLAN_UNREADABLE, f"{path}: {error.strerror}") from error
    except UnicodeError as error:
        raise ReconcilerError(PLAN_UNREADABLE, f"{path} is no plan file") from error
    return load(text)
