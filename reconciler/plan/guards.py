"""Guards: what an apply of a plan must be told on top of the approval, and by which option."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from reconciler.model import Action, Address, Blocked, Change, GuardStop, Impact, Plan, Snapshot
from reconciler.plan.blocking import spread
from reconciler.plan.findings import predict_writes
from reconciler.schema import ImpactRule, Registry

DEFAULT_MAX_DELETES = 5
MASS = 5  # more than so many objects of a kind gone at once look like a wrong token


@dataclass(frozen=True, slots=True)
class Consents:
    """What the user allowed, each with its own option. ``max_deletes`` None means it was not said.

    ``destroy_number`` is the consent of ``destroy`` to the number of deletes, never to the loss of data. ``sends`` are
    the addresses that may send; None is every one.
    """

    max_deletes: int | None = None
    data_loss: frozenset[Address] = frozenset()
    recreate: frozenset[Address] = frozenset()
    destroy_number: bool = False
    sends: frozenset[Address] | None = frozenset()


def at_stake(plan: Plan, registry: Registry) -> tuple[Change, ...]:
    """The changes whose impact has to be counted: deletes, or the updates that the kind's rule names."""
    rules = {change.address: registry.get(change.address.kind).impact for change in plan.changes}
    return tuple(change for change in plan.changes if _counts(rules[change.address], change))


def _counts(rule: ImpactRule | None, change: Change) -> bool:
    if rule is None or change.id is None:
        return False
    if not rule.on:
        return change.action.destroys
    return change.action is Action.UPDATE and any(field.path in rule.on for field in change.fields)


def with_impact(plan: Plan, registry: Registry, impacts: Mapping[Address, Impact]) -> Plan:
    """The plan with what each write destroys.

    A count that should be readable and is not blocks the operation, and with it what depends on it.
    """
    weighed = {c.address: _weighed(c, registry, impacts.get(c.address)) for c in plan.changes}
    changes = tuple(spread(weighed).values())
    writes = predict_writes(registry, changes)
    calls = {name: replace(calls, write=writes.get(name, 0)) for name, calls in plan.calls.items()}
    return replace(plan, changes=changes, calls=calls)


def _weighed(change: Change, registry: Registry, impact: Impact | None) -> Change:
    if impact is None or not _counts(registry.get(change.address.kind).impact, change):
        return change
    change = replace(change, impact=impact)
    if impact.failed is None or change.blocked is not None:
        return change
    message = f"what this would destroy could not be counted: {impact.failed}"
    return replace(change, blocked=Blocked("impact_unknown", message))


def guard(plan: Plan, snapshot: Snapshot, registry: Registry, consents: Consents) -> Plan:
    """The plan with every guard that would stop its apply."""
    stops = [
        *_too_many(plan, consents),
        *_emptied(plan, snapshot, consents),
        *_data_loss(plan, registry, consents),
        *_mass_disappearance(plan, snapshot, registry, consents),
    ]
    return replace(plan, stops=tuple(stops))


def _operating(plan: Plan) -> Iterable[Change]:
    return (change for change in plan.changes if change.operates)


def _too_many(plan: Plan, consents: Consents) -> list[GuardStop]:
    addresses = tuple(change.address for change in _operating(plan) if change.action.destroys)
    most = DEFAULT_MAX_DELETES if consents.max_deletes is None else consents.max_deletes
    if consents.destroy_number or len(addresses) <= most:
        return []
    message = f"{len(addresses)} deletes and replacements, and at most {most} are allowed in a run"
    return [GuardStop("max_deletes", message, addresses, f"--max-deletes {len(addresses)}")]


