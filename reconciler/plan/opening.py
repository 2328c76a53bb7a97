"""What the state keeps sealed, opened where git or the vendor holds the very value: before anything is compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from reconciler.model import JSON, Address, Recorded
from reconciler.plan.inputs import Inputs
from reconciler.schema.sealing import Sealing


def opened(inputs: Inputs, sealing: Sealing) -> Inputs:
    """The inputs with records as the comparison wants them. A sealed value that nobody knows stays sealed."""
    records = inputs.snapshot.records
    private = [record for address, record in records.items() if sealing.personal(address.kind)]
    if not private:
        return inputs
    witnesses = _Witnesses(inputs)
    found = {
        record.address: replace(
            record, fields=sealing.opened(record.address.kind, record.fields, *witnesses.of(record))
        )
        for record in private
    }
    return replace(inputs, snapshot=replace(inputs.snapshot, records={**records, **found}))


class _Witnesses:
    """Who may know what is sealed in a record: the manifest that stands for it, or what it is called now, and its live
    object."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._live = {
            (*place, observed.id): observed.fields for place, listed in inputs.live.items() for observed in listed
        }

    @cached_property
    def _renamed(self) -> Mapping[Address, list[Address]]:
        renamed: dict[Address, list[Address]] = defaultdict(list)
        for address in self._inputs.desired:
            for previous in self._inputs.previous(address):
                renamed[previous].append(address)
        return renamed

    def of(self, record: Recorded) -> Iterator[Mapping[str, JSON]]:
        desired = self._inputs.desired
        names = (record.address,) if record.address in desired else self._renamed.get(record.address, ())
        yield from (desired[name].spec for name in names)
        observed = self._live.get((record.connection, record.address.kind, record.id))
        if observed is not None:
            yield observed
