"""Which live objects are free: nobody's by the planner's claims, and not left behind on purpose."""

from __future__ import annotations

from typing import Any

from reconciler import schema
from reconciler.adoption.choice import Choice, chosen, without_twins
from reconciler.model import Address, Desired, Observed, Recorded, Snapshot, Source, Tombstone
from reconciler.plan import Inputs
from reconciler.plan.claims import resolve_claims

REGISTRY = schema.load()
PLACE = ("optimum", "optimum/Location")
ACCOUNTS = ("optimum", "optimum/Account")
FORMS = ("buenno", "buenno/Form")


def live(place: tuple[str, str], id: str, **fields: Any) -> Observed:
    """A live object."""
    return Observed(place[1], place[0], id, fields)


def desired(kind: str, called: str, id: str | None = None, /, **spec: Any) -> Desired:
    """A manifest."""
    provider, _, type_ = kind.partition("/")
    return Desired(Address(provider, type_, called), provider, spec, Source("own.yaml", 1), external_id=id)


def inputs(objects: list[Observed], *manifests: Desired, snapshot: Snapshot | None = None) -> Inputs:
    """What there is before an import."""
    listings: dict[tuple[str, str], tuple[Observed, ...]] = {}
    for o in objects:
        place = (o.connection, o.kind)
        listings[place] = (*listings.get(place, ()), o)
    return Inputs("acme", None, REGISTRY, {d.address: d for d in manifests}, snapshot or Snapshot(), listings)


def sorted_out(found: Inputs) -> Choice:
    """The choice among all that is live."""
    return chosen(found, resolve_claims(found), found.live)


def test_who_holds_what() -> None:
    """Recorded, pinned and recognised objects are held; what is left is free, in the order of the ids."""
    record = Recorded(Address("optimum", "Location", "gone"), "optimum", "a1", {"name": "A", "country_code": "BE"})
    objects = [live(PLACE, id, name=id, country_code="BE") for id in ("d4", "c3", "b2", "a1")]
    found = sorted_out(
        inputs(
            objects,
            desired("optimum/Location", "pinned", "b2", name="other", country_code="BE"),
            desired("optimum/Location", "alike", name="c3", country_code="BE"),
            snapshot=Snapshot(records={record.address: record}),
        )
    )
    assert [o.id for o in found.free] == ["d4"]
    assert {place[2]: address.name for place, address in found.held.items()} == {
        "a1": "gone",
        "b2": "pinned",
        "c3": "alike",
    }
    assert found.left == ()


def test_what_is_left_behind_on_purpose() -> None:
    """Deleted by us and still shown, inactive as onRemove: deactivate leaves it, or perhaps meant by a manifest."""
    objects = [
        live(PLACE, "ghost", name="Ghost", country_code="BE"),
        live(PLACE, "near", name="Near", country_code="BE"),
        live(ACCOUNTS, "idle", name="Idle", active=False),
        live(ACCOUNTS, "busy", name="Busy", active=True),
    ]
    snapshot = Snapshot(tombstones=frozenset({Tombstone("optimum/Location", "optimum", "ghost")}))
    found = sorted_out(
        inputs(objects, desired("optimum/Location", "near", name="Near", country_code="NL"), snapshot=snapshot)
    )
    assert {left.observed.id: left.reason for left in found.left} == {
        "ghost": "deleted", "near": "unclear", "idle": "inactive",
    }  # fmt: skip
    assert [o.id for o in found.free] == ["busy"]


def test_twins() -> None:
    """What shares the key that tells manifests apart is left out, with a declared one too; other kinds may share it."""
    forms = [live(FORMS, "1", name="same"), live(FORMS, "2", name=" same "), live(FORMS, "3", name="own")]
    forms.append(live(FORMS, "4", name="e\u0301"))
    places = [live(PLACE, id, name="same", country_code="BE") for id in ("a", "b")]
    found = inputs([*forms, *places], desired("buenno/Form", "accented", name="\u00e9"))
    fit, left = without_twins([*forms, *places], found)
    assert [o.id for o in fit] == ["3", "a", "b"]
    assert {one.observed.id: one.reason for one in left} == {"1": "twin", "2": "twin", "4": "twin"}
    assert "1, 2" in left[0].message
    assert "buenno/Form/accented" in left[-1].message
