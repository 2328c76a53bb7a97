"""One project's life: chapters of edits and runs, then better weather, until everything agrees; and a trace of it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from reconciler.apply.resolution import resolve
from reconciler.cli.applying import Apply as ProductApply
from reconciler.cli.applying import Approved
from reconciler.cli.planning import make_plan
from reconciler.errors import Problems, ReconcilerError
from reconciler.manifest import Manifests
from reconciler.model import Action, Intent, Plan, Snapshot
from reconciler.plan import approve
from reconciler.state import Holder
from tests.simulation import office
from tests.simulation.checks import Broken, Run, check_end, check_run
from tests.simulation.clock import Clock
from tests.simulation.crew import Crew
from tests.simulation.figures import FIGURES
from tests.simulation.reaper import Killed, Reaper
from tests.simulation.scenario import Apply, Chapter, Edit
from tests.simulation.truth import Key, Truth, fields_of
from tests.simulation.universe import Declare, Rename, Revise, Switch, Tamper, Withdraw, manifest_text
from tests.simulation.weather import Weather
from tests.simulation.wire import Sent

SEED = int(os.environ.get("RECONCILER_SEED") or 1)
MOST_RUNS = 6  # until it has to be settled, in good weather
# What a plan may say for good: somebody has to decide, and the message says what.
FOR_GOOD = frozenset(
    [
        "immutable",
        "prevent_destroy",
        "near_match",
        "ambiguous",
        "already_claimed",
        "possible_rename",
        "maybe_renamed",
        "connection_moved",
        "dependency_blocked",
        "still_referenced",
        "already_sent",
    ]
)


def live(chapters: Iterable[Chapter]) -> None:
    """Live through the chapters and check everything; on failure the exception tells the story."""
    with lived() as life:
        for chapter in chapters:
            life.chapter(chapter)
        life.end_well()
    FIGURES.worlds += 1


@contextmanager
def lived() -> Iterator[Life]:
    """A life to be lived step by step."""
    folder = Path(tempfile.mkdtemp(prefix="simulation-", dir=office.MEMORY))
    life = Life(folder)
    try:
        with office.installed(life.clock, life.plans):
            yield life
    except Exception as error:
        error.add_note("\n".join([f"RECONCILER_SEED={SEED}. The story:", *life.story]))
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Life:
    """A project in a folder, its vendors, and everything that happened."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.truth = Truth(self.clock)
        self.project = office.project(folder)
        self.plans: list[Plan] = []
        self.story: list[str] = []
        self.declared: dict[str, Declare] = {}
        self.previous: dict[str, set[str]] = {}
        self.saved: Plan | None = None
        self.released: set[Key] = set()  # given up knowingly
        self.ever: set[Key] = set()  # managed at some time

    def chapter(self, chapter: Chapter) -> None:
        """Edits, then a run."""
        for edit in chapter.edits:
            self.edit(edit)
        self.run(chapter.apply)

    # --- edits ----------------------------------------------------------------------------------------------------

    def edit(self, edit: Edit) -> None:
        """One edit, of git or of the world."""
        before = dict(self.declared)
        match edit:
            case Declare():
                self.declared[edit.address] = edit
            case Revise():
                self._revise(edit)
            case Withdraw():
                self.declared.pop(edit.address or self._picked(edit.pick), None)
            case Rename():
                self._rename(edit)
            case Switch():
                self.truth.main.world.options.update({edit.option: edit.value})
                self._tell(f"{edit}")
            case Tamper():
                if self.truth.tamper(edit, self.snapshot()):
                    self._tell(f"{edit}")
                return
        if self.declared != before:
            self._take_back_nonsense(edit, before)

    def _take_back_nonsense(self, edit: Edit, before: dict[str, Declare]) -> None:
        """Manifests that contradict each other never get through a review."""
        try:
            self._manifests()
        except Problems:
            self.declared = before
        else:
            self._tell(f"{edit}")

    def _picked(self, pick: int) -> str:
        """The address of one of the manifests; empty where there is none."""
        return sorted(self.declared)[pick % len(self.declared)] if self.declared else ""

    def _revise(self, edit: Revise) -> None:
        was = self.declared.get(self._picked(edit.pick))
        if was is not None:
            life = was.life if edit.life is None else edit.life
            self.declared[was.address] = replace(was, spec=edit.spec, life=life)

    def _rename(self, edit: Rename) -> None:
        address = self._picked(edit.pick)
        kind, _, old = address.rpartition("/")
        new = f"{kind}/{edit.name}"
        if address in self.declared and new not in self.declared:
            was = self.declared.pop(address)
            self.declared[new] = replace(was, address=new)
            self.previous[new] = {old}

    # --- runs -----------------------------------------------------------------------------------------------------

    def run(self, step: Apply) -> Run:
        """One run of apply; what it did is checked at once."""
        FIGURES.runs += 1
        self.clock.sleep(step.pause)
        self._tell(f"{step}")
        vendors = self.truth.vendors
        vendors.begin(Reaper(), Weather())
        approved = self._approved(step)
        for edit in step.between:
            self.edit(edit)
        vendors.begin(Reaper(step.kill), Weather(step.faults))
        Crew.begin(step.turns)
        self.truth.edited, self.truth.known = set(), _keys(self.snapshot())
        run = Run(self.snapshot(), approved=approved)
        del self.plans[:]
        self._carry_out(step, run, approved)
        run.plan = self.plans[-1] if self.plans else None
        run.sent, run.after = list(vendors.sent), self.snapshot()
        vendors.begin(Reaper(), Weather())
        self._ended(run)
        check_run(run, self.truth)
        return run

    def _carry_out(self, step: Apply, run: Run, approved: Plan | None) -> None:
        work, desk = office.Office(self.project, self.truth.vendors), office.Desk()
        request = office.request(consent=step.consent, destroy=not self.declared)
        run.consented = request.consents.data_loss
        params = {"as_json": True, "parallelism": step.parallelism, "allow_ephemeral_state": True}
        try:
            manifests = self._manifests()
            yes = Approved(approved, approve(approved, office.SEALING.digest)) if approved is not None else None
            if yes is not None:  # as the command line has it: what was approved is sent, and nothing else
                request = replace(request, consents=replace(request.consents, sends=yes.approval.sends))
            apply = ProductApply(desk.setting, work, work.store(), params, "apply", request, manifests, yes)  # type: ignore[arg-type]
            run.code = apply.run()
        except Killed as killed:
            FIGURES.kills[str(killed)] += 1
        except (ReconcilerError, Problems) as error:
            run.code, run.error = error.exit_code, str(error)
        run.summary = desk.summary
        self._tell(*desk.err.getvalue().splitlines())

    def _approved(self, step: Apply) -> Plan | None:
        """The plan that the run shall go by, made now or for an earlier run."""
        if step.mode == "plan":
            self.saved = None
            with suppress(ReconcilerError, Problems):
                self.saved = self.plan(consent=step.consent)
        return self.saved if step.mode != "auto" else None

    def plan(self, *, consent: bool = True) -> Plan:
        """What ``plan`` would say now."""
        work = office.Office(self.project, self.truth.vendors)
        request = office.request(consent=consent, destroy=not self.declared)
        return make_plan(work, request, self._manifests(), self.snapshot()).plan  # type: ignore[arg-type]

    def _manifests(self) -> Manifests:
        work = office.Office(self.project, self.truth.vendors)
        return work.manifests(manifest_text(self.declared, self.previous), none=not self.declared)

    def snapshot(self) -> Snapshot:
        """The state, read from disk."""
        return office.Office(self.project, self.truth.vendors).store().snapshot()

    def _ended(self, run: Run) -> None:
        FIGURES.exits["killed" if run.code is None else f"{run.code}"] += 1
        FIGURES.writes += len(run.writes)
        known = {intent.id for intent in run.after.open_intents}
        FIGURES.settled += sum(intent.id not in known for intent in run.before.open_intents)
        self.ever |= _keys(run.after)
        self._release(run)
        self._tell(*(f"  {sent}" for sent in run.sent if sent.writes or sent.fault))
        self._tell(f"  exit {run.code}: {run.error or (dict(run.summary['summary']) if run.summary else '')}")
        for intent in run.after.open_intents:
            self._tell(f"  open: {intent.phase} {intent.step} of {intent.address} {intent.detail}")

    def _release(self, run: Run) -> None:
        """What the plan says is forgotten and stays live is nobody's from then on."""
        for change in run.plan.changes if run.plan else ():
            if (change.action is Action.FORGET or change.deactivates) and change.id is not None:
                self.released.add((change.previous_connection or change.connection, change.address.kind, change.id))

    # --- the end --------------------------------------------------------------------------------------------------

    def end_well(self) -> None:
        """In good weather, with every consent, until nothing is left to do; then the last checks."""
        self._tell("good weather from here on")
        self.truth.restore()
        for _ in range(MOST_RUNS):
            run = self.run(Apply())
            self._resolve()
            if run.plan is not None and not run.plan.applyable and not run.after.open_intents:
                break
        else:
            raise Broken(f"still something to do after {MOST_RUNS} runs: {self._left()}")
        self._check_empty()
        check_end(self.truth, self.snapshot(), self.released, self.ever)

    def _left(self) -> list[str]:
        plan = self.plan()
        return [f"{c.address} {c.action} {c.reason} {c.blocked.code if c.blocked else ''}" for c in plan.changes]

    def _check_empty(self) -> None:
        """Nothing is left to do, and a second plan says the same, byte for byte."""
        first, second = self.plan(), self.plan()
        if first != second:
            raise Broken("two plans of the same world differ")
        for change in first.changes:
            if change.operates:
                raise Broken(f"not empty: {change.action} {change.address} ({change.reason})")
            if change.blocked is not None and change.blocked.code not in FOR_GOOD:
                raise Broken(f"{change.address} stays blocked: {change.blocked.code}: {change.blocked.message}")

    def _resolve(self) -> None:
        """A person with a look at the vendor's console says what became of what reading back could not settle."""
        for address in sorted({intent.address for intent in self.snapshot().open_intents}):
            snapshot = self.snapshot()
            intent = next(i for i in snapshot.open_intents if i.address == address)
            made = self._made_by(intent, snapshot)
            work = office.Office(self.project, self.truth.vendors)
            with work.store().lock(Holder.here(), "resolve") as session:
                providers = work.providers(office.CONNECTIONS)
                said = {"adopt_id": made} if made is not None else {"not_created": True}
                more = {"registry": work.registry, "providers": providers, "sealing": work.sealing, **said}
                resolve(session, address, **more)  # type: ignore[arg-type]
                session.end(0, {})
            FIGURES.resolved += 1
            self._tell(f"resolved: {address} {intent.step}: {said}")

    def _made_by(self, intent: Intent, snapshot: Snapshot) -> str | None:
        """The object an open create made: live, held by nobody, and sent with this very content."""
        if intent.step != "create" or intent.address.kind == "enco/Question":
            return None
        if intent.address.kind == "enco/Send":
            return "sent" if self.truth.delivered(intent.request) else None
        wanted = (intent.connection, intent.address.kind)
        fits: Callable[[Sent], bool] = lambda sent: fields_of(sent) == _opened(intent, sent)  # noqa: E731
        made = (key[2] for key, sent in self.truth.limbo(snapshot).items() if key[:2] == wanted and fits(sent))
        return next((id for id in made if (*wanted, id) not in self.released), None)

    def _tell(self, *lines: str) -> None:
        self.story += lines


def _keys(snapshot: Snapshot) -> set[Key]:
    return {(record.connection, address.kind, record.id) for address, record in snapshot.records.items()}


def _opened(intent: Intent, sent: Sent) -> dict[str, Any]:
    """What an intent sends, personal data opened where this very request held it."""
    return {**office.SEALING.opened(intent.address.kind, intent.request, fields_of(sent))}
