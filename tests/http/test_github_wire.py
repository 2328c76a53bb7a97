"""GitHub, call by call: exact verb, path, headers and body; pages, refusals, rate limits, and what is no answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import respx

from reconciler.errors import (
    GITHUB_FORBIDDEN,
    GITHUB_REFUSED,
    GITHUB_TOKEN_REFUSED,
    GITHUB_UNAVAILABLE,
    GITHUB_UNCERTAIN,
    ReconcilerError,
    Uncertain,
)
from reconciler.forge.github import HEADERS, NAME, Comment, GitHub, Issue
from reconciler.forge.limit import limit
from reconciler.http import Transport, bearer
from reconciler.model import Connection, Secret
from tests.http.vendors import body, headers, sent

TOKEN = "ghs_16C7e42F292c6912E7710c838347Ae178B4a"
API = "https://api.github.com"
REPO = f"{API}/repos/acme/feedback"
READ_HEADERS = {
    "accept": "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
    "user-agent": "reconciler/0.1.0",
    "authorization": f"Bearer {TOKEN}",
}
WRITE_HEADERS = {**READ_HEADERS, "content-type": "application/json"}
BOT = {"login": "github-actions[bot]", "type": "Bot", "id": 41898282}
COMMENT: dict[str, Any] = {
    "id": 41,
    "html_url": "https://github.com/acme/feedback/pull/7#issuecomment-41",
    "body": "Me too",
    "user": BOT,
    "created_at": "2011-04-14T16:00:49Z",
    "author_association": "NONE",
}
ISSUE: dict[str, Any] = {
    "id": 1,
    "number": 1347,
    "state": "open",
    "state_reason": None,
    "title": "Drift",
    "body": "I'm having a problem with this.",
    "html_url": "https://github.com/acme/feedback/issues/1347",
    "user": BOT,
    "labels": [{"id": 208045946, "name": "drift", "color": "f29513"}],
}


class Bench:
    """A repository whose every request has to be expected, and a clock that only waiting moves."""

    def __init__(self, *, api: str = API, retry_seconds: float = 0.0) -> None:
        self.slept: list[float] = []
        self.at = 1_000.0
        connection = Connection(name=NAME, provider="github", base_url=api, concurrency=1)
        self.transport = Transport(
            connection,
            bearer(Secret(TOKEN)),
            headers=HEADERS,
            retry_seconds=retry_seconds,
            clock=lambda: self.at,
            now=lambda: self.at,
            sleep=self._sleep,
            limit=limit,
        )
        self.github = GitHub(self.transport, "acme/feedback")

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


@pytest.fixture
def bench() -> Iterator[Bench]:
    """One try each."""
    made = Bench()
    yield made
    made.transport.close()


@pytest.fixture
def patient() -> Iterator[Bench]:
    """Two minutes of tries."""
    made = Bench(retry_seconds=120)
    yield made
    made.transport.close()


def refused(code: str, call: Callable[[], object]) -> ReconcilerError:
    """The call is refused with this code, and its words do not hold the token."""
    with pytest.raises(ReconcilerError) as told:
        call()
    assert told.value.code == code, told.value.message
    assert TOKEN not in told.value.message
    return told.value


# --- the calls ----------------------------------------------------------------------------------------------------


@respx.mock
def test_who_the_token_is(bench: Bench) -> None:
    """GraphQL is asked for the login, which is the one that REST shows of what the token writes."""
    route = respx.post(f"{API}/graphql").respond(json={"data": {"viewer": {"login": "github-actions[bot]"}}})
    assert bench.github.me() == "github-actions[bot]"
    assert headers(sent(route)) == WRITE_HEADERS
    assert body(sent(route)) == {"query": "query{viewer{login}}"}


@pytest.mark.parametrize(
    ("api", "graphql"),
    [
        ("https://github.acme.example/api/v3", "https://github.acme.example/api/graphql"),
        ("https://api.acme.ghe.com", "https://api.acme.ghe.com/graphql"),
    ],
    ids=["a server of one's own", "a tenant of GitHub's"],
)
@respx.mock
def test_other_servers(api: str, graphql: str) -> None:
    """Paths are below the API's own; GraphQL is beside it, on the same origin."""
    bench = Bench(api=api)
    respx.post(graphql).respond(json={"data": {"viewer": {"login": "jane"}}})
    route = respx.get(f"{api}/repos/acme/feedback/issues/7/comments").respond(json=[])
    assert (bench.github.me(), bench.github.comments(7)) == ("jane", [])
    assert sent(route).url.query == b"per_page=100"


