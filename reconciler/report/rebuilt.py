"""What a rebuild of the state finds: records, what cannot be told apart, what is not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from reconciler.model import JSON, Address, Recorded, Trouble
from reconciler.report.phrase import number_of
from reconciler.report.shape import FORMAT_VERSION
from reconciler.report.style import Style
from reconciler.report.visible import visible

_PLAIN = Style()


class Unclear(Protocol):
    """An address whose live object cannot be told."""

    @property
    def address(self) -> Address: ...
    @property
    def message(self) -> str: ...
    @property
    def candidates(self) -> tuple[str, ...]: ...


class Found(Protocol):
    """What was found."""

    @property
    def records(self) -> Sequence[Recorded]: ...
    @property
    def kept(self) -> Sequence[Address]: ...
    @property
    def unclear(self) -> Sequence[Unclear]: ...
    @property
    def absent(self) -> Sequence[Address]: ...
    @property
    def unsure(self) -> Sequence[Address]: ...
    @property
    def unverified(self) -> Mapping[Address, tuple[str, ...]] | None: ...
    @property
    def unmanaged(self) -> int: ...
    @property
    def troubles(self) -> Sequence[Trouble]: ...


def rebuilt_text(found: Found, style: Style = _PLAIN) -> str:
    """One block a sort of finding; ends with a newline."""
    unverified = found.unverified or {}
    records = [
        f"{r.address}  id {visible(r.id)}" + (f"  (unverified: {', '.join(names)})" if names else "")
        for r in found.records
        for names in [unverified.get(r.address, ())]
    ]
    unclear = [f"{u.address}  {visible(u.message)}" for u in found.unclear]
    troubles = [f"{t.kind} of {visible(t.connection)}  {visible(t.message)}" for t in found.troubles]
    blocks = [
        _block(style.green("Found"), records),
        _block(style.red("Cannot be told apart"), unclear),
        _block("No live object; the next plan creates it", [str(address) for address in found.absent]),
        _block("Nobody can tell whether these were sent", [str(address) for address in found.unsure]),
        _block(style.red("Could not be read"), troubles),
    ]
    notes = []
    if found.kept:
        notes.append(f"{number_of(len(found.kept), 'record')} there already, and left as they are.")
    if found.unmanaged:
        notes.append(f"{number_of(found.unmanaged, 'live object')} that no manifest declares stay unmanaged.")
    notes += [] if records else ["No record was found that is not there."]
    return "\n".join([block for block in blocks if block] + notes) + "\n"


def rebuilt_document(found: Found, written: int) -> dict[str, JSON]:
    """The same as a document; ``written`` is the number of records that were written."""
    unverified = found.unverified or {}
    return {
        "format_version": FORMAT_VERSION,
        "written": written,
        "found": [
            {
                "address": str(r.address),
                "id": r.id,
                "connection": r.connection,
                "unverified": list(unverified.get(r.address, ())),
            }
            for r in found.records
        ],
        "unclear": [
            {"address": str(u.address), "message": u.message, "candidates": list(u.candidates)} for u in found.unclear
        ],
        "absent": [str(address) for address in found.absent],
        "unsure": [str(address) for address in found.unsure],
        "kept": [str(address) for address in found.kept],
        "unmanaged": found.unmanaged,
        "errors": [
            {"connection": t.connection, "type": t.kind.rpartition("/")[2], "code": t.code, "message": t.message}
            for t in found.troubles
        ],
    }


def _block(title: str, lines: Sequence[str]) -> str:
    return "".join([f"{title}:\n", *(f"  {line}\n" for line in lines)]) if lines else ""
