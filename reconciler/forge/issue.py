"""One issue for the drift of a project: opened, kept up to date, closed when all is well, opened again when it is not.

Whatever could not be read is never taken for mended: what was told of it before stays told, and keeps the issue open.
An issue that somebody closed says that this very drift is known; another drift opens it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from reconciler.errors import Uncertain
from reconciler.forge.comment import Posted
from reconciler.forge.github import GitHub, Issue
from reconciler.forge.marker import Marker, read
from reconciler.model import JSON


class Step(StrEnum):
    """What is done about the issue."""

    NONE = "none"  # there is nothing to tell, and there was nothing
    CREATED = "created"
    UPDATED = "updated"  # the drift is another one
    UNCHANGED = "unchanged"
    CLOSED = "closed"
    REOPENED = "reopened"
    CLEARED = "cleared"  # somebody closed it before; it forgets what it told, so that the same drift is told anew


@dataclass(frozen=True, slots=True)
class Reported:
    """A drift report: a digest of what moved for each part (``CONNECTION/KIND``), and the parts nobody could read
    (``CONNECTION/`` for all kinds of one)."""

    digests: Mapping[str, str]
    unread: frozenset[str] = frozenset()

    def covers(self, part: str) -> bool:
        """Whether the report says anything about a part."""
        connection = part.partition("/")[0]
        return not {part, f"{connection}/"} & self.unread


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do, what the issue will have told, and the parts whose earlier word still stands."""

    step: Step
    digests: Mapping[str, str]
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Texts:
    """What an issue is made of: a new one's title and labels; its description, under a marker and with the parts whose
    earlier word still stands; the comment beside a step. ``report`` is the description alone, for a given room."""

    title: str
    labels: tuple[str, ...]
    report: Callable[[int], str]
    body: Callable[[Marker, tuple[str, ...]], str]
    note: Callable[[str], str]


def decided(told: Mapping[str, str] | None, is_open: bool, report: Reported) -> Verdict:
    """What to do about an issue that told of ``told`` (None: there is no issue). Pure."""
    earlier = {part: digest for part, digest in (told or {}).items() if not report.covers(part)}
    digests = {**report.digests, **earlier}
    kept = tuple(sorted(set(earlier) - set(report.digests)))
    if told is None:
        return Verdict(Step.CREATED if digests else Step.NONE, digests, kept)
    if digests == told:
        return Verdict(Step.UNCHANGED if is_open and digests else _settled(is_open), digests, kept)
    if not digests:
        return Verdict(Step.CLOSED if is_open else Step.CLEARED, digests, kept)
    return Verdict(Step.UPDATED if is_open else Step.REOPENED, digests, kept)


def _settled(is_open: bool) -> Step:
    """The step for an issue whose drift did not change: an open one without any is closed, a closed one is left."""
    return Step.CLOSED if is_open else Step.UNCHANGED


def tell_drift(github: GitHub, marker: Marker, report: Reported, texts: Texts) -> Posted:
    """Make the issue that ``marker`` names tell what ``report`` says."""
    me = github.me()
    issue = _found(github, marker, me)
    told = None if issue is None else _told(issue)
    verdict = decided(told, issue is not None and issue.open, report)
    marked = Marker(marker.purpose, marker.words, verdict.digests)
    if issue is None:
        return _opened(github, me, marked, verdict, texts)
    if verdict.step is not Step.UNCHANGED:
        _change(github, issue, marked, verdict, texts)
    return Posted(verdict.step.value, issue.url, issue.number)


def _opened(github: GitHub, me: str, marker: Marker, verdict: Verdict, texts: Texts) -> Posted:
    if verdict.step is Step.NONE:
        return Posted("none")
    labels = tuple(label for label in texts.labels if github.has_label(label))  # an unknown one may refuse the issue
    try:
        made = github.open_issue(texts.title, texts.body(marker, verdict.kept), labels)
    except Uncertain:
        found = _found(github, marker, me)
        if found is None:
            raise
        made = found
    missing = tuple(sorted(set(texts.labels) - set(made.labels)))
    return Posted("created", made.url, made.number, missing)


def _change(github: GitHub, issue: Issue, marker: Marker, verdict: Verdict, texts: Texts) -> None:
    """The comment goes first: where the rest fails, the next run says it again, rather than nobody ever."""
    step = verdict.step
    if step is not Step.CLEARED:
        github.create_comment(issue.number, texts.note(step.value))
    changes: dict[str, JSON] = {"body": texts.body(marker, verdict.kept)}
    if step is Step.CLOSED:
        changes |= {"state": "closed", "state_reason": "completed"}
    elif step is Step.REOPENED:
        changes |= {"state": "open", "state_reason": "reopened"}
    github.edit_issue(issue.number, changes)


def _found(github: GitHub, marker: Marker, me: str) -> Issue | None:
    """The token's own issue with the marker: an open one before a closed one, then the newest."""
    own = [issue for issue in github.issues(me) if issue.author == me and marker.heads(issue.body)]
    return max(own, key=lambda issue: (issue.open, issue.number), default=None)


def _told(issue: Issue) -> Mapping[str, str]:
    marker = read(issue.body)
    return {} if marker is None else marker.digests
