"""The budgets, each with how it is measured. A figure is a ratio to what is measured beside it in the same run."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import database
from tests.benchmarks.measurement import Cost, median, once
from tests.benchmarks.vendor import Vendor, vendor
from tests.benchmarks.workload import write_project, write_seed, write_terraform

OURS = [sys.executable, "-m", "reconciler"]
APPLY = [*OURS, "apply", "--auto-approve"]
PAGE = 100  # objects a page of a listing holds


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was measured, ours, what it is held against, and the most it may be.

    ``figure`` is the number the budget is about; None where the other side is not on this machine.
    """

    what: str
    ours: str
    other: str
    figure: float | None
    budget: float | None

    @property
    def verdict(self) -> str:
        """Whether the figure keeps to the budget."""
        if self.figure is None or self.budget is None:
            return ""
        return "ok" if self.figure <= self.budget else "OVER"


@dataclass(frozen=True, slots=True)
class Bench:
    """Where and how much is measured: a folder to work in, objects planned and created, runs a figure."""

    folder: Path
    planned: int = 10_000
    created: int = 1_000
    runs: int = 3

    @property
    def terraform(self) -> str | None:
        """Terraform, where it is on this machine."""
        return shutil.which("terraform")

    @property
    def environment(self) -> dict[str, str]:
        """A quiet environment with the sandbox's token; CI would refuse a state that is new each time."""
        kept = {name: value for name, value in os.environ.items() if name not in ("CI", "PYTHONPATH")}
        checkout = str(Path(__file__).resolve().parents[2])
        return {**kept, "OPTIMUM_TOKEN": "sandbox-optimum-token", "NO_COLOR": "1", "PYTHONPATH": checkout}

    def cost(self, command: Sequence[str | Path], folder: Path, ends: int = 0) -> Cost:
        """The medians of a command that changes nothing."""
        once(command, folder, self.environment, ends)
        return median(self.runs, lambda: once(command, folder, self.environment, ends))

    def fresh(self, command: Sequence[str | Path], project: Path, running: Vendor, place: str = "") -> Cost:
        """The medians of an apply from nothing, vendor and state emptied before each; ``place`` is the database of the
        state, if it is not a file."""

        def from_nothing() -> Cost:
            running.empty()
            shutil.rmtree(project / ".reconciler", ignore_errors=True)
            elsewhere = {"RECONCILER_STATE": f"{place}schema=b{secrets.token_hex(8)}"} if place else {}
            return once(command, project, self.environment | elsewhere)

        return median(self.runs, from_nothing)


