"""A person says what became of an open write that reading back could not settle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reconciler.apply.entry import differing, doomed, line_for, second_half_of, truthful
from reconciler.apply.recovery import Settled
from reconciler.errors import NOT_ADOPTABLE, NOTHING_OPEN, ReconcilerError
from reconciler.model import Action, Address, Intent, Observed, Phase, Recorded, Snapshot
from reconciler.providers.base import Provider
from reconciler.schema import Registry, ResourceType
from reconciler.schema.sealing import Sealing
from reconciler.state import Session


def resolve(
    session: Session,
    address: Address,
    *,
    registry: Registry,
    providers: Mapping[str, Provider],
    adopt_id: str | None = None,
    not_created: bool = False,
    sealing: Sealing | None = None,
) -> Settled:
    """Settle the oldest open write of an address by hand.

    ``adopt_id``: the write is done, and this is its live object. ``not_created``: it was not done, and the next plan
    decides again; of the second half of a replacement it gives the old object up, which stays live and unmanaged.
    Raises NOTHING_OPEN, NOT_ADOPTABLE, and what the vendor raises while the object is looked up.
    """
    if (adopt_id is None) is not not_created:
        raise ValueError("say one of adopt_id and not_created")
    snapshot = session.snapshot()
    intents = sorted((i for i in snapshot.open_intents if i.address == address), key=doomed)
    if not intents:
        raise ReconcilerError(NOTHING_OPEN, f"{address} has no open write")
    intent = intents[0]
    if adopt_id is None:
        session.finish(intent, Phase.FAILED, detail="said by hand: not done")
        return Settled(intent, Phase.FAILED, intent.object_id, "said by hand: it was not done")
    return _adopted(session, snapshot, intent, adopt_id, sealing or Sealing(registry), providers)


def _adopted(
    session: Session,
    snapshot: Snapshot,
    intent: Intent,
    id: str,
    sealing: Sealing,
    providers: Mapping[str, Provider],
) -> Settled:
    if intent.after is None:
        raise ReconcilerError(NOTHING_OPEN, f"the open write of {intent.address} is a {intent.step}: nothing to adopt")
    _check_free(snapshot, intent, id)
    rtype = sealing.registry.get(intent.address.kind)
    if rtype.readback == "none":
        return _believed(session, rtype, intent, intent.after, id)
    observed = _looked_up(intent, id, providers, one=rtype.reads_one)
    names = differing(rtype, sealing.opened(rtype.kind, intent.after.fields, observed.fields), observed.fields)
    record = truthful(replace(intent.after, id=id, address=intent.address), names, observed.fields)
    held = snapshot.records.get(intent.address)
    with session.batch():
        line = line_for(intent, id, intent.at)
        session.finish(intent, Phase.DONE, record=record, object_id=id, detail="said by hand: done", sent=line)
        if intent.step == "create" and intent.action is Action.CREATE_DELETE and intent.object_id is not None:
            connection = held.connection if held is not None else intent.connection
            session.intend([second_half_of(intent, connection, intent.at)])
    return Settled(intent, Phase.DONE, id, "said by hand: it was done")


def _believed(session: Session, rtype: ResourceType, intent: Intent, after: Recorded, id: str) -> Settled:
    """No endpoint shows it, so the word is taken for it."""
    record = None if rtype.nameless else replace(after, id=id, address=intent.address)
    line = line_for(intent, id, intent.at)
    session.finish(intent, Phase.DONE, record=record, object_id=id, detail="said by hand: done", sent=line)
    return Settled(intent, Phase.DONE, id, "said by hand: it was done")


def _check_free(snapshot: Snapshot, intent: Intent, id: str) -> None:
    kind, connection = intent.address.kind, intent.connection
    for address, record in snapshot.records.items():
        if (address.kind, record.connection, record.id) == (kind, connection, id) and address != intent.address:
            raise ReconcilerError(NOT_ADOPTABLE, f"the {intent.address.type} {id} is held by {address}")
    if any((t.kind, t.connection, t.id) == (kind, connection, id) for t in snapshot.tombstones):
        raise ReconcilerError(NOT_ADOPTABLE, f"the {intent.address.type} {id} was deleted by an earlier run")


def _looked_up(intent: Intent, id: str, providers: Mapping[str, Provider], *, one: bool) -> Observed:
    provider = providers.get(intent.connection)
    if provider is None:
        raise ReconcilerError(NOT_ADOPTABLE, f"the connection {intent.connection!r} is not configured")
    kind = intent.address.kind
    if one:
        observed = provider.read(kind, id)
    else:
        observed = next((item for item in provider.list(kind).objects if item.id == id), None)
    if observed is None:
        raise ReconcilerError(NOT_ADOPTABLE, f"no live {intent.address.type} has the id {id}")
    return observed
