"""The values that the parts hand to each other."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import (
    NAME_PATTERN,
    Action,
    Address,
    Blocked,
    Change,
    Connection,
    Impact,
    Pending,
    Plan,
    Reference,
    Secret,
    SecretReference,
    Selection,
    canonical,
    digest,
    origin_of,
)

LEEDS = Address("optimum", "Location", "leeds")


@given(name=st.from_regex(NAME_PATTERN, fullmatch=True))
def test_address_round_trip(name: str) -> None:
    """An address is read back from its text."""
    address = Address("optimum", "Location", name)
    assert Address.parse(str(address)) == address
    assert address.kind == "optimum/Location"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("optimum/Location", "no name"),
        ("optimum/Location/Leeds", "names are lower case"),
        ("optimum/Location/-leeds", "a name begins with a letter or digit"),
        ("optimum/Location/leeds.", "and ends with one"),
        ("optimum/Location/leeds\n", "a line break is no part of a name"),
        ("optimum/Location/a/b", "three parts"),
        ("Optimum/Location/leeds", "providers are lower case"),
        ("optimum/Location/" + "a" * 129, "128 characters at most"),
    ],
)
def test_not_an_address(text: str, reason: str) -> None:
    """Text that is no address is refused, not repaired."""
    with pytest.raises(ValueError, match="not an address"):
        Address.parse(text)


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(value=st.dictionaries(st.text(), JSONS, max_size=5))
def test_canonical_text_has_one_order(value: dict[str, object]) -> None:
    """The order in which fields were said leaves no trace in the text or the digest."""
    turned = dict(reversed(value.items()))
    assert canonical(turned) == canonical(value)
    assert digest(turned) == digest(value)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (1, "1", "a number is not its text"),
        (None, "", "null is not empty"),
        (True, 1, "true is not 1"),
        ([1, 2], [2, 1], "a list has an order"),
        (Pending(LEEDS), str(LEEDS), "an id to come is not a text"),
        (Pending(LEEDS), Reference(LEEDS), "an id to come is not a reference"),
        (Reference(external_id="8"), "8", "a reference is not a text"),
    ],
)
def test_digests_differ(one: object, other: object, reason: str) -> None:
    """What means something else has another digest."""
    assert digest({"f": one}) != digest({"f": other}), reason


def test_canonical_refuses_what_has_no_spelling() -> None:
    """A value that is not JSON is an error, not its repr."""
    with pytest.raises(TypeError):
        canonical({"f": object()})


def test_a_secret_shows_itself_to_nobody() -> None:
    """A token leaves through reveal alone: not by printing, formatting or pickling."""
    secret = Secret("tok-123")
    assert secret.reveal() == "tok-123"
    assert "tok-123" not in f"{secret!r} {secret} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://api.enco.io/survey", "https://api.enco.io:443"),
        ("http://LOCALHOST/x", "http://localhost:80"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:9/x", "http://[::1]:9"),
    ],
)
def test_origin(url: str, origin: str) -> None:
    """An origin names scheme, host and port, so that two spellings of one place are one."""
    assert origin_of(url) == origin
    assert Connection("c", "enco", url).origin == origin


def test_secret_references_say_where() -> None:
    """A reference tells the place of a secret as the project file spells it."""
    assert str(SecretReference(env="ENCO_TOKEN")) == "{env: ENCO_TOKEN}"
    assert str(SecretReference(file="token.txt")) == "{file: token.txt}"


@pytest.mark.parametrize(
    ("action", "actions", "destroys"),
    [
        (Action.NO_OP, ["no-op"], False),
        (Action.CREATE, ["create"], False),
        (Action.UPDATE, ["update"], False),
        (Action.DELETE, ["delete"], True),
        (Action.CREATE_DELETE, ["create", "delete"], True),
        (Action.DELETE_CREATE, ["delete", "create"], True),
        (Action.FORGET, ["forget"], False),
        (Action.SEND, ["send"], False),
    ],
)
def test_actions(action: Action, actions: list[str], destroys: bool) -> None:
    """Each action has the plan file's words, and says whether a live object goes."""
    assert action.actions == actions
    assert action.destroys is destroys


@pytest.mark.parametrize(
    ("selection", "everything", "reason"),
    [
        (Selection(), True, "nothing was narrowed"),
        (Selection(targets=("optimum/*",)), False, "a target narrows"),
        (Selection(excludes=("optimum/*",)), False, "an exclude narrows"),
        (Selection(files=("a.yaml",)), False, "files are partial unless said otherwise"),
        (Selection(files=("a.yaml",), complete=True), True, "said to be complete"),
        (Selection(files=("a.yaml",), targets=("x",), complete=True), False, "complete files, narrowed by a target"),
        (Selection(destroy=True), True, "destroy looks at all"),
    ],
)
def test_selection_everything(selection: Selection, everything: bool, reason: str) -> None:
    """Only a plan that looked at everything may tell what is unmanaged."""
    assert selection.everything is everything, reason


@pytest.mark.parametrize(
    ("impact", "loses", "reason"),
    [
        (Impact(), False, "nothing to lose"),
        (Impact({"responses": 0}), False, "counted, and none"),
        (Impact({"responses": 1, "requests": 0}), True, "one is enough"),
        (Impact(unknowable=("campaigns",)), False, "said beside, not counted as loss"),
        (Impact(failed="timeout"), True, "what could not be counted may be lost"),
    ],
)
def test_impact_loses_data(impact: Impact, loses: bool, reason: str) -> None:
    """A consent is needed for what is there and for what could not be counted."""
    assert impact.loses_data is loses, reason


CHANGE = Change(LEEDS, "optimum", Action.NO_OP, "in_sync")


@pytest.mark.parametrize(
    ("change", "tally", "operates"),
    [
        (CHANGE, "no-op", False),
        (replace(CHANGE, action=Action.UPDATE), "update", True),
        (replace(CHANGE, action=Action.UPDATE, importing="x"), "adopt", True),
        (replace(CHANGE, importing="x"), "adopt", True),
        (replace(CHANGE, previous_address=LEEDS), "no-op", True),
        (replace(CHANGE, action=Action.CREATE_DELETE), "replace", True),
        (replace(CHANGE, action=Action.FORGET), "forget", True),
        (replace(CHANGE, action=Action.CREATE, blocked=Blocked("x", "y")), "blocked", False),
        (replace(CHANGE, importing="x", blocked=Blocked("x", "y")), "blocked", False),
    ],
)
def test_tally(change: Change, tally: str, operates: bool) -> None:
    """Every change is counted under one word: an adoption as adopt alone, a blocked one as blocked alone."""
    assert change.tally == tally
    assert change.operates is operates
    plan = Plan("acme", None, Selection(), None, "sha256:x", (change,))
    assert plan.summary() == {**dict.fromkeys(plan.summary(), 0), tally: 1}
    assert plan.applyable is operates
