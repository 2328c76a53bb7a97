"""What has to hold after every run, whatever happened in it: DESIGN section 11's invariants, said a second time.

Nothing of the product's own bookkeeping is believed: the requests that left are held against the plan in the vendors'
documents' terms, and what is live against the vendors' own books.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.model import Action, Address, Change, Pending, Phase, Plan, Snapshot
from tests.simulation.figures import FIGURES
from tests.simulation.truth import Key, Truth
from tests.simulation.universe import PATHS
from tests.simulation.wire import Sent, question_key

NOTHING_SENT = (3, 6, 7, 8)  # exit codes of runs that were stopped as a whole


class Broken(AssertionError):
    """An invariant does not hold."""


@dataclass
class Run:
    """One run as it was seen from outside."""

    before: Snapshot
    plan: Plan | None = None  # what it worked by, made under the lock
    approved: Plan | None = None  # what was said yes to, where that was another
    code: int | None = None  # None: killed
    error: str = ""
    summary: Mapping[str, Any] | None = None
    sent: list[Sent] = field(default_factory=list)
    consented: frozenset[Address] = frozenset()
    after: Snapshot = field(default_factory=Snapshot)

    @property
    def writes(self) -> list[Sent]:
        return [sent for sent in self.sent if sent.writes]


@dataclass
class Allowed:
    """One write that a plan allows; ``once`` says that it may take effect only once."""

    address: Address
    connection: str
    method: str
    fits: Callable[[str], bool]  # the path
    body: Mapping[str, Any] | None
    once: bool = False
    spent: bool = False

    def covers(self, sent: Sent) -> bool:
        """Whether the write is this one."""
        return (
            (self.connection, self.method) == (sent.connection, sent.method)
            and self.fits(sent.path)
            and (self.body is None or _same(self.body, sent.body))
        )


def check_run(run: Run, truth: Truth) -> None:
    """Everything that has to hold after one run."""
    _check_stopped(run)
    allowed = [write for change in _approved(run) for write in _writes_of(change, run, truth)]
    for sent in run.writes:
        _check_write(sent, allowed, run)
    if truth.twice:
        FIGURES.duplicates += 1
        raise Broken(f"the same was sent a second time: {truth.twice[0]} {truth.twice[0].body}")
    _check_summary(run, allowed)
    _check_journal(run)


def _check_stopped(run: Run) -> None:
    if run.code in NOTHING_SENT and run.writes:
        FIGURES.unapproved += 1
        raise Broken(f"exit {run.code}, and yet something was sent: {run.writes[0]}")
    if run.plan is None and run.writes:
        raise Broken(f"written without a plan: {run.writes[0]}")


# --- the approval -------------------------------------------------------------------------------------------------


def _approved(run: Run) -> list[Change]:
    """The operations somebody said yes to; the second half of a replacement was approved by an earlier run."""
    if run.plan is None:
        return []
    said_yes = run.approved or run.plan
    recovering = [change for change in run.plan.changes if change.reason == "recover"]
    return [*(c for c in said_yes.changes if c.operates and c.reason != "recover"), *recovering]


def _writes_of(change: Change, run: Run, truth: Truth) -> Iterable[Allowed]:
    """What an operation may send, in the terms of the vendors' documents."""
    if change.address.kind == "enco/Question":
        if change.action is Action.CREATE:
            yield _added(change, change.request, _ids_of(change.request["survey"], run, truth))
        return
    base = PATHS[change.address.kind]
    if change.address.kind in ("enco/Send", "customersure/FeedbackRequest"):
        yield from _message(change, base, run, truth)
        return
    if change.reason == "recover":
        yield _delete(change, change.previous_connection or change.connection, f"{base}/{change.id}")
        return
    if change.action is Action.CREATE or change.action.replaces:
        body = _body(change.request)
        yield Allowed(change.address, change.connection, "POST", lambda path: path == base, body, once=True)
    if change.action is Action.UPDATE and change.address.kind == "enco/Survey":
        for item in change.request.get("questions", ()):  # type: ignore[union-attr]
            yield _added(change, item, {str(change.id)})  # type: ignore[arg-type]
    elif change.action is Action.UPDATE and change.request:
        method = "PATCH" if change.address.provider == "customersure" else "POST"
        path = f"{base}/{change.id}"
        yield Allowed(change.address, change.connection, method, lambda sent: sent == path, _body(change.request))
    if change.action.destroys:
        yield _delete(change, change.previous_connection or change.connection, f"{base}/{change.id}")


