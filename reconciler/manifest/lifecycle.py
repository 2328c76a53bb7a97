"""The small print of a manifest: how it may change, and what it was called before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler import errors
from reconciler.document import did_you_mean, listed
from reconciler.errors import ReconcilerError
from reconciler.manifest.declaration import Atlas, Declaration, texts
from reconciler.model import Address, Lifecycle

DEFAULT = Lifecycle()


def lifecycle(written: Mapping[str, Any]) -> Lifecycle:
    """The value of a manifest's lifecycle section that has the right shape."""
    if not written:
        return DEFAULT
    return Lifecycle(
        prevent_destroy=written.get("preventDestroy", DEFAULT.prevent_destroy),
        on_remove=written.get("onRemove", DEFAULT.on_remove),
        replace=written.get("replace", DEFAULT.replace),
        ignore_changes=tuple(written.get("ignoreChanges", ())),
    )


def ignored_faults(one: Declaration, atlas: Atlas) -> Iterator[ReconcilerError]:
    """ignoreChanges that name no field."""
    fields = one.kind.type.fields
    for number, name in texts(one.lifecycle, "ignoreChanges"):
        if name not in fields:
            hint = did_you_mean(name, fields, f"the fields are {listed(fields)}")
            path = ("lifecycle", "ignoreChanges", number)
            message = f'{one.address.kind} has no field "{name[:80]}"'
            yield atlas.error(one, errors.UNKNOWN_IGNORED_FIELD, message, path, hint=hint)


def read_only_faults(one: Declaration, atlas: Atlas) -> Iterator[ReconcilerError]:
    """Fields that only the vendor sets."""
    for name in sorted(one.kind.read_only & one.spec.keys()):
        hint = f"take the line out: {one.kind.type.fields[name].title}"
        message = f'"{name}" is set by the vendor'
        yield atlas.error(one, errors.READ_ONLY_FIELD, message, ("spec", name), on="key", hint=hint)


def previous_names(one: Declaration) -> tuple[Address, ...]:
    """The addresses that a manifest had before."""
    return tuple(
        Address(one.address.provider, one.address.type, name) for _, name in texts(one.metadata, "previousNames")
    )


def previous_faults(
    declarations: Iterable[Declaration], declared: Mapping[Address, Declaration], atlas: Atlas
) -> Iterator[ReconcilerError]:
    """Earlier names that are still somebody's, or that two manifests follow."""
    claimed: dict[Address, Declaration] = {}
    for one in declarations:
        for number, address in enumerate(previous_names(one)):
            path = ("metadata", "previousNames", number)
            if address in declared:
                whose = "this very manifest" if address == one.address else "another manifest"
                message = f"{address} is the name of {whose}"
                yield atlas.error(one, errors.PREVIOUS_NAME_TAKEN, message, path)
            elif claimed.setdefault(address, one) is not one:
                message = f"{claimed[address].address} follows {address} too"
                yield atlas.error(one, errors.PREVIOUS_NAME_TAKEN, message, path)
