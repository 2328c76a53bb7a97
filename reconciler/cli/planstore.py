"""Saved plans on disk: written whole or not at all, readable by their owner alone."""

from __future__ import annotations

from pathlib import Path

from reconciler.errors import OUTPUT_FAILED, PLAN_UNREADABLE, ReconcilerError
from reconciler.model import Plan
from reconciler.plan.approval import Approval, approve
from reconciler.plan.planfile import dump, load
from reconciler.report.masking import masked_plan
from reconciler.report.shape import plan_document
from reconciler.schema.sealing import Sealing
from reconciler.state import privacy

LARGEST = 256 * 1024 * 1024  # bytes; a plan of 50,000 objects takes about 60 MB


def save(path: Path, plan: Plan, sealing: Sealing) -> None:
    """Write the plan; mode 0600, since it holds what the manifests hold. Personal data is masked in it, and what is
    approved of it a digest under the key."""
    registry = sealing.registry
    text = dump(masked_plan(plan, registry), approve(plan, sealing.digest), plan_document(plan, registry))
    try:
        if path.parent.name == privacy.FOLDER:
            privacy.make_folder(path.parent)
        if path.exists() and not path.is_file():
            raise ReconcilerError(OUTPUT_FAILED, f"{path} is there, and is no file")
        privacy.replace(path, text.encode("utf-8", "surrogatepass"))
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
