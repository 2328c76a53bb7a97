"""``${value.name}`` in manifests."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.manifest import Manifests
from reconciler.model import JSON
from tests.unit.manifest.workspace import Workspace, load, problems, site, workspace

VALUES: dict[str, JSON] = {"suffix": " (test)", "limit": 5, "on": True, "none": None, "code": "GB", "name": "leeds"}

ACCOUNT = """\
apiVersion: optimum/v1
kind: Account
metadata:
  name: {name}
lifecycle:
  preventDestroy: {protect}
spec:
  name: {title}
  active: {active}
  max_locations: {limit}
  verb: visit
"""


def account(
    name: str = "acme", protect: str = "true", title: str = "Acme", active: str = "true", limit: str = "3"
) -> str:
    """An Account as a manifest."""
    return ACCOUNT.format(name=name, protect=protect, title=title, active=active, limit=limit)


def project(folder: Path, text: str, values: Mapping[str, JSON] = VALUES, **more: object) -> Workspace:
    """A project with one file of manifests, and values."""
    return replace(workspace(folder, {"manifests/all.yaml": text}), values=values, **more)  # type: ignore[arg-type]


def loaded(folder: Path, text: str, values: Mapping[str, JSON] = VALUES) -> Manifests:
    """The manifests of such a project."""
    return load(project(folder, text, values))


def test_types_stay_where_a_placeholder_is_the_whole_text(tmp_path: Path) -> None:
    """Numbers, booleans and null keep their type; in part of a text they are text; lifecycle and name take them too."""
    text = account("${value.name}", "${value.on}", "Acme${value.suffix}", "${value.on}", '"${value.limit}"')
    (one,) = loaded(tmp_path, text).desired
    assert one.spec == {"name": "Acme (test)", "active": True, "max_locations": 5, "verb": "visit"}
    assert (one.address.name, one.lifecycle.prevent_destroy) == ("leeds", True)
    (one,) = loaded(tmp_path, account(title="Store ${value.limit}", limit="${value.none}")).desired
    assert (one.spec["name"], one.spec["max_locations"]) == ("Store 5", None)


def test_lists_references_and_dependencies(tmp_path: Path) -> None:
    """Items of lists and references are texts like any other."""
    text = """\
        apiVersion: enco/v1
        kind: Survey
        metadata: {name: "${value.name}-survey"}
        spec:
          name: waffles
          interactionType: general
          questions:
            - {language: en, body: "How was ${value.name}?"}
        ---
        apiVersion: enco/v1
        kind: Question
        metadata: {name: q}
        spec: {survey: "${value.name}-survey", language: nl, body: Hoe?}
        """
    question, survey = loaded(tmp_path, textwrap.dedent(text)).desired
    assert survey.spec["questions"] == [{"language": "en", "body": "How was leeds?"}]
    assert question.depends_on == (survey.address,)


def test_the_sign_itself(tmp_path: Path) -> None:
    """Doubled, the sign is text, and what it stands in is not looked at again."""
    (one,) = loaded(tmp_path, account(title="Win $${value.limit}, $5 or ${value.limit}")).desired
    assert one.spec["name"] == "Win ${value.limit}, $5 or 5"
    (one,) = loaded(tmp_path, account(title="${value.raw}"), {"raw": "${value.limit}"}).desired
    assert one.spec["name"] == "${value.limit}", "a value's text is taken as it is"


def test_nothing_changes_where_there_is_no_placeholder(tmp_path: Path) -> None:
    """A project without values reads as before."""
    (one,) = loaded(tmp_path, account(title="$5 {a}"), {}).desired
    assert one.spec["name"] == "$5 {a}"


@pytest.mark.parametrize(
    ("title", "code", "place", "message", "hint"),
    [
        ("Acme ${value.sufix}", "RCN0150", (8, 14), 'no value "sufix" without --env', 'did you mean "suffix"?'),
        ("${value.limit} ${value.limmit}", "RCN0150", (8, 24), 'no value "limmit"', 'did you mean "limit"?'),
        ("${value.a}${value.a}", "RCN0150", (8, 9), 'no value "a"', "the values are"),
        ("Acme ${suffix}", "RCN0151", (8, 14), "${suffix} is no placeholder", "did you mean ${value.suffix}?"),
        ("Acme ${HOME}", "RCN0151", (8, 14), "${HOME} is no placeholder", "$${"),
        ("Acme ${", "RCN0151", (8, 14), "${ is no placeholder", "$${"),
        ("Acme ${values.suffix}", "RCN0151", (8, 14), "${values.suffix} names no kind", 'did you mean "value"?'),
        ("${input.city}", "RCN0151", (8, 9), "ResourceSet", "$${"),
        ("Acme ${value.none}", "RCN0153", (8, 14), '"none" is null', "text"),
        ("'it''s ${value.x}'", "RCN0150", (8, 16), 'no value "x"', ""),
        ("|\n    Acme\n    and ${value.x}", "RCN0150", (10, 9), 'no value "x"', ""),
        ("${value.limit}", "RCN0105", (8, 9), "must be text, not a number", 'in the project file: "5"'),
    ],
)
def test_told_in_place(tmp_path: Path, title: str, code: str, place: tuple[int, int], message: str, hint: str) -> None:
    """Each mistake has its code, the placeholder's own line and column, and the way out; and nothing else is told."""
    found = problems(project(tmp_path, account(title=title)))
    first = found[0]
    assert first.source is not None
    assert (first.code, first.source.line, first.source.column) == (code, *place)
    assert message in first.message
    assert hint in first.hint
    assert {error.code for error in found} == {code}
    assert len(found) == (2 if title == "${value.a}${value.a}" else 1) or len({e.source for e in found}) == len(found)


