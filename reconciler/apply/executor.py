"""Carry a plan out: in the order of its graph, side by side where nothing decides, journalled at every write.

One thread decides and writes the state; the others only talk to vendors. Each round of that thread is one commit: the
outcomes that came in, the changes of the state alone, and the intents of what begins next. No more writes are intended
than begin at once, so that a kill leaves few open.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from reconciler.apply.absence import reappeared
from reconciler.apply.entry import doomed, line_for
from reconciler.apply.event import Event
from reconciler.apply.operation import (
    BeforeDelete,
    BeforeUpdate,
    Operation,
    Result,
    Unexpected,
    failed,
    perform,
    refused,
)
from reconciler.apply.ownership import Ownership
from reconciler.apply.preparation import Impossible, Preparation
from reconciler.apply.readings import Readings
from reconciler.apply.schedule import Schedule
from reconciler.apply.tally import Tally
from reconciler.apply.writes import write_of
from reconciler.errors import INTERNAL, NOT_RECORDED, NOT_STARTED, SKIPPED, ReconcilerError
from reconciler.model import Action, Address, Change, Intent, Outcome, Phase, Plan
from reconciler.observe import World
from reconciler.plan import Step, approve, steps
from reconciler.providers.base import Provider
from reconciler.schema import Registry
from reconciler.schema.sealing import Sealing
from reconciler.state import Session

FRESH = 3.0  # seconds for which an intent needs no second look at the lock


def execute(
    plan: Plan,
    *,
    providers: Mapping[str, Provider],
    session: Session,
    registry: Registry,
    world: World,
    parallelism: int = 10,
    on_event: Callable[[Event], None] | None = None,
    stop: threading.Event | None = None,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
    plan_digest: str | None = None,
    before_delete: BeforeDelete | None = None,
    before_update: BeforeUpdate | None = None,
    unexpected: Unexpected | None = None,
    sealing: Sealing | None = None,
) -> tuple[Outcome, ...]:
    """Apply a plan and say what became of each address that operates or is blocked, in the plan's order.

    ``world`` is what the plan was made from. ``stop`` lets what is under way finish and starts nothing more.
    ``on_event`` is called from this thread alone. ``plan_digest`` is the approval this run works off (default: that of
    ``plan``). ``clock`` gives seconds since the epoch. ``unexpected`` is told, in a worker's thread, of an exception
    that nobody foresaw, and says it in words. ``sealing`` is how the state keeps personal data.
    Raises a ReconcilerError of RCN08xx only where the state cannot be written before anything was sent; after that the
    outcomes tell.
    """
    snapshot = session.snapshot()
    sealing = sealing or Sealing(registry)
    preparation = Preparation(
        providers=providers,
        registry=registry,
        world=world,
        readings=Readings(sleep),
        ownership=Ownership(snapshot),
        run=session.run,
        plan_digest=plan_digest if plan_digest is not None else approve(plan, sealing.digest).digest,
        sealing=sealing,
        before_delete=before_delete,
        before_update=before_update,
        confirm=_confirming(session, clock),
    )
    preparation.learn(snapshot)
    run = _Run(
        plan, session, preparation, Tally(plan, on_event), stop or threading.Event(), clock, parallelism, unexpected
    )
    run.keep_up()
    preparation.list_missing(plan.changes)
    preparation.present = reappeared(plan, session, providers, registry, clock, sleep)
    run.work()
    return run.tally.outcomes()


@dataclass(frozen=True, slots=True)
class _Ended:
    """A step and what became of it, to be told once it is on disk. ``intended`` says that bytes may have left."""

    step: Step
    result: Result
    seconds: float = 0.0
    intended: bool = False
    because: Address | None = None


class _Run:
    """The coordinating thread's view of one apply."""

    def __init__(
        self,
        plan: Plan,
        session: Session,
        preparation: Preparation,
        tally: Tally,
        stop: threading.Event,
        clock: Callable[[], float],
        parallelism: int,
        unexpected: Unexpected | None = None,
    ) -> None:
        self.tally = tally
        self._session = session
        self._preparation = preparation
        self._stop = stop
        self._clock = clock
        self._parallelism = max(1, parallelism)
        self._unexpected = unexpected
        self._changes = {change.address: change for change in plan.changes}
        graph = steps(tuple(change for change in plan.changes if change.operates))
        self._schedule = Schedule(graph)
        self._under_way: dict[Future[Result], tuple[Step, Operation, float]] = {}
        self._came_in: list[Future[Result]] = []
        self._told: set[Step] = set()  # whose beginning was told
        self._broken: ReconcilerError | None = None
        tally.expect(len(graph))

    def keep_up(self) -> None:
        """Bring the records of what does not change up to date, in one commit."""
        put, drop, lines = [], [], []
        for change in self._changes.values():
            if change.operates or change.blocked is not None:
                continue
            line = self._preparation.learned(change, self._clock())
            if line is not None:
                lines.append(line)
            held = self._preparation.records.get(change.address)
            try:
                record = self._preparation.record(change)
            except Impossible:
                continue
            if record is None and held is not None:
                drop.append(change.address)
            elif record is not None and record.id and not self._preparation.keeps(record, held):
                put.append(record)
        with self._session.batch():
            self._session.put(put)
            self._session.drop(drop)
            self._session.enter(lines)
        self._preparation.records.update({record.address: record for record in put})

    def work(self) -> None:
        """Rounds until nothing is under way and nothing may begin."""
        pool = ThreadPoolExecutor(self._parallelism, thread_name_prefix="apply")
        try:
            while True:
                self._round(pool)
                if not self._under_way and not self._came_in:
                    break
                wait(self._under_way, return_when=FIRST_COMPLETED)
                self._came_in = [future for future in self._under_way if future.done()]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        pool.shutdown()
        self._leave_rest()

    def _round(self, pool: ThreadPoolExecutor) -> None:
        ended: list[_Ended] = []
        begun: list[tuple[Step, Operation]] = []
        arrived = [self._arrived(future) for future in self._came_in]
        self._came_in = []
        try:
            with self._session.batch():
                for step, operation, result, seconds in arrived:
                    self._keep(operation, result)
                    ended += self._gone_on(step, operation, result, seconds, begun)
                ended += self._begin(begun)
                known = self._open_ids()
                self._session.intend([op.intent for _, op in begun if op.intent.id not in known])
                if any(op.intent.id in known for _, op in begun):
                    self._session.confirm()
        except ReconcilerError as error:
            ended, begun = self._lost(error, arrived, ended, begun), []
        for item in ended:
            self.tally.ended(item.step, item.result, item.seconds, item.because)
        for step, operation in begun:
            if step not in self._told:
                self._told.add(step)
                self.tally.started(step)
            future = pool.submit(perform, write_of(operation), operation, self._unexpected)
            self._under_way[future] = (step, operation, self._clock())
        if self.tally.deaf:
            self._stop.set()

    def _gone_on(
        self,
        step: Step,
        operation: Operation,
        result: Result,
        seconds: float,
        begun: list[tuple[Step, Operation]],
    ) -> list[_Ended]:
        """The step's next request, where it takes more than one; else its end."""
        if result.phase is Phase.DONE and self._preparation.remains(step):
            if not self._stop.is_set():
                begun.append((step, self._preparation.next(step, operation.change, self._clock())))
                return []
            result = failed(NOT_STARTED, "done in part: the run was asked to stop")
        return self._closed(_Ended(step, result, seconds, intended=True))

    def _arrived(self, future: Future[Result]) -> tuple[Step, Operation, Result, float]:
        step, operation, since = self._under_way.pop(future)
        return step, operation, future.result(), self._clock() - since

    def _begin(self, begun: list[tuple[Step, Operation]]) -> list[_Ended]:
        """Take steps until all hands are busy; those of the state alone are done on the spot."""
        ended: list[_Ended] = []
        while len(self._under_way) + len(begun) < self._parallelism:
            if self._stop.is_set() or self._broken is not None:
                break
            step = self._schedule.take()
            if step is None:
                break
            change = self._changes[step.address]
            try:
                self._rename(change)
                if step.name == "record":
                    ended += self._closed(_Ended(step, self._recorded(step, change)))
                else:
                    begun.append((step, self._preparation.operation(step, change, self._clock())))
            except Impossible as error:
                ended += self._closed(_Ended(step, error.result))
        return ended

    def _closed(self, item: _Ended) -> list[_Ended]:
        """The step itself, and where it failed, all that will never begin because of it."""
        if item.result.phase is Phase.DONE:
            self._schedule.done(item.step)
            return [item]
        skipped = self._schedule.failed(item.step)
        return [item, *(_Ended(step, _because(root), because=root) for step, root in skipped)]

    def _keep(self, operation: Operation, result: Result) -> None:
        """Write an outcome and what follows from it for the records."""
        change, intent = operation.change, operation.intent
        phase = result.phase
        if doomed(intent) and phase is Phase.FAILED:
            phase = Phase.INTENT  # the old object is still there and still to be deleted
        self._session.finish(
            intent,
            phase,
            record=result.record,
            forget=result.forget,
            tombstones=result.tombstones,
            detail=result.message or "",
            object_id=result.id,
            at=self._clock() if phase is Phase.UNKNOWN else None,
            sent=line_for(intent, result.id, self._clock()) if phase is Phase.DONE else None,
        )
        records = self._preparation.records
        if result.record is not None:
            records[change.address] = result.record
            self._preparation.ownership.claim(result.record.connection, result.record.id, change.address)
        elif result.forget:
            records.pop(change.address, None)
        if phase is Phase.DONE:
            self._preparation.open.pop(change.address, None)
            if intent.step == "create" and change.action is Action.CREATE_DELETE and change.id is not None:
                self._session.intend([self._preparation.second_half(intent, change, self._clock())])

    def _recorded(self, step: Step, change: Change) -> Result:
        """A change of the state alone: adopt, forget, rename, lifecycle."""
        self._preparation.check_open(change.address)
        self._preparation.check_gone(change.address)
        record = self._preparation.record(change)
        result = Result(Phase.DONE, record.id if record else change.id, record, forget=record is None)
        entry = self._preparation.entry(step, change, self._clock())
        self._session.finish(
            entry,
            Phase.DONE,
            record=record,
            forget=record is None,
            object_id=result.id,
            sent=line_for(entry, result.id, entry.at) if record is not None else None,
        )
        if record is not None:
            self._preparation.records[change.address] = record
            self._preparation.ownership.claim(record.connection, record.id, record.address)
        return result

    def _rename(self, change: Change) -> None:
        """A record moves to its new address before anything else, so that one object never has two."""
        held = self._preparation.records
        old = change.previous_address
        if old is not None and old in held and change.address not in held:
            self._session.move(old, change.address)
            held[change.address] = replace(held.pop(old), address=change.address)

    def _open_ids(self) -> set[str]:
        return {intent.id for intent in self._preparation.open.values()}

    def _lost(
        self,
        error: ReconcilerError,
        arrived: list[tuple[Step, Operation, Result, float]],
        ended: list[_Ended],
        begun: list[tuple[Step, Operation]],
    ) -> list[_Ended]:
        """The state could not be written: nothing more begins; what was done at a vendor is told as not recorded."""
        self._broken = error
        told = [
            _unrecorded(_Ended(step, result, seconds, intended=True), error) for step, _, result, seconds in arrived
        ]
        known = {item.step for item in told}
        told += [_unrecorded(item, error) for item in ended if item.step not in known]
        return told + [_Ended(step, refused(error)) for step, _ in begun if step not in known]

    def _leave_rest(self) -> None:
        for step in self._schedule.rest():
            if self._broken is not None:
                result = refused(self._broken)
            elif self._stop.is_set():
                result = failed(NOT_STARTED, "not started: the run was asked to stop")
            else:
                result = failed(INTERNAL, "never became ready")
            self.tally.skipped(step, result)


def _confirming(session: Session, clock: Callable[[], float]) -> Callable[[Intent], None]:
    """What a write asks right before its request. A process may stand still between the two, or look long at what it
    is about to write: meanwhile another run may have taken the lock over and settled the intent."""

    def confirm(intent: Intent) -> None:
        if clock() - intent.at > FRESH:
            session.confirm()

    return confirm


def _because(root: Address) -> Result:
    return failed(SKIPPED, f"skipped: {root} was not done")


def _unrecorded(item: _Ended, error: ReconcilerError) -> _Ended:
    if not item.intended:
        return replace(item, result=refused(error))
    if item.result.phase is Phase.FAILED:
        return item
    message = f"the vendor has it, but the state could not be written: {error.message}"
    result = replace(failed(NOT_RECORDED, message), phase=Phase.UNKNOWN, id=item.result.id)
    return replace(item, result=result)
