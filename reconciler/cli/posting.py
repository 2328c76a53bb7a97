"""What ``ci comment`` and ``ci drift-issue`` put together: a report, the run it is made in, and GitHub."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from reconciler.cli.command import Setting
from reconciler.forge.comment import Posted
from reconciler.forge.github import BODY_LIMIT, GitHub
from reconciler.forge.marker import Marker
from reconciler.forge.runner import Runner
from reconciler.report.posting import foot, posting

if TYPE_CHECKING:
    from reconciler.model import Plan

TOKEN = "GITHUB_TOKEN"  # noqa: S105 - the variable's name
_LARGE = 300_000  # UTF-16 units of a summary, which takes more than a comment; at three bytes each it has room
_LARGEST_INPUT = 256 * 1024 * 1024  # bytes
Text = Callable[[int], str]  # a report of at most so many UTF-16 units

_SAID = {
    "created": "posted: {url}",
    "updated": "brought up to date: {url}",
    "unchanged": "already up to date: {url}",
    "closed": "closed: {url}",
    "reopened": "opened again: {url}",
    "cleared": "is closed and stays so: {url}",
    "none": "not needed",
}


def runner() -> Runner:
    """The run that this process is part of."""
    return Runner(os.environ)


def marker_of(purpose: str, project: str, environment: str | None, key: str | None) -> Marker:
    """A marker of a project and its environment, or of a key given instead."""
    words = (key,) if key else (project, environment) if environment else (project,)
    return Marker(purpose, words)


def body_of(marker: Marker, text: Text, run: Runner, commit: str | None = None) -> str:
    """A comment or an issue, within GitHub's limit."""
    return posting(marker.line(), text, foot(commit, run.run_url()), BODY_LIMIT)


def summarise(setting: Setting, run: Runner, text: Text) -> None:
    """Append a report to the job's summary, shorter where there is no room for all of it."""
    if not run.summarise(text(size) for size in (_LARGE, BODY_LIMIT)):
        setting.terminal.say("note: the job's summary is full; the report is not in it")


@contextmanager
def github_of(setting: Setting, run: Runner, repository: str, params: Mapping[str, Any]) -> Iterator[GitHub]:
    """The repository on GitHub, with the run's token. Raises ReconcilerError where token or address cannot be used."""
    from reconciler.forge.github import HEADERS, NAME
    from reconciler.forge.limit import limit
    from reconciler.http import Transport, bearer
    from reconciler.model import Connection, SecretReference
    from reconciler.project.secret import secret

    proxy, ca_file = params.get("proxy"), params.get("ca_file")
    connection = Connection(
        name=NAME,
        provider="github",
        base_url=_checked(run.api_url, "GITHUB_API_URL"),
        concurrency=1,
        proxy=_checked(proxy, "--proxy", proxy=True) if proxy else None,
        ca_file=str(Path(setting.chosen.start, ca_file)) if ca_file else None,
    )
    log = setting.logbook.request if setting.logbook.wanted else None
    retry_seconds = float(params.get("retry_seconds") or 0)
    token = secret(SecretReference(env=TOKEN), setting.chosen.start, run.environ)
    transport = Transport(connection, bearer(token), headers=HEADERS, retry_seconds=retry_seconds, limit=limit, log=log)
    try:
        yield GitHub(transport, repository)
    finally:
        transport.close()


def tell(setting: Setting, what: str, posted: Posted, why: str = "") -> None:
    """The result: a line, or with --json an object."""
    if setting.as_json:
        from reconciler.report.document import dumps

        done = asdict(posted)
        setting.terminal.show(dumps({name: done[name] for name in ("action", "url", "number")}))
    else:
        said = _SAID[posted.action].format(url=posted.url)
        setting.terminal.show(f"{what} {said}{f': {why}' if why else ''}\n")
    for label in posted.missing:
        setting.terminal.say(
            f'note: the label "{label}" could not be set; the token may not, or GitHub did not take it'
        )


def rehearse(setting: Setting, body: str) -> None:
    """The text that would be posted, and nothing else happens."""
    if setting.as_json:
        from reconciler.report.document import dumps

        setting.terminal.show(dumps({"action": "none", "url": None, "number": None, "dry_run": True, "body": body}))
    else:
        setting.terminal.show(body)


def markdown_text(path: Path) -> Text:
    """A file of Markdown, cut where it is too long. Raises RCN0378."""
    from reconciler.errors import BODY_UNREADABLE, ReconcilerError
    from reconciler.report.posting import fitted

    try:
        text = _content(path).decode("utf-8")
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ReconcilerError(BODY_UNREADABLE, f"{path}: {why}") from error
    return lambda room: fitted(text, room)


def drift_report(path: str, start: Path) -> Plan:
    """The drift that a report tells, as it may be shown; from a file or, for ``-``, standard input. Raises RCN0376."""
    import sys

    from reconciler import schema
    from reconciler.errors import NOT_A_DRIFT_REPORT, ReconcilerError
    from reconciler.model import parsed
    from reconciler.report.drift_reading import drift_plan
    from reconciler.report.view import view_of

    name = "standard input" if path == "-" else path
    try:
        content = sys.stdin.buffer.read(_LARGEST_INPUT) if path == "-" else _content(start / path)
        return view_of(drift_plan(parsed(content)), schema.load())
    except OSError as error:
        raise ReconcilerError(NOT_A_DRIFT_REPORT, f"{name}: {error.strerror}") from error
    except ValueError as error:
        raise ReconcilerError(NOT_A_DRIFT_REPORT, f"{name} is no drift report in JSON") from error


def _content(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        raise OSError(0, "it is no file")
    with path.open("rb") as file:
        return file.read(_LARGEST_INPUT)


def _checked(url: str, name: str, *, proxy: bool = False) -> str:
    """An address of the environment or the command line, which whoever set up the machine answers for: https, or
    loopback. Raises ReconcilerError."""
    from reconciler.errors import ReconcilerError
    from reconciler.project.url import Refusal, check_url

    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        host = ""
    try:
        check_url(url, (host,), frozenset(), proxy=proxy)
    except Refusal as refusal:
        raise ReconcilerError(refusal.code, f"{name}: {refusal.message}", hint=refusal.hint) from None
    return url
