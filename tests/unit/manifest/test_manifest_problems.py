"""What manifests can get wrong beyond their shape: kinds, links, claims."""

from pathlib import Path

import pytest

from reconciler import errors
from reconciler.model import Connection
from tests.unit.manifest.workspace import CONNECTIONS, problems, question, site, survey, together, workspace

SECOND = {**CONNECTIONS, "enco-two": Connection("enco-two", "enco", "https://api.enco.io/survey/1.0.0")}
ACCOUNT = (
    "apiVersion: optimum/v1\nkind: Account\nmetadata: {name: a}\n"
    "spec: {name: A, active: true, verb: use, active_users: 3}\n"
)
REMOVAL = "apiVersion: reconciler/v1\nkind: Removal\nspec: {address: %s}\n"

# documents, (code, line, column)s, a part of the first message, a part of its hint, why
CASES = [
    ("kind: Site\n", [(errors.MISSING_FIELD, 1, 1)], '"apiVersion"', "", "no apiVersion"),
    (
        "apiversion: enco/v1\nkind: Survey\n",
        [(errors.MISSING_FIELD, 1, 1)],
        "",
        'write "apiVersion" for "apiversion"',
        "apiVersion mistyped",
    ),
    (
        site("a").replace("spec:", "lifecycle: {onRemove: retian}\nspec:"),
        [(errors.NOT_A_CHOICE, 4, 23)],
        '"lifecycle.onRemove" may not be "retian"',
        'did you mean "retain"?',
        "a mistyped value of lifecycle",
    ),
    (
        site("a").replace("spec:", "lifecycle: {onremove: retain}\nspec:"),
        [(errors.UNKNOWN_FIELD, 4, 13)],
        'unknown field "onremove"',
        'did you mean "onRemove"?',
        "a mistyped key of lifecycle",
    ),
    (
        site("a", more=", lables: {a: b}"),
        [(errors.UNKNOWN_FIELD, 3, 21)],
        'unknown field "lables"',
        'did you mean "labels"?',
        "a mistyped key of metadata",
    ),
    (
        site("a").replace("name: Site", "name: Site, regoin: North"),
        [(errors.UNKNOWN_FIELD, 4, 34)],
        'unknown field "regoin"',
        'did you mean "region"?',
        "a mistyped field",
    ),
    (
        site("a").replace("name: Site", "name: Site, country_code: GB"),
        [(errors.MISSING_FIELD, 4, 1)],
        'missing field "region"',
        "needed beside country_code",
        "a country without its region (trap 71)",
    ),
    (
        site("a").replace("name: Site", "name: Site, region: North, country_code: GBR"),
        [(errors.UNFIT_VALUE, 4, 63)],
        '"country_code" must be two letters',
        "",
        "a country code of three letters (trap 72)",
    ),
    (
        site("a").replace("spec:", "sepc:"),
        [(errors.MISSING_FIELD, 1, 1), (errors.UNKNOWN_FIELD, 4, 1)],
        'missing field "spec"',
        "",
        "a mistyped section",
    ),
    (
        ACCOUNT.replace("verb: use, active_users: 3", "verb: vist"),
        [(errors.NOT_A_CHOICE, 4, 37)],
        '"verb" may not be "vist"',
        'did you mean "visit"?',
        "a mistyped value of a field",
    ),
    ("apiVersion: 1\nkind: Site\n", [(errors.WRONG_TYPE, 1, 13)], '"apiVersion" must be text', "", "a number"),
    ("apiVersion: optimun/v1\nkind: Location\n", [(errors.UNKNOWN_API_VERSION, 1, 13)], "", '"optimum/v1"', "typo"),
    ("apiVersion: optimum/v2\nkind: Location\n", [(errors.UNKNOWN_API_VERSION, 1, 13)], "", '"optimum/v1"', "later"),
    ("apiVersion: apps/v1\nkind: Deployment\n", [(errors.UNKNOWN_API_VERSION, 1, 13)], "", "known are", "foreign"),
    ("apiVersion: optimum/v1\nkind: location\n", [(errors.UNKNOWN_KIND, 2, 7)], "", '"Location"', "letter case"),
    ("apiVersion: optimum/v1\nkind: Site\n", [(errors.UNKNOWN_KIND, 2, 7)], "", "a kind of customersure/v1", "other's"),
    ("apiVersion: reconciler/v1\nkind: ResourceSet\n", [(errors.MISSING_FIELD, 1, 1)], '"spec"', "", "an empty one"),
    ("apiVersion: reconciler/v1\nkind: Project\n", [(errors.UNKNOWN_KIND, 2, 7)], "project file", "", "misplaced"),
    ("apiVersion: reconciler/v1\nkind: Removl\n", [(errors.UNKNOWN_KIND, 2, 7)], "", '"Removal"', "Removal mistyped"),
    (REMOVAL % "optimum/Locatio/x", [(errors.REMOVAL_UNFIT, 3, 17)], "", '"optimum/Location"', "no such kind"),
    (REMOVAL % "leeds", [(errors.UNFIT_VALUE, 3, 17)], "must be an address", "", "no address"),
    (
        together(REMOVAL % "enco/Survey/x", REMOVAL % "enco/Survey/x"),
        [(errors.REMOVAL_UNFIT, 7, 17)],
        "manifests/a.yaml:1",
        "",
        "two Removals of one address",
    ),
    (
        together(site("x", "x"), REMOVAL % "customersure/Site/x"),
        [(errors.REMOVAL_UNFIT, 8, 17)],
        "it is declared in manifests/a.yaml:1",
        "",
        "a Removal of what is declared",
    ),
    (
        ACCOUNT,
        [(errors.READ_ONLY_FIELD, 4, 42)],
        '"active_users" is set by the vendor',
        "take the line out",
        "read-only",
    ),
    (site("Leeds", "x"), [(errors.UNFIT_VALUE, 3, 18)], "must be a name", "", "capital letters in a name"),
    (site("a", more=", name: b"), [(errors.DUPLICATE_FIELD, 3, 21)], '"name" is written twice', "", "a key twice"),
    (
        together(site("a", "x"), site("a", "y")),
        [(errors.DUPLICATE_ADDRESS, 8, 18)],
        "manifests/a.yaml:1",
        "",
        "address",
    ),
    (together(site("a", "x"), site("b", "x")), [(errors.DUPLICATE_KEY, 9, 19)], "customersure/Site/a", "", "one key"),
    (
        together(survey("a"), question("p", "a"), question("q", "a", '" Why? "')),
        [(errors.DUPLICATE_KEY, 14, 39)],
        "enco/Question/p has the same",
        "",
        "one key after normalising",
    ),
    (
        together(site("a", "caf\u00e9"), site("b", "cafe\u0301")),
        [(errors.DUPLICATE_KEY, 9, 19)],
        "customersure/Site/a has the same site_code",
        "",
        "one key after Unicode normalisation: nobody sees a difference",
    ),
    (
        survey("a", '{language: en, body: "Caf\u00e9?"}, {language: en, body: "Cafe\u0301?"}'),
        [(errors.DUPLICATE_ITEM, 4, 83)],
        "item 1 of questions",
        "",
        "an item twice after Unicode normalisation",
    ),
    (site("caf\u00e9", "x"), [(errors.UNFIT_VALUE, 3, 18)], "must be a name", "", "an accent in a name"),
    (site("cafe\u0301", "x"), [(errors.UNFIT_VALUE, 3, 18)], "must be a name", "", "an accent in a name, decomposed"),
    (site("\uff4ceeds", "x"), [(errors.UNFIT_VALUE, 3, 18)], "must be a name", "", "a full-width letter in a name"),
    (site("l\u0435\u0435ds", "x"), [(errors.UNFIT_VALUE, 3, 18)], "must be a name", "", "Cyrillic letters in a name"),
    (
        together(survey("a", more=', externalId: "8"'), question("p", "a"), question("q", '{externalId: "8"}')),
        [(errors.DUPLICATE_KEY, 14, 55)],
        "enco/Question/p",
        "",
        "one key, since the pinned survey is the same",
    ),
    (
        together(survey("a"), question("q", "a", "How?")),
        [(errors.CLAIMED_TWICE, 9, 39)],
        "enco/Survey/a has this in its questions (manifests/a.yaml:4)",
        "",
        "a question and an entry of its survey",
    ),
    (
        together(survey("a", more=', externalId: "8"'), question("q", '{externalId: "8"}', "How?")),
        [(errors.CLAIMED_TWICE, 9, 55)],
        "",
        "",
        "the same, by the survey's live id",
    ),
    (
        survey("a", '{language: en-GB, body: How?}, {language: " EN-gb", body: "How? "}'),
        [(errors.DUPLICATE_ITEM, 4, 83)],
        "item 1 of questions",
        "",
        "trap 3: an item twice after normalising",
    ),
    (question("q", "wafles"), [(errors.UNKNOWN_REFERENCE, 4, 16)], "there is no enco/Survey/wafles", "", "no survey"),
    (
        together(survey("waffles"), question("q", "wafles")),
        [(errors.UNKNOWN_REFERENCE, 9, 16)],
        "",
        'did you mean "waffles"?',
        "a mistyped reference",
    ),
    (question("q", '"8"'), [(errors.UNKNOWN_REFERENCE, 4, 16)], "", '{externalId: "8"}', "a live id as a name"),
    (question("q", "8"), [(errors.WRONG_TYPE, 4, 16)], "the name of a manifest", '{externalId: "8"}', "a number"),
    (
        site("a", more=", dependsOn: [customersure/Site/b]"),
        [(errors.UNKNOWN_DEPENDENCY, 3, 33)],
        "there is no customersure/Site/b",
        '"customersure/Site/a"',
        "dependsOn nothing",
    ),
    (
        together(
            site("a", more=", dependsOn: [customersure/Site/b]"),
            site("b", more=", dependsOn: [customersure/Site/c]"),
            site("c", more=", dependsOn: [customersure/Site/a]"),
        ),
        [(errors.DEPENDENCY_CYCLE, 3, 33)],
        "customersure/Site/a needs customersure/Site/b needs customersure/Site/c needs customersure/Site/a",
        "",
        "a circle",
    ),
    (
        together(survey("a", more=", dependsOn: [enco/Question/q]"), question("q", "a")),
        [(errors.DEPENDENCY_CYCLE, 9, 16)],
        "enco/Question/q needs enco/Survey/a needs enco/Question/q",
        "",
        "a circle through a reference",
    ),
    (
        site("a", more=", dependsOn: [customersure/Site/a]"),
        [(errors.DEPENDENCY_CYCLE, 3, 33)],
        "customersure/Site/a needs customersure/Site/a",
        "",
        "a manifest that waits for itself",
    ),
    (
        together(
            *(site(x, more=f", dependsOn: [customersure/Site/{y}]") for x, y in (("a", "b"), ("b", "a"))),
            *(site(x, more=f", dependsOn: [customersure/Site/{y}]") for x, y in (("c", "d"), ("d", "c"))),
        ),
        [(errors.DEPENDENCY_CYCLE, 3, 33), (errors.DEPENDENCY_CYCLE, 13, 33)],
        "",
        "",
        "two circles",
    ),
    (
        site("a").replace("spec:", "lifecycle: {ignoreChanges: [citty]}\nspec:"),
        [(errors.UNKNOWN_IGNORED_FIELD, 4, 29)],
        'customersure/Site has no field "citty"',
        'did you mean "city"?',
        "ignoreChanges mistyped",
    ),
    (
        together(site("a", more=", previousNames: [b]"), site("b")),
        [(errors.PREVIOUS_NAME_TAKEN, 3, 37)],
        "another manifest",
        "",
        "an earlier name that is still in use",
    ),
    (site("a", more=", previousNames: [a]"), [(errors.PREVIOUS_NAME_TAKEN, 3, 37)], "this very", "", "its own name"),
    (
        together(site("a", more=", previousNames: [x]"), site("b", more=", previousNames: [x]")),
        [(errors.PREVIOUS_NAME_TAKEN, 8, 37)],
        "customersure/Site/a follows customersure/Site/x too",
        "",
        "an earlier name that two follow",
    ),
    (
        site("a", more=", connection: css"),
        [(errors.UNKNOWN_CONNECTION, 3, 33)],
        'no connection "css"',
        'did you mean "cs"?',
        "a mistyped connection",
    ),
    (site("a", more=", connection: opt"), [(errors.UNKNOWN_CONNECTION, 3, 33)], "", "", "another vendor's connection"),
]