@respx.mock
def test_comments_page_by_page(bench: Bench) -> None:
    """The Link header is followed to the end; one whose author is gone has none."""
    first = respx.get(f"{REPO}/issues/7/comments", params={"per_page": "100"})
    first.respond(json=[COMMENT], headers={"Link": f'<{API}/repositories/1/issues/7/comments?page=2>; rel="next"'})
    ghost = {**COMMENT, "id": 42, "user": None, "body": None}
    second = respx.get(f"{API}/repositories/1/issues/7/comments", params={"page": "2"}).respond(json=[ghost])
    url = COMMENT["html_url"]
    assert bench.github.comments(7) == [
        Comment(41, "github-actions[bot]", "Me too", url),
        Comment(42, "", "", url),
    ]
    assert headers(sent(first)) == headers(sent(second)) == READ_HEADERS


@respx.mock
def test_a_comment_is_made(bench: Bench) -> None:
    """POST below the pull request's number, the text as body."""
    route = respx.post(f"{REPO}/issues/7/comments").respond(201, json=COMMENT)
    assert bench.github.create_comment(7, "Me too").id == 41
    assert (headers(sent(route)), body(sent(route))) == (WRITE_HEADERS, {"body": "Me too"})


@respx.mock
def test_a_comment_is_edited(bench: Bench) -> None:
    """PATCH of the comment by its own id."""
    route = respx.patch(f"{REPO}/issues/comments/41").respond(json=COMMENT)
    assert bench.github.edit_comment(41, "Me too").body == "Me too"
    assert (headers(sent(route)), body(sent(route))) == (WRITE_HEADERS, {"body": "Me too"})


@respx.mock
def test_issues_of_an_author(bench: Bench) -> None:
    """Open and closed ones of that author; pull requests are in the list as well, and are none."""
    pull = {**ISSUE, "number": 1348, "pull_request": {"url": f"{REPO}/pulls/1348"}}
    route = respx.get(f"{REPO}/issues").respond(json=[pull, {**ISSUE, "state": "closed"}])
    found = bench.github.issues("github-actions[bot]")
    assert found == [Issue(1347, "github-actions[bot]", ISSUE["body"], ISSUE["html_url"], False, ("drift",))]
    assert sent(route).url.query == b"creator=github-actions%5Bbot%5D&state=all&per_page=100"
    assert headers(sent(route)) == READ_HEADERS


@respx.mock
def test_an_issue_is_opened(bench: Bench) -> None:
    """POST with title, body and labels."""
    route = respx.post(f"{REPO}/issues").respond(201, json=ISSUE)
    assert bench.github.open_issue("Drift", "text", ("drift",)).number == 1347
    assert (headers(sent(route)), body(sent(route))) == (
        WRITE_HEADERS,
        {"title": "Drift", "body": "text", "labels": ["drift"]},
    )


@respx.mock
def test_an_issue_is_changed(bench: Bench) -> None:
    """PATCH with what changes alone: labels and title are people's."""
    route = respx.patch(f"{REPO}/issues/1347").respond(json={**ISSUE, "state": "closed"})
    closed = {"body": "x", "state": "closed", "state_reason": "completed"}
    assert bench.github.edit_issue(1347, closed).open is False
    assert (headers(sent(route)), body(sent(route))) == (WRITE_HEADERS, closed)


@respx.mock
def test_a_label_that_is_there(bench: Bench) -> None:
    """It is looked for by its name, as one segment of the path."""
    route = respx.get(f"{REPO}/labels/live%2Fdrift").respond(json={"name": "live/drift"})
    assert bench.github.has_label("live/drift")
    assert headers(sent(route)) == READ_HEADERS


