"""``drift --accept``: the live values of chosen addresses written into the manifests that declare them.

1. Each address is looked at; one that cannot be accepted stops everything.
2. The texts of the files are made anew in memory.
3. They are loaded with all other manifests, and the plan is made again from what was observed: nothing but what was
   accepted may have changed, and nothing of that may be left to do.
4. Only then are the files written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler import errors
from reconciler.cli.planning import Planned, Request, load_manifests
from reconciler.cli.rewriting import Rewriting, rewrite
from reconciler.cli.targeting import check_globs
from reconciler.cli.workspace import Workspace
from reconciler.document import decode, read_bytes
from reconciler.document.file import changed
from reconciler.errors import Problems, ReconcilerError
from reconciler.manifest.acceptance import Rewritten, Wish, declared, rewritten
from reconciler.manifest.files import STDIN, Search
from reconciler.model import Address, Cause, Change, Desired, Drift, FieldChange, Plan, Selection, Snapshot, canonical
from reconciler.model.acceptance import Accepted
from reconciler.plan import build
from reconciler.plan.builder import followed
from reconciler.plan.ledger import earlier_identities, identities
from reconciler.plan.opening import opened
from reconciler.schema.personal import is_personal

if TYPE_CHECKING:
    from reconciler.manifest import Manifests
    from reconciler.schema import Registry

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What was accepted, the plan as it is with that, the addresses where nothing had moved, and how many comments went
    with the list items that they stood beside."""

    accepted: tuple[Accepted, ...]
    plan: Plan
    still: tuple[Address, ...]
    lost: int = 0


def accept(
    workspace: Workspace,
    request: Request,
    manifests: Manifests,
    snapshot: Snapshot,
    planned: Planned,
    addresses: Iterable[Address],
    *,
    reveal: bool,
) -> Acceptance:
    """Write what is live at the addresses into their manifests. Raises Problems where anything of it cannot be
    accepted, and then nothing is written. ``reveal`` allows personal data to be written."""
    wanted = sorted(set(addresses))
    check_globs(Selection(targets=tuple(map(str, wanted))), manifests, snapshot, option="--accept")
    review = _Review(planned, workspace.registry, reveal=reveal)
    moved = review.moved(wanted)
    if not moved:
        return Acceptance((), planned.plan, tuple(wanted))
    live = followed(opened(planned.inputs, workspace.sealing))
    wishes = [_wish(planned.inputs.desired[drift.address], drift, live) for drift in moved]
    files = _rewritten(workspace, request, wishes)
    plan = _planned_again(workspace, request, manifests, snapshot, planned, wishes, files)
    rewrite(file for file, _ in files)
    changes = {change.address: change for change in planned.plan.changes}
    return Acceptance(
        tuple(_accepted(wish, changes[wish.desired.address], workspace.registry) for wish in wishes),
        plan,
        tuple(sorted({*wanted} - {drift.address for drift in moved})),
        sum(len(new.lost) for _, new in files),
    )


# --- what may be accepted -------------------------------------------------------------------------------------------


