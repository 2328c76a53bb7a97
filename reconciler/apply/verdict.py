"""What one reading says about an open write. Pure: the objects are already read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reconciler.apply.entry import differing, doomed
from reconciler.apply.readings import candidates
from reconciler.diff import added_items, matches
from reconciler.model import JSON, Intent, Observed
from reconciler.schema import ResourceType


class Finding(StrEnum):
    """What a reading found."""

    MADE = "made"  # the write is done
    NOT_MADE = "not made"  # it is not, and the next plan may decide again
    ABSENT = "absent"  # nothing of it is to be seen yet
    AMBIGUOUS = "ambiguous"  # a person has to say
    UNREADABLE = "unreadable"  # the vendor could not be asked; another try may help
    PENDING = "pending"  # the second half of a replacement: still to be done


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding, the object it is about, and the ids a person may choose from."""

    finding: Finding
    observed: Observed | None = None
    candidates: tuple[str, ...] = ()
    why: str = ""


Sent = Callable[[Observed], Mapping[str, JSON]]


def judge(
    intent: Intent,
    rtype: ResourceType,
    objects: Sequence[Observed],
    free: Callable[[str], bool],
    sent: Sent | None = None,
) -> Verdict:
    """Judge by the objects that were read: for a create of a listed kind all of them, else the one that is meant.

    ``free`` says of an id whether no address holds it and we never deleted it; ``sent`` is what was sent, personal data
    opened where a given object shows the very value.
    """
    there, sent = next(iter(objects), None), sent or (lambda _: intent.request)
    if intent.step == "create" and rtype.readback == "key":
        return _by_key(intent, rtype, there, free, sent)
    if intent.step == "create" and rtype.upsert:
        return _upserted(rtype, [item for item in objects if free(item.id)], sent)
    if intent.step == "create":
        return _new(intent, rtype, objects, free, sent)
    return _deleted(intent, there) if intent.step == "delete" else _updated(rtype, there, sent)


def absence_counts(intent: Intent, rtype: ResourceType) -> bool:
    """Whether not seeing it, three times and long enough, proves that it was not made.

    Only where a mistake could be put right: for kinds that can be deleted or are unique by key. An item added to a set
    cannot be taken away again, and a message neither.
    """
    return intent.step == "create" and not rtype.one_time and (rtype.deletable or rtype.readback == "key")


def _new(
    intent: Intent, rtype: ResourceType, objects: Sequence[Observed], free: Callable[[str], bool], sent: Sent
) -> Verdict:
    def same_key(item: Observed) -> bool:
        return free(item.id) and rtype.key_of(item.fields) == rtype.key_of(sent(item))

    new = candidates(intent, tuple(objects), same_key)
    equal = [item for item in new if matches(rtype, sent(item), item.fields)]
    if len(equal) == 1:
        return Verdict(Finding.MADE, equal[0])
    ids = tuple(sorted(item.id for item in equal or new))
    if equal:
        return Verdict(Finding.AMBIGUOUS, candidates=ids, why="several new objects are equal to what was sent")
    if new:
        why = "a new object has the key that was sent, but other values"
        return Verdict(Finding.AMBIGUOUS, candidates=ids, why=why)
    return Verdict(Finding.ABSENT, why="no new object is equal to what was sent")


def _upserted(rtype: ResourceType, objects: Sequence[Observed], sent: Sent) -> Verdict:
    """Whether it was there before does not matter: what has the key is what the upsert made or changed."""
    same = [item for item in objects if rtype.same_key(sent(item), item.fields)]
    if len(same) > 1:
        ids = tuple(sorted(item.id for item in same))
        return Verdict(Finding.AMBIGUOUS, candidates=ids, why="several live objects have the key that was sent")
    for item in same:
        names = differing(rtype, sent(item), item.fields)
        if names:
            return Verdict(Finding.NOT_MADE, item, why=f"the object with this key differs in {', '.join(names)}")
        return Verdict(Finding.MADE, item)
    return Verdict(Finding.ABSENT, why="no live object has the key that was sent")


def _by_key(
    intent: Intent, rtype: ResourceType, there: Observed | None, free: Callable[[str], bool], sent: Sent
) -> Verdict:
    if there is None:
        return Verdict(Finding.ABSENT, why="nothing has the key that was sent")
    if there.id in intent.seen or not free(there.id):
        return Verdict(Finding.NOT_MADE, there, why="the key belongs to an object that was there before")
    names = differing(rtype, sent(there), there.fields)
    if names:
        return Verdict(Finding.NOT_MADE, there, why=f"the object with this key differs in {', '.join(names)}")
    return Verdict(Finding.MADE, there)


def _updated(rtype: ResourceType, there: Observed | None, sent: Sent) -> Verdict:
    if there is None:
        return Verdict(Finding.NOT_MADE, why="the object is gone")
    request = sent(there)
    names = differing(rtype, request, there.fields)
    unseen = [name for name in sorted(request) if rtype.fields[name].write_only]
    if any(rtype.fields[name].append_only for name in unseen):
        return Verdict(
            Finding.AMBIGUOUS, there, (there.id,), f"no endpoint shows what was added to {', '.join(unseen)}"
        )
    if not names and unseen:
        return Verdict(Finding.NOT_MADE, there, why=f"no endpoint shows {', '.join(unseen)}, so it is set once more")
    if not names:
        return Verdict(Finding.MADE, there)
    for name in names:
        field = rtype.fields[name]
        if field.grows:
            missing = len(added_items(field, request[name], there.fields.get(name)))
            return Verdict(
                Finding.ABSENT, there, (there.id,), f"{missing} of the items added to {name} are not to be seen"
            )
    return Verdict(Finding.NOT_MADE, there, why=f"{', '.join(names)} did not take what was sent")


def _deleted(intent: Intent, there: Observed | None) -> Verdict:
    if there is None:
        return Verdict(Finding.MADE, why="it is gone")
    if doomed(intent):
        return Verdict(Finding.PENDING, there, (there.id,), "the object that was replaced is still there")
    return Verdict(Finding.NOT_MADE, there, why="it is still there")
