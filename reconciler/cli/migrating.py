"""A state moved from the store in use to another one.

1. Both are locked, the old one first.
2. The new one must hold nothing; or with force an older copy of this very state; or exactly this state, after a
   migration that was cut off.
3. Everything is written there in one commit, read back and compared.
4. Only then the old one is marked as migrated. A kill before that leaves the old one in use; the same command goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.cli.workspace import Workspace
from reconciler.cli.writing import writing
from reconciler.errors import STATE_EXPECTED, STATE_NOT_VERIFIED, STATE_TARGET_TAKEN, ReconcilerError

if TYPE_CHECKING:
    from reconciler.state import Contents, StateStore

COMMAND = "state migrate"


@dataclass(frozen=True, slots=True)
class Migrated:
    """How a migration went; the places are labels without passwords."""

    source: str
    target: str
    lineage: str
    serial: int
    records: int


def migrated(workspace: Workspace, to: str, *, force: bool) -> Migrated:
    """Move the state of this project and environment to ``to``; see the command."""
    source, target = workspace.store(), workspace.store_at(_url(workspace, to), anew=True)
    if source.label == target.label:
        raise ReconcilerError(STATE_TARGET_TAKEN, f"the state is in {source.label} already")
    _check_target(target, _held(source), target.contents(), force=force)
    with writing(source, COMMAND) as old:
        held = _held(source)
        with writing(target, COMMAND, retired=True) as new:
            _check_target(target, held, target.contents(), force=force)
            new.replace(replace(held, runs=tuple(run for run in held.runs if run.id != old.run)))
            new.end(0, {"migrated": len(held.records)})
        moved = _verified(source, target, held)
        old.retire(target.label)
        old.end(0, {"migrated": len(held.records)})
    workspace.remember(moved, target)
    return Migrated(source.label, target.label, moved.lineage, moved.serial, len(moved.records))


def _url(workspace: Workspace, to: str) -> str:
    from reconciler import project as projects
    from reconciler.model import SecretReference

    if to.startswith("env:"):
        return projects.secret(SecretReference(env=to.removeprefix("env:")), workspace.project.folder).reveal()
    return to


def _held(source: StateStore) -> Contents:
    source.snapshot()  # a state that is not in use is told here
    contents = source.contents()
    if contents is None:
        raise ReconcilerError(STATE_EXPECTED, f"there is no state in {source.label} yet; there is nothing to migrate")
    return contents


def _check_target(target: StateStore, held: Contents, there: Contents | None, *, force: bool) -> None:
    if there is None or there.empty:
        return
    same = there.lineage == held.lineage
    if same and (_essence(there) == _essence(held) or (force and there.serial < held.serial)):
        return
    what = f"serial {there.serial} of this very state" if same else f"the state {there.lineage}"
    hint = "" if same and there.serial < held.serial else "name an empty store"
    raise ReconcilerError(STATE_TARGET_TAKEN, f"{target.label} holds {what} already", hint=hint)


def _verified(source: StateStore, target: StateStore, held: Contents) -> Contents:
    """What the target holds now; raises STATE_NOT_VERIFIED, and then nobody can take the copy for the state."""
    there = target.contents()
    if there is not None and _essence(there) == _essence(held):
        return there
    with writing(target, COMMAND, retired=True) as session:
        session.retire(source.label)
    raise ReconcilerError(STATE_NOT_VERIFIED, f"what {target.label} holds is not what {source.label} holds")


def _essence(contents: Contents) -> Contents:
    """Everything that must be equal: all but the serial, the history, and the mark of an earlier migration."""
    return replace(contents, serial=0, runs=(), moved_to=None)