@pytest.mark.parametrize(("text", "places", "message", "hint", "reason"), CASES, ids=[case[4] for case in CASES])
def test_told_in_its_place(
    tmp_path: Path, text: str, places: list[tuple[str, int, int]], message: str, hint: str, reason: str
) -> None:
    """Each is told with its code, line and column, what is wrong, and the way out."""
    found = problems(workspace(tmp_path, {"manifests/a.yaml": text}))
    assert [(e.code, e.source.line, e.source.column) for e in found if e.source] == places, reason
    assert message in found[0].message, reason
    assert hint in found[0].hint, reason
    assert all(error.exit_code == 3 for error in found)


@pytest.mark.parametrize("language", ["nl-BE", "Latn", "formal Dutch", "EN, with a smile"])
def test_any_language_is_taken(tmp_path: Path, language: str) -> None:
    """The vendor is not strict, and its name for the codes is another standard's (trap 4)."""
    text = survey("a", f'{{language: "{language}", body: How?}}')
    assert problems(workspace(tmp_path, {"manifests/a.yaml": text})) == ()


def test_a_survey_without_a_question_is_refused(tmp_path: Path) -> None:
    """Whether the vendor takes one is not documented, so none is sent (trap 23)."""
    (found,) = problems(workspace(tmp_path, {"manifests/a.yaml": survey("a", "")}))
    assert found.source is not None and found.source.line == 4
    assert "questions" in found.message


