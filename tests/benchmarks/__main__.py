"""Measure everything and print the table: ``python -m tests.benchmarks [--quick] [--large] [--only WORD]``.

Ratios to Terraform are given where it is on PATH, else absolute figures. Exits with 1 where a budget is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from tests.benchmarks.budgets import Bench, Row, apply_rows, growth_rows, plan_rows, postgres_rows, start_rows

GROUPS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "start": start_rows,
    "plan": plan_rows,
    "apply": apply_rows,
    "postgres": postgres_rows,
    "growth": growth_rows,
}
WIDTHS = (62, 12, 14, 8, 8, 4)


def main() -> int:
    """The table, a line as soon as it is measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure the budgets.")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="a tenth of the objects, one run a figure; the budgets are for all of them and are not held against it",
    )
    parser.add_argument("--large", action="store_true", help="the growth of plan too (five times the objects)")
    parser.add_argument("--only", choices=GROUPS, action="append", help="this group alone; may be repeated")
    parser.add_argument("--runs", type=int, default=3, help="runs a figure, of which the median counts (default 3)")
    chosen = parser.parse_args()
    groups = chosen.only or [name for name in GROUPS if name != "growth" or chosen.large]
    missed = False
    _line("what", "ours", "against", "figure", "budget", "")
    with tempfile.TemporaryDirectory(prefix="reconciler-benchmarks-") as folder:
        bench = Bench(Path(folder), runs=chosen.runs)
        if chosen.quick:
            bench = Bench(Path(folder), planned=1_000, created=100, runs=1)
        for name in groups:
            for row in GROUPS[name](bench):
                shown = replace(row, budget=None) if chosen.quick else row
                missed = missed or shown.verdict == "OVER"
                _line(shown.what, shown.ours, shown.other, _number(shown.figure), _number(shown.budget), shown.verdict)
    return int(missed)


def _line(*cells: str) -> None:
    padded = [cells[0].ljust(WIDTHS[0]), *(cell.rjust(w) for cell, w in zip(cells[1:], WIDTHS[1:], strict=True))]
    sys.stdout.write("  ".join(padded).rstrip() + "\n")
    sys.stdout.flush()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    sys.exit(main())
