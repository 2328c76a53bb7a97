"""One address of a plan or a drift report as a block: what happens and why, then its fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.model import JSON, Action, Cause, Change, Drift, FieldChange, Pending
from reconciler.report import phrase
from reconciler.report.masking import root
from reconciler.report.rows import Row, cause_comment, changed_row, created_row, deleted_row, drawn, hidden_note
from reconciler.report.style import Style
from reconciler.report.value import KNOWN_AFTER_APPLY, spelled
from reconciler.report.visible import quoted, visible
from reconciler.schema import Registry, ResourceType


def change_block(change: Change, registry: Registry, style: Style) -> str:
    """A change that the plan shows: comment lines, then the fields in braces."""
    rtype = registry.types.get(change.address.kind)
    sign = phrase.symbol(change)
    rows, hidden = _rows(change, rtype, style)
    lines = [_title(change, style), *_comments(change, registry, style)]
    return "\n".join([*lines, *_body(sign, change.address.type, change.address.name, rows, hidden, style)])


def remark_block(change: Change, style: Style) -> str:
    """What is to be said of an address where nothing happens; empty where there is nothing to say."""
    remarks = _remarks(change, style)
    return "\n".join([_comment(f"{style.bold(str(change.address))} is unchanged", style), *remarks]) if remarks else ""


def drift_block(drift: Drift, registry: Registry, style: Style) -> str:
    """A live object that moved: recorded on the left, observed on the right."""
    rtype = registry.types.get(drift.address.kind)
    gone = drift.after is None
    if gone:
        rows = [_id_row(drift.id), *_going(drift.before, rtype, style)]
    else:
        notes = [style.dim("# ignored") if change.ignored else "" for change in drift.fields]
        changed = [changed_row(change, rtype, style, note) for change, note in zip(drift.fields, notes, strict=True)]
        rows = [_id_row(drift.id), *changed]
    hidden = 0 if gone else _unchanged(drift.before, drift.fields)
    lines = _drift_comments(drift, style, gone=gone)
    sign = "-" if gone else "~"
    return "\n".join([*lines, *_body(sign, drift.address.type, drift.address.name, rows, hidden, style)])


def painted(sign: str, style: Style) -> str:
    """A sign in three columns, in its colour."""
    blank = " " * (3 - len(sign))
    if sign in ("-/+", "+/-"):
        return "/".join(style.red(part) if part == "-" else style.green(part) for part in sign.split("/"))
    if sign == phrase.BLOCKED:
        return blank + style.bold(style.red(sign))
    paint = {"+": style.green, "-": style.red, "~": style.yellow, phrase.ADOPT: style.cyan, ">": style.cyan}
    return blank + paint.get(sign, str)(sign)


def _title(change: Change, style: Style) -> str:
    text = phrase.headline(change)
    grave = change.blocked is not None or change.action.destroys
    note = f" (id {visible(change.importing or '')})" if phrase.symbol(change) == phrase.ADOPT else ""
    return _comment(f"{style.bold(str(change.address))} {style.bold(style.red(text)) if grave else text}{note}", style)


def _comment(text: str, style: Style) -> str:
    return f"  {style.bold('#')} {text}"


def _comments(change: Change, registry: Registry, style: Style) -> list[str]:
    said = [f"({text})" for text in (phrase.reason(change), phrase.deletion_note(change, registry)) if text]
    if change.previous_address is not None and not _says_move(change):
        said.append(f"(moved from {change.previous_address})")
    if change.previous_connection is not None and change.previous_connection != change.connection:
        said.append(f"(from connection {visible(change.previous_connection)} to {visible(change.connection)})")
    elif change.connection != change.address.provider:
        said.append(f"(connection {visible(change.connection)})")
    lines = [f"  # {text}" for text in said]
    if change.impact is not None:
        lines.append(f"  # {style.red(phrase.impact_sentence(change.impact, registry, change.address.kind))}")
    return lines + _blocked_lines(change, style) + _remarks(change, style)


def _says_move(change: Change) -> bool:
    return change.action is Action.NO_OP and change.blocked is None and not change.adopts


def _blocked_lines(change: Change, style: Style) -> list[str]:
    blocked = change.blocked
    if blocked is None:
        return []
    lines = [f"  # {style.red(f'blocked[{visible(blocked.code)}]')}: {visible(blocked.message)}"]
    way, source = phrase.way_on(change), change.source
    if blocked.because is not None and str(blocked.because) not in blocked.message + way:
        lines.append(f"  #   because of: {blocked.because}")
    if blocked.candidates:
        lines.append(f"  #   candidates: {', '.join(map(visible, sorted(blocked.candidates)))}")
    place = f"{visible(source.file)}:{source.line}" if source is not None else ""
    if way:
        lines.append(f"  #   to go on: {way}" + (f" ({place})" if place else ""))
    elif place:
        lines.append(f"  #   declared at: {place}")
    return lines


def _remarks(change: Change, style: Style) -> list[str]:
    lines = []
    if change.given_up:
        names = phrase.listed(map(visible, sorted(change.given_up)))
        lines.append(f"  # gives up {names}: no longer declared, so no longer ours; the live value stays")
    if change.unverified:
        names = phrase.listed(map(visible, sorted(change.unverified)))
        lines.append(f"  # cannot verify {names}: never shown by the API, and not sent by us")
    return lines + [f"  # {style.yellow('warning')}: {visible(text)}" for text in change.warnings]


def _body(sign: str, type: str, name: str, rows: list[Row], hidden: int, style: Style) -> list[str]:
    head = f"{painted(sign, style)} {type} {quoted(name)}"
    inside = drawn(rows, style) + ([hidden_note(hidden, "field", style)] if hidden else [])
    return [f"{head} {{", *inside, "    }"] if inside else [head]


def _rows(change: Change, rtype: ResourceType | None, style: Style) -> tuple[list[Row], int]:
    """The fields to show, and how many are left out."""
    if change.action in (Action.CREATE, Action.SEND) and not change.adopts:
        return _created(change, rtype, style), 0
    if change.action is Action.DELETE:
        return [*_id_rows(change), *_going(change.before, rtype, style)], 0
    rows = [
        changed_row(item, rtype, style, cause_comment(item, style, replacing=change.action.replaces or _locked(change)))
        for item in change.fields
    ]
    return [*_id_rows(change), *rows], _unchanged(change.after or change.before, change.fields)


def _going(values: Mapping[str, JSON] | None, rtype: ResourceType | None, style: Style) -> list[Row]:
    """What an object that goes holds; its empty fields tell nothing."""
    held = [(name, value) for name, value in sorted((values or {}).items()) if value is not None]
    return [deleted_row(name, value, rtype, style) for name, value in held]


def _created(change: Change, rtype: ResourceType | None, style: Style) -> list[Row]:
    told = {item.path: item for item in change.fields}
    values = dict(change.after or {})
    values |= {path: item.after for path, item in told.items() if root(path) not in values}
    rows = []
    for name, value in sorted(values.items()):
        item = told.get(name)
        if item is not None and item.after_unknown:
            rows.append(Row("+", name, (KNOWN_AFTER_APPLY,), _awaited(value, style)))
            continue
        comment = cause_comment(item, style) if item is not None and item.cause is not Cause.CONFIG else ""
        rows.append(created_row(name, value, rtype, style, comment))
    return rows


def _awaited(value: JSON, style: Style) -> str:
    """Which manifest's id a field waits for, where its name is known."""
    name = value.address.name if isinstance(value, Pending) else value
    return style.dim(f"# {visible(name)}") if isinstance(name, str) else ""


