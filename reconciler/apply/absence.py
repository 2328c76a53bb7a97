"""An absence that proves nothing yet: what was made moments ago may be missing from a vendor's lists.

A recorded object that no listing shows is planned as gone: it is made again, forgotten, or an equal one is adopted.
Where we made it less than the connection's ``settle`` seconds ago, it is looked for once more before that is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from reconciler.errors import ReconcilerError
from reconciler.model import Address, Change, Plan, Recorded
from reconciler.observe import observe
from reconciler.providers.base import Provider
from reconciler.schema import Registry
from reconciler.state import Session


class _Missing(NamedTuple):
    change: Change
    connection: str
    id: str
    due: float  # from when on its absence from a list counts


def reappeared(
    plan: Plan,
    session: Session,
    providers: Mapping[str, Provider],
    registry: Registry,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> frozenset[Address]:
    """The addresses whose object is said to be gone, and is there; or of which that cannot be told now.

    Where one object can be read, that is asked; else the list is read again once ``settle`` has passed.
    """
    missing = _lately_made(plan, session, providers, clock)
    alone = [item for item in missing if registry.get(item.change.address.kind).reads_one]
    found = {item.change.address for item in alone if _is_there(item, providers[item.connection])}
    listed = [item for item in missing if not registry.get(item.change.address.kind).reads_one]
    if listed:
        sleep(max(max(item.due for item in listed) - clock(), 0.0))
        world = observe(providers, {(item.connection, item.change.address.kind) for item in listed}, registry)
        for item in listed:
            place = (item.connection, item.change.address.kind)
            if world.unreadable(*place) is not None or world.find(*place, item.id) is not None:
                found.add(item.change.address)
    return frozenset(found)


def _lately_made(
    plan: Plan, session: Session, providers: Mapping[str, Provider], clock: Callable[[], float]
) -> list[_Missing]:
    held = session.snapshot().records if any(_rests_on_absence(change) for change in plan.changes) else {}
    gone = [(change, record) for change in plan.changes if (record := _given_up(change, held)) is not None]
    gone = [(change, record) for change, record in gone if record.connection in providers]
    if not gone:
        return []
    settle = {name: provider.connection.settle for name, provider in providers.items()}
    made = session.made_since(clock() - max(settle.values()))
    missing = []
    for change, record in gone:
        at = made.get((record.connection, change.address.kind, record.id))
        if at is not None and at + settle[record.connection] > clock():
            missing.append(_Missing(change, record.connection, record.id, at + settle[record.connection]))
    return missing


def _rests_on_absence(change: Change) -> bool:
    return change.operates and (change.reason in ("disappeared", "gone") or change.adopts)


def _given_up(change: Change, held: Mapping[Address, Recorded]) -> Recorded | None:
    """The record whose object a change takes for gone: it makes another, takes another, or forgets it."""
    record = held.get(change.previous_address or change.address) or held.get(change.address)
    if record is None or not _rests_on_absence(change) or change.importing == record.id:
        return None
    return record


def _is_there(item: _Missing, provider: Provider) -> bool:
    try:
        return provider.read(item.change.address.kind, item.id) is not None
    except ReconcilerError:
        return True
