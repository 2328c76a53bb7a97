"""Faults as data: rules that say which request fails, when, and how. Deciding only; wire.py carries them out."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox.exchange import Object, Request

KINDS: dict[str, type[Any] | tuple[type[Any], ...]] = {
    "status": int,
    "delay": (int, float),
    "drop_before": bool,
    "drop_after": bool,
    "cut": bool,
    "empty_body": bool,
    "html": (bool, str),
    "slow_body": (int, float),
    "redirect": int,
    "stale_list": Mapping,
    "shift_page": str,
    "wrong_total": int,
    "hang": (bool, int, float),
}
"""The kinds of fault with the type of their value; `{"status": 503}`, `{"delay": 2}`, `{"drop_after": true}`, ..."""

_EXTRAS = {"headers", "body", "location", "processed", "object"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong; with `processed` the request has done its work before."""

    kind: str
    value: Any
    processed: bool = False
    extras: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Rule:
    """One rule and how often it has matched and fired."""

    source: Object
    fault: Fault
    vendor: str | None
    method: str | None
    path: re.Pattern[str] | None
    nth: int
    count: int | None
    probability: float
    chance: random.Random
    seen: int = 0
    fired: int = 0

    def matches(self, vendor: str, request: Request) -> bool:
        """Whether the rule is about this request."""
        return (
            self.vendor in (None, vendor)
            and self.method in (None, request.method)
            and (self.path is None or self.path.search(request.raw_path) is not None)
        )

    def strikes(self) -> bool:
        """Count a matching request; whether the fault happens to it."""
        self.seen += 1
        if self.seen < self.nth or (self.count is not None and self.fired >= self.count):
            return False
        if self.probability < 1 and self.chance.random() >= self.probability:
            return False
        self.fired += 1
        return True


def parse_rule(source: Any) -> Rule:
    """Read {match, when, fault}; ValueError says what is wrong. Without `count` and `probability` it strikes once."""
    if not isinstance(source, Mapping):
        raise ValueError("a fault rule is an object with match, when and fault")
    match, when = _part(source, "match"), _part(source, "when")
    _only(source, {"match", "when", "fault"}, "rule")
    _only(match, {"vendor", "method", "path"}, "match")
    _only(when, {"nth", "count", "probability", "seed"}, "when")
    count = when.get("count", 1 if "probability" not in when else None)
    return Rule(
        source=dict(source),
        fault=_parse_fault(source.get("fault")),
        vendor=match.get("vendor"),
        method=match["method"].upper() if match.get("method") else None,
        path=re.compile(match["path"]) if match.get("path") else None,
        nth=_whole(when, "nth", 1),
        count=None if count is None else _whole({"count": count}, "count", 1),
        probability=float(when.get("probability", 1)),
        chance=random.Random(when.get("seed", 0)),  # noqa: S311 (repeatable on purpose)
    )


def _parse_fault(source: Any) -> Fault:
    if isinstance(source, str):
        source = {source: True}
    if not isinstance(source, Mapping):
        raise ValueError("a rule needs a fault")
    kinds = [name for name in source if name in KINDS]
    if len(kinds) != 1:
        raise ValueError(f"a fault is exactly one of {', '.join(sorted(KINDS))}")
    kind = kinds[0]
    _only(source, {kind} | _EXTRAS, "fault")
    value = source[kind]
    if kind == "stale_list" and value is True:
        value = {"reads": 1}
    if not isinstance(value, KINDS[kind]) or (isinstance(value, bool) and KINDS[kind] in (int, (int, float))):
        raise ValueError(f"fault {kind} cannot be {value!r}")
    if kind == "redirect" and value not in (301, 302, 303, 307, 308):
        raise ValueError("a redirect is one of 301, 302, 303, 307, 308")
    if kind == "shift_page" and value not in ("insert", "delete"):
        raise ValueError("shift_page is insert or delete")
    if isinstance(value, Mapping):
        _only(value, {"reads", "seconds"}, kind)
    extras = {name: source[name] for name in _EXTRAS & set(source)}
    return Fault(kind, value, bool(extras.pop("processed", False)), extras)


def _part(source: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = source.get(name) or {}
    if not isinstance(part, Mapping):
        raise ValueError(f"{name} is an object")
    return part


def _only(part: Mapping[str, Any], known: set[str], what: str) -> None:
    if unknown := sorted(set(part) - known):
        raise ValueError(f"unknown in {what}: {', '.join(unknown)}")


def _whole(part: Mapping[str, Any], name: str, default: int) -> int:
    value = part.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} is a whole number from 1")
    return value


class Faults:
    """The rules in force; safe to change while the server runs."""

    def __init__(self, rules: list[Object] | None = None) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self.replace(rules or [])

    def replace(self, rules: list[Object]) -> None:
        """Put other rules in force; ValueError leaves the old ones."""
        if not isinstance(rules, list):
            raise ValueError("fault rules are a list")
        try:
            parsed = [parse_rule(rule) for rule in rules]
        except (re.error, TypeError, AttributeError) as error:
            raise ValueError(f"unusable fault rule: {error}") from error
        with self._lock:
            self._rules = parsed

    def add(self, rule: Object) -> None:
        """Put one more rule in force."""
        parsed = parse_rule(rule)
        with self._lock:
            self._rules = [*self._rules, parsed]

    def clear(self) -> None:
        """No faults."""
        self.replace([])

    def strike(self, vendor: str, request: Request) -> list[Fault]:
        """The faults that happen to this request, in the order of the rules."""
        if not self._rules:
            return []
        with self._lock:
            return [rule.fault for rule in self._rules if rule.matches(vendor, request) and rule.strikes()]

    def report(self) -> list[Object]:
        """The rules with how often each has matched and fired."""
        with self._lock:
            return [rule.source | {"seen": rule.seen, "fired": rule.fired} for rule in self._rules]
