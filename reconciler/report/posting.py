"""A report as GitHub takes it: under a hidden marker, above a line about the run, and never too long."""

from __future__ import annotations

import re
from collections.abc import Callable

from reconciler.report.markdown import LIMIT, units

_LEFT_OUT = "**The rest is left out here**, so that this stays short enough; all of it is in the run's summary or log."
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def posting(head: str, text: Callable[[int], str], foot: str, limit: int) -> str:
    """``head`` (a marker), what ``text`` makes of the room there is, and ``foot``: together at most ``limit`` UTF-16
    units."""
    tail = f"\n\n{foot}" if foot else ""
    room = limit - units(head) - units(tail) - 2
    return f"{head}\n{fitted(text(min(room, LIMIT)), room).rstrip()}{tail}\n"


def foot(commit: str | None, run_url: str | None) -> str:
    """Which commit and which run a text is about; "" where neither is known."""
    parts = [f"Commit {commit[:12]}"] if commit else []
    parts += [f"[run]({run_url})"] if run_url else []
    return f"<sub>{', '.join(parts)}</sub>" if parts else ""


def fitted(text: str, room: int) -> str:
    """Markdown of at most ``room`` UTF-16 units: cut where no block of code and no details are open, and said so."""
    if units(text) <= room:
        return text
    left = room - units(_LEFT_OUT) - 2
    kept: list[str] = []
    whole = 0  # of these lines so many can stand alone
    fence, details = "", 0
    for line in text.split("\n"):
        left -= units(line) + 1
        if left < 0:
            break
        kept.append(line)
        fence = _fence_after(line, fence)
        details += 0 if fence else line.count("<details") - line.count("</details>")
        whole = len(kept) if not fence and details <= 0 else whole
    return "\n".join([*kept[:whole], "", _LEFT_OUT])


def _fence_after(line: str, fence: str) -> str:
    """The fence that is open behind a line; "" for none."""
    match = _FENCE.match(line)
    if match is None:
        return fence
    if not fence:
        return match[1]
    return "" if match[1].startswith(fence) and not line.strip().strip(fence[0]) else fence
