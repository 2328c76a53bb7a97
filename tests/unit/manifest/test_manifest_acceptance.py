"""Live values written into the text that declares them: what is written, what is refused, and that nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.document import from_string, read
from reconciler.document.placeholder import filled, parts_of
from reconciler.document.text import forbidden
from reconciler.errors import Problems
from reconciler.manifest.acceptance import Wish, declared, rewritten
from reconciler.model import Address, Desired, Reference, Source
from reconciler.schema import load

LEEDS = Address("optimum", "Location", "leeds")
TEXT = """\
# stores
apiVersion: optimum/v1
kind: Location
metadata: {name: leeds}
spec:
  name: Acme Leeds # the sign
  address_line_1: ${value.street}
  country_code: GB
---
apiVersion: enco/v1
kind: Survey
metadata: {name: waffles}
spec:
  name: waffles
  interactionType: general
  questions:
    - {language: en, body: A} # a
    - {language: fr, body: B} # b
"""
EN, FR, NL = ({"language": language, "body": body} for language, body in (("en", "A"), ("fr", "B"), ("nl", "C")))


def wish(line: int, fields: dict[str, Any], **spec: Any) -> Wish:
    """What is to be written into the manifest that begins at a line."""
    return Wish(Desired(LEEDS, "optimum", spec, Source("a.yaml", line)), fields)


def codes(caught: pytest.ExceptionInfo[Problems]) -> list[str]:
    """The codes that were told."""
    return [error.code for error in caught.value.errors]


def test_two_manifests_of_one_file() -> None:
    """Each wish finds its document, and what an item takes with it is counted."""
    wishes = [
        wish(2, {"name": "Acme Ldn"}, name="Acme Leeds"),
        wish(10, {"questions": [FR, NL]}, questions=[EN, FR]),
    ]
    done = rewritten(from_string(TEXT, "a.yaml"), wishes, load())
    gone, come = "    - {language: en, body: A} # a\n", "    - {language: nl, body: C}\n"
    assert done.text.content == TEXT.replace("Acme Leeds", "Acme Ldn").replace(gone, "") + come
    assert done.lost == ("# a",)


def test_a_file_that_is_another_one() -> None:
    """Where no document begins at the line that was loaded, nothing is guessed."""
    with pytest.raises(Problems) as caught:
        rewritten(from_string(f"# new\n{TEXT}", "a.yaml"), [wish(2, {"name": "x"}, name="Acme Leeds")], load())
    assert codes(caught) == ["RCN0192"]


def test_everything_that_stands_against_it_is_told_at_once() -> None:
    """A placeholder here, a character that no manifest may hold there: one run tells both, in their places."""
    wishes = [wish(2, {"name": "a\u0007", "address_line_1": "x"}, name="Acme Leeds", address_line_1="The Headrow")]
    with pytest.raises(Problems) as caught:
        rewritten(from_string(TEXT, "a.yaml"), wishes, load())
    assert codes(caught) == ["RCN0190", "RCN0191"]
    assert [str(error.source) for error in caught.value.errors] == ["a.yaml:6:9", "a.yaml:7:19"]
    assert "is filled in from ${value.street}" in caught.value.errors[1].message


SLIPS = {
    "name: Acme Leeds": "name: Acme Ldn\n  postal_code: x",
    "country_code: GB": "country_code: DE",
    "# the sign": "",
    "# stores": "# shops",
    "kind: Survey": "kind: Question",
    "---\n": "---\n---\na: 1\n---\n",
    "questions:": "questions: [",
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_never_written(slip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else than the wish would differ is noticed: a field, a comment, a document, the YAML itself."""
    monkeypatch.setattr("reconciler.manifest.acceptance.spliced", lambda content, _: content.replace(slip, SLIPS[slip]))
    with pytest.raises(Problems) as caught:
        rewritten(from_string(TEXT, "a.yaml"), [wish(2, {"name": "Acme Ldn"}, name="Acme Leeds")], load())
    assert codes(caught) == ["RCN0194"]


def test_values_as_a_manifest_spells_them() -> None:
    """References by name or id, numbers without a needless point, lists through and through."""
    references = (Reference(LEEDS), Reference(external_id="x3"))
    assert declared(references) == ["leeds", {"externalId": "x3"}]
    assert [declared(10.0), declared(0.5), declared(True), declared(None)] == [10, 0.5, True, None]


@given(st.text())
def test_any_text_that_a_vendor_may_hold(value: str) -> None:
    """It is read back as it is, or refused with its code; the rest of the file is what it was."""
    source = from_string(TEXT, "a.yaml")
    try:
        done = rewritten(source, [wish(2, {"name": value}, name="Acme Leeds")], load())
    except Problems as problems:
        assert [error.code for error in problems.errors] == ["RCN0190"]
        assert forbidden(value) is not None
        return
    first, second = read(done.text).documents
    spec: Any = first.value["spec"]
    assert filled(parts_of(spec["name"]), lambda part: part.written) == value
    assert second.value == read(source).documents[1].value
    head, tail = TEXT.split("Acme Leeds")
    assert done.text.content.startswith(head) and done.text.content.endswith(tail)
