"""Random small worlds of all five kinds: manifests, records and live objects that meet in every way.

A world is made from a seed, so that a failure names the seed, and the smallest kinds and names that show it.
What validation refuses before planning is not made: two manifests of one key, references to nothing, cycles.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from reconciler.model import Address, Lifecycle, Selection, Tombstone
from tests.unit.plan.world import REGISTRY, World, question

WHOLES = ("enco/Survey", "customersure/Site", "optimum/Location", "optimum/Account")
NAMES = ("a", "b", "c")
ITEMS = (("en-GB", "How likely?"), ("nl-BE", "Hoe was het?"), ("FR", "Alors?"))
TEXTS, CODES, LIMITS = (None, "LS1", "LS2"), ("GB", "BE"), (None, 0, 5)
IDS = {
    "enco/Survey": ("8", "9"),
    "customersure/Site": ("hq", "HQ", "york"),
    "optimum/Location": ("xd3S6", "gse4Ry", "iF56sC"),
    "optimum/Account": ("xd3S6", "gse4Ry", "iF56sC"),
}


class Making:
    """One world in the making: some kinds, some names, and dice."""

    def __init__(self, seed: int, kinds: Sequence[str], names: Sequence[str]) -> None:
        self.dice, self.kinds, self.names = random.Random(seed), kinds, names
        self.world, self.questions = World(), 20

    def make(self) -> World:
        for kind in self.kinds:
            self._live(kind)
            self._recorded(kind)
            self._declared(kind)
        if "enco/Survey" in self.kinds:
            self._question_records()
            self._question_manifests()
        for o in self.world.objects:
            own_id = REGISTRY.get(o.kind).id_field is None  # an id of the user's own may come back
            if own_id and self._one_in(12) and not self._held(o.connection, o.kind, o.id):
                self.world.tombstones.add(Tombstone(o.kind, o.connection, o.id))
        return self.world

    # --- the three sides ---

    def _live(self, kind: str) -> None:
        for id in IDS[kind]:
            if not self._one_in(2):
                continue
            fields = self._spec(kind)
            fields.pop("verb", None)
            if kind == "customersure/Site":
                fields["site_code"] = id
            if kind == "enco/Survey":
                fields["questions"] = [self._live_question(item) for item in fields["questions"]]
            self.world.live(kind, id, fields, self._connection(kind))

    def _live_question(self, item: dict[str, str]) -> dict[str, str]:
        self.questions += 1
        return question(f" {item['language']} ", f" {item['body']}", str(self.questions))

    def _recorded(self, kind: str) -> None:
        for name in self.names:
            place, id = self._connection(kind), self.dice.choice(IDS[kind])
            if not self._one_in(2) or self._held(place, kind, id):
                continue
            fields = self._spec(kind)
            if kind == "customersure/Site" and self._one_in(2):
                fields["site_code"] = id
            self.world.record(f"{kind}/{name}", id, fields, connection=place, lifecycle=self._lifecycle())

    def _held(self, place: str, kind: str, id: str) -> bool:
        held = self.world.records.values()
        return any((r.connection, r.address.kind, r.id) == (place, kind, id) for r in held)

    def _declared(self, kind: str) -> None:
        for name in self.names:
            if self._one_in(2):
                self._desire(f"{kind}/{name}", self._spec(kind), self._connection(kind))

    def _desire(self, address: str, spec: dict[str, Any], place: str) -> None:
        kind, _, name = address.rpartition("/")
        rtype = REGISTRY.get(kind)
        same = [d for d in self.world.manifests.values() if (d.address.kind, d.connection) == (kind, place)]
        if not rtype.key.repeats and any(rtype.key_of(d.spec) == rtype.key_of(spec) for d in same):
            return
        earlier = sorted(str(a) for a in self.world.manifests if a.kind != kind)
        self.world.desire(
            address,
            connection=place,
            spec=spec,
            lifecycle=Lifecycle(ignore_changes=(sorted(spec)[0],)) if self._one_in(6) else self._lifecycle(),
            pin=self._pin(kind, {d.external_id for d in same}),
            previous=[f"{kind}/{other}" for other in self.names if other != name and self._one_in(8)],
            depends_on=[self.dice.choice(earlier)] if earlier and self._one_in(5) else [],
        )

    def _pin(self, kind: str, taken: set[str | None]) -> str | None:
        free = [id for id in IDS.get(kind, ()) if id not in taken]
        return self.dice.choice(free) if free and self._one_in(8) else None

    # --- questions of their own ---

    def _question_records(self) -> None:
        live = [o for o in self.world.objects if o.kind == "enco/Question"]
        for number, name in enumerate(self.names):
            known = self.dice.choice(live) if live and self._one_in(2) else None
            id = known.id if known else str(90 + number)
            if not self._one_in(3) or self._held("enco", "enco/Question", id):
                continue
            survey = str(known.fields["survey"]) if known else self.dice.choice(IDS["enco/Survey"])
            fields = {"survey": survey, **self._spec("enco/Question")}
            if known is not None and self._one_in(2):
                fields |= {key: str(known.fields[key]).strip() for key in ("language", "body")}
            wholes = [r for r in self.world.records.values() if r.address.type == "Survey" and r.id == survey]
            item = question(fields["language"], fields["body"])
            if any(item in r.fields["questions"] for r in wholes):  # type: ignore[operator]
                continue  # an item is recorded in one place
            on = [str(r.address) for r in wholes]
            self.world.record(f"enco/Question/{name}", id, fields, depends_on=on, lifecycle=self._lifecycle())

    def _question_manifests(self) -> None:
        declared = [a for a in self.world.manifests if a.kind == "enco/Survey"]
        live = [] if declared else [o.id for o in self.world.objects if o.kind == "enco/Survey"]
        targets = [f"ref:{a.name}" for a in declared] + [f"id:{id}" for id in live]
        for name in self.names:
            if not targets or not self._one_in(2):
                continue
            spec = {"survey": self.dice.choice(targets), **self._spec("enco/Question")}
            if not self._told_twice(spec):
                self._desire(f"enco/Question/{name}", spec, "enco")

    def _told_twice(self, spec: dict[str, Any]) -> bool:
        """Whether the survey's manifest or another Question declares this very question."""
        item = question(spec["language"], spec["body"])
        how, _, what = spec["survey"].partition(":")
        at = Address("enco", "Survey", what)
        others = [d.spec for d in self.world.manifests.values() if d.address.kind == "enco/Question"]
        if item in [question(str(o["language"]), str(o["body"])) for o in others]:
            return True
        return how == "ref" and item in self.world.manifests[at].spec["questions"]  # type: ignore[operator]

    # --- parts ---

    def _one_in(self, chance: int) -> bool:
        return self.dice.randrange(chance) == 0

    def _some(self, **fields: Sequence[Any]) -> dict[str, Any]:
        return {name: self.dice.choice(values) for name, values in fields.items() if self._one_in(2)}

    def _connection(self, kind: str) -> str:
        return self.dice.choice(("optimum", "optimum", "north")) if kind == "optimum/Location" else kind.split("/")[0]

    def _lifecycle(self) -> Lifecycle:
        return Lifecycle(
            prevent_destroy=self._one_in(6),
            on_remove=self.dice.choice(("delete", "delete", "retain")),
            replace=self.dice.choice(("refuse", "allow")),
        )

    def _spec(self, kind: str) -> dict[str, Any]:
        """A spec without references, from few values so that worlds collide."""
        choice = self.dice.choice
        match kind:
            case "enco/Survey":
                items = self.dice.sample(ITEMS, self.dice.randint(1, 3))
                names = {"name": choice(("waffles", "biscuits")), "interactionType": "general"}
                return {**names, "questions": [question(*item) for item in items]}
            case "enco/Question":
                return question(*choice(ITEMS))
            case "customersure/Site":
                region = {"region": "North", "country_code": choice(CODES)} if self._one_in(2) else {}
                names = {"site_code": choice(IDS[kind]), "name": choice("AB")}
                return {**names, **self._some(city=TEXTS), **region}
            case "optimum/Location":
                names = {"name": choice(("Acme", "Acme ")), "country_code": choice(CODES)}
                return {**names, **self._some(postal_code=TEXTS, address_line_1=TEXTS)}
            case _:
                names = {"name": choice(("B1", "B2")), "active": self._one_in(2), "verb": choice(("use", "visit"))}
                return {**names, **self._some(sms_allowance=LIMITS, max_users=LIMITS)}


def made(seed: int, kinds: Sequence[str] = WHOLES, names: Sequence[str] = NAMES) -> World:
    """The world of a seed, as a failure names it."""
    return Making(seed, kinds, names).make()


def seeds() -> st.SearchStrategy[dict[str, Any]]:
    """The arguments of ``made``: a seed, the kinds that are met, the names in use."""
    return st.fixed_dictionaries(
        {
            "seed": st.integers(0, 2**32 - 1),
            "kinds": st.sampled_from([*((kind,) for kind in WHOLES), WHOLES, WHOLES]),
            "names": st.sampled_from([NAMES[:1], NAMES[:2], NAMES, NAMES]),
        }
    )


SELECTIONS = st.one_of(
    st.just(Selection()),
    st.builds(
        Selection,
        targets=st.sampled_from([(), ("*/a",), ("enco/*",), ("optimum/Location/*", "customersure/Site/b")]),
        excludes=st.sampled_from([(), ("*/b",), ("enco/Survey/*",)]),
        files=st.sampled_from([(), ("a.yaml",)]),
        complete=st.booleans(),
        destroy=st.sampled_from([False, False, True]),
    ),
)
