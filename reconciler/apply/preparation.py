"""From a step of the plan to an operation that can be journalled: ids filled in, the listing before it at hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from reconciler.apply.entry import Unresolved, doomed, intent_for, record_for, resolved_fields, second_half_of, so_far
from reconciler.apply.operation import BeforeDelete, BeforeUpdate, Operation, Result, failed, not_configured
from reconciler.apply.ownership import Ownership
from reconciler.apply.portion import Portion, portions
from reconciler.apply.readings import Readings
from reconciler.errors import OPERATION_FAILED, OUTCOME_UNSETTLED, STALE
from reconciler.model import JSON, Action, Address, Change, Intent, LedgerLine, Phase, Recorded, Sealed, Snapshot
from reconciler.observe import World, observe
from reconciler.plan import Step
from reconciler.providers.base import Provider, Sought
from reconciler.schema import Registry
from reconciler.schema.sealing import Sealing


class Impossible(Exception):
    """The step cannot be made at all; ``result`` says why."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.message)
        self.result = result


@dataclass(slots=True)
class Preparation:
    """What operations are made of, and what this run learned so far: records, ids, second halves of replacements."""

    providers: Mapping[str, Provider]
    registry: Registry
    world: World
    readings: Readings
    ownership: Ownership
    run: str
    plan_digest: str
    sealing: Sealing
    before_delete: BeforeDelete | None = None
    before_update: BeforeUpdate | None = None
    confirm: Callable[[Intent], None] | None = None
    records: dict[Address, Recorded] = field(default_factory=dict)
    open: dict[Address, Intent] = field(default_factory=dict)
    present: frozenset[Address] = frozenset()  # said to be gone, and there
    ledger: Mapping[Address, LedgerLine] = field(default_factory=dict)
    sent: frozenset[Sealed | None] = frozenset()  # what one-time records said, as the ledger knows it
    _left: dict[Step, list[Portion]] = field(default_factory=dict)
    _seen: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    _count: int = 0

    def learn(self, snapshot: Snapshot) -> None:
        """Start from what the state holds."""
        self.records = dict(snapshot.records)
        self.open = {intent.address: intent for intent in snapshot.open_intents}
        self.ledger = snapshot.ledger
        self.sent = frozenset(line.sealed for line in snapshot.ledger.values())
        self.sent |= {intent.identity for intent in snapshot.open_intents if intent.identity is not None}

    def learned(self, change: Change, at: float) -> LedgerLine | None:
        """The line for a name that the ledger does not know, of a message that was sent under another one, or that was
        found live, or whose survey has a new name; None where there is nothing to learn."""
        identity, held = change.identity, self.ledger.get(change.address)
        if identity is None or change.action is not Action.NO_OP:
            return None
        if held is not None and held.sealed not in change.identities_before:
            return None
        known = {identity, *change.identities_before}
        same = held or next((line for _, line in sorted(self.ledger.items()) if line.sealed in known), None)
        if same is not None:
            return replace(same, address=change.address, identity=identity.digest, key_id=identity.key)
        return LedgerLine(
            change.address, identity.digest, identity.key, self.run, at, change.connection, change.id
        )  # fmt: skip

    def keeps(self, record: Recorded, held: Recorded | None) -> bool:
        """Whether the state holds this very record already."""
        if held is None or record == held:
            return record == held
        return replace(record, fields=self.sealing.kept(record.address.kind, record.fields)) == held

    def list_missing(self, changes: tuple[Change, ...]) -> None:
        """List the kinds in which something is to be created and that were not listed: what is new must be told."""
        wanted = {
            (change.connection, change.address.kind)
            for change in changes
            if change.operates and (change.action is Action.CREATE or change.action.replaces)
            if (change.connection, change.address.kind) not in self.world.listings
            if change.connection in self.providers
            if self.registry.get(change.address.kind).readback in ("id", "list")
        }
        sends = self._sends(changes)
        for (connection, kind), requests in sends.items():
            self.providers[connection].seek(kind, Sought(tuple(requests)))
        wanted |= set(sends)
        if wanted:
            found = observe(self.providers, wanted, self.registry)
            known = {place: listing for place, listing in self.world.listings.items() if place not in sends}
            self.world = World({**known, **found.listings}, (*self.world.troubles, *found.troubles))

    def _sends(self, changes: tuple[Change, ...]) -> dict[tuple[str, str], list[Mapping[str, JSON]]]:
        """What is about to be sent, by the place where it could be found again. The plan did not look for it: what was
        sent is no business of a plan."""
        found: dict[tuple[str, str], list[Mapping[str, JSON]]] = defaultdict(list)
        for change in changes:
            rtype = self.registry.get(change.address.kind)
            readable = rtype.readback in ("id", "list")
            sends = change.action is Action.SEND and change.operates and change.connection in self.providers
            if sends and readable:
                found[change.connection, rtype.kind].append(change.request)
        return found

    def operation(self, step: Step, change: Change, at: float) -> Operation:
        """The first operation of a step, nearly always the only one; raises Impossible."""
        opened = self.open.get(change.address)
        if opened is not None and step.name == "delete" and doomed(opened):
            return self._operation(change, opened)
        self.check_open(change.address)
        self.check_gone(change.address)
        first, *self._left[step] = self._portions(step, change)
        return self._operation(change, self._intent(step, change, first, at))

    def remains(self, step: Step) -> bool:
        """Whether a step takes more requests."""
        return bool(self._left.get(step))

    def next(self, step: Step, change: Change, at: float) -> Operation:
        """The operation after the one that is done, of a step that has more."""
        intent = self._intent(step, change, self._left[step].pop(0), at)
        # The first request looked; what it changed itself is no reason to stop.
        return replace(self._operation(change, intent), expected={})

    def _operation(self, change: Change, intent: Intent) -> Operation:
        provider = self.providers.get(intent.connection)
        if provider is None:
            raise Impossible(not_configured(intent.connection))
        return Operation(
            change=change,
            intent=intent,
            rtype=self.registry.get(change.address.kind),
            provider=provider,
            ownership=self.ownership,
            readings=self.readings,
            before_delete=self.before_delete,
            before_update=self.before_update,
            expected=change.expected,
            confirm=self.confirm,
        )

    def second_half(self, create: Intent, change: Change, at: float) -> Intent:
        """What the create of a replacement leaves to be done, kept for its delete step."""
        intent = second_half_of(create, change.previous_connection or change.connection, at)
        self.open[change.address] = intent
        return intent

    def check_open(self, address: Address) -> None:
        """Refuse to touch an address whose earlier write is not settled; raises Impossible."""
        opened = self.open.get(address)
        if opened is not None:
            raise Impossible(failed(OUTCOME_UNSETTLED, f"a {opened.step} of an earlier run is open here"))

    def check_gone(self, address: Address) -> None:
        """Refuse to make again, or to forget, what is there after all; raises Impossible."""
        if address in self.present:
            message = "made moments ago, it is there although the vendor's list did not show it; apply again"
            raise Impossible(failed(STALE, message))

    def id_of(self, address: Address) -> str | None:
        """The live id an address has by now."""
        record = self.records.get(address)
        return record.id if record else None

    def record(self, change: Change, id: str | None = None) -> Recorded | None:
        """The record of a change that is done; raises Impossible where it waits for an id."""
        if change.connection not in self.providers:
            raise Impossible(not_configured(change.connection))
        try:
            return record_for(change, self.providers[change.connection].connection.origin, self.id_of, id)
        except Unresolved as error:
            raise Impossible(failed(OPERATION_FAILED, str(error))) from None

    def entry(self, step: Step, change: Change, at: float) -> Intent:
        """The journal's line for a change of the state alone."""
        return intent_for(
            step,
            change,
            id=self._new_id(),
            run=self.run,
            plan_digest=self.plan_digest,
            at=at,
            request={},
            digest_of=self.sealing.digest,
        )

    def _portions(self, step: Step, change: Change) -> tuple[Portion, ...]:
        """What a step sends, request by request."""
        creates = step.name == "create"
        if creates and change.previous_connection and change.previous_connection not in self.providers:
            raise Impossible(not_configured(change.previous_connection))
        after = self.record(change) if step.name != "delete" else None
        follows = step.name == "update" and bool(change.then)
        try:
            request = resolved_fields(change.then if follows else change.request, self.id_of)
        except Unresolved as error:
            raise Impossible(failed(OPERATION_FAILED, str(error))) from None
        if creates and after is not None and change.then:
            after = replace(after, fields=so_far(after.fields, request, change.then))
        before = self.records.get(change.address)
        if follows and before is not None and after is not None:
            after = replace(after, id=before.id)
        return portions(self.registry.get(change.address.kind), request, before, after)

    def _intent(self, step: Step, change: Change, portion: Portion, at: float) -> Intent:
        creates = step.name == "create"
        if creates and not self.sent.isdisjoint({change.identity, *change.identities_before}):
            raise Impossible(failed(STALE, "the same was sent already"))
        follows = step.name == "update" and bool(change.then)
        return intent_for(
            step,
            change,
            id=self._new_id(),
            run=self.run,
            plan_digest=self.plan_digest,
            at=at,
            request=portion.request,
            digest_of=self.sealing.digest,
            after=portion.after,
            seen=self._ids_before(change) if creates else (),
            object_id=self.id_of(change.address) if follows else None,
        )

    def _ids_before(self, change: Change) -> tuple[str, ...]:
        """The ids live before the create; one tuple for all creates of a kind, so that it is kept once."""
        place = (change.connection, change.address.kind)
        if place not in self._seen:
            trouble = self.world.unreadable(*place)
            if place not in self.world.listings and trouble is not None:
                raise Impossible(
                    Result(Phase.FAILED, code=trouble.code, message=trouble.message, exit_code=trouble.exit_code)
                )
            self._seen[place] = tuple(item.id for item in self.world.objects(*place))
        return self._seen[place]

    def _new_id(self) -> str:
        self._count += 1
        return f"{self.run}-{self._count}"
