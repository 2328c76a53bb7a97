"""The world: each kind listed once, parts derived, troubles kept apart from absence."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import pytest

from reconciler.errors import CREDENTIALS_REFUSED, RATE_LIMITED, ReconcilerError
from reconciler.model import JSON, Calls, Connection, Impact, Observed
from reconciler.observe import World, count, listing_digest, observe
from reconciler.providers.base import Listing, Written
from reconciler.schema import load
from tests.unit.http.scripted import Told

SURVEY = Observed(
    "enco/Survey",
    "enco",
    "8",
    {
        "name": "waffles",
        "interactionType": "general",
        "questions": [
            {"id": "13", "language": " en-GB ", "body": "How?"},
            {"id": "11", "language": "FR", "body": "Comment?"},
        ],
    },
)
LEEDS = Observed("optimum/Location", "optimum", "gd7TdO", {"name": "Leeds"})


class Fake:
    """A provider that answers from a table; an error in the table is raised."""

    def __init__(self, name: str, live: Mapping[str, tuple[Observed, ...] | Exception]) -> None:
        self.connection = Connection(name=name, provider=name, base_url="http://127.0.0.1")
        self.kinds = frozenset(live)
        self.live, self.listed, self.closed = live, [], False

    def list(self, kind: str) -> Listing:
        self.listed.append(kind)  # type: ignore[attr-defined]
        found = self.live[kind]
        if isinstance(found, Exception):
            raise found
        return Listing(kind, self.connection.name, found, (f"about {kind}",))

    def read(self, kind: str, id: str) -> Observed | None:
        raise NotImplementedError

    def create(self, kind: str, fields: Mapping[str, JSON]) -> Written:
        raise NotImplementedError

    def update(self, kind: str, id: str, fields: Mapping[str, JSON]) -> Written:
        raise NotImplementedError

    def delete(self, kind: str, id: str) -> Written:
        raise NotImplementedError

    def impact(self, kind: str, observed: Observed) -> Impact:
        if observed.id == "bad":
            raise ReconcilerError(RATE_LIMITED, "slow down")
        return Impact({"responses": len(observed.id)})

    def evidence(self, kind: str, observed: Observed) -> Mapping[str, JSON]:
        raise NotImplementedError

    def calls(self) -> Calls:
        return Calls(read=len(self.listed))  # type: ignore[arg-type]

    def close(self) -> None:
        self.closed = True


def seen(wanted: list[tuple[str, str]], **providers: Fake) -> World:
    return observe(providers, wanted, load())


def test_each_kind_is_listed_once_and_parts_come_out_of_their_whole() -> None:
    """Surveys and questions together cost one listing; a question points at its survey."""
    enco = Fake("enco", {"enco/Survey": (SURVEY,)})
    world = seen([("enco", "enco/Question"), ("enco", "enco/Survey"), ("enco", "enco/Survey")], enco=enco)
    assert enco.listed == ["enco/Survey"]
    assert world.objects("enco", "enco/Survey") == (SURVEY,)
    assert world.objects("enco", "enco/Question") == (
        Observed("enco/Question", "enco", "13", {"survey": "8", "language": " en-GB ", "body": "How?"}),
        Observed("enco/Question", "enco", "11", {"survey": "8", "language": "FR", "body": "Comment?"}),
    )
    assert world.warnings == ("about enco/Survey",)
    assert world.calls == {"enco": Calls(read=1)}


def test_a_part_alone_brings_its_whole() -> None:
    """Who asks for questions gets the surveys as well, since they were read."""
    world = seen([("enco", "enco/Question")], enco=Fake("enco", {"enco/Survey": (SURVEY,)}))
    assert list(world.listings) == [("enco", "enco/Question"), ("enco", "enco/Survey")]


def test_a_trouble_is_kept_and_the_rest_goes_on() -> None:
    """One refused connection does not hide the other; its kinds are unreadable, not empty."""
    error = ReconcilerError(CREDENTIALS_REFUSED, "enco: 401", hint="look at the token")
    enco = Fake("enco", {"enco/Survey": error})
    optimum = Fake("optimum", {"optimum/Location": (LEEDS,)})
    wanted = [("enco", "enco/Survey"), ("enco", "enco/Question"), ("optimum", "optimum/Location")]
    world = seen(wanted, enco=enco, optimum=optimum)
    assert world.find("optimum", "optimum/Location", "gd7TdO") == LEEDS
    assert world.find("optimum", "optimum/Location", "GD7TDO") is None
    assert world.unreadable("optimum", "optimum/Location") is None
    for kind in ("enco/Survey", "enco/Question"):
        trouble = world.unreadable("enco", kind)
        assert trouble is not None
        assert (trouble.kind, trouble.code, trouble.exit_code) == (kind, CREDENTIALS_REFUSED, 4)
        assert (trouble.message, trouble.hint) == ("enco: 401", "look at the token")
        assert ("enco", kind) not in world.listings


def test_nothing_wanted_is_an_empty_world() -> None:
    """No listing, no thread."""
    assert seen([]) == World()


def test_connections_are_listed_at_the_same_time() -> None:
    """Two listings that wait for each other both end."""
    both = threading.Barrier(2, timeout=5)

    class Waiting(Fake):
        def list(self, kind: str) -> Listing:
            both.wait()
            return super().list(kind)

    one, two = Waiting("a", {"optimum/Location": ()}), Waiting("b", {"optimum/Location": ()})
    world = seen([("a", "optimum/Location"), ("b", "optimum/Location")], a=one, b=two)
    assert len(world.listings) == 2


def test_a_bug_is_not_swallowed_and_connections_are_closed() -> None:
    """Only errors meant for the user become troubles."""
    enco = Fake("enco", {"enco/Survey": RuntimeError("bug")})
    with pytest.raises(RuntimeError):
        seen([("enco", "enco/Survey")], enco=enco)
    assert enco.closed


def test_a_listing_digest_does_not_know_order() -> None:
    """The same objects in another order, or with their keys in another order, digest alike; any value counts."""
    one = Listing("k", "c", (LEEDS, SURVEY))
    other = Listing("k", "c", (Observed(SURVEY.kind, "enco", "8", dict(reversed(SURVEY.fields.items()))), LEEDS))
    changed = Listing("k", "c", (LEEDS, Observed(SURVEY.kind, "enco", "8", {**SURVEY.fields, "name": "x"})))
    assert listing_digest(one) == listing_digest(other)
    assert len({listing_digest(it) for it in (one, changed, Listing("k", "d", one.objects))}) == 3


def test_impact_is_counted_for_each_and_a_failure_is_told() -> None:
    """A count that fails is no zero, and does not stop the others; who watches hears how far it is."""
    enco = Fake("enco", {"enco/Survey": (), "enco/Question": ()})
    bad = Observed("enco/Survey", "enco", "bad", {})
    part = Observed("reconciler/Other", "enco", "1", {})
    wanted = [("enco", "enco/Survey", SURVEY), ("enco", "enco/Survey", bad), ("enco", "reconciler/Other", part)]
    told = Told()
    counted = count({"enco": enco}, wanted, told)
    assert told.read == [("enco", "enco/Survey", "objects counted", done, 2) for done in (1, 2)]
    assert counted == {
        ("enco", "enco/Survey", "8"): Impact({"responses": 1}),
        ("enco", "enco/Survey", "bad"): Impact(failed="slow down"),
        ("enco", "reconciler/Other", "1"): Impact(),
    }
    assert count({}, []) == {}
