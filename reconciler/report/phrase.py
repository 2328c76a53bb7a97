"""The words for actions, reasons, counts and losses; every human format uses the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from reconciler.model import SCORES, Action, Change, Impact, Plan
from reconciler.report.visible import sentence, visible
from reconciler.schema import ImpactRule, Registry

ADOPT: Final = "<="
BLOCKED: Final = "!"
MOVED: Final = ""

SYMBOLS: Final[Mapping[Action, str]] = MappingProxyType(
    {
        Action.NO_OP: MOVED,
        Action.CREATE: "+",
        Action.UPDATE: "~",
        Action.DELETE: "-",
        Action.DELETE_CREATE: "-/+",
        Action.CREATE_DELETE: "+/-",
        Action.FORGET: ".",
        Action.SEND: ">",
    }
)

# In the order of the legend.
LEGEND: Final[Mapping[str, str]] = MappingProxyType(
    {
        "+": "create",
        "~": "update in-place",
        "-": "destroy",
        "-/+": "destroy and then create replacement",
        "+/-": "create replacement and then destroy",
        ADOPT: "adopt a live object",
        ">": "send, once",
        ".": "forget, the live object stays",
        BLOCKED: "blocked, nothing is done",
    }
)

_HEADLINES: Final[Mapping[Action, str]] = MappingProxyType(
    {
        Action.NO_OP: "is unchanged",
        Action.CREATE: "will be created",
        Action.UPDATE: "will be updated in-place",
        Action.DELETE: "will be destroyed",
        Action.DELETE_CREATE: "must be replaced",
        Action.CREATE_DELETE: "must be replaced, the new one first",
        Action.FORGET: "will no longer be managed, but will not be destroyed",
        Action.SEND: "will be sent",
    }
)

_INTENDED: Final[Mapping[Action, str]] = MappingProxyType(
    {
        Action.CREATE: "created",
        Action.UPDATE: "updated",
        Action.DELETE: "destroyed",
        Action.DELETE_CREATE: "replaced",
        Action.CREATE_DELETE: "replaced",
        Action.FORGET: "forgotten",
        Action.SEND: "sent",
    }
)

# Reasons that add something to the headline; the others are plain from it.
_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "already_inactive": "it is inactive already",
        "cannot_change": "the API cannot change it in place",
        "connection_moved": "its manifest names another connection",
        "deactivated_on_removal": "lifecycle.onRemove is deactivate",
        "deleted_with_parent": "it goes with the object that it is part of",
        "disappeared": "the live object is gone",
        "gone": "the live object is gone already",
        "held": "held: --allow-send sends it",
        "sent_and_removed": "it was sent, and stays in the ledger, so it is not sent again",
        "still_pending": "it is still to be sent: the API documents no way to take it back",
        "lifecycle_changed": "only its lifecycle changes, nothing is sent to the vendor",
        "not_declared": "no manifest declares it",
        "parent_replaced": "the object that it is part of is replaced",
        "retained": "lifecycle.onRemove is retain",
        "undeletable": "the API cannot delete it",
    }
)

# What to do about a blocked change, where more can be said than its message does.
_WAYS_ON: Final[Mapping[str, str]] = MappingProxyType(
    {
        "already_claimed": "give each live object one manifest, or pin another one with metadata.externalId",
        "ambiguous": "write the right id as metadata.externalId",
        "dependency_blocked": "settle {because} first",
        "dependency_not_selected": "select {because} too, or apply it first",
        "maybe_renamed": "write the right id as metadata.externalId",
        "not_found_live": "make it in the vendor's console, or correct or take out the manifest",
        "dependency_held": "add --allow-send, or take {because} out of dependsOn",
        "near_match": "write the right id as metadata.externalId",
        "pin_conflict": 'put metadata.externalId back, or run "reconciler state rm {address}" first',
        "pin_not_found": "correct or take out metadata.externalId",
    }
)


def symbol(change: Change) -> str:
    """The sign of a change in the plan's margin."""
    if change.blocked is not None:
        return BLOCKED
    return ADOPT if _merely_adopts(change) else SYMBOLS[change.action]


def headline(change: Change) -> str:
    """What happens at the address, as the end of a sentence that begins with it."""
    if change.blocked is not None:
        intended = _INTENDED.get(change.action)
        return f"is blocked and will not be {intended}" if intended else "is blocked and left alone"
    if change.reason == "recover":
        return f"may be {_INTENDED.get(change.action, 'recorded')} already, and is settled before anything else"
    if change.held:
        return "is held and will not be sent"
    if _merely_adopts(change):
        return "will be adopted" + (" and updated in-place" if change.action is Action.UPDATE else "")
    if change.deactivates:
        return "will be made inactive and no longer managed"
    if change.action is Action.NO_OP and change.previous_address is not None:
        return f"has moved from {change.previous_address}"
    return _HEADLINES[change.action]


def reason(change: Change) -> str:
    """Why, where the headline alone does not tell it; empty where it does."""
    return _REASONS.get(change.reason, "")


def way_on(change: Change) -> str:
    """What a person does about a blocked change; empty where its message says all there is."""
    if change.blocked is None:
        return ""
    way = _WAYS_ON.get(change.blocked.code, "")
    return way.format(address=change.address, because=change.blocked.because or "it")


def deletion_note(change: Change, registry: Registry) -> str:
    """What a delete means to this vendor, where it is not removal."""
    rtype = registry.types.get(change.address.kind)
    if not change.action.destroys or rtype is None or rtype.delete != "deactivates":
        return ""
    if rtype.upsert:
        return "the API makes it inactive everywhere; only a create with the same key brings it back"
    return "the API makes it inactive for good, it cannot be brought back"