def test_several_connections_want_a_choice(tmp_path: Path) -> None:
    """Without metadata.connection nobody knows whose survey it is."""
    [found] = problems(workspace(tmp_path, {"manifests/a.yaml": survey("a")}, connections=SECOND))
    assert found.code == errors.CONNECTION_UNDECIDED
    assert "enco, enco-two" in found.message
    chosen = survey("a", more=", connection: enco-two")
    assert problems(workspace(tmp_path, {"manifests/a.yaml": chosen}, connections=SECOND)) == ()


def test_no_connection_for_a_vendor(tmp_path: Path) -> None:
    """The hint says what to add."""
    [found] = problems(workspace(tmp_path, {"manifests/a.yaml": site("a")}, connections={"enco": CONNECTIONS["enco"]}))
    assert found.code == errors.NO_CONNECTION
    assert "provider: customersure" in found.hint


def test_references_stay_within_a_connection(tmp_path: Path) -> None:
    """An id of one account means nothing in another (trap 45); the same key in two connections is fine."""
    documents = together(survey("a", more=", connection: enco"), question("q", "a", more=", connection: enco-two"))
    [found] = problems(workspace(tmp_path, {"manifests/a.yaml": documents}, connections=SECOND))
    assert found.code == errors.CROSS_CONNECTION
    assert 'belongs to the connection "enco", this to "enco-two"' in found.message
    twin = survey("b", more=", connection: enco-two").replace("spec: {name: b", "spec: {name: a")
    twins = together(survey("a", more=", connection: enco"), twin)
    assert problems(workspace(tmp_path, {"manifests/a.yaml": twins}, connections=SECOND)) == ()


