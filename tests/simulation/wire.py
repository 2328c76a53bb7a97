"""The vendors in this very process: a wire below reconciler.http that calls the sandbox's application directly."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from reconciler.http.retry import Event
from reconciler.http.wire import Failed, Raw
from reconciler.sandbox.app import SandboxApp
from reconciler.sandbox.exchange import Touch, parse_json
from reconciler.sandbox.wire import ConnectionDropped
from tests.simulation.clock import Clock
from tests.simulation.figures import FIGURES
from tests.simulation.reaper import Reaper
from tests.simulation.weather import LAG, Weather, rules

LATENCY = 0.01  # seconds
SURVEYS = "/enco/survey/1.0.0/surveys"


@dataclass
class Sent:
    """One request that left, and what it did at the vendor."""

    connection: str
    method: str
    path: str
    sort: str
    body: Any
    fault: str | None = None
    status: int | None = None
    did: tuple[Touch, ...] = ()
    lost: Mapping[str, int] = field(default_factory=dict)  # what a delete destroyed
    edited: bool = False  # whether a write met an object that somebody edited during this very run
    again: bool = False  # whether an added question was there already

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD")

    def __str__(self) -> str:
        did = ", ".join(f"{t.action} {t.collection}/{','.join(t.keys)}" for t in self.did if t.action != "listed")
        parts = [f"{self.connection}: {self.method} {self.path}", f"-> {self.status or 'no answer'}"]
        return " ".join([*parts, f"[{self.fault}]" if self.fault else "", f"({did})" if did else ""]).rstrip()


class Vendors:
    """Two sandboxes: one for every vendor's own connection, one for the second account at Optimum."""

    def __init__(self, clock: Clock, apps: Mapping[str, SandboxApp]) -> None:
        self.clock, self.apps = clock, apps
        self.reaper, self.weather = Reaper(), Weather()
        self.sent: list[Sent] = []
        self.on_sent: Callable[[Sent], None] = lambda _: None
        self.unseen: dict[tuple[str, tuple[str, str]], float] = {}  # questions that no list shows until then

    def begin(self, reaper: Reaper, weather: Weather) -> None:
        """A new run."""
        self.reaper, self.weather, self.sent = reaper, weather, []

    def app(self, connection: str) -> SandboxApp:
        """Where a connection leads."""
        return self.apps[connection]


class InProcessWire:
    """An ``Exchanger`` of one connection."""

    def __init__(self, vendors: Vendors, connection: str) -> None:
        self._vendors, self._connection = vendors, connection

    def open(self) -> None:
        """Nothing to open."""

    def close(self) -> None:
        """Nothing to close."""

    def exchange(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, seconds: float) -> Raw:
        """Send one request, as the weather allows."""
        vendors, parts = self._vendors, urlsplit(url)
        sent = Sent(self._connection, method, parts.path, sort_of(method, parts.path), _json(content))
        vendors.reaper.at("before send" if sent.writes else "read")
        sent.fault = vendors.weather.strike(sent.sort)
        vendors.clock.sleep(LATENCY)
        if sent.fault is not None:
            FIGURES.faults[sent.fault] += 1
        vendors.sent.append(sent)
        if sent.fault == "no connection":
            raise Failed(Event.NOT_SENT, "no connection could be made")
        if sent.fault == "never answered":
            vendors.clock.sleep(seconds)
            raise Failed(Event.LOST, "no answer within the time")
        answer = self._processed(sent, parts.query, headers, content)
        if sent.writes:
            vendors.reaper.at("after send")
        if sent.fault == "late":
            vendors.clock.sleep(seconds)
            raise Failed(Event.LOST, "no answer within the time")
        if answer is None:
            raise Failed(Event.LOST, "the connection broke before the answer was complete")
        sent.status = answer.status
        if sent.writes:
            vendors.reaper.at("after answer")
        return answer if sent.path != SURVEYS else _without(answer, vendors.unseen, vendors.clock.now())

    def _processed(self, sent: Sent, query: str, headers: Mapping[str, str], content: bytes | None) -> Raw | None:
        """What the vendor makes of it; None where its answer does not arrive whole."""
        app = self._vendors.app(self._connection)
        app.faults.replace(rules(sent.fault))
        store = app.world.store
        store.touches.clear()
        if sent.method == "DELETE":
            sent.lost = losses(app, sent.path)
        if sent.sort == "add":
            sent.again = _asked(app, sent)
        try:
            return call(app, sent.method, sent.path, query, headers, content or b"")
        except ConnectionDropped:
            return None
        finally:
            app.faults.clear()
            if sent.sort == "add" and "lag" in (sent.fault or ""):
                self._vendors.unseen[sent.path.split("/")[-2], question_key(sent.body)] = (
                    self._vendors.clock.now() + LAG
                )
            sent.did = tuple(touch for touch in store.touches if touch.action != "listed")
            self._vendors.on_sent(sent)


