"""A write that the vendor takes only in several requests: each has its entry in the journal, and its record. Pure.

Items that are sent one by one and never shown again (``Field.append_only``) would be sent twice if one entry stood for
several of them and the run died in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.diff import items_of
from reconciler.model import JSON, Recorded
from reconciler.schema import ResourceType


@dataclass(frozen=True, slots=True)
class Portion:
    """What one request sends, and the record once it is done."""

    request: Mapping[str, JSON]
    after: Recorded | None


def portions(
    rtype: ResourceType, request: Mapping[str, JSON], before: Recorded | None, after: Recorded | None
) -> tuple[Portion, ...]:
    """A request as the requests it takes, in their order; nearly always one. ``before`` is what is recorded now,
    ``after`` once all are done."""
    appended = [name for name in sorted(request) if rtype.fields[name].append_only]
    plain = {name: value for name, value in request.items() if name not in appended}
    single: list[Mapping[str, JSON]] = [{name: [item]} for name in appended for item in items_of(request[name])]
    parts = [plain, *single] if plain or not single else single
    return tuple(
        Portion(part, _without(rtype, after, before, parts[number + 1 :])) for number, part in enumerate(parts)
    )


def _without(
    rtype: ResourceType, after: Recorded | None, before: Recorded | None, left: Sequence[Mapping[str, JSON]]
) -> Recorded | None:
    """The record while some of the requests are still to be made."""
    if after is None or not left:
        return after
    fields = dict(after.fields)
    known = before.fields if before is not None else {}
    for part in reversed(left):
        for name, value in part.items():
            if rtype.fields[name].append_only:
                fields[name] = items_of(fields[name])[: -len(items_of(value))]
            elif name in known:
                fields[name] = known[name]
            else:
                fields.pop(name)
    return replace(after, fields=fields)
