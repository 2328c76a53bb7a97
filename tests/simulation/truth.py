"""What is really live, and who made it: the vendors' own books, kept beside everything the product believes."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from reconciler.model import Snapshot
from reconciler.sandbox.app import SandboxApp, create_app
from reconciler.sandbox.seed import resolve_seed
from reconciler.sandbox.store import Store
from tests.simulation.clock import Clock
from tests.simulation.universe import COLLECTIONS, EDITS, STRANGE_SURVEY, Tamper, stranger
from tests.simulation.weather import MEANWHILE
from tests.simulation.wire import Sent, Vendors

Key = tuple[str, str, str]  # connection, kind, id

_KINDS = {collection: kind for kind, (_, collection) in COLLECTIONS.items()}


def fields_of(sent: Sent) -> dict[str, Any]:
    """What a create sent, as its kind has it: the site of a feedback request stands among its data."""
    body = dict(sent.body)
    if not sent.path.endswith("/feedback_requests"):
        return body
    data = body.pop("data", [])
    sites = [item["value"] for item in data if item["key"] == "site_code"]
    others = [item for item in data if item["key"] != "site_code"]
    return {**body, **({"site": sites[0]} if sites else {}), **({"data": others} if others else {})}


class Truth:
    """The two sandboxes, the objects that our writes made, and those of others."""

    def __init__(self, clock: Clock) -> None:
        self.main, self.second = (create_app(Store(resolve_seed("empty"))) for _ in range(2))
        apps = dict.fromkeys(("enco", "customersure", "optimum"), self.main)
        self.vendors = Vendors(clock, {**apps, "second": self.second})
        self.vendors.on_sent = self._note
        self.made: dict[Key, Sent] = {}  # by one of our creates, and still live
        self.others: dict[Key, dict[str, Any]] = {}  # by somebody else, as they are now
        self.edited: set[Key] = set()  # by somebody, since it was last listed in this run
        self.known: set[Key] = set()  # in the state when the run began
        self.messages: list[tuple[str, Any, str]] = []  # what was sent to people: kind, body, id
        self.twice: list[Sent] = []
        self.main.world.options.update({"send_interval": 0})
        self.restore()

    def delivered(self, request: Mapping[str, Any]) -> bool:
        """Whether a survey with this reference was sent to anybody."""
        bodies = [body["requests"][0] for kind, body, _ in self.messages if kind == "enco/Send"]
        return any(body["referenceId"] == request["referenceId"] for body in bodies)

    def app(self, connection: str) -> SandboxApp:
        """The sandbox behind a connection."""
        return self.vendors.app(connection)

    def live(self, connection: str, kind: str) -> dict[str, dict[str, Any]]:
        """The live objects of a kind by id; what was made inactive for good is not live."""
        vendor, collection = COLLECTIONS[kind]
        shape = self.app(connection).world.store.collection(vendor, collection)
        return {str(item[shape.shape.key]): item for item in shape if not item.get("_deleted")}

    def is_live(self, key: Key) -> bool:
        """Whether an object is there."""
        connection, kind, id = key
        if kind == "enco/Question":
            surveys = self.live(connection, "enco/Survey").values()
            return any(str(question["id"]) == id for survey in surveys for question in survey["questions"])
        return id in self.live(connection, kind)

    def limbo(self, snapshot: Snapshot) -> dict[Key, Sent]:
        """What we made and the state does not hold (yet)."""
        held = {(record.connection, address.kind, record.id) for address, record in snapshot.records.items()}
        return {key: sent for key, sent in self.made.items() if key not in held}

    def restore(self) -> None:
        """The survey of others is there (again), so that a question can be added to it."""
        if STRANGE_SURVEY not in self.live("enco", "enco/Survey"):
            self._insert("enco", "enco/Survey", {"id": int(STRANGE_SURVEY), "name": "strange", "interactionType": "x"})

    # --- what others do -------------------------------------------------------------------------------------------

    def tamper(self, step: Tamper, snapshot: Snapshot) -> bool:
        """Do what somebody does at a console; objects whose create is still open are let alone."""
        connection = step.kind.partition("/")[0]
        if step.what == "insert":
            return self._insert(connection, step.kind, stranger(step.kind, step.value))
        open_ones = self.limbo(snapshot)
        spared = {id for _, kind, id in open_ones if kind == step.kind} | {STRANGE_SURVEY}
        ids = [id for id in self.live(connection, step.kind) if id not in spared]
        if not ids:
            return False
        id = ids[step.pick % len(ids)]
        store, (vendor, collection) = self.app(connection).world.store, COLLECTIONS[step.kind]
        if step.what == "delete":
            store.remove(vendor, collection, id)
            self._gone((connection, step.kind, id))
        elif step.what == "data":
            self._data(store, step.kind, id)
            self._others_changed(connection, step.kind, id)
        else:
            edits = EDITS[step.kind]
            return self._edit(connection, step.kind, id, edits[step.value % len(edits)])
        return True

    def _insert(self, connection: str, kind: str, fields: Mapping[str, Any]) -> bool:
        vendor, collection = COLLECTIONS[kind]
        try:
            item = self.app(connection).world.store.insert(vendor, collection, fields)
        except ValueError:  # the site's code is taken
            return False
        self._keep_other(connection, kind, str(item.get("site_code") if kind == "customersure/Site" else item["id"]))
        return True

    def _edit(self, connection: str, kind: str, id: str, values: Mapping[str, Any]) -> bool:
        vendor, collection = COLLECTIONS[kind]
        there = self.live(connection, kind)[id]
        if all(there[name] == value for name, value in values.items()):
            return False
        try:
            item = self.app(connection).world.store.change(vendor, collection, id, values)
        except ValueError:
            return False
        new = str(item["site_code"]) if kind == "customersure/Site" else id
        if new != id:  # under another code it is somebody else's
            self._gone((connection, kind, id))
            self._keep_other(connection, kind, new)
        self._others_changed(connection, kind, new)
        return True

    def _data(self, store: Store, kind: str, id: str) -> None:
        if kind == "enco/Survey":
            store.insert("enco", "responses", {"survey": int(id), "score": 9})
        elif kind == "optimum/Location":
            store.insert("optimum", "reviews", {"location": id, "rating": 4})
        elif kind == "optimum/Account":
            store.change("optimum", "accounts", id, {"active_users": 2})

    def _keep_other(self, connection: str, kind: str, id: str) -> None:
        self.others[connection, kind, id] = deepcopy(self.live(connection, kind)[id])

    def _others_changed(self, connection: str, kind: str, id: str) -> None:
        if (connection, kind, id) in self.others:
            self._keep_other(connection, kind, id)

    # --- what requests do -----------------------------------------------------------------------------------------

    def _note(self, sent: Sent) -> None:
        """Keep the books: a write of ours made, changed or removed something, or a fault on a reading did."""
        *_, collection, last = sent.path.split("/")
        listed, kind = _KINDS.get(last), _KINDS.get(collection)
        if sent.sort == "list" and listed is not None:
            self.edited = {key for key in self.edited if key[:2] != (sent.connection, listed)}  # seen now
            if sent.fault == MEANWHILE:
                self._edit_meanwhile(sent.connection, listed)
        sent.edited = kind is not None and (sent.connection, kind, last) in self.edited
        self._note_message(sent)
        for touch in sent.did:
            kind = _KINDS.get(touch.collection)
            if kind is None:
                continue
            for id in touch.keys:
                self._touched(sent, touch.action, (sent.connection, kind, id))

    def _note_message(self, sent: Sent) -> None:
        """A message to somebody; the same said before, and not said otherwise since, is one too many."""
        kind = {"send": "enco/Send", "feedback_requests": "customersure/FeedbackRequest"}.get(sent.path.split("/")[-1])
        books = ("responses", "feedback_requests")
        made = [touch for touch in sent.did if touch.action == "created" and touch.collection in books]
        if kind is None or sent.method != "POST" or not made:
            return
        for message in self.messages:
            if message[:2] == (kind, sent.body) and not self._said_otherwise(*message):
                self.twice.append(sent)
        self.messages.append((kind, sent.body, made[0].keys[0]))

    def _said_otherwise(self, kind: str, body: Any, id: str) -> bool:
        """Whether a request that was pending says something else by now."""
        now = self.live("customersure", kind).get(id) if kind != "enco/Send" else None
        return now is not None and any(str(now[name]) != str(body[name]) for name in ("email", "survey_id"))

    def _edit_meanwhile(self, connection: str, kind: str) -> None:
        keys = [(connection, kind, id) for id in self.live(connection, kind)]
        for key in [key for key in keys if key in self.known or key not in self.made][:1]:
            name = "email" if kind == "customersure/FeedbackRequest" else "name"  # what every manifest declares
            if self._edit(*key, {name: "meanwhile@example.com"}):
                self.edited.add(key)

    def _touched(self, sent: Sent, action: str, key: Key) -> None:
        if action == "created" and sent.writes:
            self.made[key] = sent
        elif action == "created":
            self._keep_other(*key)
        elif action == "deleted" or not self.is_live(key):
            self._gone(key)
        elif key[1] == "customersure/Site":
            self._moved((key[0], key[1], sent.path.rpartition("/")[2]), key)

    def _gone(self, key: Key) -> None:
        self.made.pop(key, None)
        self.others.pop(key, None)

    def _moved(self, old: Key, new: Key) -> None:
        """A site got another code."""
        if old != new:
            for book in (self.made, self.others):
                if old in book:
                    book[new] = book.pop(old)  # type: ignore[assignment]