def test_kinds_whose_key_may_repeat_are_left_alone(tmp_path: Path) -> None:
    """Two Optimum locations may have the same name."""
    text = "apiVersion: optimum/v1\nkind: Location\nmetadata: {name: %s}\nspec: {name: Acme, country_code: GB}\n"
    assert problems(workspace(tmp_path, {"manifests/a.yaml": together(text % "a", text % "b")})) == ()


# Two subscribers: what each adds to its spec, the field that is told (None: they are two), why
SUBSCRIBERS = [
    (
        "email: j@example.org, locations: [leeds]",
        "email: j@example.org, locations: [york, leeds]",
        "email",
        "one email",
    ),
    (
        'email: j@example.org, mobile_number: "+4411349600", locations: [leeds]',
        'email: k@example.org, mobile_number: "+4411349600", locations: [leeds]',
        "mobile_number",
        "one number",
    ),
    (
        'email: j@example.org, mobile_number: "+4411349600", locations: [leeds]',
        'email: j@example.org, mobile_number: "+4411349600", locations: [leeds]',
        "email",
        "both, told once",
    ),
    (
        "email: j@example.org, locations: [leeds]",
        "email: j@example.org, locations: [{externalId: L}]",
        "email",
        "one location by name and by the id it pins",
    ),
    ("email: j@example.org, locations: [leeds]", "email: j@example.org, locations: [york]", None, "two locations"),
    ("email: j@example.org, locations: [leeds]", "email: J@example.org, locations: [leeds]", None, "other letters"),
]


