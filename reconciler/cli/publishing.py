"""Reports beside the result on stdout: ``--report FORMAT=FILE``, each file written whole or not at all.

Every file is opened before the command does anything, so that nothing is sent for a report that has no place. Reports
are made to be published: their mode is what the umask allows, and at most 0644. A link is replaced, never followed.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from reconciler.cli.command import Setting
    from reconciler.cli.options import Globals
    from reconciler.errors import ReconcilerError
    from reconciler.report.past import Past
    from reconciler.report.rendering import Applied, Overviewed, Subject, Validated
    from reconciler.state.contract import StateStore

MODE = 0o644  # less what the umask takes away
Function = TypeVar("Function", bound=Callable[..., Any])
Shown = TypeVar("Shown", "Subject", "Applied", "Validated", "Overviewed")


class ReportType(click.ParamType[tuple[str, str]]):
    """``FORMAT=FILE``."""

    name = "report"

    def __init__(self, formats: Iterable[str]) -> None:
        self.formats = tuple(formats)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        form, equals, file = str(value).partition("=")
        if form not in self.formats:
            self.fail(f"{form!r} is not one of {', '.join(self.formats)}; write FORMAT=FILE", param, ctx)
        if not equals or file in ("", "-"):
            self.fail(f"{form!r} needs a file, as in {form}=FILE; stdout is what --format is for", param, ctx)
        return form, file


def report_option(*formats: str) -> Callable[[Function], Function]:
    """--report with these formats."""
    return click.option(
        "--report",
        "reports",
        multiple=True,
        type=ReportType(formats),
        metavar="FORMAT=FILE",
        help=f"Write a report besides, as often as wanted; FORMAT is one of {', '.join(formats)}.",
    )


@dataclass(slots=True)
class _File:
    """One report that is to be: the file beside its place that becomes it in one step."""

    form: str
    path: Path
    draft: Path
    handle: int = field(default=-1)


@dataclass(slots=True)
class Reports:
    """The reports that a command was asked for."""

    files: tuple[_File, ...] = ()

    @property
    def forms(self) -> frozenset[str]:
        """The formats among them."""
        return frozenset(file.form for file in self.files)

    def write(self, render: Callable[[str], str]) -> None:
        """Write each in its format. Raises RCN0304 where a file cannot be written; the others are written all the
        same."""
        failed = None
        rendered: dict[str, bytes] = {}
        for file in self.files:
            if file.form not in rendered:
                rendered[file.form] = render(file.form).encode("utf-8", "backslashreplace")
            try:
                _put(file, rendered[file.form])
            except OSError as error:
                failed = failed or _refused(file.path, error)
        if failed is not None:
            raise failed


@contextmanager
def opened_reports(ctx: click.Context) -> Iterator[Reports]:
    """The reports of a command, their files ready to be written; what was not written leaves nothing behind."""
    wanted: tuple[tuple[str, str], ...] = ctx.params.get("reports") or ()
    _distinct(ctx, [file for _, file in wanted])
    start: Path = ctx.obj.chosen.start
    reports = Reports(tuple(_File(form, Path(start, file), _beside(Path(start, file))) for form, file in wanted))
    try:
        for file in reports.files:
            _open(file)
        yield reports
    finally:
        for file in reports.files:
            _discard(file)


def publish(setting: Setting, subject: Shown, render: Callable[[str, Shown], str]) -> None:
    """The result on stdout in its form, then each report in its own; a report has no colours."""
    from reconciler.report.style import Style

    setting.terminal.show(render(setting.form, subject))
    plain = replace(subject, style=Style())
    setting.reports.write(lambda form: render(form, plain))


def past_runs(setting: Setting, store: StateStore) -> tuple[Past, ...]:
    """The recorded runs, where a form that shows them is asked for."""
    if "html" not in setting.reports.forms | {setting.form}:
        return ()
    from reconciler.report.past import Past

    return tuple(
        Past(run.started, run.command, run.exit_code, {name: n for name, n in run.counts.items() if isinstance(n, int)})
        for run in store.runs()
    )


def _distinct(ctx: click.Context, files: list[str]) -> None:
    """Refuse two outputs that are one file; raises UsageError."""
    chosen: Globals = ctx.obj.chosen
    others = [
        ("--out", ctx.params.get("out")),
        ("PLANFILE", ctx.params.get("planfile")),
        ("--log-file", chosen.log_file),
    ]
    taken: dict[Path, str] = {}
    for option, file in [*others, *(("--report", file) for file in files)]:
        if file is None:
            continue
        place = _place(Path(chosen.start, file))
        if place in taken:
            raise click.UsageError(f"{option} {file} and {taken[place]} are the same file", ctx)
        taken[place] = f"{option} {file}"


def _place(path: Path) -> Path:
    """Where a file of this name would lie: links of its folder followed, itself not."""
    return Path(os.path.realpath(path.parent), path.name)


def _beside(path: Path) -> Path:
    return path.parent / f".{path.name[:100]}.{secrets.token_hex(6)}.tmp"


def _open(file: _File) -> None:
    from reconciler.errors import OUTPUT_FAILED, ReconcilerError

    if file.path.is_dir() or (file.path.exists() and not file.path.is_file()):
        raise ReconcilerError(OUTPUT_FAILED, f"{file.path} is there, and is no file")
    try:
        file.handle = os.open(file.draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
    except (OSError, ValueError) as error:
        raise _refused(file.path, error) from error


def _put(file: _File, content: bytes) -> None:
    with os.fdopen(file.handle, "wb") as stream:
        file.handle = -1
        stream.write(content)
    file.draft.replace(file.path)


def _discard(file: _File) -> None:
    with suppress(OSError):
        if file.handle >= 0:
            os.close(file.handle)
            file.handle = -1
            file.draft.unlink()
        elif file.draft.exists():
            file.draft.unlink()


def _refused(path: Path, error: Exception) -> ReconcilerError:
    from reconciler.errors import OUTPUT_FAILED, ReconcilerError

    return ReconcilerError(OUTPUT_FAILED, f"{path}: {getattr(error, 'strerror', None) or error}")
