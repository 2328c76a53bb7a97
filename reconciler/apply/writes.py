"""The sorts of write: create, update (and deactivate), delete; each checks, sends and verifies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reconciler.apply.entry import differing, doomed, tombstone, truthful
from reconciler.apply.operation import Operation, Result, Write, failed, unknown
from reconciler.apply.readings import candidates
from reconciler.diff import matches
from reconciler.errors import NOT_PERSISTED, OPERATION_FAILED, STALE, ReconcilerError
from reconciler.model import JSON, Observed, Phase
from reconciler.providers.base import Upserting, Written


class Create:
    """A new object. By key it is looked for first; an answer that says too little is completed by reading back."""

    def check(self, op: Operation) -> Result | None:
        if op.rtype.upsert:
            return _hit(op)
        key = op.intent.request.get(op.rtype.id_field) if op.rtype.id_field else None
        if op.rtype.readback != "key" or key is None:
            return None
        if op.provider.read(op.kind, str(key)) is None:
            return None
        return failed(STALE, f"{op.rtype.id_field} {key} exists now; it did not when this was planned")

    def send(self, op: Operation) -> Written:
        return op.provider.create(op.kind, op.intent.request)

    def verify(self, op: Operation, written: Written) -> Result:
        id, found = self._identified(op, written)
        if id is None and op.rtype.nameless:
            return Result(Phase.DONE)  # a definite yes; there is nothing more to be known of it
        if id is None:
            return unknown("the vendor took the create, and reading back does not tell which object it made")
        holder = op.ownership.claim(op.intent.connection, id, op.change.address)
        if holder != op.change.address:
            return failed(OPERATION_FAILED, f"the vendor answered with the object {id}, which {holder} holds")
        fields, note = self._truth(op, id, written.fields or (found.fields if found else {}))
        names = differing(op.rtype, op.intent.request, fields) if fields else ()
        if names:
            note = f"created, but the vendor shows other values than were sent in {', '.join(names)}"
        record = op.intent.after
        if record is not None:
            record = truthful(replace(record, id=id), names, fields)
        return Result(Phase.DONE, id, record, message=note)

    def _identified(self, op: Operation, written: Written) -> tuple[str | None, Observed | None]:
        """The id of the new object: answered, or the user's own key, or that of the one new and equal object."""
        if written.id is not None:
            return written.id, None
        if op.rtype.id_field is not None and op.rtype.id_field in op.intent.request:
            return str(op.intent.request[op.rtype.id_field]), None
        if op.rtype.readback == "none":
            return None, None
        found = self._new_object(op)
        return (found.id, found) if found else (None, None)

    def _new_object(self, op: Operation) -> Observed | None:
        for _ in op.readings.tries():
            try:
                objects = op.readings.listing(op.provider, op.kind).objects
            except ReconcilerError:
                continue
            new = candidates(op.intent, objects, lambda item: matches(op.rtype, op.intent.request, item.fields))
            free = [item for item in new if op.ownership.free(op.intent.connection, op.kind, item.id)]
            if free:
                return free[0] if len(free) == 1 else None
        return None

    def _truth(self, op: Operation, id: str, fields: Mapping[str, JSON]) -> tuple[Mapping[str, JSON], str | None]:
        """The fields the vendor shows. An answer that differs may be no more than an echo, so it is read once more."""
        if fields and not differing(op.rtype, op.intent.request, fields):
            return fields, None
        if not op.rtype.reads_one and (fields or op.rtype.readback == "none"):
            return fields, None
        try:
            for _ in op.readings.tries():
                found = op.readings.found(op.provider, op.kind, id, one=op.rtype.reads_one)
                if found is not None:
                    return found.fields, None
        except ReconcilerError as error:
            return fields, f"created, but not read back: {error.message}"
        return fields, "created, but the vendor does not show it yet"


