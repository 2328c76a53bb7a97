"""The recorded runs as a small chart: the drift that each found when it planned, and what it then wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from reconciler.report.past import Past
from reconciler.report.visible import sentence

MOST_RUNS: Final = 40
WIDTH: Final = 1030
_TOP: Final = 22
_DRIFT: Final = 56  # the height of the drift's bars
_GAP: Final = 26
_WRITES: Final = 72
_WIDEST: Final = 24  # of a bar
_SERIES: Final = (("added", "create"), ("changed", "update"), ("destroyed", "delete"), ("failed", "blocked"))


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle, the word that colours it, and what it says."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """A run as a row of the table beside the chart."""

    when: str
    command: str
    ended: str
    drift: str
    wrote: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars of both bands, the lines they stand on, and the same as a table."""

    bars: tuple[Bar, ...]
    drift_base: int
    writes_base: int
    height: int
    most_drift: int
    most_writes: int
    lines: tuple[Line, ...]
    earlier: int  # runs before the first that is shown
    width: int = WIDTH


def chart(past: Sequence[Past], now: int) -> Chart | None:
    """The last runs, oldest first, and ``now``: the drift that this report found. None where nothing ever ran."""
    if not past:
        return None
    runs = past[-MOST_RUNS:]
    drifts = [run.drift or 0 for run in runs]
    most_drift = max([*drifts, now, 1])
    most_writes = max([sum(_written(run).values()) for run in runs] + [1])
    step = WIDTH / (len(runs) + 1)
    wide = min(step * 0.7, _WIDEST)
    drift_base, writes_base = _TOP + _DRIFT, _TOP + _DRIFT + _GAP + _WRITES
    bars: list[Bar] = []
    for spot, run in enumerate(runs):
        x = round(spot * step + (step - wide) / 2, 1)
        bars += _drift_bar(run, x, wide, drift_base, most_drift)
        bars += _write_bars(run, x, wide, writes_base, most_writes)
    x = round(len(runs) * step + (step - wide) / 2, 1)
    bars.append(_upright(x, wide, drift_base, now / most_drift * _DRIFT, "now", f"now: {now:,} drifted"))
    lines = tuple(_line(run) for run in reversed(runs))
    return Chart(tuple(bars), drift_base, writes_base, writes_base + 22, most_drift, most_writes, lines,
                 len(past) - len(runs))  # fmt: skip


def _drift_bar(run: Past, x: float, wide: float, base: int, most: int) -> list[Bar]:
    when = _when(run)
    if run.drift is None:
        return [_upright(x, wide, base, 1.5, "none", f"{when}: drift was not recorded")]
    height = run.drift / most * _DRIFT
    return [
        _upright(x, wide, base, max(height, 1.5), "drift" if run.drift else "none", f"{when}: {run.drift:,} drifted")
    ]


def _write_bars(run: Past, x: float, wide: float, base: int, most: int) -> list[Bar]:
    bars, foot = [], float(base)
    for name, count in _written(run).items():
        if count:
            height = count / most * _WRITES
            bars.append(_upright(x, wide, foot, height, dict(_SERIES)[name], f"{_when(run)}: {count:,} {name}"))
            foot -= height
    return bars or [_upright(x, wide, base, 1.5, "none", f"{_when(run)}: nothing written")]


def _upright(x: float, wide: float, foot: float, height: float, tone: str, title: str) -> Bar:
    return Bar(x, round(foot - height, 1), round(wide, 1), round(height, 1), tone, title)


def _written(run: Past) -> dict[str, int]:
    return {name: run.counts.get(name, 0) for name, _ in _SERIES}


def _when(run: Past) -> str:
    return datetime.fromtimestamp(run.started, UTC).strftime("%Y-%m-%d %H:%M")


def _line(run: Past) -> Line:
    ended = "did not end" if run.exit_code is None else f"exit {run.exit_code}"
    wrote = ", ".join(f"{count:,} {name}" for name, count in _written(run).items() if count)
    return Line(_when(run), sentence(run.command, 60), ended, "not recorded" if run.drift is None else f"{run.drift:,}",
                wrote or "nothing")  # fmt: skip
