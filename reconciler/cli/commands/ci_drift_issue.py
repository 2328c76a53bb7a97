"""``reconciler ci drift-issue``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.options import github_options

if TYPE_CHECKING:
    from reconciler.forge.issue import Texts
    from reconciler.forge.marker import Marker
    from reconciler.forge.runner import Runner
    from reconciler.model import Plan


@command("drift-issue", short_help="keep one issue in step with the drift")
@click.argument("report", metavar="DRIFT_JSON")
@click.option("--title", metavar="TEXT", help="The title of a new issue.")
@click.option(
    "--label", "labels", metavar="NAME", multiple=True, default=("drift",), show_default=True, help="For a new issue."
)
@github_options
@click.pass_context
def drift_issue(ctx: click.Context, /, report: str, **params: Any) -> int:
    """Keep one issue in step with the drift that drift --report json=FILE wrote; - reads standard input.

    It is opened with the first drift, gets a comment when the drift changes, is closed when there is none any more, and
    opened again with the next. What could not be read keeps what was told of it, and closes nothing. An issue that
    somebody closed stays closed for as long as the drift is the same.
    """
    from reconciler.cli.posting import drift_report, github_of, rehearse, runner, summarise, tell
    from reconciler.forge.issue import Reported, tell_drift
    from reconciler.report.drift_issue import digests, outputs, unread

    setting: Setting = ctx.obj
    drift = drift_report(report, setting.chosen.start)
    marker, reported = _marker(drift, params["key"]), Reported(digests(drift), unread(drift))
    run = runner()
    texts = _texts(drift, run, params)
    if params["dry_run"]:
        rehearse(setting, texts.body(replace(marker, digests=reported.digests), ()))
        return 0
    summarise(setting, run, texts.report)
    run.output(outputs(drift))
    with github_of(setting, run, run.repository(params["repository"]), params) as github:
        posted = tell_drift(github, marker, reported, texts)
    run.output({"action": posted.action, "issue-url": posted.url or "", "issue-number": str(posted.number or "")})
    tell(setting, "issue", posted, "" if posted.action != "none" else "there is no drift")
    return 0


def _marker(drift: Plan, key: str | None) -> Marker:
    """The issue's marker. Raises RCN0377 for a part of the drift that has no issue of its own: the rest would seem
    mended."""
    from reconciler.cli.posting import marker_of
    from reconciler.errors import PART_OF_DRIFT, ReconcilerError

    if not drift.selection.everything and not key:
        raise ReconcilerError(PART_OF_DRIFT, "this report was made for a selection of the addresses")
    return marker_of("drift", drift.project, drift.environment, key)


def _texts(drift: Plan, run: Runner, params: dict[str, Any]) -> Texts:
    from reconciler import schema
    from reconciler.cli.posting import body_of
    from reconciler.forge.issue import Texts
    from reconciler.report.drift_issue import note, text, title

    registry = schema.load()
    return Texts(
        title=params["title"] or title(drift),
        report=lambda room: text(drift, registry, (), room),
        body=lambda marker, kept: body_of(marker, lambda room: text(drift, registry, kept, room), run),
        note=lambda step: note(step, drift, run.run_url()),
        labels=params["labels"],
    )