@pytest.mark.parametrize(
    ("before", "after", "code", "line"),
    [
        ("kind: Account", "kind: ${value.kind}", "RCN0152", 2),
        ("apiVersion: optimum/v1", 'apiVersion: "${value.api}/v1"', "RCN0152", 1),
        ("  active: true", '  "${value.key}": true', "RCN0152", 9),
        ("  name: acme\n", "  name: acme\n  labels: {'${value.key}': x}\n", "RCN0152", 5),
        ("name: acme\n", "name: Not ${value.name}\n", "RCN0107", 4),
        ("preventDestroy: true", "preventDestroy: ${value.suffix}", "RCN0104", 6),
    ],
)
def test_where_none_is_taken(tmp_path: Path, before: str, after: str, code: str, line: int) -> None:
    """Keys, apiVersion and kind take no placeholder; what is filled in has to fit like what is written."""
    text = account()
    assert before in text
    found = problems(project(tmp_path, text.replace(before, after)))
    assert (code, line) in [(error.code, error.source.line) for error in found if error.source is not None]


def test_a_value_of_another_environment_is_named(tmp_path: Path) -> None:
    """Without --env the environments that set the value are named; in one that forgot it, the others."""
    there = {"city": ("production", "staging")}
    text = account(title="${value.city}")
    (error,) = problems(project(tmp_path, text, {}, values_elsewhere=there))
    assert (error.code, error.hint) == ("RCN0150", "it is set for production, staging: choose with --env")
    (error,) = problems(project(tmp_path, text, {}, values_elsewhere=there, environment="test"))
    assert 'in environment "test"' in error.message
    assert "test" in error.hint and "spec.values" in error.hint


def test_unused_values_are_a_warning(tmp_path: Path) -> None:
    """A value that nobody refers to is told, but only where all manifests were read."""
    found = project(tmp_path, account(title="Acme${value.suffix}"), {"suffix": "", "old": 1})
    assert load(found).warnings == ('the value "old" of the project file is used by no manifest',)
    assert load(found, ["-"], stdin=site("leeds")).warnings == ()


def test_places_stay_those_of_the_file(tmp_path: Path) -> None:
    """After a value was filled in, lines and columns still point into the manifest, also behind it and from stdin."""
    text = account(title="Acme${value.long}", active="maybe")
    for found in (
        problems(project(tmp_path, text, {"long": "x" * 200})),
        problems(project(tmp_path, text, {"long": "x" * 200}), ["-"], stdin=text),
    ):
        assert [(e.source.line, e.source.column) for e in found if e.source] == [(9, 11)]
        assert found[0].source is not None
    assert found[0].source.file == "<stdin>"


def test_removals_take_values_too(tmp_path: Path) -> None:
    """What is to be removed may be named after the environment as well."""
    text = "apiVersion: reconciler/v1\nkind: Removal\nspec: {address: 'optimum/Account/${value.name}', reason: x}\n"
    (removal,) = loaded(tmp_path, text + "---\n" + account()).removals
    assert str(removal.address) == "optimum/Account/leeds"
