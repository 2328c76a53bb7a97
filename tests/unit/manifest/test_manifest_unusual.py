"""Values that a vendor takes and hardly anybody means are told, and stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.manifest.workspace import load, workspace

TOLD = 'country_code "{}" is no ISO 3166-1 code; did you mean "GB"? It is sent as it stands'
SITE = """\
apiVersion: customersure/v1
kind: Site
metadata: {{name: {0}}}
spec:
  site_code: {0}
  name: Site
  region: North
  country_code: {1}
"""
LOCATION = """\
apiVersion: optimum/v1
kind: Location
metadata: {{name: {0}}}
spec:
  name: Site

  country_code: {1}
"""
SUBSCRIBER = """\
apiVersion: optimum/v1
kind: Subscriber
metadata: {{name: {0}}}
spec: {{email: a@example.com, country_code: {1}, locations: [{{externalId: x}}]}}
"""
SET = """\
apiVersion: reconciler/v1
kind: ResourceSet
metadata: {{name: stores}}
spec:
  inputs: {{csv: ../stores.csv}}
  resources:
    - apiVersion: customersure/v1
      kind: Site
      metadata: {{name: "${{input.code}}"}}
      spec:
        site_code: "${{input.code}}"
        name: Site
        region: North
        country_code: {0}
"""
TABLE = "code,country\na,GB\nb,UK\nc,UK\n"


@pytest.mark.parametrize(
    ("text", "line", "written"),
    [
        (SITE, 8, "UK"),
        (SITE, 8, '"uk"'),
        (LOCATION, 7, "UK"),
        (SUBSCRIBER, 4, "UK"),
    ],
)
def test_a_country_that_no_standard_knows_is_told(tmp_path: Path, text: str, line: int, written: str) -> None:
    """The vendor's own example sends UK beside "see ISO 3166-1" (trap 72): a warning, and never another value."""
    found = load(workspace(tmp_path, {"manifests/x.yaml": text.format("leeds", written)}))
    assert found.warnings == (f"manifests/x.yaml:{line}: {TOLD.format(written.strip(chr(34)))}",)
    assert [one.spec["country_code"] for one in found.desired] == [written.strip('"')]


@pytest.mark.parametrize("written", ["GB", "gb", "IE", "null"])
def test_all_other_values_are_nobodys_business(tmp_path: Path, written: str) -> None:
    """A code that the standard knows, one in small letters, and none at all."""
    assert load(workspace(tmp_path, {"manifests/x.yaml": SITE.format("leeds", written)})).warnings == ()


def test_what_many_manifests_say_is_told_once(tmp_path: Path) -> None:
    """In the order of the files, with the places of some of the others; each spelling and kind of field by itself."""
    files = {f"manifests/{n:02}.yaml": SITE.format(f"s{n}", "UK") for n in range(1, 13)}
    (few,) = load(workspace(tmp_path / "few", dict(list(files.items())[:2]))).warnings
    assert few == f"manifests/01.yaml:8: {TOLD.format('UK')}; the same in 1 more: manifests/02.yaml:8"
    (many,) = load(workspace(tmp_path / "many", files)).warnings
    assert many.startswith(f"manifests/01.yaml:8: {TOLD.format('UK')}; the same in 11 more: manifests/02.yaml:8, ")
    assert many.endswith("manifests/11.yaml:8, ...")


@pytest.mark.parametrize(
    ("written", "where"),
    [
        ('"${input.country}"', "stores.csv:3: {}; the same in 1 more: stores.csv:4"),
        ("UK", "manifests/x.yaml:14: {}; the same in 2 more"),
    ],
    ids=["in the rows", "in the template"],
)
def test_the_place_is_the_cell_or_the_template(tmp_path: Path, written: str, where: str) -> None:
    """Of what a ResourceSet makes, it is where somebody can mend it."""
    found = load(workspace(tmp_path, {"manifests/x.yaml": SET.format(written), "stores.csv": TABLE}))
    assert found.warnings == (
        *(('no template uses the column "country" of stores.csv',) if written == "UK" else ()),
        where.format(TOLD.format("UK")),
    )
