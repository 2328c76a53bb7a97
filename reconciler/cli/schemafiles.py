"""The shipped schemas laid out as files for editors and validators."""

from __future__ import annotations

from pathlib import Path

from reconciler.cli.newfile import put, refused
from reconciler.errors import OUTPUT_FAILED, ReconcilerError
from reconciler.schema.shipped import shipped
from reconciler.state import privacy

_OURS = b'"urn:reconciler:schema:'  # how the $id of every schema begins
FOLDER = f"{privacy.FOLDER}/schemas"  # in a project; editors are told of it


def lay_out(folder: Path) -> tuple[Path, ...]:
    """Write every schema below a folder, over those of an earlier version; their paths, sorted. Raises RCN0304, and
    where a file that is no schema of ours is in the way (in a folder that is not ours), nothing is written."""
    private = privacy.FOLDER in folder.parts
    schemas = sorted(shipped().values(), key=lambda one: one.place)
    for one in () if private else schemas:
        _check_free(folder / one.place)
    written = []
    for one in schemas:
        path = folder / one.place
        if private:
            _keep(path, one.path.read_bytes())
        else:
            put(path, one.path.read_text("utf-8"), folder)
        written.append(path)
    return tuple(written)


def _check_free(path: Path) -> None:
    """Raise RCN0304 for a file of somebody's: plan.json and drift.json are what people call their reports, too."""
    try:
        ours = not path.is_file() or _OURS in path.read_bytes()
    except OSError as error:
        raise refused(path, error) from error
    if not ours:
        raise ReconcilerError(OUTPUT_FAILED, f"{path} is there, and is no schema", hint="give --out another folder")


def _keep(path: Path, content: bytes) -> None:
    """A file in our own folder, which is closed to others and left alone by git."""
    try:
        privacy.make_folder(path.parent)
        privacy.replace(path, content)
    except OSError as error:
        raise refused(path, error) from error
