"""Carrying a plan out, exactly once: the executor, the journal's entries, and the recovery of what was left open.

What would be destroyed is counted again and archived first (farewell.py).
"""

from reconciler.apply.event import Event
from reconciler.apply.executor import execute
from reconciler.apply.recovery import Recovery, Settled, Unsettled, settle
from reconciler.apply.resolution import resolve

__all__ = ["Event", "Recovery", "Settled", "Unsettled", "execute", "resolve", "settle"]
