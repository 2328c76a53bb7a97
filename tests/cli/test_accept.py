"""`drift --accept`: git follows the live object, to the byte of its file, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import FIVE_KINDS, Desk, Finished, location
from tests.cli.test_plan import fits

LEEDS = "optimum/Location/leeds"
WAFFLES = "enco/Survey/waffles"
KEY = {"RECONCILER_DIGEST_KEY": "0123456789abcdef0123456789abcdef"}
STORES = """\
# The store in Leeds, with all that one may write around it.
---   # first
apiVersion: optimum/v1
kind: Location
metadata: {name: leeds}   # the name stays
spec:
    name:   'Acme Leeds'   # as on the sign
    # the street
    address_line_1: >-
        1 The
        Headrow
    postal_code: "LS1 8EQ"

    country_code: GB


--- # second
apiVersion: enco/v1
kind: Survey
metadata: {name: waffles}
spec:
  name: waffles
  interactionType: general
  questions:
  # in English
  - {language: en-GB, body: How likely are you?}   # asked since 2019
  # in Dutch
  - language: nl-BE
    body: Hoe waarschijnlijk?
"""


def live(desk: Desk, collection: str = "locations", vendor: str = "optimum", **values: Any) -> None:
    """Somebody changes an object in the vendor's console."""
    key = str(desk.live(vendor, collection)[0]["id"])
    desk.sandbox.store.change(vendor, collection, key, values)


def accept(desk: Desk, *addresses: str, more: tuple[str, ...] = (), **others: Any) -> Finished:
    """Run drift with these addresses accepted."""
    options = [part for address in addresses for part in ("--accept", address)]
    return desk.run("drift", *options, *more, **others)


def refused(done: Finished, desk: Desk, before: bytes, file: str = "manifests/all.yaml") -> list[str]:
    """The codes of a run that wrote nothing."""
    assert done.code == 3, done
    assert (desk.folder / file).read_bytes() == before
    return sorted(line.partition("]")[0][6:] for line in done.err.splitlines() if line.startswith("error["))


def unchanged(desk: Desk) -> bytes:
    """What the manifest file holds now."""
    return (desk.folder / "manifests/all.yaml").read_bytes()


@pytest.fixture
def stores(desk: Desk) -> Desk:
    """A location and a survey, applied, in a file that somebody laid out and commented."""
    desk.manifest(STORES)
    desk.ok("apply", "--auto-approve")
    desk.sandbox.log.clear()
    return desk


def test_git_follows_the_live_object(stores: Desk) -> None:
    """Only the values that moved are other bytes; no vendor is written, and after that there is nothing to do."""
    live(stores, name="Acme's Ldn", address_line_1="2 The Headrow", postal_code=None)
    done = accept(stores, LEEDS)
    assert done.code == 0, done
    expected = STORES.replace("'Acme Leeds'", "'Acme''s Ldn'").replace(
        ">-\n        1 The\n        Headrow", "2 The Headrow"
    )
    assert unchanged(stores).decode() == expected.replace('"LS1 8EQ"', "null")
    assert "# optimum/Location/leeds in manifests/all.yaml:3" in done.out
    assert '~ name           = "Acme Leeds" -> "Acme\'s Ldn"' in done.out
    assert 'run "reconciler plan": none of it is left to do.' in done.out
    assert stores.run("plan", "--detailed-exitcode").code == 0
    assert stores.run("drift").out.startswith("No drift.")
    assert stores.writes == []


def test_the_record_follows_with_the_next_apply(stores: Desk) -> None:
    """An apply after it writes nothing to a vendor, and from then on what was accepted is what was applied."""
    live(stores, name="Acme Ldn")
    assert accept(stores, LEEDS).code == 0
    stores.ok("apply", "--auto-approve")
    assert stores.writes == []
    assert stores.ok("state", "show", LEEDS, "--json").json["fields"]["name"] == "Acme Ldn"
    live(stores, name="Acme Leeds")
    moved = stores.run("drift", "--json").json["resource_drift"][0]["fields"]
    assert [(field["before"], field["after"]) for field in moved] == [("Acme Ldn", "Acme Leeds")]


