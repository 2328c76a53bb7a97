"""Desired, recorded and observed side by side: which fields differ, who moved them, and what it takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from reconciler.diff.comparison import added_items, equal, items_of
from reconciler.model import JSON, Cause, FieldChange, Lifecycle, Pending, pending_in
from reconciler.schema import Field, ResourceType

LIFECYCLE_FIELDS = (
    ("preventDestroy", "prevent_destroy"),
    ("onRemove", "on_remove"),
    ("replace", "replace"),
    ("ignoreChanges", "ignore_changes"),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a comparison found for one object.

    ``changes`` are wanted (ignored ones are in ``drift`` alone). ``request`` is what an update sends: changed fields,
    those that go with them, and of an additive set the missing items. ``drift`` compares recorded with observed, and
    ``followed`` is what the manifest would say of each field of it to have what is live. ``surplus`` counts live set
    items that nobody declared or recorded.
    """

    changes: tuple[FieldChange, ...] = ()
    request: Mapping[str, JSON] | None = None
    drift: tuple[FieldChange, ...] = ()
    followed: Mapping[str, JSON] = field(default_factory=dict)
    repairable: bool = True
    surplus: int = 0
    given_up: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    unsendable: tuple[str, ...] = ()  # write-only fields that changed and that the API takes at creation only
    kept: tuple[str, ...] = ()  # one-way fields whose live value is never undone, whatever is wanted

    @property
    def forces_replacement(self) -> tuple[str, ...]:
        """The changed fields that no update can set."""
        return tuple(change.path for change in self.changes if change.forces_replacement)


def compare(
    rtype: ResourceType,
    desired: Mapping[str, JSON],
    recorded: Mapping[str, JSON] | None,
    observed: Mapping[str, JSON],
    *,
    ignore: Collection[str] = (),
    adopting: bool = False,
    claimed: Mapping[str, Collection[JSON]] | None = None,
) -> Difference:
    """Compare one object.

    ``desired`` has its references resolved to live ids (or Pending). ``claimed`` gives, for a set field, the item keys
    that other manifests or records claim.
    """
    base = None if adopting else recorded
    if rtype.plain and base == desired and _identical(desired, observed):
        return _NOTHING
    work = _Work(rtype, base, observed, frozenset(ignore), claimed or {})
    for name, value in desired.items():
        work.field(rtype.fields[name], value)
    work.send_along(desired)
    return work.result(tuple(sorted(set(recorded or ()) - set(desired))))


_NOTHING = Difference(request={})


def _identical(desired: Mapping[str, JSON], observed: Mapping[str, JSON]) -> bool:
    """Whether every declared field is observed to the letter, so that no meaning has to be asked."""
    for name, value in desired.items():
        there = observed.get(name)
        if value != there or value.__class__ is not there.__class__:
            return False
    return True