def _message(change: Change, base: str, run: Run, truth: Truth) -> Iterable[Allowed]:
    """A message, or the change of one that is pending; what a recovery finds open is never sent by it."""
    if change.reason == "recover":
        return
    if change.action is Action.UPDATE and change.request:
        path = f"{base}/{change.id}"
        yield Allowed(change.address, change.connection, "PATCH", lambda sent: sent == path, None)
    elif change.action is Action.SEND:
        paths = {base}
        if change.address.type == "Send":
            paths = {f"{base}/{survey}/send" for survey in _ids_of(change.request["survey"], run, truth)}
        yield Allowed(change.address, change.connection, "POST", lambda path: path in paths, None, once=True)


def _added(change: Change, question: Mapping[str, Any], surveys: set[str]) -> Allowed:
    paths = {f"{PATHS['enco/Survey']}/{survey}/question" for survey in surveys}
    body = {"language": question["language"], "body": question["body"]}
    return Allowed(change.address, change.connection, "POST", lambda path: path in paths, body, once=True)


def _delete(change: Change, connection: str, path: str) -> Allowed:
    return Allowed(change.address, connection, "DELETE", lambda sent: sent == path, None)


def _ids_of(value: Any, run: Run, truth: Truth) -> set[str]:
    """The ids that a reference may stand for by now."""
    if not isinstance(value, Pending):
        return {str(value)}
    records = (snapshot.records.get(value.address) for snapshot in (run.before, run.after))
    made = {id for _, kind, id in truth.made if kind == value.address.kind}
    return made | {record.id for record in records if record is not None}


def _body(request: Mapping[str, Any]) -> dict[str, Any]:
    return {name: [dict(i) for i in v] if isinstance(v, list | tuple) else v for name, v in request.items()}


def _same(wanted: Mapping[str, Any], sent: Any) -> bool:
    return isinstance(sent, dict) and dict(wanted) == sent


def _check_write(sent: Sent, allowed: list[Allowed], run: Run) -> None:
    covering = [write for write in allowed if write.covers(sent)]
    if not covering:
        FIGURES.unapproved += 1
        raise Broken(f"nobody approved this write: {sent} {sent.body}")
    if sent.sort == "add" and sent.did and sent.again:
        FIGURES.duplicates += 1
        raise Broken(f"a question was added a second time: {sent} {question_key(sent.body)}")
    if sent.did and covering[0].once:
        fresh = [write for write in covering if not write.spent]
        if not fresh:
            FIGURES.duplicates += 1
            raise Broken(f"done a second time in one run: {sent}")
        fresh[0].spent = True
    if sent.edited and sent.did and sent.sort in ("update", "delete") and "surveys" not in sent.path:
        FIGURES.unapproved += 1
        raise Broken(f"written over what somebody had just edited: {sent}")
    consented = any(write.address in run.consented for write in covering)
    if sent.sort == "delete" and sent.did and any(sent.lost.values()) and not consented:
        FIGURES.lost += 1
        raise Broken(f"{dict(sent.lost)} destroyed without consent: {sent}")


# --- what was told ------------------------------------------------------------------------------------------------


def _check_summary(run: Run, allowed: list[Allowed]) -> None:
    summary = run.summary
    if summary is None:
        if run.code in (0, 9):
            raise Broken(f"exit {run.code} without a summary")
        return
    if summary["exit_code"] != run.code:
        raise Broken(f"the summary says exit {summary['exit_code']}, the process {run.code}")
    statuses = [outcome["status"] for outcome in summary["outcomes"]]
    counts = summary["summary"]
    for name in ("failed", "unknown", "skipped"):
        if counts[name] != statuses.count(name):
            raise Broken(f"{counts[name]} {name} are told, and there are {statuses.count(name)}")
    assert run.plan is not None
    troubled = any(counts[name] for name in ("failed", "unknown", "skipped")) or bool(run.plan.troubles)
    partial = troubled or bool(counts["blocked"] and run.plan.applyable)
    if (run.code == 0) is partial or (run.code in (4, 5) and not troubled):
        raise Broken(f"exit {run.code} with {dict(counts)}")
    if run.code == 0:
        _check_done(run, allowed, counts)


