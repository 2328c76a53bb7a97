"""What a summary tells first: the changes in the order of their gravity, counted, with what they destroy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from reconciler.model import SCORES, Change, Plan

# The gravest first; the words are those of the summary of ``plan --json``.
GRAVITY: Final = ("delete", "replace", "blocked", "update", "create", "adopt", "send", "forget", "no-op")
TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "delete": "Destroy",
        "replace": "Replace",
        "blocked": "Blocked",
        "update": "Update",
        "create": "Create",
        "adopt": "Adopt",
        "send": "Send",
        "forget": "Forget",
        "no-op": "Move",
    }
)
SIGNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "delete": "-",
        "replace": "-/+",
        "blocked": "!",
        "update": "~",
        "create": "+",
        "adopt": "<=",
        "send": ">",
        "forget": ".",
        "no-op": "",
    }
)


@dataclass(frozen=True, slots=True)
class Group:
    """The shown changes that count under one word."""

    tally: str
    changes: tuple[Change, ...]

    @property
    def title(self) -> str:
        """The group's name as a heading."""
        return TITLES[self.tally]

    @property
    def sign(self) -> str:
        """The sign in the plan's margin."""
        return SIGNS[self.tally]


@dataclass(frozen=True, slots=True)
class Loss:
    """What all writes of a plan destroy together."""

    counts: Mapping[str, int]
    unknowable: tuple[str, ...]
    failed: int  # addresses whose loss could not be counted

    def __bool__(self) -> bool:
        return bool(self.counts) or bool(self.failed)


def shown(change: Change) -> bool:
    """Whether a report lists the change; where nothing happens it is counted."""
    return change.operates or change.held or change.blocked is not None


def groups(plan: Plan) -> list[Group]:
    """The shown changes by gravity; within a group in the plan's order."""
    found: dict[str, list[Change]] = {tally: [] for tally in GRAVITY}
    for change in plan.changes:
        if shown(change):
            found[change.tally].append(change)
    return [Group(tally, tuple(changes)) for tally, changes in found.items() if changes]


def unchanged(plan: Plan) -> int:
    """How many addresses need nothing."""
    return sum(not shown(change) for change in plan.changes)


def losses(changes: Iterable[Change]) -> Loss:
    """What these changes destroy together; a blocked one destroys nothing."""
    counts: Counter[str] = Counter()
    unknowable: set[str] = set()
    failed = 0
    for change in changes:
        if change.blocked is None and change.impact is not None:
            counts.update({name: number for name, number in change.impact.counts.items() if name not in SCORES})
            unknowable.update(change.impact.unknowable)
            failed += change.impact.failed is not None
    return Loss({name: number for name, number in sorted(counts.items()) if number}, tuple(sorted(unknowable)), failed)
