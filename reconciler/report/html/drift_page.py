"""A drift report as one HTML file."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model import Drift, Plan
from reconciler.report.command import again
from reconciler.report.drift_text import drift_sentence
from reconciler.report.html.cards import drift_card
from reconciler.report.html.chart import chart
from reconciler.report.html.page import Figure, Group, Notice, Page, choices, common_notices, listed_unmanaged
from reconciler.report.html.template import rendered
from reconciler.report.past import Past
from reconciler.report.phrase import number_of
from reconciler.report.shape import drift_summary
from reconciler.report.view import view_of
from reconciler.report.visible import sentence
from reconciler.schema import Registry

SIDES = ("Recorded", "Observed")
_STATES = {
    "gone": ("-", "Gone", "Gone from the vendor"),
    "changed": ("~", "Changed", "Changed at the vendor"),
    "ignored": ("·", "Ignored", "Under ignoreChanges"),
}


def drift_html(plan: Plan, registry: Registry, *, reveal: bool = False, past: Iterable[Past] = ()) -> str:
    """The whole file. ``past`` are the recorded runs, oldest first; without them there is no chart."""
    view = view_of(plan, registry, reveal=reveal, whole=False)
    count = drift_summary(view)
    moved = count["drifted"] + count["gone"]
    numbers = {"gone": count["gone"], "changed": count["drifted"], "ignored": count["ignored"]}
    groups = _groups(view, registry)
    kinds, connections, _ = choices([card for group in groups for card in group.cards])
    unmanaged, more = listed_unmanaged(view)
    page = Page(
        word="Drift",
        project=sentence(view.project),
        environment=sentence(view.environment or ""),
        sentence=f"{drift_sentence(view)}.",
        verdict=_verdict(view, moved),
        calm=not groups and not view.troubles,
        figures=tuple(Figure(s, _STATES[s][0], _STATES[s][1], number) for s, number in numbers.items() if number),
        unchanged=_still(view),
        groups=tuple(groups),
        notices=tuple(_notices(view, count["unrepairable"])),
        chart=chart(tuple(past), moved),
        unmanaged=unmanaged,
        more_unmanaged=more,
        command=sentence(again(view, "plan")) if moved else "",
        kinds=kinds,
        connections=connections,
    )
    return rendered(page)


def _groups(plan: Plan, registry: Registry) -> list[Group]:
    found: dict[str, list[Drift]] = {state: [] for state in _STATES}
    for drift in plan.drift:
        found["ignored" if drift.ignored else "gone" if drift.after is None else "changed"].append(drift)
    number, groups = 0, []
    for state, drifts in found.items():
        cards = tuple(drift_card(item, registry, f"d{number + spot}", state) for spot, item in enumerate(drifts, 1))
        number += len(drifts)
        groups += [Group(state, _STATES[state][2], cards, SIDES)] if cards else []
    return groups


def _still(plan: Plan) -> int:
    """How many recorded objects are as they were last applied."""
    moved = {drift.address for drift in plan.drift}
    return sum(
        change.id is not None and not change.adopts and change.address not in moved
        for change in plan.changes
        if change.blocked is None or change.blocked.code != "unreadable"
    )


def _verdict(plan: Plan, moved: int) -> str:
    if moved:
        return "These live objects are not as they were last applied."
    if plan.troubles:
        return "Not everything could be read, so this is not the whole picture."
    return "The live objects are as they were last applied."


def _notices(plan: Plan, stuck: int) -> list[Notice]:
    found = []
    if stuck:
        said = "They are marked below; somebody has to put them right in the vendor's console, or in git."
        found.append(Notice("loss", f"The API cannot put back {number_of(stuck, 'object')}", said))
    return found + common_notices(plan)
