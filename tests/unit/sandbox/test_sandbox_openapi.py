"""The sandbox's description of itself: all that the documents have is in it, and all that is in it is there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from reconciler.sandbox.app import VENDORS
from reconciler.sandbox.options import Options
from reconciler.sandbox.schemas import blank
from reconciler.sandbox.seed import DEFAULT
from reconciler.sandbox.server import RunningSandbox
from reconciler.sandbox.shapes import SHAPES, shape_of
from reconciler.sandbox.vendors import APIS, description

DOCUMENTED = [
    ("enco", "POST", "/survey/1.0.0/surveys", 47),
    ("enco", "GET", "/survey/1.0.0/surveys", 82),
    ("enco", "DELETE", "/survey/1.0.0/surveys/{id}", 127),
    ("enco", "POST", "/survey/1.0.0/surveys/{id}/question", 135),
    ("enco", "POST", "/survey/1.0.0/surveys/{id}/send", 149),
    ("enco", "GET", "/survey/1.0.0/surveys/{id}/report", 182),
    ("enco", "GET", "/survey/1.0.0/report", 172),
    ("customersure", "POST", "/feedback_requests", 287),
    ("customersure", "GET", "/feedback_requests/{id}", 349),
    ("customersure", "PATCH", "/feedback_requests/{id}", 415),
    ("customersure", "GET", "/feedback_requests", 473),
    ("customersure", "GET", "/feedback_responses/{id}", 561),
    ("customersure", "GET", "/feedback_responses", 664),
    ("customersure", "GET", "/response_rate", 737),
    ("customersure", "GET", "/nps", 772),
    ("customersure", "POST", "/sites", 827),
    ("customersure", "GET", "/sites/{site_code}", 866),
    ("customersure", "PATCH", "/sites/{site_code}", 904),
    ("customersure", "GET", "/sites", 939),
    ("optimum", "POST", "/api/v1/subscribers", 200),
    ("optimum", "GET", "/api/v1/subscribers/{id}", 220),
    ("optimum", "POST", "/api/v1/subscribers/{id}", 266),
    ("optimum", "DELETE", "/api/v1/subscribers/{id}", 285),
    ("optimum", "GET", "/api/v1/subscribers", 335),
    ("optimum", "POST", "/api/v1/locations", 422),
    ("optimum", "GET", "/api/v1/locations/{id}", 445),
    ("optimum", "POST", "/api/v1/locations/{id}", 483),
    ("optimum", "DELETE", "/api/v1/locations/{id}", 501),
    ("optimum", "GET", "/api/v1/locations", 535),
    ("optimum", "GET", "/api/v1/reviews/{id}", 618),
    ("optimum", "GET", "/api/v1/reviews", 654),
    ("optimum", "GET", "/api/v1/feedback/{id}", 745),
    ("optimum", "GET", "/api/v1/feedback", 805),
    ("optimum", "POST", "/api/v1/accounts", 908),
    ("optimum", "GET", "/api/v1/accounts/{id}", 927),
    ("optimum", "POST", "/api/v1/accounts/{id}", 965),
    ("optimum", "DELETE", "/api/v1/accounts/{id}", 984),
    ("optimum", "GET", "/api/v1/accounts", 1014),
    ("buenno", "GET", "/token-info", 9),
    ("buenno", "POST", "/invitations", 44),
    ("buenno", "GET", "/invitations", 100),
    ("buenno", "GET", "/replies", 141),
    ("b2s", "POST", "/api/answers", 4),
    ("b2s", "GET", "/api/answers", 71),
    ("b2s", "GET", "/api/answers/{id}", 134),
    ("b2s", "PATCH", "/api/answers/{id}", 198),
    ("b2s", "POST", "/api/answers/{id}/description", 223),
]
"""Every endpoint of the vendors' documents, with the line that has it."""
SEEN = {
    ("enco", "POST", "/token"),
    ("enco", "GET", "/userinfo"),
    ("b2s", "GET", "/api/searches"),
    ("b2s", "GET", "/api/searches/{id}"),
}
"""What public clients and a sibling document show, and the documents do not."""