def _emptied(plan: Plan, snapshot: Snapshot, consents: Consents) -> list[GuardStop]:
    if consents.destroy_number or consents.max_deletes is not None:
        return []
    held = Counter((record.connection, address.kind) for address, record in snapshot.records.items())
    held -= Counter((change.connection, change.address.kind) for change in plan.changes if change.reason == "gone")
    going: dict[tuple[str, str], list[Address]] = defaultdict(list)
    for change in _operating(plan):
        # The second half of a replacement, left by an earlier run, takes nothing away: the new object is there.
        if change.action is Action.DELETE and change.reason != "recover":
            going[change.connection, change.address.kind].append(change.address)
    return [
        GuardStop(
            "kind_emptied",
            f"every {kind} of connection {connection} would be deleted ({len(addresses)})",
            tuple(addresses),
            f"--max-deletes {len(addresses)}",
        )
        for (connection, kind), addresses in sorted(going.items())
        if len(addresses) >= 2 and len(addresses) == held[connection, kind]
    ]


def _data_loss(plan: Plan, registry: Registry, consents: Consents) -> list[GuardStop]:
    return [
        GuardStop(
            "data_loss",
            _loss(change, change.impact, registry.get(change.address.kind).impact),
            (change.address,),
            f"--allow-data-loss {change.address}",
        )
        for change in _operating(plan)
        if change.impact is not None and change.impact.loses_data and change.address not in consents.data_loss
    ]


def _loss(change: Change, impact: Impact, rule: ImpactRule | None) -> str:
    counted = ", ".join(_number(count, name) for name, count in sorted(impact.lost.items()) if count)
    if rule is not None and rule.on:
        return f"{change.address} would be cut off from {counted} naming its {', '.join(rule.on)}"
    return f"{change.address} would lose {counted}"


def _number(count: int, name: str) -> str:
    """``1 active user``: the names of figures are plurals, but for those that have none."""
    words = name.replace("_", " ")
    return f"{count:,} {words.removesuffix('s') if count == 1 else words}"


def _mass_disappearance(plan: Plan, snapshot: Snapshot, registry: Registry, consents: Consents) -> list[GuardStop]:
    held = Counter((record.connection, address.kind) for address, record in snapshot.records.items())
    gone: dict[tuple[str, str], list[Address]] = defaultdict(list)
    for change in plan.changes:
        whole_is_told = registry.get(change.address.kind).part_of is not None
        vanished = change.reason in ("disappeared", "gone")
        if vanished and change.address in snapshot.records and not whole_is_told:
            gone[change.connection, change.address.kind].append(change.address)
    return [
        GuardStop(
            "mass_disappearance",
            f"{len(addresses)} of {held[place]} recorded {place[1]} objects of connection {place[0]} are gone at once; "
            "that is more often a wrong token than a disaster",
            tuple(a for a in addresses if a not in consents.recreate),
            " ".join(f"--allow-recreate {a}" for a in addresses if a not in consents.recreate),
        )
        for place, addresses in sorted(gone.items())
        if _is_mass(len(addresses), held[place]) and not _covers(consents.recreate, addresses)
    ]


def _is_mass(gone: int, held: int) -> bool:
    return gone > MASS or (gone >= 2 and gone == held)


def _covers(consented: Collection[Address], addresses: Iterable[Address]) -> bool:
    return all(address in consented for address in addresses)


def impact_growth(approved: Plan, now: Plan) -> tuple[str, ...]:
    """Writes that would destroy notably more than when they were approved; a sentence each.

    A count may grow by a tenth, at least by 10, and from nothing not at all.
    """
    before = {change.address: change.impact for change in approved.changes if change.impact is not None}
    found = []
    for change in now.changes:
        impact = before.get(change.address)
        if impact is None or change.impact is None or not change.operates:
            continue
        found += [f"{change.address}: {text}" for text in growth(impact.lost, change.impact.lost)]
    return tuple(found)


def growth(approved: Mapping[str, int], now: Mapping[str, int]) -> tuple[str, ...]:
    """The counts that grew beyond what an approval tolerates; words for each."""
    return tuple(
        f"{name.replace('_', ' ')} grew from {approved.get(name, 0):,} to {count:,}"
        for name, count in sorted(now.items())
        if exceeds(approved.get(name, 0), count)
    )


def exceeds(approved: int, now: int) -> bool:
    """Whether a count grew beyond what an approval tolerates."""
    return now > (approved + max(10, approved // 10) if approved else 0)
