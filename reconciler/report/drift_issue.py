"""What an issue about drift says: title, text, a word about each change, and digests that tell one drift from another.

Everything here takes a plan as ``view_of`` shows it: what is hidden there is in no digest either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from reconciler.model import JSON, Drift, Plan, digest
from reconciler.report.document import plain
from reconciler.report.drift_markdown import drift_markdown
from reconciler.report.drift_text import drift_sentence
from reconciler.report.markdown import code, units
from reconciler.report.phrase import listed
from reconciler.report.shape import drift_summary
from reconciler.report.visible import shortened, visible
from reconciler.schema import Registry

_LONGEST_TITLE: Final = 200  # characters; GitHub takes 256
_DIGEST: Final = 16  # hexadecimal digits
_NOTES: Final[Mapping[str, str]] = {
    "updated": "The drift is another one now: **{now}**. The description is up to date",
    "reopened": "There is drift again: **{now}**",
    "closed": "No drift any more: the live objects are as they were last applied",
}


def title(view: Plan) -> str:
    """The title of a new issue."""
    place = f"{view.project} ({view.environment})" if view.environment else view.project
    return shortened(f"Drift in {visible(place)}", _LONGEST_TITLE)


def text(view: Plan, registry: Registry, kept: Iterable[str], room: int) -> str:
    """The description, of at most ``room`` UTF-16 units. ``kept`` are the parts whose earlier drift still stands."""
    parts = listed(code(part) for part in kept)
    told = f"\n**Told earlier, and not readable now: {parts}.** It stays told until it can be read again.\n"
    told = told if parts else ""
    return drift_markdown(view, registry, limit=room - units(told)) + told


def note(step: str, view: Plan, run_url: str | None) -> str:
    """The comment beside a change of the issue."""
    where = f" ([run]({run_url}))" if run_url else ""
    return f"{_NOTES[step].format(now=drift_sentence(view))}{where}."


def outputs(view: Plan) -> dict[str, str]:
    """The counts, as outputs of a step: nothing that a vendor says."""
    count = drift_summary(view)
    flags = {"drift": bool(count["drifted"] or count["gone"]), "complete": not view.troubles}
    return {
        **{name: str(flag).lower() for name, flag in flags.items()},
        **{name: str(count[name]) for name in ("drifted", "gone", "unrepairable")},
    }


def digests(view: Plan) -> dict[str, str]:
    """What moved, as a digest for each part (``CONNECTION/KIND``) where anything did that is not ignored."""
    moved: dict[str, list[JSON]] = {}
    for drift in view.drift:
        if not drift.ignored:
            moved.setdefault(f"{drift.connection}/{drift.address.type}", []).append(_told(drift))
    return {part: digest(items).removeprefix("sha256:")[:_DIGEST] for part, items in sorted(moved.items())}


def unread(view: Plan) -> frozenset[str]:
    """The parts of which nothing is known: ``CONNECTION/KIND``, or ``CONNECTION/`` for all kinds of one."""
    return frozenset(f"{trouble.connection}/{trouble.kind.rpartition('/')[2]}" for trouble in view.troubles)


def _told(drift: Drift) -> JSON:
    fields = [[change.path, plain(change.before), plain(change.after)] for change in drift.fields if not change.ignored]
    return [str(drift.address), drift.id, drift.after is None, fields]
