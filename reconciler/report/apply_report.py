"""What an apply did, once it has ended: the closing text, and the summary of ``apply --json``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.errors import CATALOGUE
from reconciler.model import JSON, Action, Address, Change, Outcome, Plan, Status
from reconciler.report.shape import FORMAT_VERSION
from reconciler.report.style import Style
from reconciler.report.visible import sentence, visible

_PLAIN = Style()
_COUNTS = (
    "added",
    "changed",
    "destroyed",
    "adopted",
    "forgotten",
    "sent",
    "moved",
    "blocked",
    "waiting",
    "failed",
    "unknown",
    "skipped",
)
_WORDS = {"unknown": "with an unknown outcome"}


def apply_text(
    plan: Plan,
    outcomes: Iterable[Outcome],
    style: Style = _PLAIN,
    *,
    command: str = "reconciler apply",
    interrupted: bool = False,
) -> str:
    """What failed and why, what was skipped and because of what, the counts, and how to go on. Ends with a newline."""
    ended = sorted_outcomes(outcomes)
    counts = apply_counts(plan, ended)
    parts = [
        *(_trouble(outcome, style) for outcome in ended if outcome.status in (Status.FAILED, Status.UNKNOWN)),
        _skipped(ended, style),
        *_blocked(plan, style),
        f"{_verdict(counts, style, command, interrupted=interrupted)} Resources: {apply_sentence(counts)}.",
        go_on(counts, f'"{visible(command)}"', interrupted=interrupted),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def apply_document(
    plan: Plan, outcomes: Iterable[Outcome], *, exit_code: int = 0, interrupted: bool = False
) -> dict[str, JSON]:
    """The last object of the stream that ``apply --json`` writes."""
    ended = sorted_outcomes(outcomes)
    counts = apply_counts(plan, ended)
    return {
        "type": "summary",
        "format_version": FORMAT_VERSION,
        "project": plan.project,
        "environment": plan.environment,
        "complete": _complete(counts) and not interrupted,
        "interrupted": interrupted,
        "exit_code": exit_code,
        "summary": dict(counts),
        "outcomes": [_outcome(outcome) for outcome in ended],
        "blocked": [
            {"address": str(change.address), "code": change.blocked.code, "message": change.blocked.message}
            for change in blocked_changes(plan)
            if change.blocked is not None
        ],
    }


def apply_counts(plan: Plan, outcomes: Iterable[Outcome]) -> Mapping[str, int]:
    """How many of each; a replacement counts as added and destroyed, an adoption as adopted alone."""
    changes = {(change.address, change.action): change for change in plan.changes}
    counts = dict.fromkeys(_COUNTS, 0)
    for outcome in outcomes:
        for word in _counted_as(outcome, changes.get((outcome.address, outcome.action))):
            counts[word] += 1
    counts["waiting"] = len(plan.waiting())
    counts["blocked"] = len(blocked_changes(plan)) - counts["waiting"]
    return counts


def _counted_as(outcome: Outcome, change: Change | None) -> tuple[str, ...]:
    if outcome.status is Status.BLOCKED:
        return ()
    if outcome.status is not Status.DONE:
        return (outcome.status.value,)
    if change is not None and change.adopts:
        return ("adopted",)
    if outcome.action.replaces:
        return ("added", "destroyed")
    if outcome.action is Action.NO_OP:
        return ("moved",) if change is not None and change.previous_address is not None else ()
    words = {Action.CREATE: "added", Action.UPDATE: "changed", Action.DELETE: "destroyed"}
    return (words.get(outcome.action, "sent" if outcome.action is Action.SEND else "forgotten"),)


def blocked_changes(plan: Plan) -> list[Change]:
    """The blocked changes, by address."""
    return sorted((c for c in plan.changes if c.blocked is not None), key=lambda change: change.address)


def sorted_outcomes(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """The outcomes by address, in whatever order they came."""
    return sorted(outcomes, key=lambda outcome: (outcome.address, outcome.action, outcome.status))


def _complete(counts: Mapping[str, int]) -> bool:
    return not any(counts[word] for word in ("failed", "unknown", "skipped", "blocked"))


def apply_sentence(counts: Mapping[str, int]) -> str:
    """``2 added, 1 changed, 0 destroyed`` and what else is not zero."""
    always = [f"{counts[word]} {word}" for word in _COUNTS[:3]]
    return ", ".join([*always, *(f"{counts[word]} {_WORDS.get(word, word)}" for word in _COUNTS[3:] if counts[word])])


def title(counts: Mapping[str, int], command: str, *, interrupted: bool) -> str:
    """``Apply complete``, named after the command that ran."""
    ended = "interrupted" if interrupted else "complete" if _complete(counts) else "incomplete"
    return f"{command.split()[1].capitalize()} {ended}"


def _verdict(counts: Mapping[str, int], style: Style, command: str, *, interrupted: bool) -> str:
    paint = style.green if _complete(counts) and not interrupted else style.yellow
    return style.bold(paint(f"{title(counts, command, interrupted=interrupted)}!"))


def _trouble(outcome: Outcome, style: Style) -> str:
    code = f"[{outcome.code}]" if outcome.code else ""
    message = sentence(outcome.message or "no reason was given")
    if outcome.status is Status.FAILED:
        text = f"{style.bold(style.red(f'error{code}'))}: {outcome.address} was not {done(outcome.action)}: {message}"
        page = CATALOGUE.get(outcome.code or "")
        return text + (f"\n{style.cyan('help')}: {page.way_out}" if page else "")
    lead = f"{style.bold(style.yellow(f'unknown{code}'))}: nobody knows whether {outcome.address} was"
    note = "It is not sent again blindly: the next apply reads back and settles it."
    return f"{lead} {done(outcome.action)}: {message}\n  {note}"


def done(action: Action) -> str:
    """The action as a word for what was done: created, replaced, sent."""
    if action.replaces:
        return "replaced"
    words = {Action.SEND: "sent", Action.FORGET: "forgotten", Action.NO_OP: "recorded"}
    return words.get(action, f"{action.value.rstrip('e')}ed")


def _skipped(outcomes: Iterable[Outcome], style: Style) -> str:
    lines = []
    for outcome in outcomes:
        if outcome.status is Status.SKIPPED:
            why = f"it depends on {outcome.because}" if outcome.because is not None else sentence(outcome.message or "")
            lines.append(f"  {outcome.address}" + (f": {why or _not_reached(outcome)}"))
    return "\n".join([style.bold("Skipped:"), *lines]) if lines else ""


def _not_reached(outcome: Outcome) -> str:
    return f"its turn to be {done(outcome.action)} did not come"


def _blocked(plan: Plan, style: Style) -> list[str]:
    """What is blocked, and what waits for a first token, each under its own heading."""
    waiting = plan.waiting()
    lines: dict[bool, list[str]] = {False: [], True: []}
    for change in blocked_changes(plan):
        if change.blocked is not None:
            said = f"  {change.address}: {sentence(change.blocked.message)}"
            lines[change.address in waiting].append(said)
    heads = {False: "Blocked:", True: "Waiting for a first token:"}
    return ["\n".join([style.bold(heads[waits]), *told]) for waits, told in lines.items() if told]


def go_on(counts: Mapping[str, int], command: str, *, interrupted: bool) -> str:
    """What to do about an apply that is not complete; ``command`` as it is to be shown. Empty where all is done."""
    if _complete(counts) and not interrupted:
        return ""
    lead = "What was applied is recorded."
    if interrupted or not counts["blocked"] or any(counts[word] for word in ("failed", "unknown", "skipped")):
        return f"{lead} Run {command} to go on."
    return f"{lead} Put right what blocks the others, then run {command} to go on."


def _outcome(outcome: Outcome) -> dict[str, JSON]:
    return {
        "address": str(outcome.address),
        "actions": outcome.action.actions,
        "status": outcome.status.value,
        "id": outcome.id,
        "seconds": round(outcome.seconds, 3),
        "code": outcome.code,
        "message": outcome.message,
        "because": _text(outcome.because),
    }


def _text(address: Address | None) -> str | None:
    return None if address is None else str(address)
