"""``reconciler ci comment``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.options import github_options

if TYPE_CHECKING:
    from reconciler.cli.posting import Text
    from reconciler.forge.comment import Posted
    from reconciler.forge.marker import Marker
    from reconciler.forge.runner import Event, Runner
    from reconciler.model import Plan

_COUNTS = {
    "create": "creates",
    "update": "updates",
    "replace": "replaces",
    "delete": "deletes",
    "adopt": "adopts",
    "forget": "forgets",
    "send": "sends",
    "blocked": "blocked",
}


@command("comment", short_help="show a plan on its pull request, in one comment")
@click.argument("planfile", required=False, metavar="[PLANFILE]")
@click.option("--markdown", metavar="FILE", help="Post this Markdown, as it is, not a plan; needs --key.")
@click.option("--pr", type=click.IntRange(1), metavar="N", help="The pull request; by default the event's.")
@click.option("--always", is_flag=True, help="Make a first comment even where nothing would change.")
@github_options
@click.pass_context
def comment(ctx: click.Context, /, planfile: str | None, markdown: str | None, pr: int | None, **params: Any) -> int:
    """Post a plan saved with plan --out as a comment; the next run edits that very comment.

    Where nothing would change, a comment that is there says so, and none is made without --always. A run without a
    pull request writes only the job's summary and the outputs.
    """
    from reconciler.cli.posting import body_of, rehearse, runner, summarise, tell
    from reconciler.forge.runner import Event

    setting: Setting = ctx.obj
    marker, text, plan = _subject(ctx, planfile, markdown, params["key"])
    run = runner()
    if params["dry_run"]:
        rehearse(setting, body_of(marker, text, run))
        return 0
    summarise(setting, run, text)
    run.output(_outputs(plan))
    event = run.event()
    known = event or Event()
    place = Event(pr or known.number, known.commit if pr in (None, known.number) else None)
    body = body_of(marker, text, run, place.commit)
    posted, why = _posted(ctx, run, place, marker, body, plan, started=event is not None)
    run.output({"action": posted.action, "comment-url": posted.url or ""})
    tell(setting, "comment", posted, why)
    return 0


def _subject(
    ctx: click.Context, planfile: str | None, markdown: str | None, key: str | None
) -> tuple[Marker, Text, Plan | None]:
    """What the comment says: its marker, its text for a given room, and the plan where there is one."""
    from reconciler.cli.posting import markdown_text, marker_of

    if (planfile is None) == (markdown is None):
        raise click.UsageError("give either PLANFILE or --markdown FILE", ctx)
    start: Path = ctx.obj.chosen.start
    if planfile is not None:
        plan, text = _saved(planfile, start)
        return marker_of("plan", plan.project, plan.environment, key), text, plan
    if not key:
        raise click.UsageError("--markdown needs --key NAME, by which its comment is found again", ctx)
    return marker_of("plan", "", None, key), markdown_text(start / str(markdown)), None


def _saved(planfile: str, start: Path) -> tuple[Plan, Text]:
    from reconciler import schema
    from reconciler.cli.planstore import read
    from reconciler.report.plan_markdown import plan_markdown

    plan, _approval = read(start / planfile)
    registry = schema.load()
    return plan, lambda room: plan_markdown(plan, registry, saved=planfile, limit=room)


def _outputs(plan: Plan | None) -> dict[str, str]:
    """Counts alone: nothing that a vendor or a manifest says becomes an output."""
    if plan is None:
        return {}
    counts = plan.summary()
    flags = {"changes": plan.has_changes, "applyable": plan.applyable, "complete": not plan.troubles}
    return {
        **{name: str(flag).lower() for name, flag in flags.items()},
        **{output: str(counts[name]) for name, output in _COUNTS.items()},
    }


def _posted(
    ctx: click.Context, run: Runner, place: Event, marker: Marker, body: str, plan: Plan | None, *, started: bool
) -> tuple[Posted, str]:
    """What was done about the comment, and where that is nothing, why. ``started``: an event started this run."""
    from reconciler.cli.posting import github_of
    from reconciler.errors import GITHUB_PLACE_UNKNOWN, ReconcilerError
    from reconciler.forge.comment import Posted, put_comment

    if place.number is None:
        if not started:
            raise ReconcilerError(GITHUB_PLACE_UNKNOWN, "the pull request is not known: GITHUB_EVENT_PATH is not set")
        return Posted("none"), "this run has no pull request"
    wanted = ctx.params["always"] or plan is None or plan.has_changes or bool(plan.troubles)
    with github_of(ctx.obj, run, run.repository(ctx.params["repository"]), ctx.params) as github:
        posted = put_comment(github, place.number, marker, body, wanted=wanted)
    return posted, "nothing would change" if posted.action == "none" else ""
