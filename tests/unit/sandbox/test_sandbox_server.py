"""The server around the vendors: starting and stopping, the control API, the log, persistence, in-process use."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler.sandbox.app import create_app
from reconciler.sandbox.exchange import Request
from reconciler.sandbox.faults import Faults
from reconciler.sandbox.optimum import handle
from reconciler.sandbox.options import Options
from reconciler.sandbox.seed import DEFAULT, EMPTY, resolve_seed
from reconciler.sandbox.server import RunningSandbox, start
from reconciler.sandbox.store import Store
from reconciler.sandbox.wire import ConnectionDropped
from reconciler.sandbox.world import World

AUTH = ("sandbox-optimum-token", "")
NEW = {"name": "Acme Leeds", "country_code": "GB"}


def test_addresses(sandbox: RunningSandbox) -> None:
    """The running server tells where each vendor is."""
    assert sandbox.url == f"http://127.0.0.1:{sandbox.port}"
    assert sandbox.enco_url == f"{sandbox.url}/enco/survey/1.0.0"
    assert sandbox.enco_token_url == f"{sandbox.url}/enco/token"
    assert sandbox.customersure_url == f"{sandbox.url}/customersure"
    assert sandbox.optimum_url == f"{sandbox.url}/optimum/api/v1"


@pytest.mark.parametrize(
    "path", ["/", "/optimumx/api/v1/locations", "/favicon.ico", "/_sandboxes", "/_sandbox/nothing"]
)
def test_anything_else_is_a_404(http: httpx.Client, path: str) -> None:
    """Only the vendors and the control API are there."""
    assert http.get(path).status_code == 404


def test_control_has_an_index(control: httpx.Client) -> None:
    """GET /_sandbox/ tells what can be asked."""
    assert any("/_sandbox/faults" in line for line in control.get("/").json())


def test_start_and_stop_are_quick_and_clean() -> None:
    """Ten servers start and stop, with a connection open, in well under a second each; the port is free again."""
    before = time.monotonic()
    for _ in range(10):
        sandbox = start(seed="empty")
        with socket.create_connection(("127.0.0.1", sandbox.port)):
            sandbox.stop()
        sandbox.stop()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", sandbox.port)).close()
    assert time.monotonic() - before < 3


def test_stop_ends_what_hangs() -> None:
    """A request without an answer does not hold up the end."""
    with start(faults=[{"fault": "hang"}]) as sandbox:
        connection = socket.create_connection(("127.0.0.1", sandbox.port))
        connection.sendall(b"GET /optimum/api/v1/locations HTTP/1.1\r\nHost: x\r\n\r\n")
        while not sandbox.log.entries():
            time.sleep(0.005)
        before = time.monotonic()
    assert time.monotonic() - before < 1
    with connection:
        assert connection.recv(10) == b""


def test_taken_port_is_an_error(sandbox: RunningSandbox) -> None:
    """A port that is in use is an OSError at once."""
    with pytest.raises(OSError):
        start(port=sandbox.port)


def test_serve_forever_ends_on_sigterm() -> None:
    """In the foreground it says where it listens, and a signal ends it with status 0."""
    script = (
        "from reconciler.sandbox.server import serve_forever;"
        "serve_forever(seed='empty', on_ready=lambda running: print(running.url, flush=True))"
    )
    with subprocess.Popen([sys.executable, "-W", "error", "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert httpx.get(f"{url}/_sandbox/health", trust_env=False).json() == {"status": "ok"}
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(5) == 0


def test_seeds(tmp_path: Path) -> None:
    """None is the waffle company, "empty" has credentials alone, a mapping or a file gets missing credentials."""
    assert resolve_seed(None) == DEFAULT and resolve_seed("empty") == EMPTY
    mine = {"optimum": {"locations": [NEW]}, "customersure": {"token": None}}
    file = tmp_path / "seed.json"
    file.write_text(json.dumps(mine))
    for seed in (mine, file, str(file)):
        resolved = resolve_seed(seed)
        assert resolved["optimum"] == EMPTY["optimum"] | {"locations": [NEW]}
        assert (resolved["customersure"]["token"], resolved["enco"]) == (None, EMPTY["enco"])


BAD_SEEDS: list[tuple[Any, str]] = [
    ({"optimus": {}}, "an unknown vendor"),
    ({"optimum": {"location": []}}, "an unknown collection"),
    ({"optimum": []}, "a vendor is an object"),
    ({"customersure": {"sites": [{"name": "no code"}]}}, "a site without its key"),
    ({"customersure": {"sites": [{"site_code": "a"}, {"site_code": "a"}]}}, "one key twice"),
]


@pytest.mark.parametrize(("seed", "reason"), BAD_SEEDS)
def test_bad_seeds(sandbox: RunningSandbox, control: httpx.Client, seed: Any, reason: str) -> None:
    """A seed that means nothing is refused, and the world stays as it was."""
    before = sandbox.store.dump()
    answer = control.put("/store", json=seed)
    assert (answer.status_code, "error" in answer.json()) == (400, True), reason
    assert sandbox.store.dump() == before


def test_dump_is_a_seed(sandbox: RunningSandbox, control: httpx.Client, optimum: httpx.Client) -> None:
    """What GET /store gives, PUT /store takes, and ids go on where they were."""
    first = optimum.post("/locations", json=NEW).json()
    dump = control.get("/store").json()
    assert control.put("/store", json="empty").status_code == 204
    assert optimum.get("/locations").json()["total_count"] == 0
    assert control.put("/store", json=dump).status_code == 204
    assert control.get("/store").json() == dump
    assert optimum.post("/locations", json=NEW).json()["id"] != first["id"]


def test_store_seed_is_never_a_path(control: httpx.Client) -> None:
    """The control API reads no files of this machine."""
    assert control.put("/store", json="/etc/hostname").status_code == 400


def test_log_counts_and_digests(sandbox: RunningSandbox, http: httpx.Client, optimum: httpx.Client) -> None:
    """Every vendor request is logged with its answer; credentials are not readable in it."""
    optimum.get("/locations?limit=5")
    optimum.post("/locations", json=NEW)
    form = {"grant_type": "client_credentials", "client_id": "sandbox-client", "client_secret": "sandbox-secret"}
    http.post("/enco/token", data=form)
    log = http.get("/_sandbox/requests").json()
    assert (log["total"], log["reads"], log["writes"]) == (3, 1, 2)
    read, write, token = log["requests"]
    assert (read["method"], read["path"], read["query"]) == ("GET", "/optimum/api/v1/locations", [["limit", "5"]])
    assert (write["body"], write["status"], token["vendor"]) == (NEW, 200, "enco")
    assert read["headers"]["authorization"].startswith("sha256:")
    assert "sandbox-secret" not in json.dumps(log)
    assert http.get("/_sandbox/requests?vendor=optimum&method=POST").json()["total"] == 1
    assert http.delete("/_sandbox/requests").status_code == 204
    assert http.get("/_sandbox/requests").json()["total"] == 0


def test_console_inserts_tampers_and_deletes(control: httpx.Client, optimum: httpx.Client) -> None:
    """Somebody in the vendor's console adds, changes and removes objects."""
    created = control.post("/objects/optimum/locations", json={"name": "By hand"})
    item = created.json()
    assert (created.status_code, item["postal_code"], len(item["id"])) == (201, None, 6)
    assert optimum.get(f"/locations/{item['id']}").json() == item
    control.patch(f"/objects/optimum/locations/{item['id']}", json={"name": "Tampered", "new_field": 1})
    assert optimum.get(f"/locations/{item['id']}").json() == item | {"name": "Tampered", "new_field": 1}
    assert control.delete(f"/objects/optimum/locations/{item['id']}").status_code == 204
    assert optimum.get(f"/locations/{item['id']}").status_code == 404