class _Review:
    """Looks at each address; what stands against one is told with all the others."""

    def __init__(self, planned: Planned, registry: Registry, *, reveal: bool) -> None:
        self._desired = planned.inputs.desired
        self._changes = {change.address: change for change in planned.plan.changes}
        self._drift = {drift.address: drift for drift in planned.plan.drift}
        self._registry, self._reveal = registry, reveal

    def moved(self, addresses: Iterable[Address]) -> list[Drift]:
        """What moved at the addresses. Raises Problems for every one that cannot be accepted."""
        moved, faults = [], []
        for address in addresses:
            fault = self._fault(address)
            if fault is not None:
                faults.append(fault)
            elif address in self._drift:
                moved.append(self._drift[address])
        if faults:
            raise Problems(faults)
        return moved

    def _fault(self, address: Address) -> ReconcilerError | None:
        desired, change = self._desired.get(address), self._changes.get(address)
        if desired is None:
            hint = "declare it again to keep the live object, or let the plan say what becomes of it"
            return _refused(address, "no manifest declares it", hint=hint)
        if change is None:
            return _refused(address, "it is not selected", desired, hint="take it out of --exclude, or into --target")
        drift = self._drift.get(address)
        if drift is not None:
            return self._unfit(desired, drift)
        return _uncompared(change, desired) if change.before is None else None

    def _unfit(self, desired: Desired, drift: Drift) -> ReconcilerError | None:
        address = desired.address
        if drift.after is None:
            hint = "take its manifest out to agree to that; an apply makes the object again"
            return _refused(address, "the live object is gone", desired, hint=hint)
        if drift.ignored:
            names = ", ".join(change.path for change in drift.fields)
            hint = "take the field out of lifecycle.ignoreChanges first"
            return _refused(address, f"what moved is under ignoreChanges: {names}", desired, hint=hint)
        if self._registry.get(address.kind).one_time:
            hint = "change it back in the vendor's console, or here by hand; a new message has a new name"
            return _refused(address, "it is sent once, and what git says of it is remembered", desired, hint=hint)
        if desired.source.file == STDIN:
            message = f"{address}: its manifest came from standard input"
            return ReconcilerError(errors.VALUE_FROM_ELSEWHERE, message, source=desired.source)
        fields = self._registry.get(address.kind).fields
        personal = [name for name in _names(drift) if is_personal(fields[name])]
        if personal and not self._reveal:
            message = f"{address}: {', '.join(personal)} would be written into {desired.source.file}"
            return ReconcilerError(errors.PERSONAL_NOT_ACCEPTED, message, source=desired.source)
        return None


def _refused(address: Address, why: str, desired: Desired | None = None, *, hint: str = "") -> ReconcilerError:
    source = desired.source if desired is not None else None
    return ReconcilerError(errors.NOT_ACCEPTABLE, f"{address}: {why}", source=source, hint=hint)


def _uncompared(change: Change, desired: Desired) -> ReconcilerError:
    why = change.blocked.message if change.blocked is not None else "it was never applied"
    return _refused(change.address, f"there is no live object to compare it with: {why}", desired)


def _names(drift: Drift) -> list[str]:
    return sorted({change.path for change in drift.fields if not change.ignored})


def _wish(desired: Desired, drift: Drift, live: Mapping[Address, Mapping[str, object]]) -> Wish:
    return Wish(desired, {name: declared(live[desired.address][name]) for name in _names(drift)})


# --- the new texts --------------------------------------------------------------------------------------------------


def _rewritten(workspace: Workspace, request: Request, wishes: Iterable[Wish]) -> list[tuple[Rewriting, Rewritten]]:
    """Each file with its new text. Raises Problems for all files."""
    paths = _paths(workspace, request.selection)
    by_file: dict[str, list[Wish]] = defaultdict(list)
    for wish in wishes:
        by_file[wish.desired.source.file].append(wish)
    made: list[tuple[Rewriting, Rewritten]] = []
    faults: list[ReconcilerError] = []
    for name, wanted in sorted(by_file.items()):
        try:
            made.append(_anew(paths.get(name), name, wanted, workspace.registry))
        except Problems as found:
            faults += found.errors
    if faults:
        raise Problems(faults)
    return made


def _paths(workspace: Workspace, selection: Selection) -> dict[str, Path]:
    """The files of the manifests by the names they are called."""
    search = Search(workspace.project)
    if selection.files:
        search.given_files(selection.files, workspace.start)
    else:
        search.project_files()
    return {file.name: file.path for file in search.files if file.path is not None}


def _anew(path: Path | None, name: str, wishes: Sequence[Wish], registry: Registry) -> tuple[Rewriting, Rewritten]:
    if path is None:
        raise Problems([changed(name)])
    data = read_bytes(path, name)
    new = rewritten(decode(data, name), wishes, registry)
    mark = "\ufeff" if data.startswith(_BOM) else ""
    return Rewriting(path, name, data, mark + new.text.content), new


