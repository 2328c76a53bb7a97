"""The sandbox against its own description: requests that schemathesis makes of it, fitting ones and others.

A request that fits is accepted, one that does not is refused with a status that the description names, every answer is
what the description says, and nothing makes the sandbox fail.
"""

from __future__ import annotations

import re
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reconciler.sandbox.seed import B2S_TOKEN, BUENNO_TOKEN, CUSTOMERSURE_TOKEN, DEFAULT, ENCO_TOKEN, OPTIMUM_TOKEN
from reconciler.sandbox.server import RunningSandbox, start
from reconciler.sandbox.shapes import shape_of
from reconciler.sandbox.vendors import APIS, description
from tests.fuzz.figures import FIGURES
from tests.fuzz.measure import CASES, SECONDS

Operations = Callable[[str, str, str], Any]
GROUP = "sandbox"
SHARE = 0.4
"""Of the cases of a group: a request is generated, sent and its answer checked, which takes its time."""
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY")


def _basic(name: str, password: str = "") -> str:
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


CREDENTIALS = {
    "enco": {"Authorization": f"Bearer {ENCO_TOKEN}"},
    "customersure": {"Authorization": f'Token token="{CUSTOMERSURE_TOKEN}"'},
    "optimum": {"Authorization": _basic(OPTIMUM_TOKEN)},
    "buenno": {"api-auth-token": BUENNO_TOKEN},
    "b2s": {"Authorization": f"Bearer {B2S_TOKEN}"},
}
TOKEN = {"Authorization": _basic("sandbox-client", "sandbox-secret")}
REFERENCES = {"location": "locations", "location_add": "locations", "search_id": "searches", "form_id": "forms"}
"""Members of a body that name a live object, and where those are."""

ASKED = ("Accept", "Content-Type", "User-Agent")
"""Headers that every call needs, and that are no credentials."""
HOSTILE = [
    b'{"name": "\\ud800"}',
    b"[" * 100_000,
    b'{"a":' * 20_000,
    b'{"nps": 1e400}',
    b'{"name": NaN}',
    b"9" * 5_000,
    b'{"name": "\xff"}',
    b"\xff\xfe{\x00}\x00",
    b"null",
]
"""Bodies that have broken servers before: half a character, endless nesting, numbers that nothing holds."""

WIDEST = {
    "is_enps": "false",
    "date_start": "0002-01-01",
    "date_end": "9998-12-31",
    "limit": "50",
    "offset": "0",
    "from": "0001-01-01T00:00:00Z",
    "to": "9999-12-31T00:00:00Z",
    "startDate": "0001-01-01T00:00:00Z",
    "endDate": "9999-12-31T00:00:00Z",
    "schema": "openid",
}
"""What a list is asked with to show all it has."""

DOCUMENTS = {vendor: description(vendor) for vendor in APIS}
CALLS = [
    (vendor, method.upper(), path)
    for vendor, document in DOCUMENTS.items()
    for path, item in document["paths"].items()
    for method in item
    if method != "parameters"
]


def operation(vendor: str, method: str, path: str) -> dict[str, Any]:
    """What the description says of a call."""
    found: dict[str, Any] = DOCUMENTS[vendor]["paths"][path][method.lower()]
    return found


def _weight(call: tuple[str, str, str]) -> int:
    """A call with a body has more to get wrong than one with a query, and that more than one with neither."""
    found = operation(*call)
    return 6 if "requestBody" in found else 3 if found["parameters"] else 1


# Nothing is unfit where nothing is asked: a path's value may be any text.
RUNS = [(call, fitting) for call in CALLS for fitting in (True, False) if fitting or _weight(call) > 1]
WEIGHTS = sum(_weight(call) for call, _ in RUNS)


def examples(call: tuple[str, str, str]) -> settings:
    """The share that a call has of all cases, once with requests that fit and once with others."""
    return settings(
        max_examples=max(2, round(CASES * SHARE * _weight(call) / WEIGHTS)),
        deadline=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSandbox]:
    """One server for the module."""
    with start() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    """One connection for the module."""
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture(scope="module")
def operations(running: RunningSandbox) -> Operations:
    """schemathesis's view of a call, without its credentials: those are left out by a test of their own."""
    import schemathesis

    loaded = {}
    for vendor in APIS:
        document = description(vendor, running.options, running.url)
        bare = {name: part for name, part in document.items() if name not in ("security", "components")}
        loaded[vendor] = schemathesis.openapi.from_dict(bare | {"paths": _without_security(document["paths"])})
    return lambda vendor, method, path: loaded[vendor][path][method]


