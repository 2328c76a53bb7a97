"""One request from its first try to its answer or error."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import (
    BODY_TOO_LARGE,
    CREDENTIALS_FORBIDDEN,
    CREDENTIALS_REFUSED,
    HEADER_UNFIT,
    OUTCOME_UNKNOWN,
    RATE_LIMITED,
    READ_REFUSED,
    REDIRECT_REFUSED,
    TLS_FAILED,
    UNREADABLE,
    USER_AGENT_REFUSED,
    VENDOR_UNAVAILABLE,
    VENDOR_UNREACHABLE,
    WRITE_CONFLICT,
    WRITE_FORBIDDEN,
    WRITE_INVALID,
    WRITE_NOT_FOUND,
    WRITE_REFUSED,
    WRITE_UNPAID,
    ReconcilerError,
    Uncertain,
)
from reconciler.http import Expect, Purpose, Request, bearer
from reconciler.http.retry import Event
from reconciler.model import Calls, Secret
from tests.unit.http.scripted import BASE, TOKEN, Clock, Outcome, Script, Sent, raw, transport

READ = Request("GET", "/things")
UPDATE = Request("PATCH", "/things/1", Purpose.REPEATABLE, json={"name": "a"})
DELETE = Request("DELETE", "/things/1", Purpose.REPEATABLE, expect=Expect.ANY)
POSTED = Request("POST", "/things/1", Purpose.REPEATABLE, json={"name": "a"})
TOKEN_ASKED = Request("POST", "", form={"grant_type": "client_credentials"})
CREATE = Request("POST", "/things", Purpose.ONCE, json={"name": "a"})
OK = raw(200, {"id": 1})


def ends(request: Request, *outcomes: Outcome, **more: Any) -> tuple[ReconcilerError | None, Script]:
    script = Script(outcomes)
    try:
        transport(script, **more).send(request)
    except ReconcilerError as error:
        return error, script
    return None, script


@pytest.mark.parametrize("request_", [READ, UPDATE])
@pytest.mark.parametrize(
    "first",
    [Event.NOT_SENT, Event.LOST, raw(429), raw(500), raw(503, text="<html>"), raw(408), raw(200, text="<html>")],
)
def test_reads_and_updates_are_sent_again(request_: Request, first: Outcome) -> None:
    """Connect errors, lost answers, 429, 5xx and an unreadable 2xx: the same request goes out again, unchanged."""
    error, script = ends(request_, first, OK)
    assert error is None
    assert len(script.sent) == 2
    one, two = script.sent
    assert (one.method, one.url, one.content, one.headers) == (two.method, two.url, two.content, two.headers)


@pytest.mark.parametrize("first", [Event.NOT_SENT, raw(429)])
def test_a_create_is_sent_again_where_nothing_was_processed(first: Outcome) -> None:
    """No connection, or 429: certain that nothing happened."""
    error, script = ends(CREATE, first, OK)
    assert error is None
    assert len(script.sent) == 2


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Event.LOST, "timeout, reset or cut body"),
        (Event.TOO_LARGE, "an answer nobody reads"),
        (raw(500), "a server error may come after the work"),
        (raw(503, retry_after="1"), "even where it asks to come back"),
        (raw(408), "the server gave up waiting"),
        (raw(200, text="<html>Welcome</html>"), "a web page"),
        (raw(200, text='{"id": 1'), "JSON that was cut"),
        (raw(200), "nothing where JSON is documented"),
        (raw(204), "nothing where JSON is documented"),
        (raw(304), "not an answer to a create"),
        (raw(200, text="[" * 100_000), "JSON nested without end"),
    ],
)
def test_a_create_without_a_proper_answer_is_uncertain_and_sent_once(outcome: Outcome, reason: str) -> None:
    """Nobody knows, so nobody sends again."""
    error, script = ends(CREATE, outcome, OK)
    assert isinstance(error, Uncertain), reason
    assert error.code == OUTCOME_UNKNOWN
    assert len(script.sent) == 1


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Event.NOT_SENT, VENDOR_UNREACHABLE),
        (Event.LOST, VENDOR_UNREACHABLE),
        (raw(429, retry_after="1"), RATE_LIMITED),
        (raw(503), VENDOR_UNAVAILABLE),
        (raw(200, text="<html>"), UNREADABLE),
        (Event.TOO_LARGE, BODY_TOO_LARGE),
        (Event.UNTRUSTED, TLS_FAILED),
    ],
)
def test_a_read_that_never_succeeds_says_why_with_exit_5(outcome: Outcome, code: str) -> None:
    """After the tries are used up, the last reason is told."""
    clock = Clock()
    script = Script(answer=lambda sent: outcome)
    with pytest.raises(ReconcilerError) as caught:
        transport(script, clock, retry_seconds=20.0).send(READ)
    assert (caught.value.code, caught.value.exit_code) == (code, 5)
    assert not isinstance(caught.value, Uncertain)
    assert clock() <= 1000.0 + 20.0


@pytest.mark.parametrize(
    ("outcome", "code", "uncertain"),
    [
        (Event.NOT_SENT, VENDOR_UNREACHABLE, False),
        (raw(429), RATE_LIMITED, False),
        (Event.LOST, VENDOR_UNREACHABLE, True),
        (raw(500), VENDOR_UNAVAILABLE, True),
        (raw(200, text="<html>"), UNREADABLE, True),
    ],
)
def test_an_update_given_up_is_uncertain_where_it_may_have_been_done(
    outcome: Outcome, code: str, uncertain: bool
) -> None:
    """Only where no try was processed is it certain that nothing changed."""
    with pytest.raises(ReconcilerError) as caught:
        transport(Script(answer=lambda sent: outcome), retry_seconds=5.0).send(UPDATE)
    assert (caught.value.code, isinstance(caught.value, Uncertain)) == (code, uncertain)


@pytest.mark.parametrize("last", [raw(404), raw(422), raw(401), Event.MISDIRECTED])
def test_an_earlier_doubtful_try_leaves_its_doubt(last: Outcome) -> None:
    """A refusal after a lost answer does not prove that the lost one changed nothing."""
    error, _ = ends(UPDATE, Event.LOST, last)
    assert isinstance(error, Uncertain)
    assert "earlier try" in error.message


def test_a_lost_delete_that_is_then_not_found_is_an_answer() -> None:
    """404 after a lost delete is handed back, not raised."""
    request = Request("DELETE", "/things/1", Purpose.REPEATABLE, expect=Expect.ANY, absent_on=frozenset({404}))
    assert transport(Script([Event.LOST, raw(404)])).send(request).status == 404


@pytest.mark.parametrize(
    ("request_", "answer", "code", "exit_code"),
    [
        (READ, raw(401), CREDENTIALS_REFUSED, 4),
        (CREATE, raw(401), CREDENTIALS_REFUSED, 4),
        (READ, raw(403), CREDENTIALS_FORBIDDEN, 4),
        (READ, raw(403, {"message": "Missing or invalid User Agent string"}), USER_AGENT_REFUSED, 4),
        (CREATE, raw(403, {"message": "Missing or invalid User Agent string"}), USER_AGENT_REFUSED, 4),
        (CREATE, raw(403, {"message": "Unpermitted parameter"}), WRITE_FORBIDDEN, 9),
        (READ, raw(404), READ_REFUSED, 5),
        (READ, raw(400, {"message": "bad"}), READ_REFUSED, 5),
        (CREATE, raw(400, {"message": "bad"}), WRITE_INVALID, 9),
        (CREATE, raw(422, {"message": "bad"}), WRITE_INVALID, 9),
        (CREATE, raw(402, {"message": "bad"}), WRITE_UNPAID, 9),
        (UPDATE, raw(404), WRITE_NOT_FOUND, 9),
        (CREATE, raw(409), WRITE_CONFLICT, 9),
        (CREATE, raw(415), WRITE_REFUSED, 9),
        (CREATE, raw(406), WRITE_REFUSED, 9),
        (READ, raw(406), READ_REFUSED, 5),
    ],
)
def test_a_refusal_is_told_at_once(request_: Request, answer: Outcome, code: str, exit_code: int) -> None:
    """4xx is definite: one request, its own code, never uncertain (traps 66, 87g; trap 56: a 402 too)."""
    error, script = ends(request_, answer)
    assert error is not None
    assert (error.code, error.exit_code, len(script.sent)) == (code, exit_code, 1)
    assert not isinstance(error, Uncertain)


def test_a_refusal_carries_the_vendors_words_made_visible() -> None:
    """Message and fields are told, control characters spelled out."""
    error, _ = ends(CREATE, raw(422, {"message": "no\x1b[2J", "errors": [{"field": "name", "error": "required"}]}))
    assert error is not None
    assert error.message == "main: POST /things: 422: no\\u001b[2J; name: required"


def test_a_plain_text_refusal_is_told_and_a_web_page_is_not() -> None:
    """Text is a message, HTML is noise (trap 58)."""
    told, _ = ends(CREATE, raw(400, text="no such country"))
    page, _ = ends(CREATE, raw(400, text="<html>Bad Request</html>"))
    assert told is not None
    assert page is not None
    assert told.message.endswith("400: no such country")
    assert page.message.endswith(": 400")


def test_all_tries_stay_within_the_retry_seconds() -> None:
    """Slow tries and waits together end in time, and each later try gets only what is left."""
    clock = Clock()
    script = Script(answer=lambda sent: raw(503), cost=4.0)
    with pytest.raises(ReconcilerError):
        transport(script, clock, retry_seconds=15.0, settings={"timeout": 10.0}).send(READ)
    assert clock() - 1000.0 <= 15.0 + 4.0
    assert script.sent[0].seconds == 10.0
    assert all(sent.seconds <= max(1.0, 15.0 - 4.0) for sent in script.sent[1:])


def test_no_retry_seconds_means_one_try() -> None:
    """--retry-seconds 0 asks once."""
    error, script = ends(READ, raw(503), retry_seconds=0.0)
    assert error is not None
    assert len(script.sent) == 1


def test_retry_after_is_waited_for() -> None:
    """Seven seconds are seven seconds (trap 57)."""
    clock = Clock()
    transport(Script([raw(503, retry_after="7"), OK]), clock).send(READ)
    assert 7.0 <= clock() - 1000.0 < 7.5


def test_a_429_slows_the_other_requests_of_the_connection() -> None:
    """The next request waits as well, although it was never refused itself."""
    clock = Clock()
    client = transport(Script([raw(429, retry_after="9"), OK]), clock, retry_seconds=3.0)
    with pytest.raises(ReconcilerError):
        client.send(READ)
    client.send(CREATE)
    assert clock() - 1000.0 >= 9.0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("request_", [READ, UPDATE, CREATE, DELETE, POSTED, TOKEN_ASKED])
def test_a_redirect_keeps_method_body_and_token(status: int, request_: Request) -> None:
    """Same verb, same body, same authorization at the new place, be it only a last slash more (traps 31, 32, 67)."""
    error, script = ends(request_, raw(status, location="/v1/things/?x=1"), OK)
    assert error is None
    one, two = script.sent
    assert (two.method, two.content, two.headers) == (one.method, one.content, one.headers)
    assert two.url == "https://api.vendor.example/v1/things/?x=1"


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("https://evil.example/v1/things", "another host"),
        ("//evil.example/things", "another host without a scheme"),
        ("http://api.vendor.example/v1/things", "downgraded to http"),
        ("https://api.vendor.example:8443/v1/things", "another port"),
        ("https://me@api.vendor.example/v1/things", "user information"),
        ("", "nowhere"),
        ("https://[bad", "no URL"),
        ("javascript:alert(1)", "no origin at all"),
        ("file:///etc/passwd", "a file"),
        ("ftp://api.vendor.example/v1/things", "another scheme"),
        ("https://api.vendor.example.evil.example/", "the vendor's name as a part"),
        ("https://api.vendor.example@evil.example/", "the vendor as user information"),
        ("https://evil.example\\@api.vendor.example/", "a backslash, which browsers read as a slash"),
        ("https://api.vendor.example\\.evil.example/", "a backslash in the host"),
        ("https://api.vendor.example./v1/things", "a name with a last dot"),
        ("https://\uff41pi.vendor.example/", "a letter of another script"),
        ("https://api.vendor.example:0/", "port 0"),
        ("https://169.254.169.254/latest/meta-data", "a machine's own credentials"),
        ("http://127.0.0.1:8080/", "loopback"),
        ("   ", "blanks"),
    ],
)
@pytest.mark.parametrize("request_", [READ, CREATE, UPDATE, DELETE])
def test_no_redirect_leaves_the_origin(location: str, reason: str, request_: Request) -> None:
    """Nothing is sent to another origin, and a create so refused is not uncertain (trap 67)."""
    error, script = ends(request_, raw(307, location=location), OK)
    assert error is not None
    assert error.code == REDIRECT_REFUSED, reason
    assert len(script.sent) == 1
    assert not isinstance(error, Uncertain)


@pytest.mark.parametrize("status", [300, 304, 305, 306, 310])
def test_another_3xx_is_no_redirect(status: int) -> None:
    """A Location beside it is not followed, and it is no answer either."""
    error, script = ends(READ, *[raw(status, location="/v1/elsewhere")] * 9)
    assert error is not None
    assert error.code == UNREADABLE
    assert {sent.url for sent in script.sent} == {f"{BASE}/things"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_back_and_forth_ends(status: int) -> None:
    """Five hops, whatever the status; the sixth answer is the last that is asked for."""
    script = Script(answer=lambda sent: raw(status, location="/v1/b" if sent.url.endswith("/a") else "/v1/a"))
    with pytest.raises(ReconcilerError) as caught:
        transport(script).send(READ)
    assert caught.value.code == REDIRECT_REFUSED
    assert len(script.sent) <= 6


def test_a_redirect_counts_against_the_deadline() -> None:
    """Five slow hops together get no more than one request has."""
    clock = Clock()
    script = Script(answer=lambda sent: raw(302, location=sent.url + "x"), cost=4.0)
    with pytest.raises(ReconcilerError):
        transport(script, clock, retry_seconds=0.0, settings={"timeout": 10.0}).send(READ)
    assert [sent.seconds for sent in script.sent[:3]] == [10.0, 6.0, 2.0]
    assert all(sent.seconds <= 0.001 for sent in script.sent[3:])


def test_five_hops_are_followed_and_six_are_not() -> None:
    """A chain of five is fine, a loop ends (trap 67)."""
    hops = [raw(302, location=f"/v1/{number}") for number in range(5)]
    assert ends(READ, *hops, OK)[0] is None
    error, script = ends(READ, *[raw(302, location="/v1/things")] * 9)
    assert error is not None
    assert error.code == REDIRECT_REFUSED
    assert len(script.sent) == 6


@pytest.mark.parametrize(("status", "asked"), [(301, 3), (308, 3), (302, 4), (307, 4)])
def test_only_permanent_redirects_are_remembered(status: int, asked: int) -> None:
    """After 301 and 308 the new place is asked directly for the rest of the run (trap 67)."""
    script = Script(answer=lambda sent: OK if sent.url.endswith("/") else raw(status, location=sent.url + "/"))
    client = transport(script)
    client.send(READ)
    client.send(READ)
    assert len(script.sent) == asked


def test_a_permanent_loop_does_not_hang() -> None:
    """Two places that point at each other end in an error."""
    script = Script(answer=lambda sent: raw(301, location="/v1/b" if sent.url.endswith("/things") else "/v1/things"))
    client = transport(script)
    for _ in range(2):
        with pytest.raises(ReconcilerError) as caught:
            client.send(READ)
        assert caught.value.code == REDIRECT_REFUSED


class Renewing:
    """A token that can be renewed."""

    header = "Authorization"

    def __init__(self) -> None:
        self.number = 1

    def value(self) -> str:
        return f"Bearer t{self.number}"

    def renew(self, refused: str) -> bool:
        self.number += 1
        return True


def test_a_401_is_tried_once_with_a_new_token() -> None:
    """Even a create: a 401 was not processed. A second 401 is final."""
    error, script = ends(CREATE, raw(401), OK, auth=Renewing())
    assert error is None
    assert [sent.headers["Authorization"] for sent in script.sent] == ["Bearer t1", "Bearer t2"]
    error, script = ends(CREATE, raw(401), raw(401), OK, auth=Renewing())
    assert error is not None
    assert (error.code, len(script.sent)) == (CREDENTIALS_REFUSED, 2)


def test_what_is_sent_is_exact() -> None:
    """JSON as ASCII with its content type, own headers over the defaults, the query encoded."""
    script = Script([OK, OK])
    client = transport(script, headers={"Accept": "application/vnd.x+json", "User-Agent": "Åkesson AB"})
    client.send(Request("POST", "/a", Purpose.ONCE, json={"name": "Café", "none": None}, query={"q": "a+b"}))
    client.send(Request("POST", "/t", form={"grant_type": "client_credentials", "scope": "a b"}))
    first, second = script.sent
    assert first.url == f"{BASE}/a?q=a%2Bb"
    assert first.content == b'{"name": "Caf\\u00e9", "none": null}'
    assert first.headers == {
        "Accept": "application/vnd.x+json",
        "User-Agent": "Åkesson AB",
        "Content-Type": "application/json",
        "Authorization": f"Bearer {TOKEN}",
    }
    assert second.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert second.content == b"grant_type=client_credentials&scope=a+b"


@pytest.mark.parametrize("company", ["Acme\r\nX-Evil: 1", "日本", ""])
def test_an_unfit_header_is_never_sent_nor_shown(company: str) -> None:
    """The check comes before the request."""
    error, script = ends(READ, OK, headers={"User-Agent": company})
    assert error is not None
    assert error.code == HEADER_UNFIT
    assert script.sent == []
    assert "Evil" not in error.message


def test_calls_count_answered_requests_once() -> None:
    """Retries count once, unanswered requests not at all."""
    client = transport(Script([raw(503), raw(429), OK, OK, raw(422), *[Event.NOT_SENT] * 99]), retry_seconds=20.0)
    client.send(READ)
    client.send(CREATE)
    with pytest.raises(ReconcilerError):
        client.send(CREATE)
    with pytest.raises(ReconcilerError):
        client.send(READ)
    assert client.calls() == Calls(read=1, write=2)


def test_the_log_tells_each_exchange_and_no_token() -> None:
    """One line a try, safe to keep."""
    lines: list[str] = []
    client = transport(Script([raw(503), Event.LOST, OK]), log=lines.append, auth=bearer(Secret("very-secret")))
    client.send(READ)
    assert len(lines) == 3
    assert lines[0].startswith("connection=main method=GET path=/v1/things status=503 ms=")
    assert [line.rpartition(" ")[2] for line in lines] == ["try=1", "try=2", "try=3"]
    assert "very-secret" not in "".join(lines)


def test_no_error_and_no_repr_shows_the_token() -> None:
    """Whatever goes wrong, the token stays out of message, hint, cause and context."""
    for outcome in (raw(401), raw(500), Event.LOST, Event.MISDIRECTED, raw(200, text="<")):
        error, _ = ends(CREATE, outcome)
        assert error is not None
        assert TOKEN not in f"{error!r} {error.message} {error.hint} {error.__cause__!r}"


def test_a_closed_connection_waits_for_no_other_try() -> None:
    """An interrupted run does not sit out the retries."""
    script = Script()

    def answer(sent: Sent) -> Outcome:
        client.close()
        return raw(503)

    script.answer = answer
    client = transport(script)
    with pytest.raises(ReconcilerError):
        client.send(READ)
    assert len(script.sent) == 1
    assert script.closed


def test_concurrency_is_never_exceeded() -> None:
    """At most so many requests in flight as the connection says."""
    import threading
    import time

    active, most = 0, 0
    lock = threading.Lock()

    class Slow(Script):
        def exchange(self, *args: Any, **more: Any) -> Any:
            nonlocal active, most
            with lock:
                active += 1
                most = max(most, active)
            time.sleep(0.01)
            with lock:
                active -= 1
            return OK

    client = transport(Slow(), settings={"concurrency": 3})
    threads = [threading.Thread(target=client.send, args=(READ,)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 3
