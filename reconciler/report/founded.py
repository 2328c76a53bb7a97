"""What ``init`` made, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model import JSON
from reconciler.report.style import Style

_PLAIN = Style()
Told = Sequence[tuple[str, str]]  # a file or a command, and a word on it


def founded_text(
    project: str, made: Told, kept: Told, steps: Told, *, begun: bool = True, style: Style = _PLAIN
) -> str:
    """The files and the next steps; ends with a newline. Without ``begun`` the project was there before."""
    title = f"The project {project} is begun." if begun else f"Workflows for the project {project}."
    parts = [style.bold(title), *([_block("Made:", made)] if made else [])]
    if kept:
        parts.append(_block("Left as it was:", kept))
    parts.append(_block(style.bold("Next:"), steps))
    return "\n\n".join(parts) + "\n"


def founded_document(project: str, made: Told, kept: Told, steps: Told) -> dict[str, JSON]:
    """The same for programs."""
    return {
        "format_version": "1.0",
        "project": project,
        "made": [{"file": name, "note": note or None} for name, note in made],
        "kept": [{"file": name, "note": note or None} for name, note in kept],
        "next": [command for command, _ in steps],
    }


def _block(title: str, rows: Told) -> str:
    wide = max((len(name) for name, note in rows if note), default=0)
    return "\n".join([title, *(f"  {name.ljust(wide) if note else name}   {note}".rstrip() for name, note in rows)])
