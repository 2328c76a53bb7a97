"""The dependencies among changes, folded so that a thousand stores are one box, and laid out in columns."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from reconciler.model import Address, Change
from reconciler.report.outline import GRAVITY, shown

MOST_BOXES: Final = 60  # more are folded further
_FOLD_FROM: Final = 3  # alike addresses become one box from here on
_SMALL: Final = 12  # a graph of so few is shown as it is
_ROUNDS: Final = (8, 2, 1, 0)  # how far neighbours have to be alike, tried in this order
_WIDTH: Final = 214
_HEIGHT: Final = 46
_COLUMN: Final = _WIDTH + 96
_ROW: Final = _HEIGHT + 16
_MARGIN: Final = 8
_SWEEPS: Final = 4

Colour = tuple[object, ...]
Edges = Mapping[int, set[int]]


@dataclass(frozen=True, slots=True)
class Box:
    """One address, or several that are alike (``count``); ``x`` and ``y`` are of its left upper corner.

    ``anchor`` is where on the page the one address is; empty where it is not listed.
    """

    kind: str
    label: str
    tally: str
    count: int
    members: tuple[Address, ...]
    x: int
    y: int
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The boxes, the curves between them (from what is depended on to what depends), and the size of it all."""

    boxes: tuple[Box, ...]
    curves: tuple[str, ...]
    width: int
    height: int
    alone: int  # changes that no dependency ties to anything, which are not drawn

    box_width: int = _WIDTH
    box_height: int = _HEIGHT


def drawing(changes: Sequence[Change], places: Mapping[Address, str]) -> Drawing:
    """The graph of the changes that are shown and of what they touch; what is unchanged elsewhere is left out.

    ``places`` says where on the page an address is.
    """
    tallies, edges = _scene(changes)
    tied = {address for edge in edges for address in edge}
    alone = sum(shown(change) and change.address not in tied for change in changes)
    return laid_out({address: tallies[address] for address in tied}, edges, places, alone)


def laid_out(
    tallies: Mapping[Address, str],
    edges: Set[tuple[Address, Address]],
    places: Mapping[Address, str] = MappingProxyType({}),
    alone: int = 0,
) -> Drawing:
    """Every address of ``tallies`` in boxes that bear its word, and the edges from what comes first to what follows."""
    groups = _folded(sorted(tallies), tallies, edges)
    number = {address: index for index, group in enumerate(groups) for address in group}
    below: dict[int, set[int]] = defaultdict(set)
    for source, target in edges:
        if number[source] != number[target]:
            below[number[source]].add(number[target])
    columns = _ordered(_columns(range(len(groups)), below), below)
    spots = _spots(columns)
    boxes = tuple(_box(group, tallies, spots[index], places) for index, group in enumerate(groups))
    curves = tuple(_curve(spots[a], spots[b]) for a in sorted(below) for b in sorted(below[a]))
    width = max((x + _WIDTH for x, _ in spots.values()), default=0) + _MARGIN
    height = max((y + _HEIGHT for _, y in spots.values()), default=0) + _MARGIN
    return Drawing(boxes, curves, width, height, alone)


def _scene(changes: Sequence[Change]) -> tuple[dict[Address, str], set[tuple[Address, Address]]]:
    """The word of each address, and the edges that a shown change has a part in."""
    tallies: dict[Address, str] = {}
    for change in changes:
        tallies[change.address] = change.tally if shown(change) else "still"
    edges = {
        (other, change.address)
        for change in changes
        for other in change.depends_on
        if other in tallies and (shown(change) or tallies[other] != "still")
    }
    return tallies, edges


def _folded(
    addresses: Sequence[Address], tallies: Mapping[Address, str], edges: Iterable[tuple[Address, Address]]
) -> list[tuple[Address, ...]]:
    """The addresses in groups of alike ones, as finely as the number of boxes allows."""
    singles: list[tuple[Address, ...]] = [(address,) for address in addresses]
    if len(singles) <= _SMALL:
        return singles
    before: dict[Address, list[Address]] = defaultdict(list)
    after: dict[Address, list[Address]] = defaultdict(list)
    for source, target in edges:
        before[target].append(source)
        after[source].append(target)
    groups = singles
    for rounds in _ROUNDS:
        groups = _alike(addresses, tallies, before, after, rounds)
        if len(groups) <= MOST_BOXES:
            break
    return groups


