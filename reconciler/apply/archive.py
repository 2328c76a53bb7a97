"""The archive: what could be read of an object before it was deleted, one readable file an object.

``.reconciler/archive/<time>-<run>/optimum.Location.leeds.xd3S6.json``, and beside it ``….json.sha256`` in the form that
``sha256sum --check`` reads. A file is there whole or not at all, and it is on disk before the delete leaves.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from reconciler.errors import ARCHIVE_FAILED, ReconcilerError
from reconciler.model import JSON, Address
from reconciler.state import privacy

FORMAT = "reconciler-archive/1"
PLACE = Path(".reconciler", "archive")
_LONGEST_ID = 60  # characters of a file's name
# What a terminal or an editor would act on: C1 controls, invisible and bidi characters, halves of pairs.
_UNSEEN = re.compile("[\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Archive:
    """The folder of one run, in the project's. Nothing is made before the first object. Thread-safe."""

    project: Path
    run: str
    at: float  # seconds since the epoch

    @property
    def folder(self) -> Path:
        """The run's folder, relative to the project's."""
        return PLACE / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(self.at))}-{self.run[:8]}"

    def keep(self, address: Address, id: str, document: Mapping[str, JSON]) -> Path:
        """Write one object and its checksum; the file, relative to the project's folder. Raises RCN0606."""
        name = f"{address.provider}.{address.type}.{address.name}.{quote(id, safe='')[:_LONGEST_ID]}.json"
        content = _text(document).encode()
        path = self.folder / name
        try:
            folder = self._made()
            privacy.replace(folder / name, content)
            privacy.replace(folder / f"{name}.sha256", f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode())
            _sync(folder)
        except OSError as error:
            raise ReconcilerError(ARCHIVE_FAILED, f"{path}: {error.strerror or error}") from error
        return path

    def _made(self) -> Path:
        """The folder, for its owner alone; git is told to leave the archive alone."""
        top, folder = self.project / PLACE, self.project / self.folder
        known = folder.exists()
        privacy.make_folder(folder)
        if not known:
            privacy.ignored_by_git(top)
            _sync(top)
        return folder


def _text(document: Mapping[str, JSON]) -> str:
    text = json.dumps(_plain(document), indent=2, ensure_ascii=False, allow_nan=False)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def _plain(value: JSON) -> JSON:
    """The value as JSON has it: a vendor may say NaN, which is kept as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _sync(folder: Path) -> None:
    """The names in a folder onto disk as well."""
    fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
