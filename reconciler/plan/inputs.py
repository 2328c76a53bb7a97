"""What planning works from: everything already read, nothing to look up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property

from reconciler.model import Address, Blocked, Calls, Desired, Observed, Sealed, Selection, Snapshot, Trouble
from reconciler.plan.ledger import Ledger
from reconciler.schema import Registry


@dataclass(frozen=True)
class Inputs:
    """One picture of the three sides.

    ``live`` holds a complete listing per (connection, kind); a key that is missing was not listed, and ``troubles``
    says of which it could not be. ``filtered`` are listings that hold only what was sought. ``unsettled`` are
    addresses with an open write that reading back could not settle. ``identities`` say of declared one-time records
    what their words are, ``earlier_identities`` what they were under earlier names of what they refer to; ``sends``
    are the addresses that may send (None: all), ``now`` the time at which they would, in seconds since the epoch.
    """

    project: str
    environment: str | None
    registry: Registry
    desired: Mapping[Address, Desired]
    snapshot: Snapshot
    live: Mapping[tuple[str, str], tuple[Observed, ...]]
    selection: Selection = field(default_factory=Selection)
    troubles: tuple[Trouble, ...] = ()
    unsettled: Mapping[Address, Blocked] = field(default_factory=dict)
    calls: Mapping[str, Calls] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    filtered: frozenset[tuple[str, str]] = frozenset()
    identities: Mapping[Address, Sealed] = field(default_factory=dict)
    earlier_identities: Mapping[Address, tuple[Sealed, ...]] = field(default_factory=dict)
    sends: frozenset[Address] | None = frozenset()
    now: float | None = None

    @cached_property
    def ledger(self) -> Ledger:
        """What was sent ever, found by address and by what was said."""
        everything = self.desired if self.selection.everything else None
        before = self.earlier_identities
        return Ledger(self.snapshot.ledger, self.identities, everything, self.snapshot.open_intents, before)

    def previous(self, address: Address) -> tuple[Address, ...]:
        """What a declared address was called before: as its manifest says, and as the ledger knows by its words."""
        return (*self.desired[address].previous_names, *self.ledger.earlier(address))

    def trouble(self, connection: str, kind: str) -> Trouble | None:
        """Why a kind could not be read there, or None. A part cannot be read where its whole cannot."""
        for trouble in self.troubles:
            if trouble.connection == connection and trouble.kind == kind:
                return trouble
        rtype = self.registry.get(kind)
        if rtype.part_of is not None:
            whole = rtype.fields[rtype.part_of.reference].ref
            return self.trouble(connection, whole) if whole else None
        return None


def selects(selection: Selection, address: Address) -> bool:
    """Whether an address is in scope: matched by a target (if there are any) and by no exclude."""
    if not selection.targets and not selection.excludes:
        return True
    text = str(address)
    if any(fnmatchcase(text, glob) for glob in selection.excludes):
        return False
    return not selection.targets or any(fnmatchcase(text, glob) for glob in selection.targets)


def in_scope(inputs: Inputs, address: Address) -> bool:
    """Whether the plan decides about an address; with partial files a record without a manifest is out of scope."""
    if not selects(inputs.selection, address):
        return False
    partial = bool(inputs.selection.files) and not inputs.selection.complete
    return address in inputs.desired or not partial