def impact_sentence(impact: Impact, registry: Registry, kind: str) -> str:
    """``destroys 1,234 responses and 2,100 requests; what campaigns hold cannot be counted``.

    Where a change of fields does it: ``cuts off 3 pending feedback requests naming its site_code``.
    """
    rule = _rule(registry, kind)
    on = rule.on if rule is not None else ()
    counts = [(name, impact.counts[name]) for name in _in_order(impact, rule)]
    lost = [counted(name, count) for name, count in counts if count and name not in SCORES]
    scores = [f"{visible(name)} {count:,}" for name, count in counts if count and name in SCORES]
    parts = []
    if lost:
        what = f"cuts off {listed(lost)} naming its {listed(on)}" if on else f"destroys {listed(lost)}"
        parts.append(what + (f" ({', '.join(scores)})" if scores else ""))
    elif counts and impact.failed is None:
        none = listed([visible(name).replace("_", " ") for name, _ in counts if name not in SCORES], "or")
        parts.append(f"no {none} name its {listed(on)}" if on else f"destroys no {none}")
    if impact.failed is not None:
        parts.append(f"what it {'cuts off' if on else 'destroys'} could not be counted: {sentence(impact.failed)}")
    if impact.unknowable:
        parts.append(f"what {listed(sorted(map(sentence, impact.unknowable)))} hold cannot be counted")
    return "; ".join(parts)


def _rule(registry: Registry, kind: str) -> ImpactRule | None:
    rtype = registry.types.get(kind)
    return rtype.impact if rtype is not None else None


def _in_order(impact: Impact, rule: ImpactRule | None) -> list[str]:
    """The names of the counts, the kind's own order first."""
    known = [name for name in (rule.counts if rule is not None else ()) if name in impact.counts]
    return known + sorted(set(impact.counts) - set(known))


def plan_sentence(plan: Plan) -> str:
    """``2 to add, 1 to change, 0 to destroy`` and what else is not zero; a replacement adds and destroys."""
    count = plan.summary()
    held = sum(change.held for change in plan.changes)
    moved = sum(change.operates and change.tally == "no-op" for change in plan.changes)
    parts = [
        f"{count['create'] + count['replace']:d} to add",
        f"{count['update']:d} to change",
        f"{count['delete'] + count['replace']:d} to destroy",
    ]
    others = {
        "to adopt": count["adopt"],
        "to forget": count["forget"],
        "to send": count["send"] - held,
        "held": held,
        "to move": moved,
        "blocked": count["blocked"],
    }
    return ", ".join([*parts, *(f"{number} {word}" for word, number in others.items() if number)])


def number_of(count: int, noun: str, plural: str = "") -> str:
    """``1 object``, ``1,200 objects``."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def listed(words: Iterable[str], conjunction: str = "and") -> str:
    """``a, b and c``."""
    *most, last = [*words] or [""]
    return f"{', '.join(most)} {conjunction} {last}" if most else last


def duration(seconds: float) -> str:
    """``0.3s``, ``1m05s``."""
    if seconds < 60:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}m{rest:02d}s"


def estimate_sentence(plan: Plan) -> str:
    """``Apply will send 8 writes: optimum 8; about 10 s at 1 request a second, its 2 reads included.``

    Empty where nothing would be sent. Connections are asked at the same time, so the slowest one tells the time.
    """
    writes = {name: calls.write for name, calls in sorted(plan.calls.items()) if calls.write}
    if not writes:
        return ""
    each = ", ".join(f"{sentence(name)} {count:,}" for name, count in writes.items())
    told = f"{'Destroy' if plan.selection.destroy else 'Apply'} will send {number_of(sum(writes.values()), 'write')}"
    return f"{told}: {each}{_how_long(plan, writes)}."


def _how_long(plan: Plan, writes: Mapping[str, int]) -> str:
    if not plan.estimates:
        return ""
    name, slowest = max(plan.estimates.items(), key=lambda pair: (pair[1].seconds, pair[0]))
    rate = f" at {rate_of(slowest.limit)}" if slowest.limit is not None else ""
    where = f" to {sentence(name)}" if rate and len(plan.estimates) > 1 else ""
    reads = sum(one.requests for one in plan.estimates.values()) - sum(writes.get(name, 0) for name in plan.estimates)
    included = f", its {number_of(reads, 'read')} included" if reads else ""
    return f"; {span(slowest.seconds)}{rate}{where}{included}"


def rate_of(limit: float) -> str:
    """``1 request a second``, ``0.5 requests a second``."""
    return f"{limit:g} request{'' if limit == 1 else 's'} a second"


def span(seconds: float) -> str:
    """A length of time as a person would guess it: ``a few seconds``, ``about 40 s``, ``about 3 min``."""
    if seconds < 5:
        return "a few seconds"
    if seconds < 20:
        return f"about {seconds:.0f} s"
    if seconds < 90:
        return f"about {-(-seconds // 5) * 5:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"about {minutes} min"
    hours, rest = divmod(-(-minutes // 10) * 10, 60)
    return f"about {hours} h {rest} min" if rest else f"about {hours} h"


def _merely_adopts(change: Change) -> bool:
    """Whether a live object is taken over as it is or with an update; one that is replaced must look like it."""
    return change.adopts and change.action in (Action.NO_OP, Action.UPDATE)


def counted(name: str, count: int) -> str:
    """A count with the name of what was counted, as ``1 pending request``."""
    words = visible(name).replace("_", " ")
    singular = words[:-1] if words.endswith("s") and count == 1 else words
    return f"{count:,} {singular}"