@respx.mock
def test_a_label_is_made(bench: Bench) -> None:
    """A missing one is made, with a colour and a word about it."""
    respx.get(f"{REPO}/labels/drift").respond(404, json={"message": "Not Found"})
    route = respx.post(f"{REPO}/labels").respond(201, json={"name": "drift"})
    assert bench.github.has_label("drift")
    assert body(sent(route)) == {
        "name": "drift",
        "color": "d4c5f9",
        "description": "Live objects that moved since the last apply",
    }


@pytest.mark.parametrize(
    ("made", "again", "has"),
    [(403, 404, False), (422, 200, True)],
    ids=["the token may not", "another run was quicker"],
)
@respx.mock
def test_a_label_that_cannot_be_made(bench: Bench, made: int, again: int, has: bool) -> None:
    """That is no failure: the issue matters more than its label."""
    respx.get(f"{REPO}/labels/drift").mock(side_effect=[httpx.Response(404, json={}), httpx.Response(again, json={})])
    respx.post(f"{REPO}/labels").respond(made, json={"message": "no"})
    assert bench.github.has_label("drift") is has


# --- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "words", "code"),
    [
        (401, "Bad credentials", GITHUB_TOKEN_REFUSED),
        (403, "Resource not accessible by integration", GITHUB_FORBIDDEN),
        (403, "Unable to create comment because issue is locked.", GITHUB_FORBIDDEN),
        (404, "Not Found", GITHUB_FORBIDDEN),
        (410, "Issues has been disabled in this repository.", GITHUB_REFUSED),
        (422, "Validation Failed", GITHUB_REFUSED),
        (451, "Repository access blocked", GITHUB_REFUSED),
    ],
)
@respx.mock
def test_a_refusal_is_told(patient: Bench, status: int, words: str, code: str) -> None:
    """Each sort has its code; it is final, so it is not sent again, and GitHub's own words are told."""
    route = respx.post(f"{REPO}/issues/7/comments").respond(status, json={"message": words, "status": str(status)})
    error = refused(code, lambda: patient.github.create_comment(7, "x"))
    assert error.message == f"GitHub: POST /repos/acme/feedback/issues/7/comments: {status}: {words}"
    assert (route.call_count, patient.slept) == (1, [])


@respx.mock
def test_the_token_is_never_told(bench: Bench) -> None:
    """Also where an answer repeats it."""
    respx.get(f"{REPO}/issues/7/comments").respond(401, json={"message": f"Bad credentials: {TOKEN} Bearer {TOKEN}"})
    error = refused(GITHUB_TOKEN_REFUSED, lambda: bench.github.comments(7))
    assert "Bad credentials: ***" in error.message


@respx.mock
def test_graphql_refuses_inside_a_success(bench: Bench) -> None:
    """GraphQL's errors come with a 200 and no data."""
    respx.post(f"{API}/graphql").respond(json={"data": None, "errors": [{"message": "Something went wrong"}]})
    refused(GITHUB_UNAVAILABLE, bench.github.me)


# --- rate limits --------------------------------------------------------------------------------------------------

SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
LIMITS = [
    (403, {"Retry-After": "60"}, SECONDARY, 60.0),
    (429, {"Retry-After": "7"}, SECONDARY, 7.0),
    (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1030"}, "API rate limit exceeded", 31.0),
    (403, {}, SECONDARY, 60.0),
    (429, {}, "", 60.0),
]


@pytest.mark.parametrize(("status", "extra", "words", "waits"), LIMITS)
@respx.mock
def test_a_rate_limit_is_waited_for(
    patient: Bench, status: int, extra: dict[str, str], words: str, waits: float
) -> None:
    """Nothing is sent before the time that GitHub says, or a minute; then a create is sent again, as none was made."""
    limited = httpx.Response(status, json={"message": words}, headers=extra)
    route = respx.post(f"{REPO}/issues/7/comments").mock(side_effect=[limited, httpx.Response(201, json=COMMENT)])
    assert patient.github.create_comment(7, "x").id == 41
    assert route.call_count == 2
    assert sum(patient.slept) >= waits
    assert sum(patient.slept) < waits + 5


@respx.mock
def test_a_rate_limit_beyond_all_patience(patient: Bench) -> None:
    """A limit that lasts longer than --retry-seconds is an error at once, and nothing is sent too early."""
    extra = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4600"}
    route = respx.get(f"{REPO}/issues/7/comments").respond(403, json={"message": "API rate limit"}, headers=extra)
    refused(GITHUB_UNAVAILABLE, lambda: patient.github.comments(7))
    assert (route.call_count, patient.slept) == (1, [])


# --- no answer ----------------------------------------------------------------------------------------------------


@respx.mock
def test_a_failing_server_is_asked_again(patient: Bench) -> None:
    """A read and an edit are repeated after a 5xx."""
    respx.get(f"{REPO}/issues/7/comments").mock(side_effect=[httpx.Response(502), httpx.Response(200, json=[])])
    respx.patch(f"{REPO}/issues/comments/41").mock(
        side_effect=[httpx.Response(500, json={}), httpx.Response(200, json=COMMENT)]
    )
    assert patient.github.comments(7) == []
    assert patient.github.edit_comment(41, "x").id == 41


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, json={"message": "Server Error"}),
        httpx.Response(201, html="<html>Welcome</html>"),
        httpx.Response(201, json={"id": "no number"}),
        httpx.Response(201, json={**COMMENT, "html_url": "https://x.example/)\nchanges=true"}),
        httpx.ReadTimeout("late"),
    ],
    ids=["5xx", "a web page", "another shape", "a link that is none", "too late"],
)
@respx.mock
def test_a_create_of_which_nobody_knows(patient: Bench, answer: httpx.Response | Exception) -> None:
    """It is sent once, and the error says that it may be there."""
    route = respx.post(f"{REPO}/issues/7/comments").mock(side_effect=[answer])
    error = refused(GITHUB_UNCERTAIN, lambda: patient.github.create_comment(7, "x"))
    assert isinstance(error, Uncertain)
    assert error.message.startswith("GitHub: ")
    assert route.call_count == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(503, html="<html>Unicorn!</html>"),
        httpx.Response(200, html="<html>Sign in</html>"),
        httpx.Response(200, json={"message": "no list"}),
        httpx.Response(200, json=[{"id": 1, "html_url": 7}]),
        httpx.Response(200, content=b"[" + b" " * (33 * 1024 * 1024) + b"]"),
        httpx.ConnectError("refused"),
    ],
    ids=["5xx", "a web page", "no list", "another shape", "far too much", "nobody there"],
)
@respx.mock
def test_no_list(bench: Bench, answer: httpx.Response | Exception) -> None:
    """What cannot be read is an error, never an empty list: another comment would be made on its word."""
    respx.get(f"{REPO}/issues/7/comments").mock(side_effect=[answer])
    refused(GITHUB_UNAVAILABLE, lambda: bench.github.comments(7))


@respx.mock
def test_a_list_without_end(bench: Bench) -> None:
    """A page that names itself as the next one is an error."""
    loop = {"Link": f'<{REPO}/issues/7/comments?page=2>; rel="next"'}
    route = respx.get(f"{REPO}/issues/7/comments").respond(json=[COMMENT], headers=loop)
    refused(GITHUB_UNAVAILABLE, lambda: bench.github.comments(7))
    assert route.call_count == 2


@respx.mock
def test_the_token_stays_at_its_origin(bench: Bench) -> None:
    """Neither a next page nor a redirect at somebody else's is asked."""
    away = {"Link": '<https://evil.example/comments?page=2>; rel="next"'}
    respx.get(f"{REPO}/issues/7/comments").respond(json=[COMMENT], headers=away)
    refused(GITHUB_UNAVAILABLE, lambda: bench.github.comments(7))
    respx.post(f"{REPO}/issues").respond(307, headers={"Location": "https://evil.example/issues"})
    refused(GITHUB_UNAVAILABLE, lambda: bench.github.open_issue("x", "y", ()))


@respx.mock
def test_a_renamed_repository(bench: Bench) -> None:
    """A redirect to the repository's number is followed with the same verb and body."""
    moved = f"{API}/repositories/1/issues/7/comments"
    respx.post(f"{REPO}/issues/7/comments").respond(307, headers={"Location": moved})
    route = respx.post(moved).respond(201, json=COMMENT)
    assert bench.github.create_comment(7, "Me too").id == 41
    assert (headers(sent(route)), body(sent(route))) == (WRITE_HEADERS, {"body": "Me too"})