def operations(vendor: str, options: Options | None = None) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation of everything described."""
    for path, item in description(vendor, options)["paths"].items():
        for method, found in item.items():
            if method != "parameters":
                yield method.upper(), path, found


def test_every_vendor_describes_itself() -> None:
    """Who answers requests has a description, and nobody else."""
    assert set(APIS) == set(VENDORS)


def test_every_documented_call_is_described() -> None:
    """The vendors' documents are covered call by call, each with its line, and nothing is added in silence."""
    described = {
        (vendor, method, path): found["x-source"] for vendor in APIS for method, path, found in operations(vendor)
    }
    expected = {(vendor, method, path): f"{vendor}.txt L{line}" for vendor, method, path, line in DOCUMENTED}
    assert {call: described.get(call) for call in expected} == expected
    assert set(described) - set(expected) == SEEN


@pytest.mark.parametrize("vendor", APIS)
def test_routes_and_description_are_one(sandbox: RunningSandbox, http: httpx.Client, vendor: str) -> None:
    """What is described is routed: no described call is a 404 or a 405 for its path and method alone."""
    credentials = {
        "enco": {"Authorization": "Bearer sandbox-enco-token"},
        "customersure": {"Authorization": "Token token=sandbox-customersure-token"},
        "optimum": {"Authorization": "Basic c2FuZGJveC1vcHRpbXVtLXRva2VuOg=="},
        "buenno": {"api-auth-token": "sandbox-buenno-token"},
        "b2s": {"Authorization": "Bearer sandbox-b2s-token"},
    }[vendor]
    for method, path, _ in operations(vendor):
        sandbox.store.load(DEFAULT)
        key = "{" in path and _live(sandbox, vendor, path.split("/{")[0].rpartition("/")[2])
        if key is not None:
            url = APIS[vendor].base + re.sub(r"\{\w+\}", str(key), path)
            headers = credentials | description(vendor)["x-headers"]
            assert http.request(method, url, headers=headers).status_code not in (404, 405, 500), (method, path)


def _live(sandbox: RunningSandbox, vendor: str, collection: str) -> str | None:
    """The key of something that is there; None where the waffle company has nothing of the sort."""
    shape = shape_of(vendor, collection)
    return next((str(item[shape.key]) for item in sandbox.store.objects(vendor, collection)), None)


@pytest.mark.parametrize("vendor", APIS)
def test_it_is_openapi(vendor: str) -> None:
    """The description holds to OpenAPI 3.1's own schema, whatever the options."""
    import schemathesis

    for options in (Options(), _turned()):
        schemathesis.openapi.from_dict(description(vendor, options)).validate()


def _turned() -> Options:
    """Options that change what is described."""
    options = Options()
    options.update(
        {
            "create_status": 201,
            "question_answer": "empty",
            "send_answer": "object",
            "accounts_list_requires": "both",
            "wrap_errors": True,
            "feedback_keys": "underscore",
            "buenno_create_status": 201,
            "buenno_figures": "number",
            "b2s_error_body": "empty",
            "b2s_searches": "missing",
            "rate_limit": dict.fromkeys(APIS, 10),
        }
    )
    return options


def test_options_are_described() -> None:
    """A switch that changes a status, a body or what is there changes the description with it."""
    before = {vendor: description(vendor) for vendor in APIS}
    after = {vendor: description(vendor, _turned()) for vendor in APIS}
    create = "/survey/1.0.0/surveys"
    assert [next(iter(it["enco"]["paths"][create]["post"]["responses"])) for it in (before, after)] == ["200", "201"]
    assert [("/api/searches" in it["b2s"]["paths"]) for it in (before, after)] == [True, False]
    assert all("429" in found["responses"] for vendor in APIS for *_, found in operations(vendor, _turned()))
    demanded = {p["name"]: p["required"] for p in after["optimum"]["paths"]["/api/v1/accounts"]["get"]["parameters"]}
    assert (demanded["name"], demanded["active"], demanded["limit"]) == (True, True, False)


def test_objects_begin_as_their_fields_say() -> None:
    """A collection's template is made of its fields: what is shown is what is stored, the server's notes aside."""
    for shape in SHAPES:
        if shape.fields:
            shown = {name: value for name, value in shape.template.items() if not name.startswith("_")}
            assert shown == blank(shape.fields), shape.name


def test_the_control_api_serves_it(sandbox: RunningSandbox, control: httpx.Client, http: httpx.Client) -> None:
    """GET /_sandbox/openapi/VENDOR.json is the description at the address where the sandbox answers."""
    for vendor in APIS:
        answer = control.get(f"/openapi/{vendor}.json")
        assert answer.status_code == 200
        assert answer.json() == json.loads(json.dumps(description(vendor, sandbox.options, sandbox.url)))
    assert control.get("/openapi/nobody.json").status_code == 404
    assert any("openapi" in line for line in http.get("/_sandbox/").json())