def test_items_of_a_list_come_and_go_one_by_one(stores: Desk) -> None:
    """A live question that nobody declared takes the place of one that is gone, in the vendor's spelling with its
    spaces; the others keep their lines."""
    questions = [
        {"id": 9, "language": "fr", "body": "Êtes-vous: content?"},
        {"id": 1, "language": "en-GB", "body": "How likely are you?"},
    ]
    live(stores, "surveys", "enco", questions=questions)
    done = accept(stores, WAFFLES)
    assert done.code == 0, done
    gone = "  - language: nl-BE\n    body: Hoe waarschijnlijk?\n"
    assert unchanged(stores).decode() == STORES.replace(gone, '  - language: fr\n    body: " Êtes-vous: content? "\n')
    assert stores.run("plan", "--detailed-exitcode").code == 0


def test_a_question_with_a_manifest_of_its_own_is_not_declared_twice(applied: Desk) -> None:
    """Of the live questions the list takes only those that nobody declares: not the Question's."""
    survey = applied.live("enco", "surveys")[0]
    extra = {"id": 9, "language": "fr", "body": "Contents?"}
    live(applied, "surveys", "enco", questions=[*survey["questions"], extra])
    assert accept(applied, WAFFLES).code == 0
    text = unchanged(applied).decode()
    assert 'recommend our waffles?}, {language: fr, body: " Contents? "}]\n' in text
    assert applied.run("plan", "--detailed-exitcode").code == 0


def test_both_moved(stores: Desk) -> None:
    """Where git moved as well, the live value takes its place, and that is said; what git alone changed is kept."""
    live(stores, name="Acme Ldn")
    stores.edit("manifests/all.yaml", "'Acme Leeds'", "'Acme North'")
    stores.edit("manifests/all.yaml", "LS1 8EQ", "LS1 8ER")
    done = accept(stores, LEEDS)
    assert done.code == 0, done
    assert '"Acme North" -> "Acme Ldn"   # conflict' in done.out
    assert unchanged(stores).decode() == STORES.replace("'Acme Leeds'", "'Acme Ldn'").replace("LS1 8EQ", "LS1 8ER")
    changes = stores.run("plan", "--json").json["resource_changes"]
    assert [field["path"] for change in changes for field in change["fields"]] == ["postal_code"]


def test_several_addresses_in_one_file(stores: Desk) -> None:
    """All are written in one go, each in its document, and whoever has not moved is told so."""
    live(stores, name="Acme Ldn")
    live(stores, "surveys", "enco", name="pancakes")
    done = accept(stores, WAFFLES, LEEDS, LEEDS)
    assert done.code == 0, done
    expected = STORES.replace("'Acme Leeds'", "'Acme Ldn'")
    assert unchanged(stores).decode() == expected.replace("name: waffles\n  i", "name: pancakes\n  i")
    again = accept(stores, LEEDS)
    assert (again.code, again.err) == (0, f"{LEEDS} has not moved: there is nothing to accept.\n")


def test_what_was_not_accepted_is_drift_still(applied: Desk) -> None:
    """Exit 2 as long as something else moved, unless --exit-zero; the JSON tells both and keeps its schema."""
    live(applied, name="Acme Ldn")
    live(applied, "accounts", max_locations=7)
    done = accept(applied, LEEDS, more=("--json",))
    assert done.code == 2
    fits(done.json, "drift")
    assert [item["address"] for item in done.json["resource_drift"]] == ["optimum/Account/acme"]
    assert done.json["accepted"] == [
        {
            "address": LEEDS,
            "fields": [{"path": "name", "before": "Acme Leeds", "after": "Acme Ldn", "cause": "drift"}],
            "source": {"file": "manifests/all.yaml", "line": 19},
        }
    ]
    assert applied.run("drift", "--exit-zero").code == 0
    rest = accept(applied, "optimum/Account/acme", more=("--format", "markdown"))
    assert rest.code == 0
    assert "| `optimum/Account/acme` | `manifests/all.yaml:24` | `max_locations` |" in rest.out
    assert "**No other drift.**" in rest.out
    assert "max_locations: 7}" in unchanged(applied).decode()


