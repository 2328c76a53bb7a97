"""A plan as one HTML file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.model import Address, Plan
from reconciler.report import outline
from reconciler.report.command import apply_command
from reconciler.report.html.cards import anchors, change_card, drift_card
from reconciler.report.html.chart import chart
from reconciler.report.html.drift_page import SIDES
from reconciler.report.html.graph import drawing
from reconciler.report.html.page import (
    Call,
    Figure,
    Group,
    Loss,
    Notice,
    Page,
    choices,
    common_notices,
    listed_unmanaged,
)
from reconciler.report.html.template import rendered
from reconciler.report.past import Past
from reconciler.report.phrase import estimate_sentence, number_of, plan_sentence
from reconciler.report.remark import standing
from reconciler.report.shape import drift_summary
from reconciler.report.view import view_of
from reconciler.report.visible import sentence
from reconciler.schema import Registry

_MOST_ADDRESSES = 20


def plan_html(
    plan: Plan,
    registry: Registry,
    *,
    saved: str | None = None,
    reveal: bool = False,
    past: Iterable[Past] = (),
) -> str:
    """The whole file. ``past`` are the recorded runs, oldest first; without them there is no chart."""
    view = view_of(plan, registry, reveal=reveal, whole=False)
    shown = outline.groups(view)
    places = anchors(change for group in shown for change in group.changes)
    groups = _groups(view, registry, shown, places)
    cards = [card for group in groups for card in group.cards]
    kinds, connections, causes = choices(cards)
    unmanaged, more = listed_unmanaged(view)
    count = drift_summary(view)
    figures = [Figure(g.tally, g.sign, g.title, len(g.changes)) for g in shown]
    figures += [Figure("drift", "≠", "Drifted", len(view.drift))] if view.drift else []
    page = Page(
        word="Plan",
        project=sentence(view.project),
        environment=sentence(view.environment or ""),
        sentence=f"{plan_sentence(view)}.",
        verdict=_verdict(view),
        calm=not view.applyable and not cards and not view.troubles,
        figures=tuple(figures),
        unchanged=outline.unchanged(view),
        groups=tuple(groups),
        losses=_losses(view),
        notices=tuple(_notices(view)),
        graph=drawing(view.changes, places),
        chart=chart(tuple(past), count["drifted"] + count["gone"]),
        unmanaged=unmanaged,
        more_unmanaged=more,
        calls=tuple(Call(sentence(name), calls.read, calls.write) for name, calls in sorted(view.calls.items())),
        estimate=estimate_sentence(view),
        command=sentence(apply_command(view, saved)) if view.applyable else "",
        kinds=kinds,
        connections=connections,
        causes=causes,
    )
    return rendered(page)


def _groups(
    plan: Plan, registry: Registry, shown: Iterable[outline.Group], places: Mapping[Address, str]
) -> list[Group]:
    """The cards: changes by gravity, then drift, then the unchanged addresses of which there is something to say."""
    groups = [
        Group(group.tally, group.title, tuple(change_card(change, registry, places) for change in group.changes))
        for group in shown
    ]
    moved = tuple(drift_card(item, registry, f"d{number}", "drift") for number, item in enumerate(plan.drift, 1))
    said = [change for change in plan.changes if not outline.shown(change) and standing(change)]
    noted = tuple(change_card(change, registry, places, f"n{number}") for number, change in enumerate(said, 1))
    groups += [Group("drift", "Live objects that moved since the last apply", moved, SIDES)] if moved else []
    return groups + ([Group("no-op", "Unchanged, with a remark", noted)] if noted else [])


def _verdict(plan: Plan) -> str:
    if plan.applyable:
        return "Applying it makes exactly these changes, or none where something moved in the meantime."
    if plan.troubles:
        return "Not everything could be read, so this is not the whole picture."
    if any(change.blocked is not None for change in plan.changes):
        return "Nothing can be applied until the cause of each block is put right."
    return "The live objects match the manifests."


def _losses(plan: Plan) -> tuple[Loss, ...]:
    counts = outline.losses(plan.changes).counts
    return tuple(Loss(f"{count:,}", sentence(name).replace("_", " ")) for name, count in counts.items())


def _notices(plan: Plan) -> list[Notice]:
    notices = []
    for stop in plan.stops:
        names = [str(address) for address in sorted(stop.addresses)]
        more = max(len(names) - _MOST_ADDRESSES, 0)
        said = f"Apply stops here. If this is meant: {sentence(stop.consent, 600)}"
        title = sentence(stop.message, 600)
        notices.append(Notice("stop", title, said, tuple(names[:_MOST_ADDRESSES]), more))
    loss = outline.losses(plan.changes)
    if loss.unknowable or loss.failed:
        notices.append(Notice("loss", "Not everything can be counted", _uncounted(loss)))
    return notices + common_notices(plan)


def _uncounted(loss: outline.Loss) -> str:
    said = [f"what {', '.join(map(sentence, loss.unknowable))} hold no endpoint shows"] if loss.unknowable else []
    if loss.failed:
        said.append(f"at {number_of(loss.failed, 'address', 'addresses')} the count failed")
    return "; ".join(said).capitalize() + "."
