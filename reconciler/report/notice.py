"""What a report says beside the changes: unmanaged objects, warnings, what could not be read, guards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from reconciler.model import Address, GuardStop, Plan, Selection, Trouble, Unmanaged
from reconciler.report.phrase import listed, number_of
from reconciler.report.style import Style
from reconciler.report.visible import quoted, sentence, shortened, visible

_MOST_UNMANAGED: Final = 5
_MOST_ADDRESSES: Final = 10
_KEY_LIMIT: Final = 60
_SELECTOR: Final = 200  # characters of a glob or path that are shown
RULE: Final = "─" * 77


def unmanaged_notice(items: tuple[Unmanaged, ...], style: Style) -> str:
    """How many live objects nobody claims, and the first of them."""
    if not items:
        return ""
    verb = "is" if len(items) == 1 else "are"
    lines = [f"{number_of(len(items), 'live object')} {verb} not managed here and left alone:"]
    lines += [f"  {_unmanaged(item)}" for item in items[:_MOST_UNMANAGED]]
    if len(items) > _MOST_UNMANAGED:
        lines.append(f"  … and {len(items) - _MOST_UNMANAGED:,} more")
    lines.append("To take over any of them: reconciler import")
    return "\n".join(style.dim(line) for line in lines)


def warning_notice(text: str, style: Style) -> str:
    """A warning of the whole run."""
    return f"{style.bold(style.yellow('Warning:'))} {sentence(text)}"


def trouble_notice(trouble: Trouble, style: Style) -> str:
    """A part of the world that could not be read."""
    lines = [
        f"{style.bold(style.red(f'error[{trouble.code}]'))}: {sentence(trouble.message)}",
        f"  connection {sentence(trouble.connection)}"
        + (f", {sentence(trouble.kind)}" if trouble.kind else "")
        + ": these addresses and what depends on them are left alone",
    ]
    return "\n".join(lines + ([f"{style.cyan('help')}: {sentence(trouble.hint)}"] if trouble.hint else []))


def unread_notice(addresses: Iterable[Address], style: Style) -> str:
    """The addresses of which nothing is known, since they could not be read."""
    names = sorted(addresses)
    if not names:
        return ""
    lead = style.bold(f"{number_of(len(names), 'address', 'addresses')} could not be read, and nothing is done there:")
    return "\n".join([lead, *_first(names)])


def guard_notice(stop: GuardStop, style: Style) -> str:
    """A guard that stops an apply, the addresses it is about, and the consent."""
    lines = [f"{style.bold(style.red(f'guard[{visible(stop.code)}]'))}: {sentence(stop.message)}"]
    lines += _first(sorted(stop.addresses))
    return "\n".join([*lines, f"{style.cyan('help')}: if this is meant, {sentence(stop.consent)}"])


def selection_notice(selection: Selection) -> str:
    """What was looked at, where that is not everything."""
    if selection.everything:
        return ""
    parts = [
        f"{word} {listed(quoted(shortened(value, _SELECTOR)) for value in values)}"
        for word, values in (
            ("in", selection.files if not selection.complete else ()),
            ("matching", selection.targets),
            ("not matching", selection.excludes),
        )
        if values
    ]
    return f"Note: only addresses {' and '.join(parts)} were looked at; all others are left alone."


def closing_notices(plan: Plan, style: Style) -> list[str]:
    """Everything beside the changes, in the order in which it is read."""
    return [
        unmanaged_notice(plan.unmanaged, style),
        selection_notice(plan.selection),
        *(warning_notice(text, style) for text in plan.warnings),
        *(trouble_notice(trouble, style) for trouble in plan.troubles),
    ]


def _first(addresses: list[Address]) -> list[str]:
    lines = [f"  {address}" for address in addresses[:_MOST_ADDRESSES]]
    rest = len(addresses) - _MOST_ADDRESSES
    return [*lines, f"  … and {rest:,} more"] if rest > 0 else lines


def _unmanaged(item: Unmanaged) -> str:
    key = f" {quoted(shortened(item.key, _KEY_LIMIT))}" if item.key else ""
    return f"{sentence(item.connection)}: {item.kind} {sentence(item.id)}{key}"