def test_console_numbers_questions(control: httpx.Client, enco: httpx.Client) -> None:
    """A survey typed in the console gets its ids, and its questions theirs."""
    questions = [{"body": "A?", "language": "en"}, {"body": "B?", "language": "nl"}]
    control.post("/objects/enco/surveys", json={"name": "n", "interactionType": "i", "questions": questions})
    newest = enco.get("/surveys").json()[0]
    assert (newest["id"], [question["id"] for question in newest["questions"]]) == (9, [15, 14])


CONTROL_REFUSALS = [
    ("POST", "/objects/optimum/planets", {}, 404, "an unknown collection"),
    ("POST", "/objects/customersure/sites", {"site_code": "hq"}, 400, "a key that is taken"),
    ("PATCH", "/objects/optimum/locations/nope", {}, 404, "an unknown object"),
    ("DELETE", "/objects/optimum/locations/nope", None, 404, "an unknown object"),
    ("PUT", "/objects/optimum/locations", {}, 405, "no such method"),
    ("PUT", "/faults", {}, 400, "rules are a list"),
    ("PUT", "/options", {"stray": True}, 400, "an unknown option"),
    ("PUT", "/options", {"deleted_locations": "gone"}, 400, "an unknown choice"),
    ("PUT", "/options", {"stray_spaces": 1}, 400, "a boolean"),
    ("PUT", "/options", {"latency": "5"}, 400, "a number"),
    ("PUT", "/options", {"rate_limit": {"enco": {"burst": 2}}}, 400, "a rate limit has a rate"),
    ("PATCH", "/store", {}, 404, "no such endpoint"),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "reason"), CONTROL_REFUSALS)
