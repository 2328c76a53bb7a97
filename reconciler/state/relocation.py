"""Records that are to go to another address or connection: which ones, and whether they may. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from reconciler.errors import STATE_MOVE_REFUSED, STATE_OTHER_ORIGIN, UNKNOWN_ADDRESS, ReconcilerError
from reconciler.model import Address, Connection, Tombstone
from reconciler.state.contents import Contents
from reconciler.state.renaming import Renaming


def known(contents: Contents) -> dict[Address, str | None]:
    """Every address the state knows, by record, open write or ledger, with its connection where it has one."""
    found: dict[Address, str | None] = {line.address: None for line in contents.ledger}
    found |= {intent.address: intent.connection for intent in contents.open_intents}
    return found | {record.address: record.connection for record in contents.records}


def unknown(text: str, addresses: Iterable[Address]) -> ReconcilerError:
    """The error for an address that the state does not know, with the nearest one."""
    close = difflib.get_close_matches(text, [str(address) for address in addresses], n=1)
    hint = f'did you mean "{close[0]}"?' if close else ""
    return ReconcilerError(UNKNOWN_ADDRESS, f"the state has no record of {text}", hint=hint)


def renamed(contents: Contents, old: Address, new: Address) -> Renaming:
    """One address to another; raises STATE_MOVE_REFUSED or UNKNOWN_ADDRESS."""
    addresses = known(contents)
    if old not in addresses:
        raise unknown(str(old), addresses)
    if old.kind != new.kind:
        raise _refused(f"{old} is a {old.kind}, {new} is a {new.kind}: a record keeps its kind")
    if old == new:
        raise _refused(f"{old} is there already")
    if new in addresses:
        raise _refused(f"{new} has a record, an open write or a line of the ledger already")
    return Renaming(old, new)


def reconnected(
    contents: Contents, globs: Iterable[str], name: str, connections: Mapping[str, Connection]
) -> list[Renaming]:
    """The addresses that match, to another connection; those that are there already are left out.

    An id means an object of one server, so a connection to another one is refused (STATE_OTHER_ORIGIN).
    """
    if name not in connections:
        listing = f"the connections are {', '.join(sorted(connections))}"
        raise ReconcilerError(STATE_MOVE_REFUSED, f'no connection "{name}" in the project file', hint=listing)
    target, found = connections[name], []
    addresses = known(contents)
    for glob in globs:
        matching = [address for address in addresses if fnmatchcase(str(address), glob)]
        if not matching:
            raise unknown(glob, addresses)
        found += matching
    moves = [Renaming(a, a, name) for a in sorted(set(found)) if addresses[a] is not None and addresses[a] != name]
    origins = {record.address: record.origin for record in contents.records if record.origin}
    for move in moves:
        origin = origins.get(move.old) or contents.origins.get(addresses[move.old] or "", "")
        _check_connection(move.old, origin, target)
    _check_free(contents, moves, name)
    if not moves:
        raise _refused(f'everything that matches is in the connection "{name}" already')
    return moves


def buried(contents: Contents, moves: Iterable[Renaming], connections: Mapping[str, Connection]) -> set[Tombstone]:
    """Deleted ids of connections that are gone from the project: renamed ones, whose dead must stay known."""
    sources = known(contents)
    places = {(sources[move.old], move.old.kind): move.connection for move in moves if move.connection is not None}
    return {
        Tombstone(stone.kind, target, stone.id)
        for stone in contents.tombstones
        if stone.connection not in connections and (target := places.get((stone.connection, stone.kind))) is not None
    }


def _check_connection(address: Address, origin: str, target: Connection) -> None:
    if target.provider != address.provider:
        raise _refused(
            f"{address} is an object of {address.provider}; {target.name} is a connection to {target.provider}"
        )
    if origin and origin != target.origin:
        message = f'{address} is an object at {origin}, and the connection "{target.name}" points at {target.origin}'
        raise ReconcilerError(STATE_OTHER_ORIGIN, message)


def _check_free(contents: Contents, moves: Iterable[Renaming], name: str) -> None:
    """Two records of one live object would be a state that contradicts itself."""
    ids = {record.address: record.id for record in contents.records}
    there = {(r.address.kind, r.id): r.address for r in contents.records if r.connection == name}
    for address in (move.old for move in moves if move.old in ids):
        other = there.get((address.kind, ids[address]))
        if other is not None:
            raise _refused(
                f"{other} has the live object {ids[address]} of {name} already; {address} cannot have it too"
            )


def shared_accounts(
    moves: Iterable[Renaming], contents: Contents, connections: Mapping[str, Connection]
) -> Iterator[str]:
    """Warnings where the old connection is still there, with another token: then its ids may mean other objects."""
    sources = known(contents)
    for source, target in sorted({(sources[m.old] or "", m.connection or "") for m in moves if m.connection}):
        if source in connections and connections[source].token != connections[target].token:
            yield (
                f'"{source}" and "{target}" have different tokens: if they are different accounts, the next plan '
                "will not find these objects"
            )


def _refused(message: str) -> ReconcilerError:
    return ReconcilerError(STATE_MOVE_REFUSED, message)