def _alike(
    addresses: Sequence[Address],
    tallies: Mapping[Address, str],
    before: Mapping[Address, list[Address]],
    after: Mapping[Address, list[Address]],
    rounds: int,
) -> list[tuple[Address, ...]]:
    """Groups of one kind and word whose neighbours are alike too, ``rounds`` steps far; small groups fall apart."""
    colours: dict[Address, int] = _numbered({a: (a.kind, tallies[a]) for a in addresses})
    for _ in range(rounds):
        finer = _numbered(
            {
                a: (
                    colours[a],
                    tuple(sorted({colours[o] for o in before.get(a, ())})),
                    tuple(sorted({colours[o] for o in after.get(a, ())})),
                )
                for a in addresses
            }
        )
        if len(set(finer.values())) == len(set(colours.values())):
            break
        colours = finer
    classes: dict[int, list[Address]] = defaultdict(list)
    for address in addresses:
        classes[colours[address]].append(address)
    whole = rounds == 0  # the last resort keeps no group apart
    groups: list[tuple[Address, ...]] = []
    for members in classes.values():
        groups += [tuple(members)] if len(members) >= _FOLD_FROM or whole else [(member,) for member in members]
    return groups


def _numbered(colours: Mapping[Address, Colour]) -> dict[Address, int]:
    numbers: dict[Colour, int] = {}
    return {address: numbers.setdefault(colour, len(numbers)) for address, colour in colours.items()}


def _columns(boxes: Iterable[int], below: Edges) -> list[list[int]]:
    """Each box one column right of the last it depends on; of a circle that folding made, some box goes first."""
    waiting = Counter(target for targets in below.values() for target in targets)
    left, column = set(boxes), {}
    level = 0
    while left:
        ready = sorted(box for box in left if waiting[box] <= 0) or [min(left, key=lambda box: (waiting[box], box))]
        for box in ready:
            column[box] = level
            left.discard(box)
            waiting.subtract(below.get(box, ()))
        level += 1
    columns: list[list[int]] = [[] for _ in range(level)]
    for box, place in sorted(column.items()):
        columns[place].append(box)
    return columns


def _ordered(columns: list[list[int]], below: Edges) -> list[list[int]]:
    """The boxes of each column near those they are tied to, which lets fewer curves cross."""
    above: dict[int, set[int]] = defaultdict(set)
    for source, targets in below.items():
        for target in targets:
            above[target].add(source)
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        for place in range(len(columns)) if forth else range(len(columns) - 1, -1, -1):
            _settle(columns, place, above if forth else below)
    return columns


def _settle(columns: list[list[int]], place: int, ties: Edges) -> None:
    height = {box: spot / max(len(column), 1) for column in columns for spot, box in enumerate(column)}

    def middle(box: int) -> tuple[float, int]:
        near = [height[other] for other in ties.get(box, ())]
        return (sum(near) / len(near) if near else height[box], box)

    columns[place].sort(key=middle)


def _spots(columns: Sequence[Sequence[int]]) -> dict[int, tuple[int, int]]:
    tallest = max((len(column) for column in columns), default=0)
    spots = {}
    for place, column in enumerate(columns):
        top = _MARGIN + (tallest - len(column)) * _ROW // 2
        for row, box in enumerate(column):
            spots[box] = (_MARGIN + place * _COLUMN, top + row * _ROW)
    return spots


def _box(
    group: tuple[Address, ...], tallies: Mapping[Address, str], spot: tuple[int, int], places: Mapping[Address, str]
) -> Box:
    first = group[0]
    tally = min((tallies[address] for address in group), key=lambda word: (*GRAVITY, "still").index(word))
    label = first.name if len(group) == 1 else f"{len(group):,} alike"
    anchor = places.get(first, "") if len(group) == 1 else ""
    return Box(first.kind, label, tally, len(group), group, *spot, anchor)


def _curve(start: tuple[int, int], end: tuple[int, int]) -> str:
    x1, y1 = start[0] + _WIDTH, start[1] + _HEIGHT // 2
    x2, y2 = end[0], end[1] + _HEIGHT // 2
    bend = max((x2 - x1) // 2, 40)
    return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
