"""Settle what earlier runs left open, by reading back and never by sending again.

1. Every round reads: one complete listing for each kind and connection that needs it, single objects where they can be.
2. Each open write is judged by what was read; what is decided is written down at once, so that a kill loses nothing.
3. What is not to be seen is looked for again: three readings, the last one ``settle`` seconds after the request.
4. What is still open then stops its address, and a person says what became of it (resolution.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from reconciler.apply.entry import doomed, line_for, second_half_of, tombstone
from reconciler.apply.ownership import Ownership
from reconciler.apply.verdict import Finding, Verdict, absence_counts, judge
from reconciler.errors import ReconcilerError
from reconciler.model import Action, Intent, Observed, Phase, Snapshot
from reconciler.observe import World, observe
from reconciler.providers.base import Provider
from reconciler.schema import Registry, ResourceType
from reconciler.schema.sealing import Sealing
from reconciler.state import Session

READINGS = 3  # complete readings that prove an absence
_SPARE = 2  # more rounds, where some reading failed
_SPARE_PAUSE = 1.0  # seconds
_FAILURES = 2  # readings that failed; the transport itself tried each of them again
_CLOSE = 0.001  # seconds; sums of pauses are rounded
_DEFAULT_SETTLE = 30.0  # seconds


class Settled(NamedTuple):
    """An open write whose outcome is known now: DONE or FAILED (not made)."""

    intent: Intent
    phase: Phase
    id: str | None
    message: str


class Unsettled(NamedTuple):
    """An open write that reading back does not settle: the live ids it may have made, and why it stays open."""

    intent: Intent
    candidates: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Recovery:
    """What became of all open writes.

    ``pending`` are second halves of replacements whose old object is still there: nothing is unknown about them; the
    plan shows each as recover, and apply deletes the old object in its place in the order.
    """

    settled: tuple[Settled, ...] = ()
    unsettled: tuple[Unsettled, ...] = ()
    pending: tuple[Intent, ...] = ()


def settle(
    session: Session,
    providers: Mapping[str, Provider],
    registry: Registry,
    *,
    now: Callable[[], float],
    sleep: Callable[[float], None],
    settle_seconds: Mapping[str, float],
    on_wait: Callable[[float], None] | None = None,
    sealing: Sealing | None = None,
) -> Recovery:
    """Settle the open writes of a state; ``settle_seconds`` by connection, ``now`` in seconds since the epoch.

    ``on_wait`` is told how many seconds the next reading is away. Vendors' errors leave a write open; the state's own
    (RCN08xx) are raised.
    """
    snapshot = session.snapshot()
    if not snapshot.open_intents:
        return Recovery()
    sealing = sealing or Sealing(registry)
    return _Settling(session, snapshot, providers, registry, now, settle_seconds, sealing).run(sleep, on_wait)


class _Settling:
    """The rounds over one state's open writes."""

    def __init__(
        self,
        session: Session,
        snapshot: Snapshot,
        providers: Mapping[str, Provider],
        registry: Registry,
        now: Callable[[], float],
        settle_seconds: Mapping[str, float],
        sealing: Sealing,
    ) -> None:
        self._sealing = sealing
        self._session = session
        self._snapshot = snapshot
        self._providers = providers
        self._registry = registry
        self._now = now
        self._ownership = Ownership(snapshot)
        self._open = {intent.id: intent for intent in snapshot.open_intents}
        self._verdicts: dict[str, Verdict] = {}
        self._absences: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._settled: list[Settled] = []
        self._pending: list[Intent] = []  # second halves that this recovery itself wrote down
        # A clock that went back must not make the wait longer than the whole time.
        started = now()
        self._due = {
            intent.id: min(intent.at, started) + settle_seconds.get(intent.connection, _DEFAULT_SETTLE)
            for intent in snapshot.open_intents
        }

    def run(self, sleep: Callable[[float], None], on_wait: Callable[[float], None] | None) -> Recovery:
        for number in range(READINGS + _SPARE):
            self._round()
            waiting = self._waiting()
            if not waiting or number + 1 == READINGS + _SPARE:
                break
            pause = self._pause(waiting, number)
            if pause > 0:
                if on_wait is not None:
                    on_wait(pause)
                sleep(pause)
        return self._recovery()

    def _round(self) -> None:
        """Read once, judge every open write by it, and write down what is decided, in one commit."""
        world = observe(self._providers, self._places(), self._registry)
        read = [(intent, self._read(intent, world)) for intent in self._open.values()]
        with self._session.batch():
            for intent, found in read:
                self._apply(intent, found if isinstance(found, Verdict) else self._judged(intent, found))

    def _judged(self, intent: Intent, objects: tuple[Observed, ...]) -> Verdict:
        rtype, kind = self._rtype(intent), intent.address.kind
        return judge(
            intent,
            rtype,
            objects,
            lambda id: self._ownership.free(intent.connection, kind, id),
            lambda item: self._sealing.opened(kind, intent.request, item.fields),
        )

    def _apply(self, intent: Intent, verdict: Verdict) -> None:
        self._verdicts[intent.id] = verdict
        match verdict.finding:
            case Finding.MADE:
                self._made(intent, verdict.observed)
            case Finding.NOT_MADE:
                self._not_made(intent, verdict.why)
            case Finding.ABSENT:
                self._absences[intent.id] += 1
                enough = self._absences[intent.id] >= READINGS and self._is_due(intent.id)
                if enough and absence_counts(intent, self._rtype(intent)):
                    self._not_made(intent, "not created: no complete reading shows it")
            case Finding.UNREADABLE:
                self._failures[intent.id] += 1
            case _:
                return

    def _made(self, intent: Intent, observed: Observed | None) -> None:
        id = observed.id if observed is not None else intent.object_id
        record = None
        if intent.after is not None and id is not None:
            record = replace(intent.after, id=id, address=intent.address)
        deletes = intent.step == "delete"
        held = self._snapshot.records.get(intent.address)
        self._session.finish(
            intent,
            Phase.DONE,
            record=record,
            forget=record is None and not doomed(intent),
            tombstones=tombstone(self._rtype(intent), intent.connection, id) if deletes and id is not None else (),
            detail="settled by reading back",
            object_id=id,
            sent=line_for(intent, id, self._now()),
        )
        if record is not None:
            self._ownership.claim(record.connection, record.id, record.address)
        if intent.step == "create" and intent.action is Action.CREATE_DELETE and intent.object_id is not None:
            connection = held.connection if held is not None else intent.connection
            second = second_half_of(intent, connection, self._now())
            self._session.intend([second])
            self._pending.append(second)
        self._close(Settled(intent, Phase.DONE, id, "settled by reading back: it was done"))

    def _not_made(self, intent: Intent, why: str) -> None:
        self._session.finish(intent, Phase.FAILED, detail=why)
        self._close(Settled(intent, Phase.FAILED, intent.object_id, why))

    def _close(self, settled: Settled) -> None:
        self._settled.append(settled)
        del self._open[settled.intent.id]

    # --- reading ------------------------------------------------------------------------------------------------

    def _places(self) -> set[tuple[str, str]]:
        """The kinds to be listed this round: one listing serves all their open writes."""
        return {
            (intent.connection, intent.address.kind)
            for intent in self._open.values()
            if intent.connection in self._providers and not self._reads_one(intent)
            if self._rtype(intent).readback != "none"
        }

    def _read(self, intent: Intent, world: World) -> tuple[Observed, ...] | Verdict:
        """The objects to judge by, or why there are none to judge by."""
        provider = self._providers.get(intent.connection)
        rtype, kind = self._rtype(intent), intent.address.kind
        if provider is None:
            return Verdict(Finding.AMBIGUOUS, why=f"the connection {intent.connection!r} is not configured")
        if rtype.readback == "none":
            return Verdict(Finding.AMBIGUOUS, why=f"no endpoint shows a {rtype.type}")
        if self._reads_one(intent):
            try:
                return self._single(intent, rtype, provider)
            except ReconcilerError as error:
                return Verdict(Finding.UNREADABLE, why=error.message)
        trouble = world.unreadable(intent.connection, kind)
        if trouble is not None:
            return Verdict(Finding.UNREADABLE, why=trouble.message)
        objects = world.objects(intent.connection, kind)
        return objects if intent.step == "create" else tuple(item for item in objects if item.id == intent.object_id)

    def _single(self, intent: Intent, rtype: ResourceType, provider: Provider) -> tuple[Observed, ...]:
        """The object meant, by the id it has after the write, else by the one before."""
        after = intent.request.get(rtype.id_field) if rtype.id_field else None
        for id in dict.fromkeys((after, intent.object_id)):
            found = provider.read(intent.address.kind, str(id)) if id is not None else None
            if found is not None or intent.step == "create":
                return (found,) if found is not None else ()
        return ()

    def _reads_one(self, intent: Intent) -> bool:
        """Whether this write is settled by reading one object; a create only where its key is the id."""
        rtype = self._rtype(intent)
        return rtype.readback == "key" or (rtype.readback == "id" and intent.step != "create")

    def _rtype(self, intent: Intent) -> ResourceType:
        return self._registry.get(intent.address.kind)

    # --- waiting ------------------------------------------------------------------------------------------------

    def _waiting(self) -> list[str]:
        """Open writes that another reading may settle."""
        return [id for id in self._open if self._may_change(id)]

    def _may_change(self, id: str) -> bool:
        finding = self._verdicts[id].finding
        if finding is Finding.UNREADABLE:
            return self._failures[id] < _FAILURES
        return finding is Finding.ABSENT and (self._absences[id] < READINGS or not self._is_due(id))

    def _is_due(self, id: str) -> bool:
        return self._now() >= self._due[id] - _CLOSE

    def _pause(self, waiting: list[str], number: int) -> float:
        """Seconds to the next round: spread so that the third is not before the time has passed."""
        left = max(self._due[id] for id in waiting) - self._now()
        if number + 1 >= READINGS:
            return max(left, _SPARE_PAUSE)
        return max(left / (READINGS - 1 - number), 0.0)

    def _recovery(self) -> Recovery:
        left = sorted(self._open.values(), key=lambda intent: (intent.address, intent.id))
        pending = [intent for intent in left if self._verdicts[intent.id].finding is Finding.PENDING]
        return Recovery(
            settled=tuple(sorted(self._settled, key=lambda item: (item.intent.address, item.intent.id))),
            unsettled=tuple(
                Unsettled(intent, self._verdicts[intent.id].candidates, self._verdicts[intent.id].why)
                for intent in left
                if intent not in pending
            ),
            pending=tuple(sorted([*pending, *self._pending], key=lambda intent: (intent.address, intent.id))),
        )
