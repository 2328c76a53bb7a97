"""How a connection is: what a harmless look at it told, and what its answers said beside their bodies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Vitals:
    """What the exchanges of a connection showed so far.

    ``latency`` is the quickest answer's, in seconds; ``skew`` how many seconds the vendor's clock is ahead of ours, to
    about a second (None where no answer had a Date); ``limits`` the latest headers about a rate limit, by name;
    ``refusals`` how often the vendor answered 429.
    """

    latency: float | None = None
    skew: float | None = None
    limits: Mapping[str, str] = field(default_factory=dict)
    refusals: int = 0


@dataclass(frozen=True, slots=True)
class Checkup:
    """What the credentials of a connection open: how many objects of each sort they show, and what is to be noted."""

    sees: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