@pytest.mark.parametrize(("one", "other", "field", "reason"), SUBSCRIBERS, ids=[reason for *_, reason in SUBSCRIBERS])
def test_a_subscriber_is_declared_once_at_a_location(
    tmp_path: Path, one: str, other: str, field: str | None, reason: str
) -> None:
    """One contact at one location is one subscriber: the second create would change the first. No contact is shown."""
    head = "apiVersion: optimum/v1\nkind: %s\nmetadata: {name: %s%s}\nspec: {%s, country_code: GB}\n"
    documents = together(
        head % ("Location", "leeds", ", externalId: L", "name: L"),
        head % ("Location", "york", "", "name: Y"),
        head % ("Subscriber", "one", "", one),
        head % ("Subscriber", "two", "", other),
    )
    found = problems(workspace(tmp_path, {"manifests/a.yaml": documents}))
    assert [e.code for e in found] == ([errors.DUPLICATE_KEY] if field else []), reason
    for error in found:
        assert f"optimum/Subscriber/one has the same {field} and locations" in error.message
        assert "example.org" not in error.snippet and "+4411349600" not in error.snippet


# what a subscriber's spec says beside its country, (code, words), why
UNFIT_SUBSCRIBERS = [
    ("locations: [leeds]", errors.MISSING_FIELD, 'missing field "email"', "no contact"),
    ("email: null, locations: [leeds]", errors.TEXT_DUE, "email", "an email that is none"),
    ("email: j@example.org", errors.MISSING_FIELD, "locations", "no location"),
    ("email: j@example.org, locations: []", errors.UNFIT_VALUE, "must not be empty", "no location in the list"),
    ("email: j@example.org, locations: leeds", errors.WRONG_TYPE, "must be a list", "one location without a list"),
    ("email: j@example.org, locations: [leeds, leeds]", errors.DUPLICATE_ITEM, "item 1 of locations", "one twice"),
    ("email: j@example.org, locations: [hull]", errors.UNKNOWN_REFERENCE, "optimum/Location/hull", "no such location"),
    ("mobile_number: 0113, locations: [leeds]", errors.UNFIT_VALUE, "mobile_number", "a number without a country"),
    ("email: j@example.org, locations: [leeds], invalid: true", errors.READ_ONLY_FIELD, "invalid", "the vendor's own"),
]


@pytest.mark.parametrize(
    ("spec", "code", "words", "reason"), UNFIT_SUBSCRIBERS, ids=[reason for *_, reason in UNFIT_SUBSCRIBERS]
)
def test_what_a_subscriber_needs(tmp_path: Path, spec: str, code: str, words: str, reason: str) -> None:
    """A contact and a location, each of its form; the line shows no contact."""
    head = "apiVersion: optimum/v1\nkind: %s\nmetadata: {name: %s}\nspec: {%s, country_code: GB}\n"
    documents = together(head % ("Location", "leeds", "name: L"), head % ("Subscriber", "one", spec))
    (found,) = problems(workspace(tmp_path, {"manifests/a.yaml": documents}))
    assert (found.code, words in found.message) == (code, True), found.message
    assert "example.org" not in found.snippet and "0113" not in found.snippet


def test_an_unfit_manifest_is_still_there_for_others(tmp_path: Path) -> None:
    """One mistake in a survey does not make its questions refer to nothing."""
    documents = together(survey("a", more=", colour: red"), question("q", "a"))
    assert [e.code for e in problems(workspace(tmp_path, {"manifests/a.yaml": documents}))] == [errors.UNKNOWN_FIELD]
