"""What may not be found: credentials of every sort, and data of people. Two tables; a new kind is a row of the second.

Each value has a part that is nobody else's, so that half of it is found as well, and characters that change when it is
encoded. A credential's part stands in ``PARTS`` under every spelling too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SECRETS = {
    "ENCO_TOKEN": 'enco+Canary9c2e41d7/b=&"<z>%41é',
    "CUSTOMERSURE_TOKEN": "cs+Canary5d80a6f3/q=&<x>'%2F~",
    "OPTIMUM_TOKEN": 'opt+Canary7f3b92e8/w=&"<k>\\y%3D',
    "BUENNO_TOKEN": 'bn+Canary5e19c7a4/v=&"<j>%2A',
    "B2S_TOKEN": "b2+Canary8c43d0f6/u=&'<i>%2B",
    "ENCO_CLIENT": "cid~Canary31ac64b9/=&x",
    "ENCO_SECRET": 'csec~Canary88bd17f0/:=&"y',
    "ENCO_ACCESS": "acc+Canary0f6e3b58/=&'z",
    "STATE_PASSWORD": "st-Canary77e5c3a1~w",
    "PROXY_PASSWORD": "px-Canary64d2b8c7~w",
    "NETRC_PASSWORD": "nt-Canary20fa95e6~w",
    "RECONCILER_DIGEST_KEY": "digest-Canary46b1e7d9/==",
    "GITHUB_TOKEN": "ghs_Canary52c9e0b7~w",
    "LITERAL": "sk-live-Canary19f7a2c4",
}
PARTS = [f"Canary{value.partition('Canary')[2][:8]}" for value in SECRETS.values()]

EMAIL = "janina.canarski+x@private-canary.example"
PHONE = "+441134960177"
SPELLED_PHONE = "(0113) 496 0188-77"
FIRST, LAST = "Janinacan", "Canarskison"
NAME = f"{FIRST} {LAST}"
REVIEWER = "Reviewer Kanarienvogel"
HANDLE = "zitronengirlitz"
BORN = "born-canary-1971-02-03"

PEOPLE = (EMAIL, "janina.canarski", "private-canary", PHONE, SPELLED_PHONE, FIRST, LAST, REVIEWER, HANDLE, BORN)
COMMENT = (
    f"Cold soup. Write to {EMAIL}, or call {PHONE} or {SPELLED_PHONE}. https://x.example/?p=%2B441134960177&e="
    "janina.canarski%2Bx%40private-canary.example"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind with personal data. ``live`` are objects of vendors by vendor and collection that hold the canaries above;
    ``manifest`` declares one, where the kind can be declared."""

    name: str
    live: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    manifest: str = ""


# One row a kind. `test_every_kind_with_personal_data_has_a_row` holds the table to the schemas.
KINDS = (
    Kind(
        "reviews and feedback of a location",
        {
            ("optimum", "reviews"): {
                "title": f"{REVIEWER} says thanks",
                "description": COMMENT,
                "platform_name": "The Review Site",
                "reviewer_name": REVIEWER,
                "reviewer_url": f"https://thereview.example/{HANDLE}",
                "reviewer_image": f"https://thereview.example/{HANDLE}.png",
                "rating": 2,
            },
            ("optimum", "feedback"): {
                "type": "happy",
                "happy": False,
                "comments": f"{FIRST} here. {COMMENT}",
                "subscriber_name": NAME,
                "subscriber_email": EMAIL,
                "subscriber_phone": PHONE,
            },
        },
    ),
    Kind(
        "optimum/Subscriber",
        {
            ("optimum", "subscribers"): {
                "email": f"other.{EMAIL}",
                "mobile_number": SPELLED_PHONE,
                "fname": FIRST,
                "sname": LAST,
                "country_code": "GB",
                "locations": ["xd3S6"],
            },
        },
        f"""\
apiVersion: optimum/v1
kind: Subscriber
metadata: {{name: canary}}
spec:
  email: {EMAIL}
  mobile_number: "{PHONE}"
  fname: {FIRST}
  sname: {LAST}
  country_code: GB
  locations: [leeds]
""",
    ),
    Kind(
        "buenno/Invitation",
        {
            ("buenno", "invitations"): {
                "form_id": 1,
                "email": EMAIL,
                "first_name": FIRST,
                "last_name": LAST,
                "pf_external_id": HANDLE,
            },
        },
        f"""\
apiVersion: buenno/v1
kind: Invitation
metadata: {{name: canary}}
spec:
  form: {{externalId: "1"}}
  email: {EMAIL}
  first_name: {FIRST}
  last_name: {LAST}
  pf_seller_name: {REVIEWER}
  pf_external_id: {HANDLE}
""",
    ),
    Kind(
        "b2s/Answer",
        {
            ("b2s", "answers"): {
                "nps": 3,
                "created_at": "2024-04-15T12:00:00Z",
                "discursive_question": COMMENT,
                "search": {"id": "102a525c-0ce3-4182-a504-aad595425233", "name": "Dine-in"},
                "client": {"id": "1", "name": NAME, "email": EMAIL, "phone": SPELLED_PHONE, "born_date": BORN},
                "criteria": [{"nick": "Why", "name": COMMENT, "suggestion": COMMENT, "type": "Short Answer"}],
            },
        },
        f"""\
apiVersion: b2s/v1
kind: Answer
metadata: {{name: canary}}
spec:
  search_id: 102a525c-0ce3-4182-a504-aad595425233
  nps: 3
  created_at: "2024-04-15 12:00:00"
  response_channel: Email
  discursive_question: "{COMMENT}"
  closedLoop:
    - {{message: "Called {PHONE}", user_email: {EMAIL}, user_name: {NAME}}}
""",
    ),
    Kind(
        "customersure/FeedbackRequest",
        {
            ("customersure", "feedback_requests"): {
                "state": "pending",
                "email": EMAIL,
                "mobile_number": PHONE,
                "first_name": FIRST,
                "last_name": LAST,
                "data": [
                    {"key": "site_code", "value": "leeds-1"},
                    {"key": "born", "value": BORN},
                    {"key": "n", "value": COMMENT},
                ],
            },
        },
        f"""\
apiVersion: customersure/v1
kind: FeedbackRequest
metadata: {{name: canary}}
spec:
  email: other.{EMAIL}
  first_name: {FIRST}
  surname: {LAST}
  reference: order-17
  send_at: "2099-08-20T18:00:00+0100"
  survey_id: "1484"
  data:
    - {{key: born, value: {BORN}}}
    - {{key: phone, value: "{PHONE}"}}
""",
    ),
    Kind(
        "enco/Send",
        manifest=f"""\
apiVersion: enco/v1
kind: Send
metadata: {{name: canary}}
spec:
  survey: {{externalId: "1"}}
  channel: SMS
  destination: "{PHONE}"
  language: en-GB
  referenceId: order-17
""",
    ),
    Kind(
        "answers to a survey",
        {("enco", "responses"): {"survey": 1, "score": 3, "date": "2020-02-03T09:15:00Z", "comment": COMMENT}},
    ),
    Kind(
        "what a vendor adds to its objects without a word in its document",
        {
            ("optimum", "locations"): {
                "name": "Canary stray",
                "country_code": "GB",
                "manager_name": NAME,
                "contact_email": EMAIL,
                "phone": PHONE,
            },
            ("customersure", "sites"): {
                "site_code": "stray-9",
                "name": "Stray",
                "contact": {"name": NAME, "email": EMAIL},
            },
        },
    ),
)