class _Work:
    """The running tally of one comparison."""

    def __init__(
        self,
        rtype: ResourceType,
        recorded: Mapping[str, JSON] | None,
        observed: Mapping[str, JSON],
        ignore: frozenset[str],
        claimed: Mapping[str, Collection[JSON]],
    ) -> None:
        self.rtype, self.recorded, self.observed = rtype, recorded, observed
        self.sent: Mapping[str, JSON] = recorded or {}  # an adopted object was never sent anything by us
        self.ignore, self.claimed = ignore, claimed
        self.changes: list[FieldChange] = []
        self.drift: list[FieldChange] = []
        self.followed: dict[str, JSON] = {}
        self.request: dict[str, JSON] = {}
        self.repairable, self.surplus = True, 0
        self.unverified: list[str] = []
        self.unsendable: list[str] = []
        self.kept: list[str] = []

    def field(self, field: Field, value: JSON) -> None:
        if field.read_only:
            return
        if field.append_only:
            self._append_only(field, value)
        elif field.write_only:
            self._write_only(field, value)
        elif field.set is not None and field.set.additive:
            self._additive(field, value)
        else:
            self._plain(field, value)

    def _plain(self, field: Field, value: JSON) -> None:
        there = self.observed.get(field.name)
        if value == there and isinstance(value, bool) is isinstance(there, bool):
            return
        if equal(field, value, there):
            return
        if field.one_way is not None and not equal(field, value, field.one_way):
            if equal(field, there, field.one_way):
                self.kept.append(field.name)
            return
        self._drifted(field, value, there)
        if field.name not in self.ignore:
            self._change(field, there, value, locked=self._locked(field))
            self.request[field.name] = value

    def _locked(self, field: Field) -> bool:
        return field.immutable or not self.rtype.updatable

    def _cause(self, field: Field, value: JSON, there: JSON) -> Cause:
        if self.recorded is None:
            return Cause.ADOPT
        if field.name not in self.recorded:
            return Cause.CONFIG
        before = self.recorded[field.name]
        if equal(field, value, before):
            return Cause.DRIFT
        return Cause.CONFIG if equal(field, before, there) else Cause.CONFLICT

    def _change(self, field: Field, before: JSON, after: JSON, *, locked: bool, cause: Cause | None = None) -> None:
        self.changes.append(
            FieldChange(
                path=field.name,
                before=before,
                after=after,
                cause=cause or self._cause(field, after, before),
                sensitive=field.personal,
                forces_replacement=locked,
                after_unknown=bool(pending_in(after)),
            )
        )

    def _drifted(self, field: Field, value: JSON, there: JSON) -> None:
        if self.recorded is None or field.volatile or field.name not in self.recorded:
            return
        before = self.recorded[field.name]
        if isinstance(value, Pending) or equal(field, before, there):
            return
        self.followed[field.name] = _in_order_of(value, there, field)
        self._note_drift(field, before, there, repairable=not self._locked(field))

    def _note_drift(self, field: Field, before: JSON, after: JSON, *, repairable: bool) -> None:
        ignored = field.name in self.ignore
        self.drift.append(
            FieldChange(field.name, before, after, Cause.DRIFT, sensitive=field.personal, ignored=ignored)
        )
        self.repairable = self.repairable and (repairable or ignored)

    def _write_only(self, field: Field, value: JSON) -> None:
        if field.name not in self.sent:
            if value is not None and field.follow_up and field.name not in self.ignore:
                self._change(field, None, value, locked=False, cause=Cause.CONFIG)
                self.request[field.name] = value
            elif value is not None:
                self.unverified.append(field.name)
        elif not equal(field, value, self.sent[field.name]) and field.name not in self.ignore:
            if field.immutable or not self.rtype.updatable:
                self.unsendable.append(field.name)
            else:
                self._change(field, self.sent[field.name], value, locked=False, cause=Cause.CONFIG)
                self.request[field.name] = value

    def _append_only(self, field: Field, value: JSON) -> None:
        """Items that nobody shows again: those are sent that were never sent."""
        before = items_of(self.sent.get(field.name))
        missing = added_items(field, value, before)
        if missing and field.name not in self.ignore:
            after = [*before, *missing]
            self._change(field, before or None, after, locked=not self.rtype.updatable, cause=Cause.CONFIG)
            self.request[field.name] = missing

    def _additive(self, field: Field, value: JSON) -> None:
        there = items_of(self.observed.get(field.name))
        before = items_of((self.recorded or {}).get(field.name))
        sets = _ItemSets.of(field, items_of(value), before, there, self.claimed.get(field.name, ()))
        self._item_drift(field, before, there, items_of(value), sets)
        if field.name in self.ignore or not (sets.missing or sets.removed):
            return
        kept = [item for item in there if item not in sets.removed and item not in sets.changed]
        after = [*kept, *sets.missing]
        locked = bool(sets.removed) or self._locked(field)
        self._change(field, there, after, locked=locked, cause=self._item_cause(field, sets))
        self.request[field.name] = list(sets.missing)

    def _item_cause(self, field: Field, sets: _ItemSets) -> Cause:
        if self.recorded is None:
            return Cause.ADOPT
        known = {field.item_key(item) for item in items_of(self.recorded.get(field.name))}
        drifted = [field.item_key(item) in known for item in sets.missing]
        edited = bool(sets.removed) or not all(drifted)
        if any(drifted):
            return Cause.CONFLICT if edited else Cause.DRIFT
        return Cause.CONFIG

    def _item_drift(
        self,
        field: Field,
        before: list[Mapping[str, JSON]],
        there: list[Mapping[str, JSON]],
        wanted: list[Mapping[str, JSON]],
        sets: _ItemSets,
    ) -> None:
        self.surplus += len(sets.surplus)
        known = {field.item_key(item) for item in before}
        lost = [item for item in sets.missing if field.item_key(item) in known]
        if sets.surplus or lost:
            now = {field.item_name(item): item for item in sets.changed}
            held = [item if item not in lost else now.get(field.item_name(item)) for item in wanted]
            self.followed[field.name] = [*(item for item in held if item is not None), *sets.surplus]
            self._note_drift(field, before or None, there, repairable=not sets.surplus)

    def send_along(self, desired: Mapping[str, JSON]) -> None:
        for name in tuple(self.request):
            for companion in self.rtype.fields[name].send_with:
                if companion not in self.request:
                    value = desired.get(companion, self.observed.get(companion))
                    self.request[companion] = value

    def result(self, given_up: tuple[str, ...]) -> Difference:
        return Difference(
            changes=tuple(sorted(self.changes, key=lambda change: change.path)),
            request=self.request,
            drift=tuple(sorted(self.drift, key=lambda change: change.path)),
            followed=self.followed,
            repairable=self.repairable,
            surplus=self.surplus,
            given_up=given_up,
            unverified=tuple(sorted(self.unverified)),
            unsendable=tuple(sorted(self.unsendable)),
            kept=tuple(sorted(self.kept)),
        )


