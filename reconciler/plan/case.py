"""One address with everything its decision depends on, and the parts that every decision is made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.diff import Difference
from reconciler.model import (
    JSON,
    Action,
    Address,
    Blocked,
    Change,
    Desired,
    Intent,
    LedgerLine,
    Lifecycle,
    Recorded,
    Sealed,
    Trouble,
)
from reconciler.plan.claims import Claim
from reconciler.schema import ResourceType

Spelling = Callable[[Mapping[str, JSON]], dict[str, JSON]]


@dataclass(frozen=True, slots=True)
class Case:
    """One address with everything its decision depends on.

    ``fields`` is the manifest's spec with references as live ids or Pending. ``claimed`` are set items that other
    addresses claim. ``whole`` says, for a part, what becomes of the object it is part of: "replaced", "deleted", or
    "shared" when the whole itself declares or recorded this very item. ``taken`` is the id that an update would give
    the object although another one has it. Of a one-time record: ``identity`` is what it says (and
    said, under earlier names of what it refers to), ``said`` the ledger's
    line of the same words, ``line`` the one of its name, ``doubtful`` an open write that may have sent it.
    """

    rtype: ResourceType
    address: Address
    desired: Desired | None = None
    record: Recorded | None = None
    claim: Claim = field(default_factory=Claim)
    fields: Mapping[str, JSON] = field(default_factory=dict)
    claimed: Mapping[str, Collection[JSON]] = field(default_factory=dict)
    previous: Address | None = None
    suspect: Address | None = None
    whole: str | None = None
    taken: str | None = None
    trouble: Trouble | None = None
    unsettled: Blocked | None = None
    intent: Intent | None = None
    identity: Sealed | None = None
    identities_before: tuple[Sealed, ...] = ()
    said: LedgerLine | None = None
    line: LedgerLine | None = None
    doubtful: Intent | None = None
    may_send: bool = False
    now: float | None = None
    destroyed: bool = False  # everything is to go, whatever is declared
    show: Spelling = dict

    def passed(self, request: Mapping[str, JSON]) -> tuple[str, ...]:
        """The fields of a request that must lie in the future and do not."""
        times = {name: self.rtype.fields[name].normalised(value) for name, value in sorted(request.items())}
        return tuple(
            name
            for name, at in times.items()
            if self.rtype.fields[name].future and self.now is not None and isinstance(at, float) and at <= self.now
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """The change, and the comparison it rests on where there was one."""

    change: Change
    difference: Difference | None = None


def base(case: Case, action: Action, reason: str, **more: Any) -> Change:
    """A change at this address, with what it takes from the manifest or else from the record."""
    desired, record = case.desired, case.record
    connection = desired.connection if desired else record.connection if record else ""
    if case.intent is not None and not connection:
        connection = case.intent.connection
    if "id" not in more:
        more["id"] = record.id if record else None
    if "recorded" not in more:
        more["recorded"] = dict(case.fields) if desired else None
    return Change(
        address=case.address,
        connection=connection,
        action=action,
        reason=reason,
        depends_on=desired.depends_on if desired else record.depends_on if record else (),
        releases=_released(desired, record),
        source=desired.source if desired else record.source if record else None,
        previous_address=case.previous,
        lifecycle=desired.lifecycle if desired else record.lifecycle if record else Lifecycle(),
        **more,
    )


def _released(desired: Desired | None, record: Recorded | None) -> tuple[Address, ...]:
    if desired is None or record is None or desired.depends_on == record.depends_on:
        return ()
    return tuple(other for other in record.depends_on if other not in desired.depends_on)


def protected(lifecycle: Lifecycle) -> Blocked | None:
    """Why a delete or a replacement is refused by the lifecycle; None where it is not."""
    if not lifecycle.prevent_destroy:
        return None
    return Blocked("prevent_destroy", "lifecycle.preventDestroy is set; apply an explicit false first")


def expected(rtype: ResourceType, declared: Mapping[str, JSON], observed: Mapping[str, JSON]) -> dict[str, JSON]:
    """The observed values of the managed fields, which a write may rest on."""
    return {name: observed.get(name) for name in declared if not rtype.fields[name].write_only}
