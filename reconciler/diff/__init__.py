"""Comparing desired, recorded and observed values by what their fields mean."""

from reconciler.diff.comparison import added_items, equal, items_of, matches
from reconciler.diff.three_way import Difference, compare, lifecycle_changes

__all__ = ["Difference", "added_items", "compare", "equal", "items_of", "lifecycle_changes", "matches"]