@dataclass(frozen=True, slots=True)
class _ItemSets:
    """A set's items sorted out: to add or to be given a value, recorded but no longer wanted, live ones nobody knows,
    and live ones that will have another value."""

    missing: list[Mapping[str, JSON]]
    removed: list[Mapping[str, JSON]]
    surplus: list[Mapping[str, JSON]]
    changed: list[Mapping[str, JSON]]

    @classmethod
    def of(
        cls,
        field: Field,
        wanted: list[Mapping[str, JSON]],
        before: list[Mapping[str, JSON]],
        there: list[Mapping[str, JSON]],
        claimed: Collection[JSON],
    ) -> _ItemSets:
        missing = added_items(field, wanted, there)
        left = added_items(field, there, wanted)
        others = list(claimed)
        known = [field.item_key(item) for item in added_items(field, before, wanted)]  # recorded, no longer wanted
        valued = [field.item_name(item) for item in missing] if field.set is not None and field.set.value else []
        removed, surplus, changed = [], [], []
        for item in left:
            key = field.item_key(item)
            if field.item_name(item) in valued:
                changed.append(item)
            elif key in others:
                others.remove(key)
            elif key in known:
                known.remove(key)
                removed.append(item)
            else:
                surplus.append(item)
        return cls(missing, removed, surplus, changed)


def _in_order_of(wanted: JSON, there: JSON, field: Field) -> JSON:
    """A live set with the items that are wanted first and as they are ordered there; any other value as it is."""
    if field.set is None or not isinstance(there, list | tuple) or not isinstance(wanted, list | tuple):
        return there
    places = {field.item_key(item): place for place, item in reversed([*enumerate(wanted)])}
    return sorted(there, key=lambda item: places.get(field.item_key(item), len(wanted)))


def lifecycle_changes(before: Lifecycle, after: Lifecycle) -> tuple[FieldChange, ...]:
    """The lifecycle settings that git changed, as fields named ``lifecycle.<name>``."""
    return tuple(
        FieldChange(f"lifecycle.{name}", _plain(getattr(before, slot)), _plain(getattr(after, slot)), Cause.CONFIG)
        for name, slot in LIFECYCLE_FIELDS
        if getattr(before, slot) != getattr(after, slot)
    )


def _plain(value: object) -> JSON:
    return list(value) if isinstance(value, tuple) else value