def test_other_forms_leave_it_to_stderr(applied: Desk) -> None:
    """A table of what is drift has no room for what is none any more."""
    live(applied, name="Acme Ldn")
    done = accept(applied, LEEDS, more=("--format", "csv"))
    assert done.code == 0
    assert "Acme" not in done.out
    assert '"Acme Leeds" -> "Acme Ldn"' in done.err


@pytest.mark.parametrize("mark", ["\r\n", "\ufeff", "\r\n\ufeff"], ids=["CRLF", "byte order mark", "both"])
def test_bytes_that_an_editor_hides(stores: Desk, mark: str) -> None:
    """Line ends and a byte order mark stay as they are."""
    live(stores, name="Acme Ldn")
    text = STORES.replace("\n", "\r\n") if "\r" in mark else STORES
    text = "\ufeff" + text if "\ufeff" in mark else text
    (stores.folder / "manifests/all.yaml").write_bytes(text.encode())
    assert accept(stores, LEEDS).code == 0
    assert unchanged(stores) == text.replace("'Acme Leeds'", "'Acme Ldn'").encode()


NOT_DECLARABLE = {
    "GBR": ("country_code", "a value that the schema refuses"),
    None: ("name", "a field that the vendor emptied and that cannot be empty"),
    "Acme \u202eLeeds": ("name", "a character that turns a line around"),
}


@pytest.mark.parametrize("value", NOT_DECLARABLE, ids=[why for _, why in NOT_DECLARABLE.values()])
def test_what_no_manifest_may_hold(applied: Desk, value: str | None) -> None:
    """The manifest is never made wrong: the reason is told, and the file stays."""
    before = unchanged(applied)
    live(applied, **{NOT_DECLARABLE[value][0]: value})
    assert refused(accept(applied, LEEDS), applied, before) == ["RCN0190"]


LOCATION = "apiVersion: optimum/v1\nkind: Location\nmetadata: {name: leeds}\nspec:\n  name: %s\n  country_code: GB\n"
ROW = """\
apiVersion: reconciler/v1
kind: ResourceSet
metadata: {name: stores}
spec:
  inputs:
    - {code: leeds, town: Leeds}
  resources:
    - apiVersion: optimum/v1
      kind: Location
      metadata: {name: "${input.code}"}
      spec: {name: "Acme ${input.town}", country_code: GB}
"""
LABELS = "metadata: {name: leeds, labels: {a: &n Acme Leeds}}"
SHARED = (LOCATION % "&n Acme Leeds").replace("  country", "  address_line_1: *n\n  country")
ALIAS = (LOCATION % "*n").replace("metadata: {name: leeds}", LABELS)
ELSEWHERE = {
    "a value of the project": (
        LOCATION % "Acme ${value.town}",
        "is filled in from ${value.town}\nmanifests/all.yaml:5:9",
    ),
    "an anchor that others use": (SHARED, "stands in for other places as well, by an anchor\nmanifests/all.yaml:5:9"),
    "an alias": (ALIAS, "an anchor\nmanifests/all.yaml:5:9"),
    "a row": (ROW, "is filled in from ${input.town}, with the row at manifests/all.yaml:6\nmanifests/all.yaml:11:20"),
    "a template": (
        ROW.replace("Acme ${input.town}", "Acme"),
        "stands in a template, for every row\nmanifests/all.yaml:11",
    ),
}


@pytest.mark.parametrize("why", ELSEWHERE)
def test_what_comes_from_elsewhere(desk: Desk, why: str) -> None:
    """A value that other manifests or environments share is not one manifest's to change."""
    desk.edit("reconciler.yaml", "spec:\n", "spec:\n  values: {town: Leeds}\n")
    text, words = ELSEWHERE[why]
    desk.manifest(text)
    desk.ok("apply", "--auto-approve")
    before = unchanged(desk)
    live(desk, name="Acme Ldn")
    done = accept(desk, LEEDS)
    assert refused(done, desk, before) == ["RCN0191"]
    assert words in done.err


