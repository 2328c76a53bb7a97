"""Circles among dependencies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler import errors
from reconciler.errors import ReconcilerError
from reconciler.manifest.declaration import Atlas, Declaration
from reconciler.model import Address

_LONGEST = 20  # addresses of a circle that are shown
_MOST = 20  # circles told in one run; each is looked for anew without the ones before


def cycle_faults(declared: Mapping[Address, Declaration], atlas: Atlas) -> Iterator[ReconcilerError]:
    """One error for each circle, at the first address of it."""
    from graphlib import CycleError, TopologicalSorter

    graph = {address: one.depends_on for address, one in sorted(declared.items()) if one.depends_on}
    for _ in range(_MOST):
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle = error.args[1][:-1]  # the last repeats the first; each is needed by the next
            yield _fault(circle, declared, atlas)
            told = set(circle)
            graph = {address: needs for address, needs in graph.items() if address not in told}
        else:
            return


def _fault(circle: list[Address], declared: Mapping[Address, Declaration], atlas: Atlas) -> ReconcilerError:
    first = circle.index(min(circle))
    ordered = [circle[first], *reversed(circle[first + 1 :] + circle[:first])]
    one = declared[ordered[0]]
    needed = ordered[1] if len(ordered) > 1 else ordered[0]
    shown = [str(address) for address in (*ordered, ordered[0])]
    if len(shown) > _LONGEST:
        shown[_LONGEST // 2 : -_LONGEST // 2] = [f"({len(shown) - _LONGEST} more)"]
    message = f"circular dependency: {' needs '.join(shown)}"
    return atlas.error(one, errors.DEPENDENCY_CYCLE, message, _path_of(one, needed))


def _path_of(one: Declaration, needed: Address) -> tuple[str | int, ...]:
    """Where a manifest says that it needs an address."""
    for field, provider, type_ in one.kind.references:
        value = one.spec.get(field.name)
        names = value if isinstance(value, list) else [value]
        if (provider, type_) == (needed.provider, needed.type) and needed.name in names:
            return ("spec", field.name, names.index(needed.name)) if isinstance(value, list) else ("spec", field.name)
    depends = one.metadata.get("dependsOn", [])
    return ("metadata", "dependsOn", depends.index(str(needed))) if str(needed) in depends else ("metadata",)
