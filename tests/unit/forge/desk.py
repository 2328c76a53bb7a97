"""A repository on GitHub in memory: what the calls of ``GitHub`` do to it, and a list of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from reconciler.errors import GITHUB_UNCERTAIN, Uncertain
from reconciler.forge.github import Comment, GitHub, Issue
from reconciler.model import JSON

BOT = "github-actions[bot]"


@dataclass
class Repository(GitHub):
    """Everything by number; ``lost`` makes the answer to the next create get lost, after or before it was done."""

    talk: list[Comment] = field(default_factory=list)
    board: list[Issue] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    lost: str = ""

    def me(self) -> str:
        """Actions' own user."""
        return BOT

    def comments(self, number: int) -> list[Comment]:
        """All of them, whatever they are on."""
        return list(self.talk)

    def create_comment(self, number: int, body: str) -> Comment:
        """A new one, with the next id."""
        self.calls.append(f"comment {number}")
        made = said(len(self.talk) + 1, body)
        self._made(self.talk, made)
        return made

    def edit_comment(self, id: int, body: str) -> Comment:
        """Another text in its place."""
        self.calls.append(f"edit {id}")
        self.talk = [replace(one, body=body) if one.id == id else one for one in self.talk]
        return next(one for one in self.talk if one.id == id)

    def issues(self, author: str) -> list[Issue]:
        """All of them: the caller has to look at the author."""
        return list(self.board)

    def open_issue(self, title: str, body: str, labels: tuple[str, ...]) -> Issue:
        """A new one, with the next number."""
        self.calls.append(f"open {title!r} {','.join(labels)}")
        made = raised(len(self.board) + 1, body, labels=labels)
        self._made(self.board, made)
        return made

    def edit_issue(self, number: int, changes: Mapping[str, JSON]) -> Issue:
        """Body and state."""
        self.calls.append(f"change {number} {changes.get('state', '')} {changes.get('state_reason', '')}".strip())
        issue = next(one for one in self.board if one.number == number)
        state = changes.get("state", "open" if issue.open else "closed")
        changed = replace(issue, body=str(changes["body"]), open=state == "open")
        self.board = [changed if one is issue else one for one in self.board]
        return changed

    def has_label(self, name: str) -> bool:
        """Those that there are."""
        return name in self.labels

    def _made(self, where: list[object] | list[Comment] | list[Issue], made: object) -> None:
        lost, self.lost = self.lost, ""
        if lost != "before":
            where.append(made)  # type: ignore[arg-type]
        if lost:
            raise Uncertain(GITHUB_UNCERTAIN, "the answer is lost")


def said(id: int, body: str, author: str = BOT) -> Comment:
    """A comment."""
    return Comment(id, author, body, f"https://github.com/acme/feedback/pull/7#issuecomment-{id}")


def raised(
    number: int, body: str, author: str = BOT, *, is_open: bool = True, labels: tuple[str, ...] = ("drift",)
) -> Issue:
    """An issue."""
    return Issue(number, author, body, f"https://github.com/acme/feedback/issues/{number}", is_open, labels)
