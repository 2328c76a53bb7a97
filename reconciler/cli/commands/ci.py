"""``reconciler ci``: what a run of GitHub Actions tells people, on the pull request and in an issue."""

from __future__ import annotations

import click

from reconciler.cli.commands.ci_comment import comment
from reconciler.cli.commands.ci_drift_issue import drift_issue
from reconciler.cli.options import global_options


@click.group("ci", context_settings={"help_option_names": ["-h", "--help"]})
@global_options
def ci(**_: object) -> None:
    """Show a plan on its pull request, and drift in an issue, on GitHub.

    The run is known by the variables of GitHub Actions, and the token is GITHUB_TOKEN. The job's summary and the step's
    outputs are written as well. No vendor is asked.
    """


ci.add_command(comment)
ci.add_command(drift_issue)
