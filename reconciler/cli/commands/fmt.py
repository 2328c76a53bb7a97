"""``reconciler fmt``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.options import format_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.cli.formatting import Formed
    from reconciler.errors import ReconcilerError


@command("fmt", short_help="bring manifests and the project file into their one form")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(allow_dash=True))
@click.option("-f", "--file", "files", multiple=True, metavar="PATH", help="The same as PATH.")
@click.option("--check", is_flag=True, help="Write nothing; list the files that are not formatted, and exit with 3.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@format_options("text", "json")
@click.pass_obj
def fmt(
    setting: Setting, /, paths: tuple[str, ...], files: tuple[str, ...], check: bool, diff: bool, **_: object
) -> int:
    """Format the project file and the manifests, or the files and folders of PATH (- filters stdin to stdout).

    Indentation, spacing, line ends and quotes get one form. Values, their order and every comment stay as they are: a
    file is read again before it is written, and one that would say anything else is left alone, as is a file that
    holds no manifest.
    """
    from reconciler.cli.formatting import formed, found_files
    from reconciler.errors import worst
    from reconciler.report.formatted import alone_note

    faults: list[ReconcilerError] = []
    alone: list[str] = []
    forms = [*formed(found_files(setting.chosen, (*paths, *files), faults), faults, alone)]
    changed = [one for one in forms if one.changed]
    if not check and not diff:
        changed = [one for one in changed if one.path is None or _written(one, faults)]
    faults += _unformatted(changed, (*paths, *files)) if check else []
    _show(setting, forms, changed, faults, (*paths, *files), check=check, diff=diff)
    if alone:
        setting.terminal.say(alone_note(len(alone)))
    return worst(fault.exit_code for fault in faults)


def _written(one: Formed, faults: list[ReconcilerError]) -> bool:
    """Write a file; where that cannot be, say why."""
    from reconciler.cli.rewriting import rewrite
    from reconciler.errors import Problems

    try:
        rewrite([one.rewriting])
    except Problems as refused:
        faults += refused.errors
        return False
    return True


def _unformatted(changed: Sequence[Formed], paths: Sequence[str]) -> list[ReconcilerError]:
    from reconciler.errors import NOT_FORMATTED, ReconcilerError
    from reconciler.report.formatted import fmt_command
    from reconciler.report.phrase import number_of

    if not changed:
        return []
    verb = "is" if len(changed) == 1 else "are"
    message = f"{number_of(len(changed), 'file')} {verb} not formatted"
    return [ReconcilerError(NOT_FORMATTED, message, hint=f"Run: {fmt_command(paths)}")]


def _show(
    setting: Setting,
    forms: Sequence[Formed],
    changed: Sequence[Formed],
    faults: Sequence[ReconcilerError],
    paths: Sequence[str],
    *,
    check: bool,
    diff: bool,
) -> None:
    """The result on stdout, and what is wrong on stderr."""
    from reconciler.cli.formatting import difference
    from reconciler.report.document import dumps
    from reconciler.report.formatted import formatted_document, formatted_note
    from reconciler.report.problem import problems_text

    terminal = setting.terminal
    names = [one.text.name for one in changed]
    diffs = {one.text.name: difference(one) for one in changed} if diff else {}
    filtered = {one.text.name: one.after for one in forms if one.path is None and not check and not diff}
    if setting.as_json:
        every = [one.text.name for one in forms]
        terminal.show(dumps(formatted_document(every, names, diffs, filtered, faults)))
    elif filtered:
        terminal.show("".join(filtered.values()))
    else:
        terminal.show("".join(diffs.values()) if diff else "".join(f"{name}\n" for name in names))
    if faults:
        terminal.say(problems_text(sorted(faults, key=_place), terminal.err_style))
    elif not setting.as_json and not filtered and not check:
        terminal.say(formatted_note(len(forms), len(names), paths, written=not diff))


def _place(fault: ReconcilerError) -> tuple[bool, str, int]:
    """Where it is; what is said of all files comes last."""
    return (fault.source is None, fault.source.file, fault.source.line) if fault.source else (True, "", 0)
