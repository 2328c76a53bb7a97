"""A plan from one picture of the world.

1. Claims: who holds which live object (claims.py).
2. Declared addresses, each after what it refers to, are decided (decision.py); a reference to what is yet to be
   created stays pending.
3. Addresses that are only recorded are decided, wholes before their parts.
4. What depends on a blocked address is blocked by it (blocking.py).
5. Drift, unmanaged objects and predicted calls are gathered (findings.py), and everything is put in order.
"""

from __future__ import annotations

from typing import Any

from reconciler.diff import Difference
from reconciler.model import JSON, Action, Address, Change, Desired, Intent, Pending, Plan, Recorded, Trouble
from reconciler.plan.billing import with_bills
from reconciler.plan.blocking import block_dependents, block_referenced
from reconciler.plan.case import Case
from reconciler.plan.claims import Claim, Claims, dependency_order, held_id, resolve_claims
from reconciler.plan.decision import decide
from reconciler.plan.findings import find_drift, find_unmanaged, predict_calls
from reconciler.plan.inputs import Inputs, in_scope
from reconciler.plan.parts import Parts, declares, find_parts
from reconciler.plan.reference import resolved
from reconciler.plan.revival import with_revivals
from reconciler.plan.spelling import Spelling
from reconciler.schema import ResourceType


def build(inputs: Inputs) -> Plan:
    """The plan; pure, and the same for the same inputs in whatever order they came."""
    return _Builder(inputs).plan()


def followed(inputs: Inputs) -> dict[Address, dict[str, JSON]]:
    """Of each managed object that moved, what its manifest would say of the fields that did to have what is live."""
    builder = _Builder(inputs)
    builder.plan()
    return {
        address: builder.spelling(address, builder.changes[address].connection).fields(difference.followed)
        for address, difference in builder.differences.items()
        if difference.followed
    }