def _locked(change: Change) -> bool:
    return change.blocked is not None


def _id_rows(change: Change) -> list[Row]:
    if change.id is None:
        return [_id_row(change.importing)] if change.importing is not None else []
    if change.action.replaces:
        return [Row("~", "id", (f"{spelled(change.id)} -> {KNOWN_AFTER_APPLY}",))]
    return [_id_row(change.id)]


def _id_row(id: str) -> Row:
    return Row("", "id", (spelled(id),))


def _unchanged(values: Mapping[str, JSON] | None, fields: Iterable[FieldChange]) -> int:
    """Fields of the object that are not among the changed ones."""
    return len(set(values or ()) - {root(change.path) for change in fields})


def _drift_comments(drift: Drift, style: Style, *, gone: bool) -> list[str]:
    said = visible(drift.message or "")
    headline = "has changed" if not gone else f"is {said}" if said.startswith("gone") else "is gone"
    lines = [_comment(f"{style.bold(str(drift.address))} {headline}", style)]
    if drift.connection != drift.address.provider:
        lines.append(f"  # (connection {visible(drift.connection)})")
    if said and not headline.endswith(said):
        lines.append(f"  # ({said})")
    if not drift.repairable:
        lines.append(f"  # {style.red('the API cannot put this back')}")
    return lines
