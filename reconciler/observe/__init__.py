"""The live world as the vendors tell it: complete listings, troubles, and what deletes would destroy."""

from reconciler.observe.impact import count
from reconciler.observe.parts import derived
from reconciler.observe.world import World, listing_digest, observe

__all__ = ["World", "count", "derived", "listing_digest", "observe"]
