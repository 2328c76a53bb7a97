"""A state out as JSON and in again: read with care, checked, backed up, and put in the place of the present one."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.cli.workspace import Workspace
from reconciler.cli.writing import writing
from reconciler.errors import OUTPUT_FAILED, STATE_DOCUMENT, STATE_EXPECTED, ReconcilerError
from reconciler.model import JSON, Snapshot

if TYPE_CHECKING:
    from reconciler.state import Contents, StateStore

LARGEST = 512 * 1024 * 1024  # bytes
BACKUPS = "backups"


@dataclass(frozen=True, slots=True)
class Pushed:
    """How a push went. ``kept_open`` are addresses of open writes that only the state before knew."""

    lineage: str
    serial: int
    records: int
    backup: Path | None
    kept_open: tuple[str, ...]


def pulled(store: StateStore) -> tuple[dict[str, JSON], str | None]:
    """The state as a document, and where it was migrated to."""
    from reconciler.state.transcript import transcript

    contents = store.contents()
    if contents is None:
        raise ReconcilerError(STATE_EXPECTED, f"there is no state in {store.label} yet")
    return transcript(contents), contents.moved_to


def pushed(workspace: Workspace, file: str, *, force: bool) -> Pushed:
    """Put a document in the place of the present state; see the command."""
    from reconciler.state.pushing import check_succession, kept_open, merged

    given = _given(workspace, file)
    store = workspace.store(anew=True)
    check_succession(store.label, store.contents(), given, force=force)
    with writing(store, "state push") as session:
        held = store.contents()
        check_succession(store.label, held, given, force=force)
        backup = _backed_up(workspace, held) if held is not None and not held.empty else None
        session.replace(merged(held, given))
        session.end(0, {"pushed": len(given.records)})
        after = session.snapshot()
    return Pushed(session.lineage, after.serial, len(given.records), backup, kept_open(held, given))


def _given(workspace: Workspace, file: str) -> Contents:
    """The state in a file, held against its schema, itself, and this project."""
    from reconciler.state.binding import check_origins, check_owner
    from reconciler.state.transcript import Unfit, contents_of

    document = _document(workspace, file)
    try:
        given = contents_of(document)
    except Unfit as error:
        raise _refused(file, str(error)) from error
    project = workspace.project
    check_owner(f"in {file}", (given.project, given.environment), (project.name, project.environment))
    unknown = sorted({r.address.kind for r in given.records} - workspace.registry.types.keys())
    if unknown:
        raise _refused(file, f"this version knows no kind {unknown[0]}")
    snapshot = Snapshot(
        records={record.address: record for record in given.records},
        open_intents=given.open_intents,
        origins=given.origins,
    )
    check_origins(snapshot, workspace.origins)
    return given


def _document(workspace: Workspace, file: str) -> Mapping[str, Any]:
    from reconciler.document import Shape, read_bytes
    from reconciler.document.violation import label
    from reconciler.schema import schemas_folder

    path = Path(workspace.start, file)
    data = sys.stdin.buffer.read(LARGEST + 1) if file == "-" else read_bytes(path, file, LARGEST)
    if len(data) > LARGEST:
        raise _refused(file, "it is larger than any state")
    try:
        document = json.loads(data, parse_constant=_no_number, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        raise _refused(file, f"it is not JSON ({error})") from error
    if not isinstance(document, dict):
        raise _refused(file, "it is not a JSON object")
    shape = Shape(json.loads((schemas_folder() / "state.json").read_bytes()))
    if not shape.fits(document):
        violation = next(iter(shape.violations(document)))
        raise _refused(file, f"{label(violation.path) or 'the document'}: {violation.message}")
    return document


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is written twice")
    return found


def _refused(file: str, why: str) -> ReconcilerError:
    return ReconcilerError(STATE_DOCUMENT, f"{'standard input' if file == '-' else file} is no state: {why}")


def _backed_up(workspace: Workspace, held: Contents) -> Path:
    """Keep what is about to be replaced, for its owner alone; raises OUTPUT_FAILED, and then nothing is replaced."""
    from reconciler.report.document import dumps
    from reconciler.state import privacy
    from reconciler.state.transcript import transcript

    project = workspace.project
    folder = project.folder / privacy.FOLDER / BACKUPS
    name = "-".join([project.environment or "state", held.lineage[:8], str(held.serial)])
    try:
        privacy.make_folder(folder)
        path = next(p for n in range(1000) if not (p := folder / f"{name}{f'.{n}' if n else ''}.json").exists())
        privacy.replace(path, dumps(transcript(held)).encode("utf-8", "surrogatepass"))
    except OSError as error:
        raise ReconcilerError(OUTPUT_FAILED, f"no backup can be written: {folder}: {error.strerror}") from error
    return path