def _check_done(run: Run, allowed: list[Allowed], counts: Mapping[str, int]) -> None:
    """Where all went well, what is told as added was made, and what is told as destroyed is gone."""
    assert run.plan is not None
    created = [c for c in run.plan.changes if c.operates and (c.action is Action.CREATE or c.action.replaces)]
    made = [write for write in allowed if write.once and write.spent and _creates(write, run.plan)]
    if not len(created) == counts["added"] == len(made):
        raise Broken(f"added {counts['added']}, planned {len(created)}, made {len(made)}")
    sends = [c for c in run.plan.changes if c.operates and c.action is Action.SEND and c.reason != "recover"]
    sent = [write for write in allowed if write.once and write.spent and _sends(write, run.plan)]
    if not len(sends) == counts["sent"] == len(sent):
        raise Broken(f"sent {counts['sent']}, planned {len(sends)}, left {len(sent)}")
    deleted = [c for c in run.plan.changes if c.operates and c.action.destroys]
    if counts["destroyed"] != len(deleted):
        raise Broken(f"destroyed {counts['destroyed']}, planned {len(deleted)}")


def _creates(write: Allowed, plan: Plan) -> bool:
    action = next(change.action for change in plan.changes if change.address == write.address)
    return action is Action.CREATE or action.replaces


def _sends(write: Allowed, plan: Plan) -> bool:
    return any(change.address == write.address and change.action is Action.SEND for change in plan.changes)


def _check_journal(run: Run) -> None:
    open_now = run.after.open_intents
    if run.code == 0 and open_now:
        raise Broken(f"exit 0, and {open_now[0].address} is open")
    if run.code is not None and run.summary is not None:
        told = {o["address"] for o in run.summary["outcomes"] if o["status"] in ("unknown", "failed", "skipped")}
        told |= {item["address"] for item in run.summary["blocked"]}
        untold = [i for i in open_now if str(i.address) not in told]
        if untold:
            raise Broken(f"{untold[0].address} is open, and nobody was told")
    if run.code is not None and run.code not in (8,):
        asleep = [i for i in open_now if i.phase is Phase.INTENT and not _known(i.id, run) and i.step != "delete"]
        if asleep:
            raise Broken(f"{asleep[0].address} was intended, and the run ended without an outcome")


def _known(id: str, run: Run) -> bool:
    return any(intent.id == id for intent in run.before.open_intents)


# --- at the end ---------------------------------------------------------------------------------------------------


def check_end(truth: Truth, snapshot: Snapshot, released: set[Key], ever: set[Key]) -> None:
    """One live object a key, nothing of ours outside the state, nothing lost, others' objects as they left them."""
    if snapshot.open_intents:
        raise Broken(
            f"the journal still has an open {snapshot.open_intents[0].step} of {snapshot.open_intents[0].address}"
        )
    orphans = sorted(key for key in truth.limbo(snapshot) if key not in released)
    if orphans:
        FIGURES.duplicates += len(orphans)
        raise Broken(f"live, made by us and in no state: {orphans}; made by {truth.made[orphans[0]]}")
    for key, fields in truth.others.items():
        if key in ever:
            continue
        now = truth.live(key[0], key[1]).get(key[2])
        if now is None:
            FIGURES.lost += 1
            raise Broken(f"{key} of somebody else is gone")
        if {**now, "questions": None} != {**fields, "questions": None}:
            FIGURES.unapproved += 1
            raise Broken(f"{key} of somebody else was changed from {fields} to {now}")
    for survey in truth.live("enco", "enco/Survey").values():
        keys = [question_key(question) for question in survey["questions"]]
        if len(keys) != len(set(keys)):
            FIGURES.duplicates += 1
            raise Broken(f"survey {survey['id']} has a question twice: {keys}")
