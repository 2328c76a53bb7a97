"""Manifests to desired values."""

from pathlib import Path

from reconciler import errors
from reconciler.model import Address, Desired, Lifecycle, Reference, Source
from tests.unit.manifest.workspace import load, problems, question, site, survey, together, workspace

LOCATION = """\
# yaml-language-server: $schema=.reconciler/schemas/manifest.json
apiVersion: optimum/v1
kind: Location
metadata:
  name: leeds
  connection: opt
  externalId: xd3S6
  previousNames: [leeds-1]
  labels: {region: north}
  dependsOn: [customersure/Site/leeds]
lifecycle:
  preventDestroy: true
  onRemove: retain
  replace: allow
  ignoreChanges: [postal_code]
spec:
  name: Acme Leeds
  address_line_1: 1 The Headrow
  postal_code: LS1 8EQ
  address_line_2: null
  country_code: GB
"""


def test_every_part_of_a_manifest_arrives(tmp_path: Path) -> None:
    """What the format lets a manifest say is in the desired value, as it was spelled."""
    project = workspace(tmp_path, {"manifests/a.yaml": together(LOCATION, site("leeds"))})
    loaded = load(project)
    assert loaded.desired[1] == Desired(
        address=Address("optimum", "Location", "leeds"),
        connection="opt",
        spec={
            "name": "Acme Leeds",
            "address_line_1": "1 The Headrow",
            "postal_code": "LS1 8EQ",
            "address_line_2": None,
            "country_code": "GB",
        },
        source=Source("manifests/a.yaml", 2, 1),
        external_id="xd3S6",
        previous_names=(Address("optimum", "Location", "leeds-1"),),
        depends_on=(Address("customersure", "Site", "leeds"),),
        lifecycle=Lifecycle(prevent_destroy=True, on_remove="retain", replace="allow", ignore_changes=("postal_code",)),
        labels={"region": "north"},
    )
    assert loaded.files == ("manifests/a.yaml",)


def test_desired_values_are_sorted_whatever_the_files_are(tmp_path: Path) -> None:
    """The same manifests in other files and another order give the same desired values, their places aside."""
    one = workspace(tmp_path / "one", {"manifests/a.yaml": together(site("b"), survey("c"), site("a"))})
    two = workspace(
        tmp_path / "two",
        {"manifests/z.yaml": site("a"), "manifests/sub/y.yml": survey("c"), "manifests/x.yaml": site("b")},
    )
    addresses = [str(d.address) for d in load(one).desired]
    assert addresses == ["customersure/Site/a", "customersure/Site/b", "enco/Survey/c"]
    assert [str(d.address) for d in load(two).desired] == addresses


def test_references_become_values_and_dependencies(tmp_path: Path) -> None:
    """A name is a reference to an address and a dependency; an external id is a reference alone."""
    documents = together(
        survey("waffles"),
        question("by-name", "waffles", more=", dependsOn: [enco/Survey/waffles, enco/Question/by-id]"),
        question("by-id", '{externalId: "8"}'),
    )
    by_id, by_name, _ = load(workspace(tmp_path, {"manifests/a.yaml": documents})).desired
    waffles = Address("enco", "Survey", "waffles")
    assert by_name.spec["survey"] == Reference(address=waffles)
    assert by_name.depends_on == (by_id.address, waffles)
    assert by_id.spec["survey"] == Reference(external_id="8")
    assert by_id.depends_on == ()


def test_removals_are_read(tmp_path: Path) -> None:
    """A Removal is no desired value but a consent of its own, and enough to be a manifest."""
    text = (
        "apiVersion: reconciler/v1\nkind: Removal\nspec:\n"
        "  address: enco/Survey/old\n  allowDataLoss: true\n  reason: campaign is over\n"
    )
    loaded = load(workspace(tmp_path, {"manifests/a.yaml": text}))
    [removal] = loaded.removals
    assert loaded.desired == ()
    assert (str(removal.address), removal.allow_data_loss, removal.reason) == (
        "enco/Survey/old",
        True,
        "campaign is over",
    )
    assert removal.source == Source("manifests/a.yaml", 1, 1)


