"""Deciding: from desired, recorded and observed to a plan. Pure; nothing here reads or writes anything."""

from reconciler.plan.approval import Approval, approve, differences
from reconciler.plan.builder import build
from reconciler.plan.graph import Step, steps
from reconciler.plan.guards import Consents, at_stake, growth, guard, with_impact
from reconciler.plan.inputs import Inputs, in_scope, selects

__all__ = [
    "Approval",
    "Consents",
    "Inputs",
    "Step",
    "approve",
    "at_stake",
    "build",
    "differences",
    "growth",
    "guard",
    "in_scope",
    "selects",
    "steps",
    "with_impact",
]
