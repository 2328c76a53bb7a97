"""The shipped schemas laid out as files for editors and validators."""

from __future__ import annotations

from pathlib import Path

from reconciler.cli.newfile import put, refused
from reconciler.schema.shipped import shipped
from reconciler.state import privacy

FOLDER = f"{privacy.FOLDER}/schemas"  # in a project; editors are told of it


def lay_out(folder: Path) -> tuple[Path, ...]:
    """Write every schema below a folder, over those of an earlier version; their paths, sorted. Raises RCN0304."""
    private = privacy.FOLDER in folder.parts
    written = []
    for one in sorted(shipped().values(), key=lambda one: one.place):
        path = folder / one.place
        if private:
            _keep(path, one.path.read_bytes())
        else:
            put(path, one.path.read_text("utf-8"), folder)
        written.append(path)
    return tuple(written)


def _keep(path: Path, content: bytes) -> None:
    """A file in our own folder, which is closed to others and left alone by git."""
    try:
        privacy.make_folder(path.parent)
        privacy.replace(path, content)
    except OSError as error:
        raise refused(path, error) from error