def sort_of(method: str, path: str) -> str:
    """What a request is for, by the vendors' documents."""
    last = path.rstrip("/").rpartition("/")[2]
    collection = last in ("surveys", "sites", "locations", "accounts", "feedback_requests")
    if method == "GET":
        return "list" if collection else "read"
    if method == "POST" and (collection or last == "send"):
        return "create"
    return {"DELETE": "delete"}.get(method, "add" if last == "question" else "update")


def losses(app: SandboxApp, path: str) -> dict[str, int]:
    """What hangs on the object that a delete names, by the vendor's own books."""
    collection, id = path.split("/")[-2:]
    store = app.world.store
    if collection == "surveys":
        return {"responses": sum(str(r["survey"]) == id for r in store.objects("enco", "responses"))}
    if collection == "locations":
        hanging = {name: store.objects("optimum", name) for name in ("reviews", "feedback")}
        return {name: sum(item["location"] == id for item in items) for name, items in hanging.items()}
    found = store.collection("optimum", "accounts").get(id) or {}
    return {name: int(found.get(name) or 0) for name in ("active_locations", "active_users")}


def question_key(question: Mapping[str, Any]) -> tuple[str, str]:
    """What makes two questions of a survey the same."""
    return str(question["language"]).strip().casefold(), str(question["body"]).strip()


def _without(answer: Raw, unseen: Mapping[tuple[str, tuple[str, str]], float], now: float) -> Raw:
    """A list of surveys in which the newest questions are not shown yet."""
    if answer.status != 200 or not any(until > now for until in unseen.values()):
        return answer
    try:
        surveys = json.loads(answer.body)
    except ValueError:
        return answer
    for survey in surveys if isinstance(surveys, list) else ():
        survey["questions"] = [
            question
            for question in survey["questions"]
            if unseen.get((str(survey["id"]), question_key(question)), 0.0) <= now
        ]
    return Raw(answer.status, answer.headers, json.dumps(surveys).encode())


def _asked(app: SandboxApp, sent: Sent) -> bool:
    survey = app.world.store.collection("enco", "surveys").get(sent.path.split("/")[-2])
    return survey is not None and question_key(sent.body) in map(question_key, survey["questions"])


def _json(content: bytes | None) -> Any:
    return parse_json(content) if content else None


def call(app: SandboxApp, method: str, path: str, query: str, headers: Mapping[str, str], content: bytes) -> Raw:
    """Drive the application by hand: nothing in it waits, since the faults that do are the wire's."""
    answer: dict[str, Any] = {"status": 0, "headers": {}, "body": b""}

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer["status"] = message["status"]
            answer["headers"] = {k.decode("latin-1"): v.decode("latin-1") for k, v in message["headers"]}
        else:
            answer["body"] += message.get("body", b"")

    scope = {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("ascii"),
        "root_path": "",
        "query_string": query.encode("ascii"),
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
    }
    _drive(app(scope, receive, send))
    return Raw(answer["status"], answer["headers"], answer["body"])


def _drive(work: Coroutine[Any, Any, None]) -> None:
    try:
        work.send(None)
    except StopIteration:
        return
    work.close()
    raise AssertionError("the sandbox waited for something")
