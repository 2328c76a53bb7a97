"""What a selection means here: globs held against the addresses there are, since one that selects nothing is a slip of
the pen, and the manifests that come through standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from reconciler.errors import UNKNOWN_ADDRESS, Problems, ReconcilerError
from reconciler.model import Address, Selection, Snapshot

if TYPE_CHECKING:
    from reconciler.manifest import Manifests

_WILD = frozenset("*?[")


def check_globs(selection: Selection, manifests: Manifests, snapshot: Snapshot, *, option: str = "--target") -> None:
    """Hold them against what is declared and recorded; see ``check_among``."""
    if selection.targets or selection.excludes:
        check_among(selection, _addresses(manifests, snapshot), option=option)


def check_among(selection: Selection, known: Iterable[Address], *, option: str = "--target") -> None:
    """Raise Problems (RCN0302) for each --target (or what ``option`` calls it) that no known address matches,
    and each --exclude that spells out such an address: what it was to keep out would be touched. A glob may exclude
    nothing."""
    addresses = sorted(map(str, known))
    globs = [(option, glob) for glob in selection.targets]
    globs += [("--exclude", glob) for glob in selection.excludes if not _WILD & set(glob)]
    missed = [(option, glob) for option, glob in globs if not any(fnmatchcase(one, glob) for one in addresses)]
    if missed:
        raise Problems(_nothing(option, glob, addresses) for option, glob in missed)


def _addresses(manifests: Manifests, snapshot: Snapshot) -> set[Address]:
    declared = {desired.address for desired in manifests.desired}
    return declared | set(snapshot.records) | {intent.address for intent in snapshot.open_intents}


def _nothing(option: str, glob: str, addresses: Iterable[str]) -> ReconcilerError:
    from difflib import get_close_matches

    near = sorted({_in_the_shape_of(glob, address) for address in addresses})
    close = get_close_matches(glob[:200], near, n=1, cutoff=0.8)
    hint = f'did you mean "{close[0]}"?' if close else "an address reads provider/Kind/name, and * is any part of it"
    message = f"{option} {glob}: no manifest and no record has such an address"
    return ReconcilerError(UNKNOWN_ADDRESS, message, hint=hint)


def _in_the_shape_of(glob: str, address: str) -> str:
    """An address as a glob would name it: its parts, and the glob's own where that has a wildcard."""
    parts = zip(glob.split("/"), address.split("/"), strict=False)
    return "/".join(given if _WILD & set(given) else own for given, own in parts) if glob.count("/") == 2 else address


def stdin_bytes(selection: Selection) -> bytes | None:
    """Standard input, where ``-f -`` asks for it."""
    if "-" not in selection.files:
        return None
    return sys.stdin.buffer.read()
