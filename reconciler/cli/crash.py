"""The log of an unexpected failure: the stack without any value, so that no token and no customer can be in it."""

from __future__ import annotations

import os
import tempfile
import traceback
from pathlib import Path

from reconciler import __version__


def write_log(error: BaseException) -> Path | None:
    """Write the stack (files, lines, function names; no messages, no source, no values); None where that fails too."""
    lines = [f"reconciler {__version__}", ""]
    seen: BaseException | None = error
    while seen is not None:
        lines.append(type(seen).__name__)
        lines += [
            f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(seen.__traceback__)
        ]
        seen = seen.__cause__ or seen.__context__
    try:
        handle, name = tempfile.mkstemp(prefix="reconciler-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        return Path(name)
    except OSError:
        return None