def plan_rows(bench: Bench) -> Iterator[Row]:
    """Plan with nothing to change, at loopback and at 50 ms, and validate, against Terraform's."""
    project, seed, count = bench.folder / "plan", bench.folder / "seed.json", bench.planned
    write_seed(seed, count)
    with vendor(seed) as running:
        write_project(project, count, running.url)
        once(APPLY, project, bench.environment)
        plan = bench.cost([*OURS, "plan", "--detailed-exitcode"], project)
        theirs = _terraform(bench, "plan", count)
        title = f"plan, {count:,} locations, nothing to change"
        yield _against(f"{title}: wall", plan.wall, theirs.wall if theirs else None, "s", 0.10)
        yield _against(f"{title}: processor", plan.cpu, theirs.cpu if theirs else None, "s", 0.10)
        yield _against(f"{title}: peak memory", plan.memory, theirs.memory if theirs else None, "MiB", 0.12)
        running.set(latency=50)
        running.control("DELETE", "requests")
        slow = once([*OURS, "plan"], project, bench.environment)
        asked, pages = len(running.requests()), -(-count // PAGE)
        more = slow.wall - plan.wall
        yield Row("the same at 50 ms a request: more than at 0 ms", f"{more:.2f} s", "", more, 1.0)
        yield Row("the same: requests, at most one a page", f"{asked}", f"{pages} pages", asked / pages, 1.0)
    check = bench.cost([*OURS, "validate"], project)
    theirs = _terraform(bench, "validate", count)
    yield _against(f"validate, {count:,}", check.wall, theirs.wall if theirs else None, "s", 0.30)


def growth_rows(bench: Bench) -> Iterator[Row]:
    """How plan grows from N to 5 N."""
    walls = []
    for count in (bench.planned, 5 * bench.planned):
        project, seed = bench.folder / "growth", bench.folder / "growth.json"
        write_seed(seed, count)
        with vendor(seed) as running:
            write_project(project, count, running.url)
            once(APPLY, project, bench.environment)
            walls.append(bench.cost([*OURS, "plan"], project).wall)
    title = f"plan, growth from {bench.planned:,} to {5 * bench.planned:,}"
    yield Row(title, f"{walls[1]:.2f} s", f"{walls[0]:.2f} s", walls[1] / walls[0], 5.5)


def apply_rows(bench: Bench) -> Iterator[Row]:
    """Apply, all to create: on loopback, at 50 ms with 16 in flight, and under a limit."""
    project, count = bench.folder / "apply", bench.created
    with vendor("empty") as running:
        write_project(project, count, running.url)
        made = bench.fresh(APPLY, project, running)
        theirs = _terraform_apply(bench, count)
        yield _against(f"apply, {count:,} to create: wall", made.wall, theirs.wall if theirs else None, "s", 0.10)
        write_project(project, count, running.url, concurrency=16)
        running.set(latency=50)
        slow = bench.fresh([*APPLY, "--parallelism", "16"], project, running)
        ideal = count * 0.050 / 16
        title = "the same at 50 ms a request, 16 in flight"
        yield Row(title, f"{slow.wall:.2f} s", f"ideal {ideal:.2f} s", slow.wall / ideal, 1.15)
        yield from _limited(bench, running, project, max(1, count // 2))


def postgres_rows(bench: Bench) -> Iterator[Row]:
    """Apply, all to create, with the state in PostgreSQL on this machine, against the same with a file."""
    title = f"apply, {bench.created:,} to create, state in PostgreSQL, against a file"
    if database.missing():
        yield Row(title, "", "not here", None, None)
        return
    server = database.started(bench.folder / "database")
    url = f"{server.url}{'&' if '?' in server.url else '?'}"
    project, count = bench.folder / "apply-postgres", bench.created
    try:
        with vendor("empty") as running:
            write_project(project, count, running.url)
            file, made = (bench.fresh(APPLY, project, running, where) for where in ("", url))
            yield Row(f"{title}: wall", f"{made.wall:.2f} s", f"{file.wall:.2f} s", made.wall / file.wall, None)
            yield Row("the same: processor", f"{made.cpu:.2f} s", f"{file.cpu:.2f} s", made.cpu / file.cpu, None)
            running.set(latency=50)
            file, made = (bench.fresh(APPLY, project, running, where) for where in ("", url))
            yield Row(
                f"{title}: wall at 50 ms", f"{made.wall:.2f} s", f"{file.wall:.2f} s", made.wall / file.wall, None
            )
    finally:
        database.stop(bench.folder / "database")


def _limited(bench: Bench, running: Vendor, project: Path, count: int, rate: int = 50) -> Iterator[Row]:
    write_project(project, count, running.url, requestsPerSecond=rate)
    running.set(latency=0, rate_limit={"optimum": rate})
    limited = bench.fresh(APPLY, project, running)
    log = running.requests()
    refused = sum(entry["status"] == 429 for entry in log) / len(log)
    ideal = count / rate
    title = f"apply, {count:,} to create, {rate} requests a second allowed"
    yield Row(title, f"{limited.wall:.2f} s", f"ideal {ideal:.2f} s", limited.wall / ideal, 1.15)
    yield Row("the same: refused requests", f"{refused:.1%}", "", refused, 0.02)
    running.set(rate_limit={})


def start_rows(bench: Bench) -> Iterator[Row]:
    """Starting, a small validate, and the demo."""
    small = bench.folder / "small"
    write_project(small, 10, "http://127.0.0.1:9")
    bare = bench.cost([sys.executable, "-c", "import click"], small)
    for arguments in (["version"], ["--help"]):
        cost = bench.cost([*OURS, *arguments], small)
        yield _against(f"reconciler {arguments[0]}, against import click", cost.wall, bare.wall, "s", 2.0)
    check = bench.cost([*OURS, "validate"], small)
    yield Row("validate, ten manifests", f"{check.wall:.2f} s", "", check.wall, 0.35)
    demo = once([*OURS, "demo"], small, bench.environment)
    yield Row("the demo", f"{demo.wall:.1f} s", "", demo.wall, 15.0)


def _terraform(bench: Bench, command: str, count: int) -> Cost | None:
    """What Terraform needs for the same, on resources that are all in its state."""
    if bench.terraform is None:
        return None
    folder = bench.folder / "terraform"
    write_terraform(folder, count, applied=command == "plan")
    once([bench.terraform, "init", "-input=false"], folder, bench.environment)
    options = ["-input=false", "-detailed-exitcode"] if command == "plan" else []
    return median(1, lambda: once([str(bench.terraform), command, *options], folder, bench.environment))


def _terraform_apply(bench: Bench, count: int) -> Cost | None:
    if bench.terraform is None:
        return None
    folder = bench.folder / "terraform"
    write_terraform(folder, count, applied=False)
    once([bench.terraform, "init", "-input=false"], folder, bench.environment)
    return once([bench.terraform, "apply", "-auto-approve", "-input=false"], folder, bench.environment)


def _against(what: str, ours: float, theirs: float | None, unit: str, budget: float) -> Row:
    """A ratio, or ours alone where there is nothing to hold it against."""
    if theirs is None:
        return Row(what, f"{ours:.2f} {unit}", "not here", None, budget)
    return Row(what, f"{ours:.2f} {unit}", f"{theirs:.2f} {unit}", ours / theirs, budget)
