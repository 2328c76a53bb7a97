"""Enco's token endpoint: credentials, expiry and refusals."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.sandbox.server import RunningSandbox

TOKEN_FORM = {"grant_type": "client_credentials", "scope": "openid"}
CLIENT = ("sandbox-client", "sandbox-secret")


def test_token_is_issued_and_used(http: httpx.Client) -> None:
    """The client's credentials buy a token that the API and userinfo accept."""
    answer = http.post("/enco/token", data=TOKEN_FORM, auth=CLIENT)
    body = answer.json()
    assert (answer.status_code, body["token_type"], body["expires_in"]) == (200, "Bearer", 3600)
    assert set(body) == {"access_token", "scope", "id_token", "token_type", "expires_in"}
    headers = {"Authorization": f"Bearer {body['access_token']}", "Content-Type": "application/json"}
    assert http.get("/enco/survey/1.0.0/surveys", headers=headers).status_code == 200
    assert http.get("/enco/userinfo?schema=openid", headers=headers).json() == {"sub": "sandbox-client"}
    assert http.get("/enco/userinfo", headers=headers).status_code == 400


def test_token_credentials_may_be_parameters(http: httpx.Client) -> None:
    """client_id and client_secret in the form do as well as Basic."""
    form = TOKEN_FORM | {"client_id": CLIENT[0], "client_secret": CLIENT[1]}
    assert http.post("/enco/token", data=form).status_code == 200


def test_token_expires(sandbox: RunningSandbox, http: httpx.Client) -> None:
    """After its lifetime a token is a 401, and a new one can be had."""
    sandbox.options.update({"token_lifetime": 0})
    token = http.post("/enco/token", data=TOKEN_FORM, auth=CLIENT).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = http.get("/enco/survey/1.0.0/surveys", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


TOKEN_REFUSALS: list[tuple[dict[str, Any], int, str, str]] = [
    ({"data": TOKEN_FORM}, 401, "invalid_client", "no client"),
    ({"data": TOKEN_FORM, "auth": ("sandbox-client", "x")}, 401, "invalid_client", "a wrong secret"),
    ({"data": {"scope": "openid"}, "auth": CLIENT}, 400, "invalid_request", "no grant type"),
    ({"data": {"grant_type": "password"}, "auth": CLIENT}, 400, "unsupported_grant_type", "another grant type"),
    ({"json": TOKEN_FORM, "auth": CLIENT}, 400, "invalid_request", "the body is a form, not JSON"),
    ({"params": TOKEN_FORM, "auth": CLIENT}, 400, "invalid_request", "the body is a form, not the address"),
    (
        {"data": TOKEN_FORM | {"client_id": CLIENT[0], "client_secret": CLIENT[1]}, "auth": CLIENT},
        400,
        "invalid_request",
        "one way of authentication at a time (RFC 6749, 2.3)",
    ),
]


@pytest.mark.parametrize(("request_", "status", "error", "reason"), TOKEN_REFUSALS)
def test_token_refusals(http: httpx.Client, request_: dict[str, Any], status: int, error: str, reason: str) -> None:
    """The token endpoint refuses as RFC 6749 says."""
    answer = http.post("/enco/token", **request_)
    assert (answer.status_code, answer.json()["error"]) == (status, error), reason
