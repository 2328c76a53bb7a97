"""``reconciler state mv``, ``rm`` and ``rebuild``: records moved, forgotten, and found again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.completing import CONNECTIONS, RECORDED
from reconciler.cli.options import ADDRESS, format_options, vendor_options
from reconciler.cli.writing import approve_option, confirmed, note, writing
from reconciler.model import Address

if TYPE_CHECKING:
    from reconciler.cli.rebuilding import Rebuild
    from reconciler.cli.workspace import Workspace
    from reconciler.schema import ResourceType
    from reconciler.state import Contents, Session, StateStore
    from reconciler.state.renaming import Renaming


@command("mv", short_help="give a record another address or connection")
@click.argument("source", metavar="SOURCE", shell_complete=RECORDED)
@click.argument("target", required=False, metavar="[TARGET]", type=ADDRESS)
@click.option(
    "--connection",
    metavar="NAME",
    shell_complete=CONNECTIONS,
    help="Move the record, or all that match a glob, to this connection.",
)
@format_options("text", "json")
@click.pass_context
def mv(ctx: click.Context, /, source: str, target: Address | None, connection: str | None, **_: Any) -> int:
    """Give a record another address, with what depends on it, its open writes and its line in the ledger.

    With --connection it goes to another connection, for one that was renamed; SOURCE may be a glob then. Rename the
    manifest as well: the next plan looks for the record under its new address.
    """
    if (target is None) is (connection is None):
        raise click.UsageError("give one of TARGET and --connection NAME", ctx)
    from reconciler.cli.running import opened

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        store = workspace.store()
        _moves(workspace, _contents(store), source, target, connection)  # a mistake is told without taking the lock
        with writing(store, "state mv") as session:
            contents = _contents(store)
            moves = _moves(workspace, contents, source, target, connection)
            _move(workspace, session, contents, moves)
            session.end(0, {"moved": len(moves)})
        _tell_moves(setting, workspace, contents, moves)
    return 0


def _moves(
    workspace: Workspace, contents: Contents, source: str, target: Address | None, connection: str | None
) -> list[Renaming]:
    from reconciler.state.relocation import reconnected, renamed

    if connection is not None:
        return reconnected(contents, [source], connection, workspace.project.connections)
    assert target is not None
    return [renamed(contents, ADDRESS.convert(source, None, None), target)]


def _move(workspace: Workspace, session: Session, contents: Contents, moves: list[Renaming]) -> None:
    from reconciler.state.relocation import buried, known

    connections = workspace.project.connections
    targets = {move.connection for move in moves if move.connection is not None}
    sources, ids = known(contents), {record.address: record.id for record in contents.records}
    stones = buried(contents, moves, connections)
    session.bind({name: connections[name].origin for name in targets})
    with session.batch():
        for move in moves:
            session.move(move.old, move.new, connection=move.connection)
            source = sources[move.old] or ""
            detail = f"moved from {move.old}" if move.old != move.new else f"moved from the connection {source}"
            mine = {t for t in stones if (t.kind, t.connection) == (move.old.kind, move.connection)}
            place = move.connection or source
            note(session, move.new, "move", place, ids.get(move.old), detail, tombstones=mine)


def _tell_moves(setting: Setting, workspace: Workspace, contents: Contents, moves: list[Renaming]) -> None:
    from reconciler.state.relocation import known, shared_accounts

    sources = known(contents)
    for warning in shared_accounts(moves, contents, workspace.project.connections):
        setting.terminal.say(f"warning: {warning}")
    if setting.as_json:
        from reconciler.report.document import dumps

        moved = [
            {
                "from": str(move.old),
                "to": str(move.new),
                "connection_before": sources[move.old],
                "connection_after": move.connection or sources[move.old],
            }
            for move in moves
        ]
        setting.terminal.show(dumps({"format_version": "1.0", "moved": moved}))
        return
    for move in moves:
        where = str(move.new) if move.new != move.old else f"the connection {move.connection}"
        setting.terminal.show(f"Moved {move.old} to {where}.\n")
    if any(move.old != move.new for move in moves):
        setting.terminal.say("Rename the manifest too: the next plan looks for the record under its new address.")


@command("rm", short_help="forget records; the live objects stay")
@click.argument("addresses", nargs=-1, required=True, type=ADDRESS, metavar="ADDRESS...", shell_complete=RECORDED)
@approve_option
@format_options("text", "json")
@click.pass_context
def rm(ctx: click.Context, /, addresses: tuple[Address, ...], auto_approve: bool, **_: Any) -> int:
    """Forget records. Nothing is deleted at a vendor: the live objects stay, and are no longer ours.

    Refused while a write is open at an address. Deleted ids and the ledger of what was sent are kept.
    """
    from reconciler.cli.running import opened

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        store = workspace.store()
        chosen = sorted(set(addresses))
        _check_forgettable(_contents(store), chosen)
        consequences = {a: _consequence(workspace.registry.types.get(a.kind)) for a in chosen}
        for address, consequence in consequences.items():
            setting.terminal.say(f"{address}: {consequence}")
        confirmed(setting, f"Forget {len(chosen)} record{'s' if len(chosen) > 1 else ''}?", approved=auto_approve)
        with writing(store, "state rm") as session:
            records = session.snapshot().records
            _check_forgettable(_contents(store), chosen)
            with session.batch():
                for held in (records[address] for address in chosen):
                    note(
                        session, held.address, "forget", held.connection, held.id, "the live object stays", forget=True
                    )
            session.end(0, {"forgotten": len(chosen)})
    if setting.as_json:
        from reconciler.report.document import dumps

        forgotten = [{"address": str(a), "id": records[a].id, "consequence": consequences[a]} for a in chosen]
        setting.terminal.show(dumps({"format_version": "1.0", "forgotten": forgotten}))
    else:
        setting.terminal.show("".join(f"Forgot {address} (id {records[address].id}).\n" for address in chosen))
    return 0


def _check_forgettable(contents: Contents, addresses: list[Address]) -> None:
    """Every address has a record, and no write is open there: it would be settled into nothing."""
    from reconciler.errors import STATE_WRITE_OPEN, Problems, ReconcilerError
    from reconciler.state.relocation import unknown

    records = {record.address for record in contents.records}
    opened = {intent.address: intent for intent in contents.open_intents}
    faults = [unknown(str(a), records) for a in addresses if a not in records and a not in opened]
    faults += [
        ReconcilerError(STATE_WRITE_OPEN, f"{a}: a {opened[a].step} is open; its outcome would be lost with the record")
        for a in addresses
        if a in opened
    ]
    if faults:
        raise Problems(faults)


def _consequence(rtype: ResourceType | None) -> str:
    """What the next plan makes of an object whose record is gone."""
    if rtype is None:
        return "this version does not know its kind"
    if rtype.one_time:
        return "it stays in the ledger, so it is not sent again"
    without = "without a manifest it is unmanaged and left alone"
    if rtype.readback == "none" or rtype.list == "none":
        return f"the next plan cannot find it again: with its manifest still there, a second one is made; {without}"
    how = f"by its {' and '.join(rtype.key.fields)}" if rtype.key.fields else "by metadata.externalId"
    exact = " if it has not changed, or by metadata.externalId" if rtype.key.match == "declared" else ""
    return f"with its manifest still there, the next plan adopts it again {how}{exact}; {without}"


@command("rebuild", short_help="find the records of a lost state again")
@approve_option
@click.option("--dry-run", is_flag=True, help="Only show what would be recorded.")
@vendor_options
@format_options("text", "json")
@click.pass_context
def rebuild(ctx: click.Context, /, auto_approve: bool, dry_run: bool, **_: Any) -> int:
    """Make records anew after a state was lost, from what the manifests pin (externalId) and recognise (keys).

    The vendors are only read. Records that are there stay as they are. What cannot be told apart is listed with its
    candidates; metadata.externalId settles it. What was sent once (the ledger) and which ids were deleted is lost.
    """
    from reconciler.cli.rebuilding import find
    from reconciler.cli.running import opened
    from reconciler.errors import worst
    from reconciler.report.rebuilt import rebuilt_text

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        store = workspace.store(anew=True)
        found = find(workspace, store)
        written = 0
        if not setting.as_json:
            setting.terminal.show(rebuilt_text(found, setting.terminal.style))
        if found.records and not dry_run:
            number = f"{len(found.records)} record{'s' if len(found.records) > 1 else ''}"
            confirmed(setting, f"Write {number} into {store.label}?", approved=auto_approve)
            written = _write(store, workspace, found)
    _tell_rebuilt(setting, found, written, dry_run=dry_run)
    return worst(trouble.exit_code for trouble in found.troubles)


def _write(store: StateStore, workspace: Workspace, found: Rebuild) -> int:
    from reconciler.cli.rebuilding import write

    with writing(store, "state rebuild") as session:
        session.bind(workspace.origins)
        written = write(session, found)
        session.end(0, {"rebuilt": written})
    return written


def _tell_rebuilt(setting: Setting, found: Rebuild, written: int, *, dry_run: bool) -> None:
    if setting.as_json:
        from reconciler.report.document import dumps
        from reconciler.report.rebuilt import rebuilt_document

        setting.terminal.show(dumps(rebuilt_document(found, written)))
    elif dry_run:
        setting.terminal.show("Nothing was written: this was a dry run.\n")
    else:
        setting.terminal.show(f"Wrote {written} record{'s' if written != 1 else ''}.\n")


def _contents(store: StateStore) -> Contents:
    from reconciler.errors import STATE_EXPECTED, ReconcilerError

    contents = store.contents()
    if contents is None:
        raise ReconcilerError(STATE_EXPECTED, f"there is no state in {store.label} yet")
    return contents
