"""The ledger of what was sent, as decisions ask it: by address, and by what was said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from reconciler.model import JSON, Address, Desired, Intent, LedgerLine, Reference, Sealed
from reconciler.schema.message import message
from reconciler.schema.sealing import Sealing


def identities(desired: Mapping[Address, Desired], sealing: Sealing) -> Mapping[Address, Sealed]:
    """What each declared one-time record says, under the seal. Raises DIGEST_KEY_MISSING."""
    found = {}
    for address, item in desired.items():
        rtype = sealing.registry.get(address.kind)
        if rtype.one_time:
            found[address] = sealing.identity(rtype.kind, message(rtype, item.spec))
    return found


def earlier_identities(desired: Mapping[Address, Desired], sealing: Sealing) -> Mapping[Address, tuple[Sealed, ...]]:
    """What each of them said while what it refers to had one of its ``previousNames``: a survey's new name makes no new
    message. Raises DIGEST_KEY_MISSING."""
    renamed = {address: item.previous_names for address, item in desired.items() if item.previous_names}
    found: dict[Address, tuple[Sealed, ...]] = {}
    for address, item in desired.items() if renamed else ():
        rtype = sealing.registry.get(address.kind)
        if rtype.one_time:
            specs = _as_it_was(item.spec, renamed)
            found[address] = tuple(sealing.identity(rtype.kind, message(rtype, spec)) for spec in specs)
    return found


def _as_it_was(
    spec: Mapping[str, JSON], renamed: Mapping[Address, tuple[Address, ...]]
) -> Iterator[Mapping[str, JSON]]:
    for name, value in spec.items():
        if isinstance(value, Reference) and value.address is not None:
            for previous in renamed.get(value.address, ()):
                yield {**spec, name: Reference(previous)}


class Ledger:
    """``desired`` are all manifests there are; None where not all were read, so that none is known to be gone.
    ``open_intents`` are writes that may have sent something. ``before`` are earlier identities of the same words."""

    def __init__(
        self,
        lines: Mapping[Address, LedgerLine],
        identities: Mapping[Address, Sealed],
        desired: Mapping[Address, Desired] | None,
        open_intents: Iterable[Intent] = (),
        before: Mapping[Address, tuple[Sealed, ...]] | None = None,
    ) -> None:
        self._lines, self._identities, self._desired = lines, identities, desired
        self._before = before or {}
        self._open = [intent for intent in open_intents if intent.identity is not None]
        self._said: dict[Sealed, list[LedgerLine]] = defaultdict(list)
        for _, line in sorted(lines.items()):
            self._said[line.sealed].append(line)

    def identity(self, address: Address) -> Sealed | None:
        """What a declared address says."""
        return self._identities.get(address)

    def sent(self, address: Address) -> LedgerLine | None:
        """The line of these very words, under this name or another."""
        lines = [line for identity in self._all(address) for line in self._said.get(identity, ())]
        return next((line for line in lines if line.address == address), lines[0] if lines else None)

    def doubtful(self, address: Address, previous: Iterable[Address]) -> Intent | None:
        """An open write under another name of which nobody knows whether it sent this very message."""
        identities, names = self._all(address), {*previous}
        return next(
            (
                intent
                for intent in self._open
                if intent.step == "create" and intent.address != address
                if intent.identity in identities or intent.address in names
            ),
            None,
        )

    def named(self, *addresses: Address) -> LedgerLine | None:
        """The line of the first of these names that has one."""
        return next((self._lines[address] for address in addresses if address in self._lines), None)

    def earlier(self, address: Address) -> Iterator[Address]:
        """Names without a manifest under which the same was sent: this is what they are called now."""
        if self._desired is None:
            return
        for identity in self._all(address):
            for line in self._said.get(identity, ()):
                if line.address not in self._desired:
                    yield line.address

    def before(self, address: Address) -> tuple[Sealed, ...]:
        """What a declared address said under earlier names of what it refers to."""
        return self._before.get(address, ())

    def _all(self, address: Address) -> tuple[Sealed, ...]:
        return (self._identities[address], *self.before(address)) if address in self._identities else ()
