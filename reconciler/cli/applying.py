"""An apply under the lock: settle what is open, plan again, hold it against the approval, pass the guards, act.

1. The lock is taken; one run writes at a time.
2. Writes that an earlier run left open are settled by reading back.
3. The world is observed and planned again.
4. With an approval, the operations must be the approved ones; those this very plan already did count as done.
5. The guards are asked; one that stops, stops everything.
6. The operations run in dependency order, each in the journal before its first byte; what a write destroys is counted
   again right before it, and what is deleted is archived.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reconciler.cli.command import Setting
from reconciler.cli.planning import Planned, Request, make_plan, open_connections, seek
from reconciler.cli.progress import Progress
from reconciler.cli.running import show_plan
from reconciler.cli.workspace import Workspace
from reconciler.errors import (
    ALL_BLOCKED,
    GUARD_STOPPED,
    INTERRUPTED,
    PLAN_APPLIED,
    PLAN_STALE,
    ReconcilerError,
    worst,
)
from reconciler.model import Address, Blocked, Change, GuardStop, Outcome, Plan, Snapshot, Status
from reconciler.plan import Approval, approve, differences
from reconciler.plan.graph import RECORD, step_names
from reconciler.plan.guards import impact_growth

if TYPE_CHECKING:
    from reconciler.apply.farewell import Farewell
    from reconciler.apply.recovery import Unsettled
    from reconciler.cli.interrupts import Interrupts
    from reconciler.manifest import Manifests
    from reconciler.state.contract import Session, StateStore


@dataclass(frozen=True, slots=True)
class Approved:
    """A plan somebody said yes to."""

    plan: Plan
    approval: Approval


@dataclass(frozen=True, slots=True)
class Apply:
    """One apply: everything it needs; ``run`` goes through the steps above."""

    setting: Setting
    workspace: Workspace
    store: StateStore
    params: Mapping[str, Any]
    command: str
    request: Request
    manifests: Manifests
    approved: Approved | None = None
    shown: Plan | None = None  # what the user has before them already

    def run(self) -> int:
        """Do it; the exit code."""
        from reconciler.cli.interrupts import Interrupts
        from reconciler.state import Holder
        from reconciler.state.guard import ephemeral

        existed = self.store.snapshot()
        allowed = bool(self.params.get("allow_ephemeral_state"))
        ephemeral(self.workspace.state_url, existed.exists, os.environ, allowed=allowed)
        open_connections(self.workspace, self.request.selection, self.manifests, existed)
        digest = self.approved.approval.digest if self.approved else None
        with (
            Interrupts(self.setting.terminal) as interrupts,
            self.store.lock(Holder.here(), self.command, digest) as session,
        ):
            return self._recorded(session, interrupts, made_now=not existed.exists)

    def _recorded(self, session: Session, interrupts: Interrupts, *, made_now: bool) -> int:
        """The locked part, its end written into the history however it ends."""
        try:
            code, counts = self._locked(session, interrupts, made_now=made_now)
        except ReconcilerError as error:
            with suppress(ReconcilerError):  # the first error is the one to tell
                session.end(error.exit_code, {})
            raise
        session.end(code, counts)
        return code

    def _locked(self, session: Session, interrupts: Interrupts, *, made_now: bool) -> tuple[int, Mapping[str, int]]:
        session.bind(self.workspace.origins)
        unsettled = self._settle(session, interrupts)
        snapshot = session.snapshot()
        made = make_plan(self.workspace, self.request, self.manifests, snapshot, unsettled)
        if self.approved is not None:
            self._check_approval(session, snapshot, made.plan, made_now=made_now)
        elif made.plan != self.shown:
            self._show(made.plan)
        self._pass_guards(made.plan)
        outcomes = self._execute(session, made, interrupts)
        return self._tell(made.plan, outcomes, interrupted=interrupts.stop.is_set())

    def _settle(self, session: Session, interrupts: Interrupts) -> dict[Address, Blocked]:
        """Settle open writes; what cannot be settled stops its address alone."""
        intents = session.open_intents()
        if not intents:
            return {}
        from reconciler.apply.recovery import settle
        from reconciler.report.visible import sentence

        say = self.setting.terminal.say
        say(f"Settling {len(intents)} open write{'s' if len(intents) > 1 else ''} of an earlier run by reading back.")
        providers = self.workspace.providers(intent.connection for intent in intents)
        snapshot, desired = session.snapshot(), {d.address: d for d in self.manifests.desired}
        self.workspace.sealing.check(snapshot, ())
        places = {(i.connection, i.address.kind) for i in intents}
        seek(providers, places, desired, snapshot, self.workspace.sealing)
        connections = self.workspace.project.connections
        recovery = settle(
            session,
            providers,
            self.workspace.registry,
            now=time.time,
            sleep=interrupts.pause,
            settle_seconds={name: connection.settle for name, connection in connections.items()},
            sealing=self.workspace.sealing,
            on_wait=lambda seconds: say(f"Not to be seen yet; reading again in {seconds:.0f}s."),
        )
        for intent, _, id, message in recovery.settled:
            say(f"  {intent.address}: {sentence(message)}" + (f" (id {sentence(id)})" if id else ""))
        if interrupts.stop.is_set():
            raise ReconcilerError(INTERRUPTED, "interrupted while settling; nothing was sent")
        return {item.intent.address: _unsettled(item) for item in recovery.unsettled}

    # --- the approval ---------------------------------------------------------------------------------------------

    def _check_approval(self, session: Session, snapshot: Snapshot, plan: Plan, *, made_now: bool) -> None:
        assert self.approved is not None
        approval, now = self.approved.approval, approve(plan, self.workspace.sealing.digest)
        if approval.lineage is None and (made_now or snapshot.born_of == approval.digest):
            now = replace(now, lineage=None)
        satisfied = self._satisfied(session, snapshot)
        if approval.operations and satisfied >= set(map(Address.parse, approval.operations)):
            raise ReconcilerError(PLAN_APPLIED, "every operation of this plan was done by an earlier apply of it")
        stale = [*differences(approval, now, satisfied), *impact_growth(self.approved.plan, plan)]
        if stale:
            raise ReconcilerError(PLAN_STALE, f"the saved plan no longer matches: {'; '.join(stale)}")

    def _satisfied(self, session: Session, snapshot: Snapshot) -> set[Address]:
        """The approved operations that an earlier apply of this very plan did."""
        assert self.approved is not None
        digest = self.approved.approval.digest
        done = session.satisfied(digest)
        applied_before = any(run.plan_digest == digest and run.id != session.run for run in self.store.runs())
        satisfied = set()
        for change in self.approved.plan.changes:
            steps = step_names(change)
            if not change.operates or change.reason == "recover":
                continue
            if steps == (RECORD,):
                if applied_before and _is_recorded(change, snapshot):
                    satisfied.add(change.address)
            elif all((change.address, step) in done for step in steps):
                satisfied.add(change.address)
        return satisfied | {intent.address for intent in session.open_intents() if intent.plan_digest == digest}

    # --- the guards -----------------------------------------------------------------------------------------------

    def _pass_guards(self, plan: Plan) -> None:
        if plan.stops:
            raise _stopped(plan.stops)
        waiting = plan.waiting()
        blocked = [change for change in plan.changes if change.blocked is not None and change.address not in waiting]
        if blocked and not plan.applyable and not plan.troubles:
            first = blocked[0]
            message = f"{first.address}: {first.blocked.message if first.blocked else ''}"
            more = f" (and {len(blocked) - 1} more)" if len(blocked) > 1 else ""
            raise ReconcilerError(ALL_BLOCKED, f"every operation is blocked; {message}{more}")

    # --- the work -------------------------------------------------------------------------------------------------

    def _execute(self, session: Session, made: Planned, interrupts: Interrupts) -> tuple[Outcome, ...]:
        from reconciler.apply.executor import execute
        from reconciler.cli.crash import unexpected

        farewell = self._farewell(session, made.plan)
        sealing = self.workspace.sealing
        digest = self.approved.approval.digest if self.approved else approve(made.plan, sealing.digest).digest
        progress = Progress(self.setting.terminal, made.plan, as_json=self.setting.as_json)
        progress.begin()
        asked = [change for change in made.plan.changes if not change.awaits_token]
        connections = {change.connection for change in asked} | {
            change.previous_connection for change in asked if change.previous_connection
        }
        outcomes = execute(
            made.plan,
            providers=self.workspace.providers(connections & set(self.workspace.project.connections)),
            session=session,
            registry=self.workspace.registry,
            world=made.world,
            plan_digest=digest,
            parallelism=int(self.params.get("parallelism") or 10),
            on_event=progress.tell,
            stop=interrupts.stop,
            before_delete=farewell.before_delete,
            before_update=farewell.before_update,
            unexpected=lambda error: unexpected(error, f"a write of {self.command}").message,
            sealing=sealing,
        )
        progress.end()
        if farewell.archived:
            number = f"{len(farewell.archived)} object{'s' if len(farewell.archived) > 1 else ''}"
            self.setting.terminal.say(f"Before the delete, {number} went into the archive: {farewell.archive.folder}")
        return outcomes

    def _farewell(self, session: Session, plan: Plan) -> Farewell:
        """What counts again and archives; held to what somebody approved, else to what this run counted itself."""
        from reconciler.apply.archive import Archive
        from reconciler.apply.farewell import Farewell

        project = self.workspace.project
        approved = (self.approved.plan if self.approved else plan).changes
        return Farewell(
            registry=self.workspace.registry,
            approved={change.address: change.impact for change in approved if change.impact is not None},
            archive=Archive(project.folder, session.run, time.time()),
            project=project.name,
            environment=project.environment,
        )

    def _show(self, plan: Plan) -> None:
        """The plan of an apply that nobody reviewed beforehand."""
        if self.setting.as_json:
            from reconciler.report.document import line

            self.setting.terminal.show(line({"type": "planned", "summary": plan.summary()}))
        else:
            show_plan(self.setting, self.workspace, plan, self.params, next_step=False)

    def _tell(self, plan: Plan, outcomes: tuple[Outcome, ...], *, interrupted: bool) -> tuple[int, Mapping[str, int]]:
        from reconciler.report.apply_report import apply_counts, apply_document
        from reconciler.report.past import DRIFT_COUNTS
        from reconciler.report.rendering import Applied, applied_as
        from reconciler.report.shape import drift_summary

        code = exit_code(plan, outcomes, interrupted=interrupted)
        terminal, command = self.setting.terminal, f"reconciler {self.command}"
        applied = Applied(plan, outcomes, code, interrupted, command)
        if self.setting.as_json:
            from reconciler.report.document import line

            terminal.show(line(apply_document(plan, outcomes, exit_code=code, interrupted=interrupted)))
        elif plan.applyable or interrupted or self.approved is not None:
            terminal.show(f"\n{applied_as('text', replace(applied, style=terminal.style))}")
        self.setting.reports.write(lambda form: applied_as(form, applied))
        drift = drift_summary(plan)
        return code, {**apply_counts(plan, outcomes), **{name: drift[name] for name in DRIFT_COUNTS}}


def exit_code(plan: Plan, outcomes: tuple[Outcome, ...], *, interrupted: bool) -> int:
    """The exit code of an apply that came to its end."""
    codes = [trouble.exit_code for trouble in plan.troubles]
    failed = [o for o in outcomes if o.status in (Status.FAILED, Status.UNKNOWN, Status.SKIPPED)]
    codes += [o.exit_code for o in failed if o.exit_code in (4, 5, 130)]
    waiting = plan.waiting()
    blocked = any(change.blocked is not None and change.address not in waiting for change in plan.changes)
    if failed or (blocked and plan.applyable):
        codes.append(9)
    return worst([130 if interrupted else 0, *codes])


def _is_recorded(change: Change, snapshot: Snapshot) -> bool:
    """Whether the state already holds what a change of the state alone would make."""
    record = snapshot.records.get(change.address)
    if change.recorded is None:
        return record is None
    return record is not None and record.lifecycle == change.lifecycle and change.importing in (None, record.id)


def _unsettled(item: Unsettled) -> Blocked:
    address = item.intent.address
    message = f"{item.why}; settle it with: reconciler resolve {address} --adopt ID | --not-created"
    return Blocked("unsettled", message, item.candidates)


def _stopped(stops: tuple[GuardStop, ...]) -> ReconcilerError:
    message = "; ".join(stop.message for stop in stops)
    consents = " ".join(dict.fromkeys(stop.consent for stop in stops))
    return ReconcilerError(GUARD_STOPPED, message, hint=f"if that is meant, add: {consents}")
