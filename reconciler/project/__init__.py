"""The project file: where the manifests and the state are, and how the vendors are reached."""

from reconciler.project.digestkey import seal_of
from reconciler.project.file import NAME, UnfitProject, find, load
from reconciler.project.secret import secret
from reconciler.project.settings import Project
from reconciler.project.state import state_url

__all__ = ["NAME", "Project", "UnfitProject", "find", "load", "seal_of", "secret", "state_url"]