def _without_security(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    return {name: _without_security(value) for name, value in part.items() if name != "security"}


def fresh(sandbox: RunningSandbox) -> None:
    """As it began, so that a case does not depend on those before."""
    sandbox.store.load(DEFAULT)
    sandbox.app.world.destinations.clear()
    sandbox.log.clear()


def headers(vendor: str, path: str) -> dict[str, str]:
    """The credentials, and what the description says that every call needs."""
    if path == "/token":
        return TOKEN
    return CREDENTIALS[vendor] | DOCUMENTS[vendor]["x-headers"]


def live(sandbox: RunningSandbox, vendor: str, collection: str) -> list[str]:
    """The keys of what is there."""
    key = shape_of(vendor, collection).key
    return [str(item[key]) for item in sandbox.store.objects(vendor, collection) if not item.get("_deleted")]


def found(sandbox: RunningSandbox, vendor: str, case: Any, number: int) -> None:
    """Let most of the requests that fit be about objects that are there."""
    if number == 0:
        return
    for name in case.path_parameters or {}:
        collection = case.path.split("/{")[0].rpartition("/")[2]
        keys = live(sandbox, vendor, collection)
        if keys:
            case.path_parameters = {**case.path_parameters, name: quote(keys[number % len(keys)], safe="")}
    for name in set(REFERENCES) & set(case.body if isinstance(case.body, dict) else ()):
        keys = live(sandbox, vendor, REFERENCES[name])
        key = keys[number % len(keys)] if keys else ""
        case.body = {**case.body, name: [key] if isinstance(case.body[name], list) else key}


def read_back(sandbox: RunningSandbox, session: requests.Session, vendor: str, operations: Operations) -> None:
    """Whatever was taken can be shown: every list, and the newest object of each sort, is as described."""
    for _, method, path in (call for call in CALLS if call[0] == vendor and call[1] == "GET"):
        keys = live(sandbox, vendor, path.split("/{")[0].rpartition("/")[2]) if "{" in path else [""]
        if not keys:
            continue
        names = [parameter["name"] for parameter in operation(vendor, method, path)["parameters"]]
        url = f"{sandbox.url}{APIS[vendor].base}{re.sub('{.*}', quote(keys[-1], safe=''), path)}"
        query = {name: WIDEST[name] for name in names if name in WIDEST}
        answer = session.get(url, params=query, headers=headers(vendor, path), timeout=10)
        noted(answer.status_code, answer.elapsed.total_seconds())
        assert answer.status_code == 200, answer.text
        operations(vendor, method, path).validate_response(answer)


def checks(*, positive: bool, exact: bool) -> list[Any]:
    """What every answer is held to; `exact` where the schemas alone decide whether a request is accepted."""
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks as openapi

    acceptance = [openapi.positive_data_acceptance] if exact else []
    return [
        not_a_server_error,
        openapi.status_code_conformance,
        openapi.content_type_conformance,
        openapi.response_schema_conformance,
        *(acceptance if positive else [openapi.negative_data_rejection]),
    ]


def noted(status: int, seconds: float) -> None:
    """Count a request, and hold the sandbox to its time."""
    tally = FIGURES.of(GROUP)
    tally.cases += 1
    tally.refused += status >= 400
    tally.slowest = max(tally.slowest, seconds)
    assert seconds <= SECONDS, f"took {seconds:.1f} s"


@pytest.mark.parametrize(("call", "positive"), RUNS, ids=[f"{' '.join(call)} {fitting}" for call, fitting in RUNS])
def test_calls(
    running: RunningSandbox,
    session: requests.Session,
    operations: Operations,
    call: tuple[str, str, str],
    positive: bool,
) -> None:
    """A call does what the description says of it, whatever is sent."""
    from schemathesis import GenerationMode

    vendor, method, path = call
    base = f"{running.url}{APIS[vendor].base}"
    mode = GenerationMode.POSITIVE if positive else GenerationMode.NEGATIVE
    held = checks(positive=positive, exact=not operation(*call)["x-refusals"])

    @examples(call)
    @given(case=operations(*call).as_strategy(generation_mode=mode), number=st.integers(0, 3))
    def holds(case: Any, number: int) -> None:
        fresh(running)
        if positive:
            found(running, vendor, case, number)
        began = time.perf_counter()
        response = case.call(base, session=session, headers=headers(vendor, path), timeout=10, allow_redirects=False)
        noted(response.status_code, time.perf_counter() - began)
        case.validate_response(response, checks=held)
        if method != "GET" and response.status_code < 300:
            read_back(running, session, vendor, operations)

    holds()


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_credentials_are_needed(running: RunningSandbox, session: requests.Session, call: tuple[str, str, str]) -> None:
    """Without credentials, and with wrong ones, a call is refused with a status that its description names."""
    vendor, method, path = call
    fresh(running)
    url = f"{running.url}{APIS[vendor].base}{path.replace('{', '').replace('}', '')}"
    form = {"grant_type": "client_credentials"} if path == "/token" else None
    wrong = {name: value[:-4] + "x" * 4 for name, value in headers(vendor, path).items() if name not in ASKED}
    for credentials in ({}, wrong):
        sent = {name: value for name, value in headers(vendor, path).items() if name in ASKED} | credentials
        answer = session.request(method, url, headers=sent, data=form, timeout=10)
        assert answer.status_code in (401, 403), credentials
        assert str(answer.status_code) in operation(*call)["responses"]
        noted(answer.status_code, answer.elapsed.total_seconds())


@pytest.mark.parametrize(("vendor", "path"), sorted({(vendor, path) for vendor, _, path in CALLS}))
def test_other_methods_are_refused(running: RunningSandbox, session: requests.Session, vendor: str, path: str) -> None:
    """A method that the description does not have is a 404 or a 405, and changes nothing."""
    fresh(running)
    before = running.store.dump()
    url = f"{running.url}{APIS[vendor].base}{path.replace('{', '').replace('}', '')}"
    for method in sorted(set(METHODS) - {known.upper() for known in DOCUMENTS[vendor]["paths"][path]}):
        answer = session.request(method, url, headers=headers(vendor, path), timeout=10)
        assert answer.status_code in (404, 405), method
        noted(answer.status_code, answer.elapsed.total_seconds())
    assert running.store.dump() == before


@pytest.mark.parametrize("vendor", [*APIS, "_sandbox"])
def test_anything_is_answered(running: RunningSandbox, session: requests.Session, vendor: str) -> None:
    """Any method, path, query, header value and body gets an answer that is no failure of the server."""
    bases = {"_sandbox": ["", "objects/enco/surveys", "store", "faults", "options", "openapi"]}
    places = bases.get(vendor, [path.lstrip("/") for path in DOCUMENTS.get(vendor, {}).get("paths", {})])
    root = APIS[vendor].base if vendor in APIS else f"/{vendor}"

    @settings(max_examples=max(20, CASES // 50), deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        method=st.sampled_from(METHODS),
        path=st.sampled_from(places) | st.text(max_size=30),
        query=st.text(max_size=40),
        body=st.binary(max_size=60) | st.sampled_from(HOSTILE),
        name=st.sampled_from(["Content-Type", "Accept", "Authorization", "X-Odd"]),
        value=st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=30).map(str.strip),
    )
    def holds(method: str, path: str, query: str, body: bytes, name: str, value: str) -> None:
        fresh(running)
        sent = (CREDENTIALS.get(vendor, {}) | DOCUMENTS.get(vendor, {}).get("x-headers", {})) | {name: value}
        url = f"{running.url}{root}/{quote(path, safe='/{}')}?{quote(query, safe='=&%')}"
        encoded = {key.encode(): text.encode("latin-1") for key, text in sent.items()}
        answer = session.request(method, url, headers=encoded, data=body, timeout=10, allow_redirects=False)
        assert answer.status_code < 500, answer.text
        running.faults.clear()
        noted(answer.status_code, answer.elapsed.total_seconds())

    holds()
