"""One address of a plan or a drift report as a block: what happens and why, then its fields."""

from __future__ import annotations

from reconciler.model import JSON, Action, Cause, Change, Drift, FieldChange, Pending
from reconciler.model.acceptance import Accepted
from reconciler.report import phrase
from reconciler.report.fields import creates, drifted_fields, hidden_drift, hidden_fields, shown_fields
from reconciler.report.remark import Remark, Tone, drift_headline, drift_remarks, remarks, standing
from reconciler.report.rows import Row, cause_comment, changed_row, created_row, deleted_row, drawn, hidden_note
from reconciler.report.style import Style
from reconciler.report.value import KNOWN_AFTER_APPLY, spelled
from reconciler.report.visible import quoted, visible
from reconciler.schema import Registry, ResourceType


def change_block(change: Change, registry: Registry, style: Style) -> str:
    """A change that the plan shows: comment lines, then the fields in braces."""
    rtype = registry.types.get(change.address.kind)
    sign = phrase.symbol(change)
    rows, hidden = _rows(change, rtype, style), hidden_fields(change)
    lines = [_title(change, style), *(_painted(remark, style) for remark in remarks(change, registry))]
    return "\n".join([*lines, *_body(sign, change.address.type, change.address.name, rows, hidden, style)])


def remark_block(change: Change, style: Style) -> str:
    """What is to be said of an address where nothing happens; empty where there is nothing to say."""
    said = [_painted(remark, style) for remark in standing(change)]
    return "\n".join([_comment(f"{style.bold(str(change.address))} is unchanged", style), *said]) if said else ""


def drift_block(drift: Drift, registry: Registry, style: Style) -> str:
    """A live object that moved: recorded on the left, observed on the right."""
    rtype = registry.types.get(drift.address.kind)
    gone = drift.after is None
    rows = [_id_row(drift.id), *(_drifted(item, rtype, style, gone=gone) for item in drifted_fields(drift))]
    head = _comment(f"{style.bold(str(drift.address))} {drift_headline(drift)}", style)
    lines = [head, *(_painted(remark, style) for remark in drift_remarks(drift))]
    sign, hidden = "-" if gone else "~", hidden_drift(drift)
    return "\n".join([*lines, *_body(sign, drift.address.type, drift.address.name, rows, hidden, style)])


def accepted_block(accepted: Accepted, registry: Registry, style: Style) -> str:
    """A manifest that follows the live object now: what git said on the left, what it says now on the right."""
    address = accepted.address
    rtype = registry.types.get(address.kind)
    rows = [changed_row(item, rtype, style, _overruled(item, style)) for item in accepted.fields]
    head = _comment(f"{style.bold(str(address))} in {visible(accepted.source.where)}", style)
    return "\n".join([head, *_body("~", address.type, address.name, rows, 0, style)])


def _overruled(item: FieldChange, style: Style) -> str:
    return cause_comment(item, style) if item.cause is Cause.CONFLICT else ""


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


def _painted(remark: Remark, style: Style) -> str:
    """A remark as a comment line."""
    if remark.tone is Tone.LOSS:
        return f"  # {style.red(remark.text)}"
    if remark.tone is Tone.DETAIL:
        return f"  #   {remark.whole}"
    paint = {Tone.BLOCKED: style.red, Tone.WARNING: style.yellow}.get(remark.tone, str)
    return f"  # {paint(remark.lead)}: {remark.text}" if remark.lead else f"  # {remark.text}"


def _body(sign: str, type: str, name: str, rows: list[Row], hidden: int, style: Style) -> list[str]:
    head = f"{painted(sign, style)} {type} {quoted(name)}"
    inside = drawn(rows, style) + ([hidden_note(hidden, "field", style)] if hidden else [])
    return [f"{head} {{", *inside, "    }"] if inside else [head]


def _rows(change: Change, rtype: ResourceType | None, style: Style) -> list[Row]:
    """The fields to show."""
    fields = shown_fields(change)
    if creates(change):
        return [_created(item, rtype, style) for item in fields]
    if change.action is Action.DELETE:
        return [*_id_rows(change), *(deleted_row(item.path, item.before, rtype, style) for item in fields)]
    replacing = change.action.replaces or change.blocked is not None
    rows = [changed_row(item, rtype, style, cause_comment(item, style, replacing=replacing)) for item in fields]
    return [*_id_rows(change), *rows]


def _created(item: FieldChange, rtype: ResourceType | None, style: Style) -> Row:
    if item.after_unknown and not isinstance(item.after, list | tuple):
        return Row("+", item.path, (KNOWN_AFTER_APPLY,), _awaited(item.after, style))
    comment = cause_comment(item, style) if item.cause is not Cause.CONFIG else ""
    return created_row(item.path, item.after, rtype, style, comment)


def _drifted(item: FieldChange, rtype: ResourceType | None, style: Style, *, gone: bool) -> Row:
    if gone:
        return deleted_row(item.path, item.before, rtype, style)
    return changed_row(item, rtype, style, style.dim("# ignored") if item.ignored else "")


def _awaited(value: JSON, style: Style) -> str:
    """Which manifest's id a field waits for, where its name is known."""
    name = value.address.name if isinstance(value, Pending) else value
    return style.dim(f"# {visible(name)}") if isinstance(name, str) else ""


def _id_rows(change: Change) -> list[Row]:
    if change.id is None:
        return [_id_row(change.importing)] if change.importing is not None else []
    if change.action.replaces:
        return [Row("~", "id", (f"{spelled(change.id)} -> {KNOWN_AFTER_APPLY}",))]
    return [_id_row(change.id)]


def _id_row(id: str) -> Row:
    return Row("", "id", (spelled(id),))