def test_control_refusals(
    sandbox: RunningSandbox, control: httpx.Client, method: str, path: str, body: Any, status: int, reason: str
) -> None:
    """The control API refuses what it does not understand."""
    before = sandbox.options.as_dict()
    assert control.request(method, path, json=body).status_code == status, reason
    assert sandbox.options.as_dict() == before


def test_faults_and_options_over_http(control: httpx.Client, optimum: httpx.Client) -> None:
    """Faults and options can be set from another process."""
    assert control.put("/faults", json=[{"fault": {"status": 503}}]).status_code == 204
    assert optimum.get("/locations").status_code == 503
    assert control.get("/faults").json() == [{"fault": {"status": 503}, "seen": 1, "fired": 1}]
    control.put("/faults", json=[{"fault": {"status": 503}}])
    assert control.delete("/faults").status_code == 204
    assert optimum.get("/locations").status_code == 200
    assert control.put("/options", json={"page_base": 0}).json()["page_base"] == 0
    assert optimum.get("/locations").json()["page"] == 0


def test_store_file_survives(tmp_path: Path) -> None:
    """Every change is in the file before the answer; a new server goes on from it, and no scrap is left."""
    file = tmp_path / "world" / "store.json"
    with start(seed="empty", store_file=file) as sandbox:
        created = httpx.post(f"{sandbox.optimum_url}/locations", json=NEW, auth=AUTH, trust_env=False).json()
        assert json.loads(file.read_text())["optimum"]["locations"] == [created]
    with start(store_file=file) as sandbox:
        listed = httpx.get(f"{sandbox.optimum_url}/locations", auth=AUTH, trust_env=False).json()
        assert listed["data"] == [created]
    assert [entry.name for entry in file.parent.iterdir()] == ["store.json"]


def test_store_takes_many_threads(sandbox: RunningSandbox) -> None:
    """Objects inserted from several threads while the server lists get an id each."""

    def insert() -> None:
        for _ in range(100):
            sandbox.store.insert("optimum", "locations", NEW)

    threads = [threading.Thread(target=insert) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        assert httpx.get(f"{sandbox.optimum_url}/locations", auth=AUTH, trust_env=False, verify=False).is_success
    for thread in threads:
        thread.join()
    items = sandbox.store.objects("optimum", "locations")
    assert len({item["id"] for item in items}) == len(items) == 403


def test_in_process() -> None:
    """The app runs without a socket; a dropped connection is an exception there, before or after the work."""
    store, faults = Store(resolve_seed("empty")), Faults()
    app = create_app(store, faults, Options())

    async def run() -> list[int]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x/optimum/api/v1", auth=AUTH) as client:
            counts = []
            for fault in ("drop_before", "drop_after", "cut"):
                faults.replace([{"fault": fault}])
                with pytest.raises(ConnectionDropped):
                    await client.post("/locations", json=NEW)
                counts.append(len(store.objects("optimum", "locations")))
            assert (await client.get("/locations")).json()["total_count"] == 2
            return counts

    assert asyncio.run(run()) == [0, 1, 2]


def test_listing_of_ten_thousand_is_sorted_once() -> None:
    """Reading every page of 10,000 locations sorts them once, and a change sorts them again."""
    world = World(Store({"optimum": {"token": "t", "locations": [NEW | {"name": f"L{n}"} for n in range(10_000)]}}))
    collection = world.store.collection("optimum", "locations")
    request = Request("GET", "/optimum/api/v1/locations", "limit=100&page=50", {"authorization": "Basic dDo="})
    assert handle(world, request).data["total_returned"] == 100
    ordered = collection.ordered("name", False, False)
    assert handle(world, request).data["total_count"] == 10_000
    assert collection.ordered("name", False, False) is ordered
    world.store.insert("optimum", "locations", NEW)
    assert handle(world, request).data["total_count"] == 10_001


def test_ids_are_deterministic() -> None:
    """Two worlds from one seed issue the same ids and the same times."""
    seen = []
    for _ in range(2):
        store = Store(resolve_seed("empty"))
        seen.append([store.insert("optimum", "locations", NEW) for _ in range(3)])
    assert seen[0] == seen[1]
    assert [item["created"] for item in seen[0]] == sorted(item["created"] for item in seen[0])
