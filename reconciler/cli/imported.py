"""What an import came to, as its report tells it."""

from __future__ import annotations

from pathlib import PurePosixPath

from reconciler.adoption.choice import Left
from reconciler.adoption.layout import SCHEMA
from reconciler.adoption.pairing import Near
from reconciler.adoption.wish import holds_personal
from reconciler.cli.importing import Import
from reconciler.cli.workspace import Workspace
from reconciler.report.imported import Import as Report
from reconciler.report.imported import Manifest, NearMiss, Skipped
from reconciler.schema import Registry


def report(
    workspace: Workspace, found: Import, folder: str, notes: tuple[str, ...] = (), *, dry_run: bool = False
) -> Report:
    """The report; personal data has no place in it."""
    project, registry = workspace.project, workspace.registry
    return Report(
        project=project.name,
        environment=project.environment,
        imported=tuple(
            Manifest(
                address=address,
                connection=draft.observed.connection,
                id=draft.observed.id,
                key=draft.rtype.key_text(draft.observed.fields),
                file=str(found.paths[address]),
                omitted=draft.omitted,
            )
            for address, draft in found.drafts.items()
        ),
        skipped=tuple(_skipped(left, registry) for left in found.left),
        files=tuple(map(str, found.files)),
        managed=found.managed,
        notes=(*notes, *found.notes, *_remarks(workspace, found, dry_run=dry_run)),
        troubles=found.world.troubles,
        dry_run=dry_run,
        folder=folder,
        stores=found.stores,
        near=tuple(_near(near) for near in found.near),
    )


def _near(near: Near) -> NearMiss:
    return NearMiss(
        tuple(f"{d.observed.kind} {d.observed.id}" for d in (*near.sites, *near.locations)),
        tuple(d.rtype.key_text(d.observed.fields) for d in (*near.sites, *near.locations)),
        near.message,
    )


def _skipped(left: Left, registry: Registry) -> Skipped:
    o = left.observed
    key = registry.get(o.kind).key_text(o.fields)
    return Skipped(o.connection, o.kind, o.id, key, left.reason, left.message)


def _remarks(workspace: Workspace, found: Import, *, dry_run: bool) -> list[str]:
    """What somebody has to know before the files go into git, or into an editor."""
    project, remarks = workspace.project, []
    if project.environment is not None and found.files:
        remarks.append(f'the ids are those of the environment "{project.environment}"; no other one knows them')
    if any(holds_personal(draft.rtype) for draft in found.drafts.values()):
        remarks.append("the files hold personal data: think before they go into git; plan needs RECONCILER_DIGEST_KEY")
    if found.files and not dry_run and not (project.folder / PurePosixPath(SCHEMA)).is_file():
        remarks.append("editors find the schema of the files once it is written: reconciler schema --out")
    return remarks
