"""Who asks: schemes, values no header can carry, and OAuth renewal."""

from __future__ import annotations

import base64
import threading

import pytest

from reconciler.errors import (
    CREDENTIALS_REFUSED,
    HEADER_UNFIT,
    TOKEN_ENDPOINT_REFUSED,
    UNREADABLE,
    VENDOR_UNAVAILABLE,
    ReconcilerError,
)
from reconciler.http import Answer, ClientCredentials, Request, basic_key, basic_pair, bearer, key_header, quoted_token
from reconciler.http.credentials import fit
from reconciler.model import JSON, Secret
from tests.unit.http.scripted import Clock


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (bearer(Secret("abc")).value(), "Bearer abc"),
        (basic_key(Secret("key1")).value(), "Basic " + base64.b64encode(b"key1:").decode()),
        (basic_pair(Secret("id"), Secret("s:x")).value(), "Basic " + base64.b64encode(b"id:s:x").decode()),
        (quoted_token(Secret("ec76")).value(), 'Token token="ec76"'),
        (key_header("api-auth-token", Secret("1-2-3")).value(), "1-2-3"),
    ],
)
def test_schemes_are_spelled_as_documented(value: str, reason: str) -> None:
    """Bearer, Basic with an empty password, Basic with both, the quoted Token (trap 64), and a key alone."""
    assert value == reason


def test_a_key_may_have_a_header_of_its_own() -> None:
    """All schemes use Authorization, but for the vendor that names another header."""
    assert bearer(Secret("abc")).header == "Authorization"
    assert key_header("api-auth-token", Secret("abc")).header == "api-auth-token"


@pytest.mark.parametrize(
    "value",
    ["", " ", "qz7\nb", "qz7\r\nX-Evil: 1", "qz7\n", " qz7", "qz7 ", "qz7\t", "qz7\x00", "日本", "qz7\x7f", "qz7\x85"],
)
def test_values_no_header_can_carry_are_refused_unseen(value: str) -> None:
    """The error does not show the value."""
    with pytest.raises(ReconcilerError) as caught:
        fit(value, "the token")
    assert caught.value.code == HEADER_UNFIT
    assert not any(part in caught.value.message + caught.value.hint for part in ("qz7", "Evil", "日"))


@pytest.mark.parametrize("value", ["Acme Ltd", "Åkesson & Co", "a", "T0k=en/+._~"])
def test_ordinary_values_pass(value: str) -> None:
    """Latin letters, blanks inside and punctuation are fine."""
    assert fit(value, "the company") == value


@pytest.mark.parametrize(
    ("make", "token"), [(bearer, "a b"), (basic_key, "a:b"), (quoted_token, 'a"b'), (quoted_token, "a\\b")]
)
def test_a_token_cannot_break_out_of_its_scheme(make: object, token: str) -> None:
    """A blank, colon or quote that would end the token early is refused."""
    with pytest.raises(ReconcilerError) as caught:
        make(Secret(token)).value()  # type: ignore[operator]
    assert caught.value.code == HEADER_UNFIT
    assert token not in caught.value.message


class Endpoint:
    """A token endpoint that numbers its tokens."""

    def __init__(self, **body: JSON) -> None:
        self.body, self.asked = body, 0

    def __call__(self, request: Request) -> Answer:
        assert request.method == "POST"
        assert request.form == {"grant_type": "client_credentials", "scope": "openid"}
        self.asked += 1
        return Answer(200, {}, {"access_token": f"t{self.asked}", **self.body})


@pytest.mark.parametrize(
    ("expires", "good_for", "reason"),
    [
        (3600, 3530.0, "seconds, renewed a minute early"),
        ("3600", 3530.0, "a number spelled as text"),
        (10, 8.0, "a short life is renewed a tenth early"),
        (None, 86400.0 * 29, "missing means permanent"),
        (0, 86400.0 * 29, "nonsense means permanent"),
        (-1, 86400.0 * 29, "nonsense means permanent"),
        ("soon", 86400.0 * 29, "nonsense means permanent"),
        (True, 86400.0 * 29, "a boolean is no life"),
        (9223372036854775807, 86400.0 * 29, "longer than any clock"),
        (float("nan"), 86400.0 * 29, "not a number"),
    ],
)
def test_a_token_is_used_until_shortly_before_its_end(expires: JSON, good_for: float, reason: str) -> None:
    """expires_in counts in seconds; what is no number is a permanent token."""
    clock, endpoint = Clock(), Endpoint(expires_in=expires)
    auth = ClientCredentials(endpoint, clock=clock)
    assert auth.value() == "Bearer t1"
    clock.at += good_for
    assert auth.value() == "Bearer t1", reason
    clock.at += 86400.0 * 2 if good_for > 86400 else 70.0
    assert auth.value() == "Bearer t2", reason


def test_a_401_renews_once_for_all_threads() -> None:
    """Threads refused with the same token fetch one new token between them."""
    endpoint = Endpoint(expires_in=3600)
    auth = ClientCredentials(endpoint, clock=Clock())
    old = auth.value()
    threads = [threading.Thread(target=auth.renew, args=(old,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert endpoint.asked == 2
    assert auth.value() == "Bearer t2"


@pytest.mark.parametrize(
    ("raised", "code"), [(CREDENTIALS_REFUSED, TOKEN_ENDPOINT_REFUSED), (VENDOR_UNAVAILABLE, VENDOR_UNAVAILABLE)]
)
def test_a_token_endpoint_that_refuses_is_a_credentials_error(raised: str, code: str) -> None:
    """4xx means wrong client; an endpoint that is down stays an unavailable vendor."""

    def post(request: Request) -> Answer:
        raise ReconcilerError(raised, "no")

    with pytest.raises(ReconcilerError) as caught:
        ClientCredentials(post, clock=Clock()).value()
    assert caught.value.code == code


@pytest.mark.parametrize("body", [{}, {"access_token": ""}, {"access_token": 7}, [], None])
def test_a_token_answer_without_a_token_is_unreadable(body: JSON) -> None:
    """Nothing is sent with an empty token."""
    with pytest.raises(ReconcilerError) as caught:
        ClientCredentials(lambda request: Answer(200, {}, body), clock=Clock()).value()
    assert caught.value.code == UNREADABLE
