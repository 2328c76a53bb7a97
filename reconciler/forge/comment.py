"""One comment on a pull request: made once, edited in place ever after."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.errors import Uncertain
from reconciler.forge.github import Comment, GitHub
from reconciler.forge.marker import Marker

_REPLACED = "_This plan was replaced by [a newer one]({url})._"


@dataclass(frozen=True, slots=True)
class Posted:
    """What was done (``created``, ``updated``, ``unchanged``, ``none``, or a ``Step`` of an issue), where it can be
    seen, and the labels that it did not get."""

    action: str
    url: str | None = None
    number: int | None = None
    missing: tuple[str, ...] = ()


def put_comment(github: GitHub, number: int, marker: Marker, body: str, *, wanted: bool) -> Posted:
    """Make the comment that ``marker`` names say ``body``. Where there is none yet, only a ``wanted`` one is made.

    Only comments of the token's own user count, and of several (two runs at once made them) the newest; the others say
    that they are replaced, so that no old plan is taken for the one to approve.
    """
    me = github.me()
    found = _own(github, number, marker, me)
    if not found:
        return _created(github, number, marker, body, me) if wanted else Posted("none")
    *older, newest = found
    changed = _plain(newest.body) != _plain(body)
    if changed:
        newest = github.edit_comment(newest.id, body)
    for comment in older:
        github.edit_comment(comment.id, _REPLACED.format(url=newest.url))
    return Posted("updated" if changed or older else "unchanged", newest.url, newest.id)


def _created(github: GitHub, number: int, marker: Marker, body: str, me: str) -> Posted:
    try:
        made = github.create_comment(number, body)
    except Uncertain:
        found = _own(github, number, marker, me)  # it is never sent twice: what came through is there to be seen
        if not found:
            raise
        made = found[-1]
    return Posted("created", made.url, made.id)


def _own(github: GitHub, number: int, marker: Marker, me: str) -> list[Comment]:
    found = [one for one in github.comments(number) if one.author == me and marker.heads(one.body)]
    return sorted(found, key=lambda one: one.id)


def _plain(body: str) -> str:
    return body.replace("\r\n", "\n").strip()
