"""Counts of a plan or a drift report as OpenMetrics text, for node-exporter's textfile collector.

Gauges alone, without timestamps, which is Prometheus' older text format as well. Labels name connections and kinds,
never addresses: their number does not grow with the number of stores.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeVar

from reconciler.model import Plan
from reconciler.report.outline import GRAVITY, losses
from reconciler.report.shape import drift_summary
from reconciler.report.visible import shortened, visible

_LABEL = 200  # characters of a label's value
Labels = tuple[tuple[str, str], ...]
Values = TypeVar("Values", bound=tuple[str, ...])


def plan_metrics(plan: Plan) -> str:
    """What an apply would do, what it would destroy, what stands in its way."""
    changes = Counter((c.connection, c.address.kind, c.tally) for c in plan.changes)
    loss = losses(plan.changes)
    guards = Counter((stop.code,) for stop in plan.stops)
    calls = {(name, "read"): one.read for name, one in plan.calls.items()}
    calls |= {(name, "write"): one.write for name, one in plan.calls.items()}
    families = [
        _family("plan_changes", "Addresses of the plan by what happens to them.",
                _labelled(changes, "connection", "kind", "action")),
        _family("plan_actions", "Addresses of the plan by what happens to them, all kinds together.",
                {(("action", word),): count for word, count in _by_gravity(plan).items()}),
        _family("plan_data_destroyed", "What the vendors hold that the plan's writes destroy.",
                {(("data", name),): count for name, count in loss.counts.items()}),
        _family("plan_uncounted", "Addresses whose loss could not be counted.", {(): loss.failed}),
        _family("plan_guards", "Guards that stop an apply.", _labelled(guards, "guard")),
        _family("plan_calls", "Requests: reads of the plan, writes of its apply.",
                _labelled(calls, "connection", "way")),
    ]  # fmt: skip
    return _written(plan, [*families, *_drift(plan), *_common(plan)])


def drift_metrics(plan: Plan) -> str:
    """What moved since the last apply."""
    return _written(plan, [*_drift(plan), *_common(plan)])


def _by_gravity(plan: Plan) -> dict[str, int]:
    counts = plan.summary()
    return {word: counts[word] for word in GRAVITY}


def _drift(plan: Plan) -> list[tuple[str, str, Mapping[Labels, int]]]:
    states = Counter(
        (d.connection, d.address.kind, "ignored" if d.ignored else "gone" if d.after is None else "changed")
        for d in plan.drift
    )
    count = drift_summary(plan)
    return [
        _family("drift_objects", "Managed objects that moved since the last apply.",
                _labelled(states, "connection", "kind", "state")),
        _family("drifted", "Managed objects that changed or are gone, those under ignoreChanges apart.",
                {(): count["drifted"] + count["gone"]}),
        _family("drift_unrepairable", "Of these, the ones that the API cannot put back.", {(): count["unrepairable"]}),
    ]  # fmt: skip


def _common(plan: Plan) -> list[tuple[str, str, Mapping[Labels, int]]]:
    unmanaged = Counter((item.connection, item.kind) for item in plan.unmanaged)
    errors = Counter((trouble.connection, trouble.kind, trouble.code) for trouble in plan.troubles)
    return [
        _family("unmanaged_objects", "Live objects that nobody manages.", _labelled(unmanaged, "connection", "kind")),
        _family("read_errors", "Connections and kinds that could not be read.",
                _labelled(errors, "connection", "kind", "code")),
        _family("complete", "1 where everything could be read, else 0.", {(): int(not plan.troubles)}),
    ]  # fmt: skip


def _family(name: str, help: str, values: Mapping[Labels, int]) -> tuple[str, str, Mapping[Labels, int]]:
    return f"reconciler_{name}", help, values


def _labelled(counts: Mapping[Values, int], *names: str) -> dict[Labels, int]:
    return {tuple(zip(names, values, strict=True)): count for values, count in sorted(counts.items())}


def _written(plan: Plan, families: Iterable[tuple[str, str, Mapping[Labels, int]]]) -> str:
    common: Labels = (("project", plan.project), ("environment", plan.environment or ""))
    lines = []
    for name, help, values in families:
        if values:
            lines += [f"# TYPE {name} gauge", f"# HELP {name} {help}"]
        lines += [f"{name}{_labels((*common, *labels))} {count}" for labels, count in values.items()]
    return "\n".join([*lines, "# EOF"]) + "\n"


def _labels(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{_value(text)}"' for name, text in labels) + "}"


def _value(text: str) -> str:
    shown = shortened(visible(text), _LABEL)
    return shown.replace("\\", "\\\\").replace('"', '\\"')
