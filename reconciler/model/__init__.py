"""Frozen values that the parts hand to each other; nothing here reads or writes anything."""

from reconciler.model.address import NAME_PATTERN, Address
from reconciler.model.connection import Connection, OAuthReference, Secret, SecretReference, origin_of
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import (
    SCORES,
    Action,
    Blocked,
    Calls,
    Cause,
    Change,
    Drift,
    FieldChange,
    GuardStop,
    Impact,
    Plan,
    Selection,
    Trouble,
    Unmanaged,
)
from reconciler.model.resource import Desired, Lifecycle, Observed, Recorded, Source
from reconciler.model.snapshot import Intent, Phase, Snapshot, Tombstone
from reconciler.model.value import JSON, Pending, Reference, canonical, digest

__all__ = [
    "JSON",
    "NAME_PATTERN",
    "SCORES",
    "Action",
    "Address",
    "Blocked",
    "Calls",
    "Cause",
    "Change",
    "Connection",
    "Desired",
    "Drift",
    "FieldChange",
    "GuardStop",
    "Impact",
    "Intent",
    "Lifecycle",
    "OAuthReference",
    "Observed",
    "Outcome",
    "Pending",
    "Phase",
    "Plan",
    "Recorded",
    "Reference",
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
    "digest",
    "origin_of",
]
