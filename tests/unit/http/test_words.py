"""A vendor's words are data: read tolerantly, shown without their control characters."""

from __future__ import annotations

import pytest

from reconciler.http.words import said, visible
from reconciler.model import JSON


@pytest.mark.parametrize(
    ("text", "shown", "reason"),
    [
        ("plain", "plain", "nothing to do"),
        ("Brontë's café", "Brontë's café", "letters of any script stay"),
        ("a\x1b[31mred", "a\\u001b[31mred", "terminal escapes"),
        ("a\r\nb\tc", "a  b c", "line breaks become blanks"),
        ("user\u202egnp.exe", "user\\u202egnp.exe", "bidi override"),
        ("zero\u200bwidth", "zero\\u200bwidth", "invisible characters"),
        ("\ud800", "\\ud800", "half a surrogate pair"),
        ("nul\x00\x9b", "nul\\u0000\\u009b", "C0 and C1 controls"),
        ("x" * 500, "x" * 399 + "…", "cut"),
    ],
)
def test_visible_spells_out_what_is_not_seen(text: str, shown: str, reason: str) -> None:
    """No control, format or bidi character survives."""
    assert visible(text) == shown, reason


@pytest.mark.parametrize(
    ("body", "words", "reason"),
    [
        (
            {
                "message": "Validation error",
                "errors": [
                    {
                        "resource": "/feedback_requests/33",
                        "field": "state",
                        "error": "invalid_value",
                        "extra_info": {"allowed_values": ["sent", "pending", "not_sent"]},
                    },
                    {
                        "resource": "/feedback_requests/33",
                        "field": "machine_id",
                        "error": "wrong_length",
                        "extra_info": {"maximum": "36"},
                    },
                ],
            },
            "Validation error; state: invalid_value (allowed_values sent, pending, not_sent); "
            "machine_id: wrong_length (maximum 36)",
            "customersure.txt, Example error response",
        ),
        ({"message": "Missing or invalid User Agent string"}, "Missing or invalid User Agent string", "L29"),
        (
            {"type": "invalid_request_error", "message": "name is required", "param": "name"},
            "name is required [name]",
            "optimum.txt, Errors: at the top",
        ),
        (
            {"error": {"type": "invalid_request_error", "param": "name"}},
            "invalid_request_error [name]",
            "optimum.txt, Errors: in an envelope, without a message",
        ),
        ({"fault": {"code": 900901, "message": "Invalid Credentials"}}, "Invalid Credentials", "a gateway's fault"),
        ({"error": "invalid_client", "error_description": "no such client"}, "no such client", "OAuth"),
        ({"error": "invalid_client"}, "invalid_client", "OAuth without a description"),
        ({"res": False, "msg": "no such key"}, "no such key", "an error inside a success"),
        ("plain text", "plain text", "no JSON at all"),
        ({"errors": [{"field": "name"}, 3, None]}, "name", "half an error"),
        ({"errors": {"name": ["x"]}}, "", "another shape"),
        ([1], "", "a list"),
        (None, "", "nothing"),
        ({"message": 3}, "", "a message that is no text"),
    ],
)
def test_error_bodies_are_read_in_every_known_shape(body: JSON, words: str, reason: str) -> None:
    """The message and the fields come out of all documented envelopes, and nothing breaks on others (trap 58)."""
    assert said(body) == words, reason


PERSONAL = [
    ({"message": "jane@x.example is taken"}, "*** is taken", "an address"),
    ({"message": "+32 472 30 67 05 is taken"}, "*** is taken", "a number"),
    ({"message": "Jane Roe is taken", "first_name": "Jane", "last_name": "Roe"}, "*** *** is taken", "a field's names"),
    (
        {"errors": [{"field": "email", "error": "taken", "extra_info": {"email": "j"}}]},
        "email: taken (email ***)",
        "a field",
    ),
    ({"errors": ["ask jane@x.example"]}, "ask ***", "a list of texts"),
    ("write to jane@x.example", "write to ***", "plain text"),
    ({"message": "site 12 of 2020-01-02 has no name"}, "site 12 of 2020-01-02 has no name", "nobody's"),
]


@pytest.mark.parametrize(("body", "told", "reason"), PERSONAL, ids=[reason for *_, reason in PERSONAL])
def test_personal_data_in_an_error_is_hidden(body: JSON, told: str, reason: str) -> None:
    """What a vendor quotes of people is not told on."""
    assert said(body) == told, reason


def test_an_error_nested_without_end_says_nothing() -> None:
    """No error is that deep."""
    body: JSON = {}
    for _ in range(5000):
        body = {"error": body}
    assert said(body) == ""
