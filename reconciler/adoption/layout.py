"""Where a manifest lies and how its file begins: a file an object, in a folder for its connection and its kind.

One file each, since that is what people review, move and blame: ``optimum/locations/leeds.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from reconciler.document.spelling import dumped
from reconciler.model import JSON, Address

SCHEMA = ".reconciler/schemas/manifest.json"  # below the project's folder; `reconciler schema --out` writes it


def path_of(folder: PurePosixPath, connection: str, address: Address) -> PurePosixPath:
    """The file of a manifest, relative to the project's folder as ``folder`` is."""
    return folder / connection / f"{address.type.lower()}s" / f"{address.name}.yaml"


def text_of(path: PurePosixPath, document: Mapping[str, JSON]) -> str:
    """A file's text: the line that tells editors where the schema is, and the manifest."""
    up = "../" * (len(path.parts) - 1)
    return f"# yaml-language-server: $schema={up}{SCHEMA}\n{dumped(document)}"