def test_other_environments_read_the_same_manifests(desk: Desk) -> None:
    """What is live in one environment is what git says for all of them from then on: that is said."""
    desk.edit("reconciler.yaml", "spec:\n", "spec:\n  environments: {staging: {}, prod: {}, qa: {}}\n")
    desk.manifest(location("leeds"))
    desk.ok("--env", "staging", "apply", "--auto-approve")
    live(desk, name="Acme Ldn")
    done = accept(desk, LEEDS, more=("--env", "staging", "--json"))
    assert done.code == 0, done
    assert "note: prod, qa read the same manifests; see what this changes there: reconciler plan --env prod" in done.err
    assert "note:" not in accept(desk, LEEDS, more=("--env", "staging")).err


def test_standard_input_is_no_file(applied: Desk) -> None:
    """What came through a pipe has no place to be written to."""
    before = unchanged(applied)
    live(applied, name="Acme Ldn")
    assert refused(accept(applied, LEEDS, more=("-f", "-"), stdin=FIVE_KINDS), applied, before) == ["RCN0191"]


def gone(desk: Desk) -> None:
    """The live object is deleted."""
    desk.sandbox.store.remove("optimum", "locations", desk.live("optimum", "locations")[0]["id"])


def undeclared(desk: Desk) -> None:
    """Its manifest is taken out."""
    text = (desk.folder / "manifests/all.yaml").read_text("utf-8")
    desk.manifest("---\n".join(part for part in text.split("---\n") if "kind: Location" not in part))


def ignored(desk: Desk) -> None:
    """What moves is somebody else's business."""
    head = "metadata: {name: leeds, dependsOn"
    desk.edit("manifests/all.yaml", head, f"lifecycle: {{ignoreChanges: [name]}}\n{head}")
    live(desk, name="Acme Ldn")


def unreadable(desk: Desk) -> None:
    """The vendor does not answer."""
    desk.fault({"status": 403, "body": {}}, vendor="optimum", method="GET")


def new(desk: Desk) -> None:
    """It was never applied."""
    desk.manifest(location("york"), "york.yaml")


