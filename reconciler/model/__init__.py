"""Frozen values that the parts hand to each other; nothing here reads or writes anything."""

from reconciler.model.address import NAME_PATTERN, Address
from reconciler.model.connection import Connection, OAuthReference, Secret, SecretReference, origin_of
from reconciler.model.jsontext import check_bounds, parsed
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import (
    HELD,
    SCORES,
    Action,
    Blocked,
    Calls,
    Cause,
    Change,
    Drift,
    Estimate,
    FieldChange,
    GuardStop,
    Impact,
    Plan,
    Selection,
    Trouble,
    Unmanaged,
)
from reconciler.model.resource import Desired, Lifecycle, Observed, Recorded, Source
from reconciler.model.seal import SHORTEST_KEY, Seal
from reconciler.model.snapshot import Intent, LedgerLine, Phase, Snapshot, Tombstone
from reconciler.model.value import JSON, Pending, Reference, Sealed, canonical, digest, pending_in

__all__ = [
    "HELD",
    "JSON",
    "NAME_PATTERN",
    "SCORES",
    "SHORTEST_KEY",
    "Action",
    "Address",
    "Blocked",
    "Calls",
    "Cause",
    "Change",
    "Connection",
    "Desired",
    "Drift",
    "Estimate",
    "FieldChange",
    "GuardStop",
    "Impact",
    "Intent",
    "LedgerLine",
    "Lifecycle",
    "OAuthReference",
    "Observed",
    "Outcome",
    "Pending",
    "Phase",
    "Plan",
    "Recorded",
    "Reference",
    "Seal",
    "Sealed",
    "Secret",
    "SecretReference",
    "Selection",
    "Snapshot",
    "Source",
    "Status",
    "Tombstone",
    "Trouble",
    "Unmanaged",
    "canonical",
    "check_bounds",
    "digest",
    "origin_of",
    "parsed",
    "pending_in",
]