def test_standard_input_and_files_can_be_given(tmp_path: Path) -> None:
    """-f reads files and standard input instead of the project's own manifests."""
    project = workspace(tmp_path, {"manifests/a.yaml": site("a"), "other/b.yaml": site("b")})
    loaded = load(project, ["-", str(tmp_path / "other/b.yaml"), "-"], stdin=site("c"))
    assert [d.address.name for d in loaded.desired] == ["b", "c"]
    assert [d.source.file for d in loaded.desired] == ["other/b.yaml", "<stdin>"]
    assert loaded.files == ("<stdin>", "other/b.yaml")
    assert load(project, ["-"], stdin=b"\xef\xbb\xbf" + site("c").encode()).desired[0].address.name == "c"


def test_a_partial_load_may_refer_to_what_is_recorded(tmp_path: Path) -> None:
    """With -f, references and dependsOn also find recorded addresses; what is neither is still an error."""
    project = workspace(tmp_path, {"q.yaml": question("q", "waffles", more=", dependsOn: [customersure/Site/x]")})
    known = frozenset({Address("enco", "Survey", "waffles"), Address("customersure", "Site", "x")})
    given = [str(tmp_path / "q.yaml")]
    assert load(project, given, known=known).desired[0].depends_on == tuple(sorted(known))
    found = problems(project, given)
    assert [error.code for error in found] == [errors.UNKNOWN_DEPENDENCY, errors.UNKNOWN_REFERENCE]
    assert found[0].hint == "it is neither in the given files nor recorded"


def test_no_manifests_at_all_is_an_error(tmp_path: Path) -> None:
    """An empty folder, a missing one, and files without documents; unless the caller allows it."""
    for number, files in enumerate(({}, {"manifests/.keep": ""}, {"manifests/a.yaml": "# nothing\n---\n"})):
        project = workspace(tmp_path / str(number), files)
        assert [error.code for error in problems(project)] == [errors.NO_MANIFESTS]
        assert load(project, allow_none=True).desired == ()


def test_all_problems_of_all_files_are_told_in_order(tmp_path: Path) -> None:
    """One run tells everything, sorted by file, line and column; nothing is told twice."""
    files = {
        "manifests/b.yaml": site("b", more=", titel: x") + "---\n" + question("q", "nothing", body="12"),
        "manifests/a.yaml": 'apiVersion: "open\n---\napiVersion: enco/v2\nkind: Survey\n',
    }
    found = problems(workspace(tmp_path, files))
    assert [(error.code, str(error.source)) for error in found] == [
        (errors.YAML_SYNTAX, "manifests/a.yaml:1:13"),
        (errors.UNKNOWN_API_VERSION, "manifests/a.yaml:3:13"),
        (errors.UNKNOWN_FIELD, "manifests/b.yaml:3:21"),
        (errors.UNKNOWN_REFERENCE, "manifests/b.yaml:9:16"),
        (errors.TEXT_DUE, "manifests/b.yaml:9:45"),
    ]
    assert found[2].message == 'unknown field "titel"'


def test_what_yaml_refuses_is_not_told_a_second_time(tmp_path: Path) -> None:
    """A key without a value is one error, not also one of the wrong type."""
    text = "apiVersion: customersure/v1\nkind: Site\nmetadata: {name: a}\nspec:\n  site_code: A\n  name:\n"
    assert [error.code for error in problems(workspace(tmp_path, {"manifests/a.yaml": text}))] == [errors.EMPTY_VALUE]


def test_ten_thousand_documents_stay_fast(tmp_path: Path) -> None:
    """Far under the time that only a mistake of an order of magnitude would take."""
    import time

    text = "---\n".join(site(f"s{number}") for number in range(10_000))
    project = workspace(tmp_path, {"manifests/all.yaml": text})
    begun = time.monotonic()
    assert len(load(project).desired) == 10_000
    assert time.monotonic() - begun < 5