REFUSED: dict[str, tuple[Any, str, tuple[str, ...], str]] = {
    "it is gone": (gone, LEEDS, (), "the live object is gone"),
    "nobody declares it": (undeclared, LEEDS, (), "no manifest declares it"),
    "it is ignored": (ignored, LEEDS, (), "what moved is under ignoreChanges: name"),
    "it could not be read": (unreadable, LEEDS, ("--retry-seconds", "0"), "there is no live object to compare it with"),
    "it was never applied": (new, "optimum/Location/york", (), "it was never applied"),
    "it is not selected": (lambda desk: None, LEEDS, ("--target", "enco/*/*"), "it is not selected"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_accepted(applied: Desk, why: str) -> None:
    """Each is told with the reason and a way out, and what could be accepted beside it is not written either."""
    arrange, address, options, words = REFUSED[why]
    arrange(applied)
    live(applied, "accounts", max_locations=7)
    before = unchanged(applied)
    done = accept(applied, address, "optimum/Account/acme", more=options)
    assert set(refused(done, applied, before)) == {"RCN0361"}
    assert words in done.err
    assert "help: " in done.err


def test_an_unknown_address_is_suggested(applied: Desk) -> None:
    """A slip of the pen is no address, and a glob is none either."""
    assert 'did you mean "optimum/Location/leeds"?' in accept(applied, "optimum/Location/leds").err
    assert "RCN0301" in accept(applied, "optimum/Location/*").err


PERSON = """\
apiVersion: optimum/v1
kind: Subscriber
metadata: {name: jane}
spec:
  mobile_number: '+441132440000' # hers
  fname: Jane
  country_code: GB
  locations: [leeds]
"""


def test_personal_data_is_asked_for(applied: Desk) -> None:
    """Somebody's number goes into git only where that is said; references and sets are written by name."""
    applied.manifest(PERSON, "people.yaml")
    york = applied.sandbox.store.insert("optimum", "locations", {"name": "York", "country_code": "GB"})["id"]
    applied.ok("apply", "--auto-approve", env=KEY)
    leeds = next(item["id"] for item in applied.live("optimum", "locations") if item["name"] == "Acme Leeds")
    live(applied, "subscribers", mobile_number="+441132441111", fname="Janet", locations=[york, leeds])
    before = (applied.folder / "manifests/people.yaml").read_bytes()
    done = accept(applied, "optimum/Subscriber/jane", env=KEY)
    assert refused(done, applied, before, "manifests/people.yaml") == ["RCN0362"]
    assert "fname, mobile_number would be written" in done.err
    assert not any(secret in done.out + done.err for secret in ("Janet", "44113244"))
    done = accept(applied, "optimum/Subscriber/jane", more=("--show-personal-data",), env=KEY)
    assert done.code == 0, done
    text = (applied.folder / "manifests/people.yaml").read_text("utf-8")
    assert "mobile_number: '+441132441111' # hers\n  fname: Janet\n" in text
    assert f"locations: [leeds, {{externalId: {york}}}]\n" in text
    assert applied.run("plan", "--detailed-exitcode", env=KEY).code == 0


MESSAGE = """\
apiVersion: customersure/v1
kind: FeedbackRequest
metadata: {name: ann}
spec:
  email: ann@example.com
  send_at: "2099-08-20T18:00:00+0100"
  survey_id: "1484"
  reference: A-1
"""


def test_a_message_is_remembered_as_it_was_sent(applied: Desk) -> None:
    """To follow a message that somebody changed would make it another one for the ledger, which keeps it from going out
    twice."""
    applied.manifest(MESSAGE, "ann.yaml")
    applied.ok("apply", "--auto-approve", "--allow-send", env=KEY)
    live(applied, "feedback_requests", "customersure", reference="B-2")
    before = (applied.folder / "manifests/ann.yaml").read_bytes()
    done = accept(applied, "customersure/FeedbackRequest/ann", env=KEY)
    assert refused(done, applied, before, "manifests/ann.yaml") == ["RCN0361"]
    assert "it is sent once" in done.err


def test_a_file_that_may_not_be_written(applied: Desk, tmp_path: Path) -> None:
    """A read-only file says no; a link within the project is followed and stays, and the mode of the file as well."""
    live(applied, name="Acme Ldn")
    file, before = applied.folder / "manifests/all.yaml", unchanged(applied)
    file.chmod(0o444)
    assert refused(accept(applied, LEEDS), applied, before) == ["RCN0193"]
    file.chmod(0o640)
    file.rename(applied.folder / "kept.yaml")
    file.symlink_to("../kept.yaml")
    assert accept(applied, LEEDS).code == 0
    assert file.is_symlink()
    assert (applied.folder / "kept.yaml").stat().st_mode & 0o777 == 0o640
    assert b"name: Acme Ldn" in (applied.folder / "kept.yaml").read_bytes()
    assert [path.name for path in (applied.folder / "manifests").iterdir()] == ["all.yaml"]


def test_all_files_or_none(applied: Desk) -> None:
    """Where one of two files may not be written, the other is not written either; then both are."""
    text = unchanged(applied).decode()
    one, other = text.split("---\napiVersion: optimum/v1\nkind: Account")
    applied.manifest(one)
    account = applied.manifest(f"apiVersion: optimum/v1\nkind: Account{other}", "account.yaml")
    live(applied, name="Acme Ldn")
    live(applied, "accounts", max_locations=7)
    account.chmod(0o444)
    both = (LEEDS, "optimum/Account/acme")
    assert refused(accept(applied, *both), applied, one.encode()) == ["RCN0193"]
    account.chmod(0o644)
    assert accept(applied, *both).code == 0
    assert b"name: Acme Ldn" in unchanged(applied)
    assert "max_locations: 7}" in account.read_text("utf-8")


def test_files_that_are_named(applied: Desk) -> None:
    """-f works as everywhere: the file that is named is the one that is written, also from another folder."""
    live(applied, name="Acme Ldn")
    other = applied.write("elsewhere/stores.yaml", FIVE_KINDS)
    before = unchanged(applied)
    assert accept(applied, LEEDS, more=("-f", "stores.yaml"), cwd=other.parent).code == 0
    assert "name: Acme Ldn" in other.read_text("utf-8")
    assert unchanged(applied) == before
