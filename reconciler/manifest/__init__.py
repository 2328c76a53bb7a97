"""Manifests: YAML text to desired values, with every problem at once and in its place."""

from reconciler.manifest.loading import Manifests, load, problems_beside, read
from reconciler.manifest.removal import Removal

__all__ = ["Manifests", "Removal", "load", "problems_beside", "read"]
