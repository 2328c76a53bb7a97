"""The calls to GitHub's REST API that a comment and an issue need, and what its answers mean.

The documents are "REST API endpoints for issue comments", "for issues" and "for labels"; a pull request is an issue
there. The one call beside them asks GraphQL who the token is, which no REST endpoint tells an Actions token.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import urlsplit

from reconciler.errors import (
    GITHUB_FORBIDDEN,
    GITHUB_REFUSED,
    GITHUB_TOKEN_REFUSED,
    GITHUB_UNAVAILABLE,
    GITHUB_UNCERTAIN,
    ReconcilerError,
    Uncertain,
)
from reconciler.http import (
    Answer,
    Purpose,
    Request,
    Transport,
    as_list,
    as_object,
    next_link,
    said,
    segment,
    unreadable,
    visible,
    whole_number,
)
from reconciler.model import JSON

NAME = "GitHub"
HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
BODY_LIMIT = 65_536  # characters of a comment or an issue
_PAGE = "100"  # the most that a page takes
_MOST_PAGES = 200
_REFUSALS = frozenset(range(400, 500)) - {408, 429}
_CODES = {401: GITHUB_TOKEN_REFUSED, 403: GITHUB_FORBIDDEN, 404: GITHUB_FORBIDDEN}
_MISSING = (
    "Check the repository and the number; if both are right, the token may not see them: give the job "
    "`pull-requests: write` for a comment, `issues: write` for an issue."
)
_URL = re.compile(r"https?://[\w.:/?=&#%~+-]+", re.ASCII)
_COLOUR = "d4c5f9"
_LABEL_TEXT = "Live objects that moved since the last apply"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a pull request or an issue."""

    id: int
    author: str
    body: str
    url: str


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue; ``labels`` are names."""

    number: int
    author: str
    body: str
    url: str
    open: bool
    labels: tuple[str, ...] = ()


class GitHub:
    """One repository, with the rights of one token. Raises ReconcilerError: RCN0371 to RCN0375."""

    def __init__(self, transport: Transport, repository: str) -> None:
        """``repository`` is ``OWNER/NAME``; the transport's base URL is the API's."""
        owner, _, name = repository.partition("/")
        self._transport = transport
        self._repository = f"/repos/{segment(owner)}/{segment(name)}"

    def me(self) -> str:
        """The login under which this token writes, as REST spells it: ``github-actions[bot]``, or a user's."""
        path = graphql_url(self._transport.connection.base_url)
        answer = self._sent(Request("POST", path, Purpose.READ, json={"query": "query{viewer{login}}"}))
        with _told():
            data = as_object(as_object(answer.json, "the answer").get("data"), "the answer's data")
            return _text(as_object(data.get("viewer"), "viewer"), "login")

    def comments(self, number: int) -> list[Comment]:
        """All comments of a pull request or an issue, the oldest first."""
        return self._listed(f"/issues/{number}/comments", {}, _comment)

    def create_comment(self, number: int, body: str) -> Comment:
        """Add a comment."""
        request = Request("POST", f"{self._repository}/issues/{number}/comments", Purpose.ONCE, json={"body": body})
        return self._made(request, _comment)

    def edit_comment(self, id: int, body: str) -> Comment:
        """Put another text in the place of a comment's."""
        path = f"{self._repository}/issues/comments/{id}"
        return self._made(Request("PATCH", path, Purpose.REPEATABLE, json={"body": body}), _comment)

    def issues(self, author: str) -> list[Issue]:
        """All issues that ``author`` opened, closed ones too; no pull requests."""
        found = self._listed("/issues", {"creator": author, "state": "all"}, _issue_or_pull)
        return [issue for issue in found if issue is not None]

    def open_issue(self, title: str, body: str, labels: tuple[str, ...]) -> Issue:
        """Open an issue."""
        content: dict[str, JSON] = {"title": title, "body": body, "labels": list(labels)}
        return self._made(Request("POST", f"{self._repository}/issues", Purpose.ONCE, json=content), _issue)

    def edit_issue(self, number: int, changes: Mapping[str, JSON]) -> Issue:
        """Change some of an issue: ``body``, ``state`` with its ``state_reason``."""
        request = Request("PATCH", f"{self._repository}/issues/{number}", Purpose.REPEATABLE, json=changes)
        return self._made(request, _issue)

    def has_label(self, name: str) -> bool:
        """Whether the repository has a label, or has it now: it is made where the token may."""
        path = f"{self._repository}/labels"
        content: dict[str, JSON] = {"name": name, "color": _COLOUR, "description": _LABEL_TEXT}
        look = Request("GET", f"{path}/{segment(name)}", absent_on=_REFUSALS)
        make = Request("POST", path, Purpose.REPEATABLE, json=content, absent_on=_REFUSALS)
        # Looked for again: another run may have been quicker, or the answer to a first try was lost.
        return any(self._answered(request).status < 400 for request in (look, make, look))

    def _listed(self, path: str, query: Mapping[str, str], read: Callable[[JSON], T]) -> list[T]:
        """Every page of a list; raises where it does not end, since what was not seen would be made again."""
        found: list[T] = []
        request = Request("GET", self._repository + path, query={**query, "per_page": _PAGE})
        seen: set[str] = set()
        while True:
            answer = self._sent(request)
            with _told():
                found += [read(item) for item in as_list(answer.json, "the list")]
                following = next_link(answer.headers.get("link", ""), answer.url)
                if following is None:
                    return found
                if following in seen or len(seen) >= _MOST_PAGES:
                    raise unreadable("the list does not end")
            seen.add(following)
            request = Request("GET", following)

    def _made(self, request: Request, read: Callable[[JSON], T]) -> T:
        answer = self._sent(request)
        with _told(uncertain=request.purpose is Purpose.ONCE):
            return read(answer.json)

    def _sent(self, request: Request) -> Answer:
        """The answer where it is a success; raises what a refusal means otherwise."""
        answer = self._answered(replace(request, absent_on=_REFUSALS))
        if answer.status < 400:
            return answer
        words = said(answer.json)
        path = visible(urlsplit(request.path).path, 200)
        message = f"{NAME}: {request.method} {path}: {answer.status}{f': {words}' if words else ''}"
        hint = _MISSING if answer.status == 404 else ""
        raise ReconcilerError(_CODES.get(answer.status, GITHUB_REFUSED), message, hint=hint)

    def _answered(self, request: Request) -> Answer:
        with _told():
            return self._transport.send(request)