# --- the proof ------------------------------------------------------------------------------------------------------


def _planned_again(
    workspace: Workspace,
    request: Request,
    manifests: Manifests,
    snapshot: Snapshot,
    planned: Planned,
    wishes: Sequence[Wish],
    files: Sequence[tuple[Rewriting, Rewritten]],
) -> Plan:
    """The plan with the new texts. Raises Problems where they do not load (RCN0190), say anything else than the old
    ones and what was accepted (RCN0192), or leave something of that to do (RCN0194)."""
    try:
        loaded = load_manifests(workspace, request, snapshot, drafts=[new.text for _, new in files])
    except Problems as found:
        raise Problems(map(_undeclarable, found.errors)) from None
    desired = {one.address: one for one in loaded.desired}
    accepted = {wish.desired.address: wish for wish in wishes}
    before = {one.address: one for one in manifests.desired}
    odd = [address for address in before | desired if not _as_wished(address, before, desired, accepted)]
    if odd:
        raise Problems(changed(name) for name in sorted({before[a].source.file for a in odd if a in before}) or ["it"])
    inputs = replace(
        planned.inputs,
        desired=desired,
        identities=identities(desired, workspace.sealing),
        earlier_identities=earlier_identities(desired, workspace.sealing),
    )
    plan = build(opened(inputs, workspace.sealing))
    _check_settled(plan, wishes)
    return replace(plan, calls=planned.plan.calls)


def _undeclarable(error: ReconcilerError) -> ReconcilerError:
    message = f"with the live value the manifest would be wrong: {error.message}"
    source, snippet = error.source, error.snippet
    return ReconcilerError(errors.NOT_DECLARABLE, message, source=source, snippet=snippet, span=error.span)


def _as_wished(
    address: Address,
    before: Mapping[Address, Desired],
    after: Mapping[Address, Desired],
    accepted: Mapping[Address, Wish],
) -> bool:
    """Whether a manifest says what it said, and of what was accepted what is live."""
    if address not in before or address not in after:
        return False
    one, other = before[address], after[address]
    fields = accepted[address].fields if address in accepted else {}
    wished = {name: fields.get(name, declared(value)) for name, value in one.spec.items()}
    found = {name: declared(value) for name, value in other.spec.items()}
    if canonical(wished) != canonical(found):
        return False
    needs = one.depends_on if fields else other.depends_on  # references may have come or gone
    return replace(other, source=one.source, spec=one.spec, depends_on=needs) == one


def _check_settled(plan: Plan, wishes: Iterable[Wish]) -> None:
    """Raise Problems where something of what was accepted would still be put back, or is drift still. What git alone
    added to a list is to be added still."""
    changes = {change.address: change for change in plan.changes}
    drift = {one.address: one for one in plan.drift if not one.ignored}
    faults = []
    for wish in wishes:
        address = wish.desired.address
        moved = {field.path for field in changes[address].fields if field.cause is not Cause.CONFIG}
        left = sorted(moved & wish.fields.keys())
        if left or address in drift:
            message = (
                f"{address}: {', '.join(left or sorted(wish.fields))} would differ from the live object all the same"
            )
            faults.append(ReconcilerError(errors.EDIT_UNFAITHFUL, message, source=wish.desired.source))
    if faults:
        raise Problems(faults)


# --- what was done --------------------------------------------------------------------------------------------------


def _accepted(wish: Wish, change: Change, registry: Registry) -> Accepted:
    causes = {field.path: field.cause for field in change.fields}
    fields = registry.get(wish.desired.address.kind).fields
    made = tuple(
        FieldChange(
            name,
            declared(wish.desired.spec[name]),
            after,
            causes.get(name, Cause.DRIFT),
            sensitive=fields[name].personal,
        )
        for name, after in sorted(wish.fields.items())
    )
    return Accepted(wish.desired.address, wish.desired.source, made)
