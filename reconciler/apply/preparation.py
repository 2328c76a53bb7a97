"""From a step of the plan to an operation that can be journalled: ids filled in, the listing before it at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.apply.entry import Unresolved, doomed, intent_for, record_for, resolved_fields, second_half_of
from reconciler.apply.operation import BeforeDelete, BeforeUpdate, Operation, Result, failed, not_configured
from reconciler.apply.ownership import Ownership
from reconciler.apply.readings import Readings
from reconciler.errors import OPERATION_FAILED, OUTCOME_UNSETTLED, STALE
from reconciler.model import Action, Address, Change, Intent, Phase, Recorded, Snapshot
from reconciler.observe import World, observe
from reconciler.plan import Step
from reconciler.providers.base import Provider
from reconciler.schema import Registry


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
    before_delete: BeforeDelete | None = None
    before_update: BeforeUpdate | None = None
    records: dict[Address, Recorded] = field(default_factory=dict)
    open: dict[Address, Intent] = field(default_factory=dict)
    present: frozenset[Address] = frozenset()  # said to be gone, and there
    _seen: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    _count: int = 0

    def learn(self, snapshot: Snapshot) -> None:
        """Start from what the state holds."""
        self.records = dict(snapshot.records)
        self.open = {intent.address: intent for intent in snapshot.open_intents}

    def list_missing(self, changes: tuple[Change, ...]) -> None:
        """List the kinds in which something is to be created and that were not listed: what is new must be told."""
        wanted = {
            (change.connection, change.address.kind)
            for change in changes
            if change.operates and (change.action in (Action.CREATE, Action.SEND) or change.action.replaces)
            if (change.connection, change.address.kind) not in self.world.listings
            if change.connection in self.providers
            if self.registry.get(change.address.kind).readback in ("id", "list")
        }
        if wanted:
            found = observe(self.providers, wanted, self.registry)
            listings = {**self.world.listings, **found.listings}
            self.world = World(listings, (*self.world.troubles, *found.troubles))

    def operation(self, step: Step, change: Change, at: float) -> Operation:
        """The operation of a step; raises Impossible."""
        intent = self._intent(step, change, at)
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
            step, change, id=self._new_id(), run=self.run, plan_digest=self.plan_digest, at=at, request={}
        )

    def _intent(self, step: Step, change: Change, at: float) -> Intent:
        opened = self.open.get(change.address)
        if opened is not None and step.name == "delete" and doomed(opened):
            return opened
        self.check_open(change.address)
        self.check_gone(change.address)
        creates = step.name == "create"
        if creates and change.previous_connection and change.previous_connection not in self.providers:
            raise Impossible(not_configured(change.previous_connection))
        try:
            request = resolved_fields(change.request, self.id_of)
        except Unresolved as error:
            raise Impossible(failed(OPERATION_FAILED, str(error))) from None
        return intent_for(
            step,
            change,
            id=self._new_id(),
            run=self.run,
            plan_digest=self.plan_digest,
            at=at,
            request=request,
            after=self.record(change) if step.name != "delete" else None,
            seen=self._ids_before(change) if creates else (),
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