def graphql_url(api: str) -> str:
    """Where GraphQL is asked beside a REST API: ``/graphql``, and ``/api/graphql`` on a server of one's own."""
    return f"{api.rstrip('/').removesuffix('/v3')}/graphql"


@contextmanager
def _told(*, uncertain: bool = False) -> Iterator[None]:
    """The transport's errors in words about GitHub, since those it has are about vendors' connections."""
    try:
        yield
    except Uncertain as error:
        raise Uncertain(GITHUB_UNCERTAIN, error.message) from None
    except ReconcilerError as error:
        if error.exit_code != 5 or error.code == GITHUB_UNAVAILABLE:
            raise
        message = error.message if error.message.startswith(f"{NAME}: ") else f"{NAME}: {error.message}"
        if uncertain:
            raise Uncertain(GITHUB_UNCERTAIN, f"{message}; it may have been posted") from None
        raise ReconcilerError(GITHUB_UNAVAILABLE, message) from None


def _comment(value: JSON) -> Comment:
    item = as_object(value, "a comment")
    return Comment(_number(item, "id"), _author(item), _body(item), _url(item))


def _issue_or_pull(value: JSON) -> Issue | None:
    return None if as_object(value, "an issue").get("pull_request") else _issue(value)


def _issue(value: JSON) -> Issue:
    item = as_object(value, "an issue")
    labels = as_list(item.get("labels") or [], "an issue's labels")
    names = tuple(str(label["name"]) for label in labels if isinstance(label, dict) and label.get("name"))
    state = _text(item, "state")
    return Issue(_number(item, "number"), _author(item), _body(item), _url(item), state == "open", names)


def _author(item: Mapping[str, JSON]) -> str:
    """Who wrote it; "" where that user is gone."""
    user = item.get("user")
    return str(user.get("login") or "") if isinstance(user, dict) else ""


def _body(item: Mapping[str, JSON]) -> str:
    body = item.get("body")
    return body if isinstance(body, str) else ""


def _number(item: Mapping[str, JSON], key: str) -> int:
    number = whole_number(item.get(key))
    if number is None:
        raise unreadable(f"an answer of GitHub has no usable {key!r}")
    return number


def _text(item: Mapping[str, JSON], key: str) -> str:
    value = item.get(key)
    if not isinstance(value, str) or not value:
        raise unreadable(f"an answer of GitHub has no usable {key!r}")
    return value


def _url(item: Mapping[str, JSON]) -> str:
    """Where it is seen; fit to stand in a link and in a runner's file."""
    url = _text(item, "html_url")
    if _URL.fullmatch(url) is None:
        raise unreadable("an answer of GitHub has no usable 'html_url'")
    return url