class _Builder:
    """One pass over all addresses."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.claims: Claims = resolve_claims(inputs)
        self.parts: Parts = find_parts(inputs, self.claims)
        self.desired = {} if inputs.selection.destroy else inputs.desired
        self.intents: dict[Address, Intent] = {i.address: i for i in inputs.snapshot.open_intents}
        self.changes: dict[Address, Change] = {}
        self.differences: dict[Address, Difference] = {}

    def plan(self) -> Plan:
        for address in dependency_order(self.desired):
            if in_scope(self.inputs, address):
                self._decide(address, self.desired[address])
        for address in self._departing():
            self._decide(address, None)
        inputs = self.inputs
        blocked = block_dependents(inputs, block_referenced(inputs.registry, self.desired, self.changes))
        changes, revivals = with_revivals(inputs, self.claims, with_bills(inputs, blocked))
        return Plan(
            project=inputs.project,
            environment=inputs.environment,
            selection=inputs.selection,
            lineage=inputs.snapshot.lineage,
            schema_digest=inputs.registry.digest,
            changes=tuple(changes[address] for address in sorted(changes)),
            drift=find_drift(inputs, self.claims, changes, self.differences),
            unmanaged=find_unmanaged(inputs, self.claims),
            troubles=tuple(sorted(inputs.troubles, key=lambda t: (t.connection, t.kind))),
            calls=predict_calls(inputs, changes.values()),
            warnings=tuple(sorted({*inputs.warnings, *revivals})),
        )

    def _departing(self) -> list[Address]:
        """Recorded addresses (and open writes) without a manifest, wholes before parts."""
        known = {*self.claims.records, *self.intents} - set(self.desired)
        gone = [address for address in known if in_scope(self.inputs, address)]
        return sorted(gone, key=lambda a: (self.inputs.registry.get(a.kind).part_of is not None, a))

    def _decide(self, address: Address, desired: Desired | None) -> None:
        rtype = self.inputs.registry.get(address.kind)
        record, intent = self.claims.records.get(address), self.intents.get(address)
        connection = desired.connection if desired else record.connection if record else ""
        spelling = self.spelling(address, connection)
        decision = decide(
            Case(
                rtype=rtype,
                address=address,
                desired=desired,
                record=record,
                claim=self.claims.held.get(address, _NOTHING),
                fields=resolved(desired.spec, self._id_of) if desired else {},
                claimed=self.parts.claimed.get(address, {}),
                previous=self.claims.renamed.get(address),
                suspect=self.claims.rename_suspects.get(address),
                whole=self._whole(rtype, address, desired, record) if rtype.part_of else None,
                taken=self._taken(rtype, desired) if desired and rtype.id_field else None,
                trouble=None if intent else self._trouble(connection, address.kind),
                unsettled=self.inputs.unsettled.get(address),
                intent=intent,
                **self._once(rtype, address, desired),
                destroyed=self.inputs.selection.destroy,
                show=spelling.fields,
            )
        )
        self.changes[address] = decision.change
        if decision.difference is not None:
            self.differences[address] = decision.difference

    def spelling(self, address: Address, connection: str) -> Spelling:
        """How the fields of an address are shown."""
        return Spelling(self.inputs.registry.get(address.kind), connection, self.claims.owners)

    def _once(self, rtype: ResourceType, address: Address, desired: Desired | None) -> dict[str, Any]:
        """What the ledger says of a declared one-time record, and whether it may be sent."""
        if not rtype.one_time or desired is None:
            return {}
        ledger, sends = self.inputs.ledger, self.inputs.sends
        return {
            "identity": ledger.identity(address),
            "identities_before": ledger.before(address),
            "said": ledger.sent(address),
            "line": ledger.named(address, *desired.previous_names),
            "doubtful": ledger.doubtful(address, desired.previous_names),
            "may_send": sends is None or address in sends,
            "now": self.inputs.now,
        }

    def _trouble(self, connection: str, kind: str) -> Trouble | None:
        return None if (connection, kind) in self.inputs.live else self.inputs.trouble(connection, kind)

    def _taken(self, rtype: ResourceType, desired: Desired) -> str | None:
        """The id that the manifest asks for, where the id is a field and another live object has it."""
        claim, wanted = self.claims.held.get(desired.address), str(desired.spec.get(rtype.id_field or ""))
        if claim is None or claim.observed is None or claim.observed.id == wanted:
            return None
        others = self.inputs.live.get((desired.connection, rtype.kind), ())
        return wanted if any(other.id == wanted for other in others) else None

    def _id_of(self, address: Address) -> JSON:
        """The id an address has once the plan is applied; pending where it does not exist yet."""
        change = self.changes.get(address)
        if change is not None and change.blocked is None and (change.action is Action.CREATE or change.action.replaces):
            return Pending(address)
        return held_id(address, self.claims.held, self.claims.records)

    def _whole(
        self, rtype: ResourceType, address: Address, desired: Desired | None, record: Recorded | None
    ) -> str | None:
        """What becomes of the object that this part belongs to; see Case.whole."""
        owner = self.parts.wholes.get(address)
        change = self.changes.get(owner) if owner else None
        if owner is None:
            return None
        replaced = change is not None and change.blocked is None and change.action.replaces
        if desired is not None and replaced:
            return "replaced"  # also an item that moves to a manifest of its own: the new whole is made without it
        if self._shared(rtype, address, owner, desired, record):
            return "shared"
        if change is None or change.blocked is not None:
            return None
        if replaced:
            return "replaced"
        return "deleted" if change.action is Action.DELETE else None

    def _shared(
        self, rtype: ResourceType, address: Address, owner: Address, desired: Desired | None, record: Recorded | None
    ) -> bool:
        """Whether this very item moves between its whole's set and a manifest of its own, so that nothing changes."""
        if desired is not None and record is not None:
            return False
        if desired is None:
            source = self.desired[owner].spec if owner in self.desired else {}
        else:
            whole = self.claims.records.get(owner)
            source = whole.fields if whole is not None else {}
        return declares(self.inputs, rtype, source, self.parts.keys.get(address))


_NOTHING = Claim()