class Update:
    """Some fields of an object. It must still be as the plan saw it, and afterwards show what was sent."""

    def check(self, op: Operation) -> Result | None:
        asking = op.before_update if op.change.impact is not None else None
        if not op.rtype.reads_one and asking is None:
            return None
        observed = op.readings.found(op.provider, op.kind, _id(op), one=op.rtype.reads_one)
        if observed is None:
            return failed(STALE, "the live object is gone")
        moved = _moved(op, observed)
        if moved is None and asking is not None:
            asking(op.change, observed, op.provider)
        return moved

    def send(self, op: Operation) -> Written:
        return op.provider.update(op.kind, _id(op), op.intent.request)

    def verify(self, op: Operation, written: Written) -> Result:
        id = self._id_after(op, written)
        observed, note = self._read_back(op, id)
        names = differing(op.rtype, op.intent.request, observed.fields) if observed else ()
        if _adds(op) and (names or observed is None):
            # Lists lag behind: called a failure, it would be added a second time, and can never be taken away again.
            return unknown(note or f"the vendor took it, and does not show what was added to {', '.join(names)} yet")
        record = op.intent.after
        if names and observed is not None:
            kept = truthful(replace(record, id=id), names, observed.fields) if record is not None else None
            text = f"the vendor answered with success and did not keep {', '.join(names)}"
            return replace(failed(NOT_PERSISTED, text), id=id, record=kept)
        if op.change.deactivates or record is None:
            return Result(Phase.DONE, id, forget=True, message=note)
        return Result(Phase.DONE, id, replace(record, id=id), message=note)

    def _id_after(self, op: Operation, written: Written) -> str:
        """The id afterwards: an update may change the field that is the id."""
        if op.rtype.id_field is None:
            return _id(op)
        return written.id or str(op.intent.request.get(op.rtype.id_field, _id(op)))

    def _read_back(self, op: Operation, id: str) -> tuple[Observed | None, str | None]:
        if op.rtype.readback == "none":
            return None, None
        observed = None
        try:
            for _ in op.readings.tries():
                observed = op.readings.found(op.provider, op.kind, id, one=op.rtype.reads_one)
                if observed is not None and matches(op.rtype, op.intent.request, observed.fields):
                    return observed, None
        except ReconcilerError as error:
            return None, f"updated, but not read back: {error.message}"
        return observed, None if observed else "updated, but the vendor does not show it now"


class Delete:
    """The end of an object. Gone already is done; a changed one is kept; the id is never matched again."""

    def __init__(self) -> None:
        self._note: str | None = None

    def check(self, op: Operation) -> Result | None:
        if not op.rtype.reads_one and op.before_delete is None:
            return None
        observed = op.readings.found(op.provider, op.kind, _id(op), one=op.rtype.reads_one)
        if observed is None:
            return replace(self._gone(op), message="it was gone already")
        moved = _moved(op, observed)
        if moved is None and op.before_delete is not None:
            self._note = op.before_delete(op.change, observed, op.provider)
        return moved

    def send(self, op: Operation) -> Written:
        return op.provider.delete(op.kind, _id(op))

    def verify(self, op: Operation, written: Written) -> Result:
        return replace(self._gone(op), message=self._note)

    def _gone(self, op: Operation) -> Result:
        return Result(
            Phase.DONE,
            _id(op),
            forget=not doomed(op.intent),
            tombstones=tombstone(op.rtype, op.intent.connection, _id(op)),
        )


def write_of(op: Operation) -> Write:
    """The sort of write an operation is."""
    if op.change.deactivates or op.intent.step == "update":
        return Update()
    return Create() if op.intent.step == "create" else Delete()


def _id(op: Operation) -> str:
    if op.intent.object_id is None:
        raise ReconcilerError(OPERATION_FAILED, "the plan does not say which live object is meant")
    return op.intent.object_id


def _hit(op: Operation) -> Result | None:
    """Why an upsert must not be sent: it would change an object instead of making one. What we deleted may return."""
    assert isinstance(op.provider, Upserting)
    request, connection = op.intent.request, op.intent.connection
    for item in op.provider.alike(op.kind, request):
        holder = op.ownership.owner(connection, op.kind, item.id)
        if holder is None and not op.ownership.free(connection, op.kind, item.id):
            continue
        if holder in (None, op.change.address) or op.rtype.same_key(request, item.fields):
            name = op.rtype.type
            return failed(STALE, f"the live {name} {item.id} has the key of this one; it did not when this was planned")
    return None


def _adds(op: Operation) -> bool:
    """Whether the write adds items to a list from which none can be removed."""
    return any(op.rtype.fields[name].grows for name in op.intent.request)


def _moved(op: Operation, observed: Observed) -> Result | None:
    names = differing(op.rtype, op.expected, observed.fields)
    if not names:
        return None
    return failed(STALE, f"the live object is no longer what was planned for: {', '.join(names)} changed since")
