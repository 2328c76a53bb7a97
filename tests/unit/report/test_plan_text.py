"""The plan as Terraform users expect it, block by block and as a whole."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest

from reconciler.model import (
    Action,
    Address,
    Blocked,
    Cause,
    Change,
    FieldChange,
    Impact,
    Pending,
    Plan,
    Selection,
    Trouble,
    Unmanaged,
)
from reconciler.report.html.plan_page import plan_html
from reconciler.report.plan_markdown import plan_markdown
from reconciler.report.plan_text import plan_line, plan_text
from reconciler.report.shape import plan_document
from reconciler.report.style import Style
from tests.unit.report import samples as s

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def text(*changes: Change, **more: object) -> str:
    """The text of a plan of these changes."""
    return plan_text(s.plan(*changes, **more), s.REGISTRY)


def block(change: Change) -> str:
    """The block of one change, without what stands around it."""
    found = re.search(r"^  # .*?(?=\n\n)", text(change), re.DOTALL | re.MULTILINE)
    assert found is not None
    return found.group() + "\n"


BLOCKS = [
    pytest.param(
        s.CREATE,
        """\
          # enco/Survey/waffles will be created
          + Survey "waffles" {
              + interactionType = "delivery"
              + name            = "Waffles"
              + questions       = [
                  + { language = "en-GB", body = "How was it?" },
                  + { language = "fr", body = "C'était comment ?" },
                ]
            }
        """,
        id="create: names aligned, questions an item a line in their schema's order",
    ),
    pytest.param(
        s.CREATE_PENDING,
        """\
          # enco/Question/waffles-fr will be created
          + Question "waffles-fr" {
              + body     = "Hoe was het?"
              + language = "nl"
              + survey   = (known after apply)   # waffles
            }
        """,
        id="create: an id that is not known yet, and whose",
    ),
    pytest.param(
        s.UPDATE,
        """\
          # optimum/Location/leeds will be updated in-place
          ~ Location "leeds" {
                id           = "xd3S6"
              ~ country_code = "GB" -> "IE"                           # conflict
              ~ name         = "Acme Leeds" -> "Acme Leeds Central"   # config
              ~ postal_code  = "LS1 8EQ" -> "LS1 9ZZ"                 # drift
                # (1 unchanged field hidden)
            }
        """,
        id="update: the cause of each field, what is unchanged only counted",
    ),
    pytest.param(
        s.REPLACE,
        """\
          # enco/Survey/waffles must be replaced, the new one first
          # (the API cannot change it in place)
          # destroys 1,234 responses and 2,100 requests (nps 45); what campaigns hold cannot be counted
        +/- Survey "waffles" {
              ~ id        = "8" -> (known after apply)
              ~ questions = [   # config, forces replacement
                  - { language = "fr", body = "C'était comment ?" },
                  + { language = "fr", body = "Alors ?" },
                    # (1 unchanged item hidden)
                ]
                # (2 unchanged fields hidden)
            }
        """,
        id="replace: what forces it, what is lost",
    ),
    pytest.param(
        replace(
            s.DELETE, before={"name": "York", "address_line_2": None}, impact=Impact({"reviews": 1, "feedback": 0})
        ),
        """\
          # optimum/Location/york will be destroyed
          # (no manifest declares it)
          # (the API makes it inactive for good, it cannot be brought back)
          # destroys 1 review
          - Location "york" {
                id   = "gse4Ry"
              - name = "York" -> null
            }
        """,
        id="delete: what it means to this vendor; empty fields are left out",
    ),
    pytest.param(
        s.FORGET,
        """\
          # customersure/Site/leeds will no longer be managed, but will not be destroyed
          # (the API cannot delete it)
          . Site "leeds" {
                id = "LDS"
                # (2 unchanged fields hidden)
            }
        """,
        id="forget: the live object stays, and why",
    ),
    pytest.param(
        s.ADOPT,
        """\
          # optimum/Account/acme will be adopted and updated in-place (id a1)
          # cannot verify verb: never shown by the API, and not sent by us
          # warning: active accounts are billed
         <= Account "acme" {
                id     = "a1"
              ~ active = false -> true   # adopt
                # (1 unchanged field hidden)
            }
        """,
        id="adopt: which object, what differs, what nobody can verify",
    ),
    pytest.param(
        replace(s.ADOPT, action=Action.CREATE_DELETE),
        """\
          # optimum/Account/acme must be replaced, the new one first
          # cannot verify verb: never shown by the API, and not sent by us
          # warning: active accounts are billed
        +/- Account "acme" {
              ~ id     = "a1" -> (known after apply)
              ~ active = false -> true   # adopt
                # (1 unchanged field hidden)
            }
        """,
        id="adopt: a replacement never looks like a mere adoption",
    ),
    pytest.param(
        replace(s.ADOPT, action=Action.NO_OP, fields=(), unverified=(), warnings=()),
        """\
          # optimum/Account/acme will be adopted (id a1)
         <= Account "acme" {
                id = "a1"
                # (2 unchanged fields hidden)
            }
        """,
        id="adopt: nothing to change",
    ),
    pytest.param(
        s.BLOCKED,
        """\
          # optimum/Location/leeds is blocked and will not be created
          # blocked[ambiguous]: several live objects match (b, a)
          #   candidates: a, b
          #   to go on: write the right id as metadata.externalId (manifests/leeds.yaml:2)
          ! Location "leeds" {
              + address_line_1 = "1 The Headrow"
              + country_code   = "GB"
              + name           = "Acme Leeds"
              + postal_code    = "LS1 8EQ"
            }
        """,
        id="blocked: code, message, candidates, the way on",
    ),
    pytest.param(
        replace(
            s.CREATE_PENDING,
            blocked=Blocked("dependency_blocked", "it waits", because=s.WAFFLES),
            after=None,
            fields=(),
        ),
        """\
          # enco/Question/waffles-fr is blocked and will not be created
          # blocked[dependency_blocked]: it waits
          #   to go on: settle enco/Survey/waffles first (manifests/waffles-fr.yaml:2)
          ! Question "waffles-fr"
        """,
        id="blocked: by another address",
    ),
    pytest.param(
        replace(
            s.UPDATE, blocked=Blocked("immutable", "name cannot be changed by this API"), fields=s.UPDATE.fields[1:2]
        ),
        """\
          # optimum/Location/leeds is blocked and will not be updated
          # blocked[immutable]: name cannot be changed by this API
          #   declared at: manifests/leeds.yaml:2
          ! Location "leeds" {
                id   = "xd3S6"
              ~ name = "Acme Leeds" -> "Acme Leeds Central"   # config
                # (3 unchanged fields hidden)
            }
        """,
        id="blocked: where the message says it all, only the place is added",
    ),
    pytest.param(
        s.MOVED,
        """\
          # customersure/Site/leeds has moved from customersure/Site/leeds-1
            Site "leeds" {
                id = "LDS"
                # (1 unchanged field hidden)
            }
        """,
        id="renamed: nothing else happens",
    ),
    pytest.param(
        replace(s.UPDATE, previous_address=s.YORK, fields=(s.field("name", "A", "B"),), connection="agency-7"),
        """\
          # optimum/Location/leeds will be updated in-place
          # (moved from optimum/Location/york)
          # (connection agency-7)
          ~ Location "leeds" {
                id   = "xd3S6"
              ~ name = "A" -> "B"   # config
                # (3 unchanged fields hidden)
            }
        """,
        id="renamed and updated, in a connection that is not the vendor's only one",
    ),
    pytest.param(
        replace(s.CREATE, after={"name": "W"}, fields=(), previous_connection="enco-old", reason="connection_moved"),
        """\
          # enco/Survey/waffles will be created
          # (its manifest names another connection)
          # (from connection enco-old to enco)
          + Survey "waffles" {
              + name = "W"
            }
        """,
        id="moved to another connection",
    ),
    pytest.param(
        replace(s.ADOPT, importing=None, deactivates=True, reason="deactivated_on_removal", unverified=(), warnings=()),
        """\
          # optimum/Account/acme will be made inactive and no longer managed
          # (lifecycle.onRemove is deactivate)
          ~ Account "acme" {
                id     = "a1"
              ~ active = false -> true   # adopt
                # (1 unchanged field hidden)
            }
        """,
        id="deactivated in place of deleted",
    ),
    pytest.param(
        replace(s.CREATE, after={"name": "W"}, fields=(), reason="recover"),
        """\
          # enco/Survey/waffles may be created already, and is settled before anything else
          + Survey "waffles" {
              + name = "W"
            }
        """,
        id="recover: an open write is not shown as a plain create",
    ),
    pytest.param(
        replace(s.SEND, after={"channel": "SMS"}),
        """\
          # enco/Send/spring is held and will not be sent
          # (held: --allow-send sends it)
          > Send "spring" {
              + channel = "SMS"
            }
        """,
        id="send: held until it is allowed",
    ),
    pytest.param(
        replace(
            s.UPDATE, fields=(s.field("lifecycle.preventDestroy", False, True),), reason="lifecycle_changed", after=None
        ),
        """\
          # optimum/Location/leeds will be updated in-place
          # (only its lifecycle changes, nothing is sent to the vendor)
          ~ Location "leeds" {
                id                       = "xd3S6"
              ~ lifecycle.preventDestroy = false -> true   # config
                # (4 unchanged fields hidden)
            }
        """,
        id="lifecycle: no vendor call",
    ),
]


@pytest.mark.parametrize(("change", "expected"), BLOCKS)
def test_a_change_as_a_block(change: Change, expected: str) -> None:
    """What happens, why, and the fields."""
    assert block(change) == _shifted(expected)


def _shifted(expected: str) -> str:
    """The expected text without the eight columns that the table indents it by."""
    return "".join(line[8:] for line in expected.splitlines(keepends=True)).rstrip(" ")


ROWS = [
    (s.field("name", "a", None, Cause.DRIFT), '- name = "a" -> null   # drift', "a value that goes"),
    (s.field("name", None, "a"), '+ name = "a"   # config', "a value where there was none"),
    (s.field("name", "a", Pending(s.YORK)), '~ name = "a" -> (known after apply)   # config', "not known yet"),
    (s.field("name", "2000", 2000), '~ name = "2000" -> 2000   # config', "text and number look different"),
    (s.field("name", 'a"', "a\nb"), '~ name = "a\\"" -> "a\\nb"   # config', "quotes and newlines are spelled out"),
    (s.field("name", ["a"], ["a", "b"]), '~ name = ["a"] -> ["a", "b"]   # config', "a short list stays on its line"),
    (s.field("name", [], {"k": [1.5, None]}), "~ name = [] -> { k = [1.5, null] }   # config", "objects on one line"),
    (s.field("name", {}, [True]), "~ name = {} -> [true]   # config", "empty ones"),
    (s.field("\x1bx", "a", "b"), '~ \\u001bx = "a" -> "b"   # config', "names are data as well"),
]


@pytest.mark.parametrize(("change", "row"), [pytest.param(c, r, id=why) for c, r, why in ROWS])
def test_a_field_as_a_row(change: FieldChange, row: str) -> None:
    """Each sort of value, before and after."""
    shown = block(replace(s.UPDATE, id=None, fields=(change,), before={}, after={}))
    assert shown.splitlines()[2].strip() == row


def test_long_texts_are_shown_around_the_difference() -> None:
    """Two long texts that start alike are cut so that what differs is seen."""
    start = "The same words again and again. " * 20
    shown = block(replace(s.UPDATE, fields=(s.field("name", start + "old end", start + "new end"),)))
    row = next(line for line in shown.splitlines() if "name" in line)
    assert "old end" in row and "new end" in row and len(row) < 300 and row.count("…") == 2


def test_a_long_value_is_shortened_and_its_length_told() -> None:
    """A novel in a field does not bury the plan."""
    shown = block(replace(s.CREATE, after={"name": "x" * 5000}, fields=()))
    assert "(5,000 characters)" in shown and max(map(len, shown.splitlines())) < 250


def test_long_lists_are_cut_and_counted() -> None:
    """Hundreds of questions are not all printed."""
    questions = [{"language": f"l{n:03}", "body": "b"} for n in range(300)]
    shown = block(replace(s.CREATE, after={"questions": questions}, fields=()))
    assert "# … 260 more items" in shown and len(shown.splitlines()) < 50


def test_repeated_items_are_told_apart() -> None:
    """[a, a] and [a] differ by one item."""
    twice = [{"language": "en", "body": "b"}] * 2
    shown = block(replace(s.UPDATE, address=s.WAFFLES, fields=(s.field("questions", twice, twice[:1]),)))
    assert shown.count('- { language = "en", body = "b" },') == 1 and "(1 unchanged item hidden)" in shown


def test_order_alone_is_said_so() -> None:
    """Two lists of the same objects in another order do not look unchanged."""
    one, other = [{"k": 1}, {"k": 2}], [{"k": 2}, {"k": 1}]
    assert "# (only the order differs)" in block(replace(s.UPDATE, fields=(s.field("name", one, other),)))


SENTENCES = [
    ([s.CREATE, s.UPDATE], "Plan: 1 to add, 1 to change, 0 to destroy.", "the three are always said"),
    ([s.REPLACE], "Plan: 1 to add, 0 to change, 1 to destroy.", "a replacement adds and destroys"),
    ([s.ADOPT], "Plan: 0 to add, 0 to change, 0 to destroy, 1 to adopt.", "an adoption is counted as such alone"),
    (
        [s.FORGET, s.SEND],
        "Plan: 0 to add, 0 to change, 0 to destroy, 1 to forget, 1 held.",
        "what is held is not to be sent",
    ),
    (
        [s.FORGET, replace(s.SEND, reason="not_sent")],
        "Plan: 0 to add, 0 to change, 0 to destroy, 1 to forget, 1 to send.",
        "others where there are",
    ),
    ([s.MOVED], "Plan: 0 to add, 0 to change, 0 to destroy, 1 to move.", "a rename is something to do"),
    ([s.BLOCKED, s.STILL], "Plan: 0 to add, 0 to change, 0 to destroy, 1 blocked.", "blocked alone is no 'No changes'"),
]


@pytest.mark.parametrize(("changes", "sentence"), [pytest.param(c, t, id=why) for c, t, why in SENTENCES])
def test_the_plan_line(changes: list[Change], sentence: str) -> None:
    """The sentence that scripts and people look for; the last but the next command."""
    plan = s.plan(*changes)
    assert plan_line(plan) == sentence
    assert plan_text(plan, s.REGISTRY, next_step=False).endswith(sentence + "\n")


def test_the_legend_has_the_symbols_in_use_alone() -> None:
    """Nobody reads about what does not occur."""
    head = text(s.CREATE, s.BLOCKED).split("reconciler will")[0]
    assert head == ("Actions are indicated with the following symbols:\n  + create\n  ! blocked, nothing is done\n\n")
    every = plan_text(s.EVERYTHING, s.REGISTRY)
    assert all(f"{sign} " in every for sign in ("+", "~", "-", "+/-", "<=", ">", ".", "!"))


def test_a_blocked_plan_has_its_legend_too() -> None:
    """With nothing but blocked addresses the symbol is still explained."""
    shown = text(s.BLOCKED)
    assert shown.startswith("Actions are indicated with the following symbols:\n  ! blocked")
    assert "will perform" not in shown and "Run " not in shown


def test_no_changes() -> None:
    """What was compared is said, and no command follows."""
    assert text(s.STILL) == (
        "No changes. Your live objects match the manifests.\n\n"
        "reconciler has compared 1 address of the manifests and the state with what customersure holds\n"
        "and found no differences, so no changes are needed.\n"
    )


def test_drift_that_nobody_can_put_back_is_no_match() -> None:
    """With nothing to apply but moved objects, the text does not claim that all is well."""
    shown = text(s.STILL, drift=(s.SURPLUS,))
    assert "No changes. Nothing to apply." in shown and "the API cannot put this back" in shown
    assert "match the manifests" not in shown


def test_ignored_drift_is_a_match() -> None:
    """Fields under ignoreChanges may differ; they are shown as ignored."""
    shown = text(s.STILL, drift=(s.IGNORED,))
    assert "# ignored" in shown and "Your live objects match the manifests." in shown


def test_what_could_not_be_read_is_no_match() -> None:
    """An unreadable vendor never gives 'No changes', and its addresses are told together."""
    unread = [
        replace(s.STILL, address=Address("customersure", "Site", f"s{n:02}"), blocked=Blocked("unreadable", "cut off"))
        for n in range(12)
    ]
    shown = text(*unread, troubles=(s.TROUBLE,))
    assert "12 addresses could not be read, and nothing is done there:" in shown and "… and 2 more" in shown
    assert "error[RCN0501]: the list of sites does not add up" in shown and "help: run it again" in shown
    assert "No changes" not in shown and shown.count("cut off") == 0


def test_given_up_fields_of_an_unchanged_object_are_said() -> None:
    """Taking a line out gives the field up, which must not pass in silence."""
    shown = text(replace(s.STILL, given_up=("city", "region")))
    assert "# customersure/Site/leeds is unchanged\n  # gives up city and region:" in shown


IMPACTS = [
    (Impact({"responses": 1}), "destroys 1 response", "singular"),
    (Impact({"responses": 0, "requests": 0}), "destroys no responses or requests", "nothing, and of what"),
    (Impact({}, ("campaigns",)), "what campaigns hold cannot be counted", "only what cannot be counted"),
    (Impact(failed="it timed out"), "what it destroys could not be counted: it timed out", "a count that failed"),
    (Impact({"new_thing": 2}), "destroys 2 new thing", "a count nobody declared"),
]


@pytest.mark.parametrize(("impact", "sentence"), [pytest.param(i, t, id=why) for i, t, why in IMPACTS])
def test_what_a_delete_destroys(impact: Impact, sentence: str) -> None:
    """In words, under the headline, in red; what cannot be counted is said as well (trap 60c)."""
    shown = replace(s.REPLACE, impact=impact)
    assert f"  # {sentence}\n" in text(shown)
    assert f"\x1b[31m{sentence}" in plan_text(s.plan(shown), s.REGISTRY, Style(on=True))


CUTS = [
    (Impact({"pending_feedback_requests": 3}), "cuts off 3 pending feedback requests naming its site_code", "some"),
    (Impact({"pending_feedback_requests": 1}), "cuts off 1 pending feedback request naming its site_code", "one"),
    (Impact({"pending_feedback_requests": 0}), "no pending feedback requests name its site_code", "none"),
    (Impact(failed="it timed out"), "what it cuts off could not be counted: it timed out", "a count that failed"),
]


@pytest.mark.parametrize(("impact", "sentence"), [pytest.param(i, t, id=why) for i, t, why in CUTS])
def test_what_a_change_of_a_key_cuts_off(impact: Impact, sentence: str) -> None:
    """A kind whose loss comes with an update says so in other words."""
    change = replace(s.STILL, action=Action.UPDATE, impact=impact)
    assert f"  # {sentence}\n" in text(change)


NEXT = [
    (s.plan(s.CREATE), None, 'Run "reconciler apply" to perform', "the plain command"),
    (s.plan(s.CREATE), "my plan", "    reconciler apply 'my plan'", "the saved plan, quoted for the shell"),
    (
        s.plan(
            s.CREATE, environment="staging", selection=Selection(files=("a.yaml",), targets=("enco/*",), complete=True)
        ),
        None,
        "Run \"reconciler apply --env staging -f a.yaml --target 'enco/*' --complete\"",
        "the same environment and selection",
    ),
    (s.plan(s.DELETE, selection=Selection(destroy=True)), None, 'Run "reconciler destroy"', "a plan --destroy"),
]


@pytest.mark.parametrize(("plan", "saved", "command"), [pytest.param(p, f, c, id=why) for p, f, c, why in NEXT])
def test_the_next_command(plan: Plan, saved: str | None, command: str) -> None:
    """What to run is said so that it can be copied."""
    assert command in plan_text(plan, s.REGISTRY, saved=saved)


def test_guards_say_the_consent_and_that_apply_stops() -> None:
    """Nobody finds out at apply time."""
    shown = plan_text(s.EVERYTHING, s.REGISTRY)
    assert "guard[data_loss]: enco/Survey/waffles would lose 1,234 responses\n  enco/Survey/waffles\n" in shown
    assert "help: if this is meant, --allow-data-loss X" in shown
    assert shown.endswith("Apply stops at the guard above until the consent is given.\n")


def test_unmanaged_objects_are_counted_and_the_first_listed() -> None:
    """Forty strangers do not bury the plan."""
    strangers = tuple(Unmanaged("optimum", "optimum/Location", f"i{n}", "K\n" * 90) for n in range(7))
    shown = text(s.STILL, unmanaged=strangers)
    assert "7 live objects are not managed here and left alone:" in shown and "… and 2 more" in shown
    assert "i4" in shown and "i5" not in shown
    assert "1 live object is not managed" in text(s.STILL, unmanaged=strangers[:1])


def test_a_selection_is_said() -> None:
    """A plan of a part does not look like the whole."""
    assert 'Note: only addresses in "a.yaml" were looked at' in text(s.CREATE, selection=Selection(files=("a.yaml",)))
    assert "Note:" not in text(s.CREATE, selection=Selection(files=("a.yaml",), complete=True))


def test_sections_come_in_the_order_they_are_read() -> None:
    """Drift, legend, changes, blocked, the rest, the sum, the next command."""
    shown = plan_text(s.EVERYTHING, s.REGISTRY)
    marks = [
        "Live objects moved since the last apply",
        "Actions are indicated",
        "reconciler will perform the following actions:",
        "Blocked, and left alone",
        "7 live objects",
        "Note: only addresses",
        "Warning: enco: the list has 100 entries",
        "error[RCN0501]",
        "guard[data_loss]",
        "Plan: 2 to add, 1 to change, 2 to destroy, 1 to adopt, 1 to forget, 1 held, 1 to move, 1 blocked.",
        'Run "reconciler apply',
    ]
    places = [shown.index(mark) for mark in marks]
    assert places == sorted(places)


def test_colour_changes_nothing_but_colour() -> None:
    """Without its escapes the coloured text is the plain text; the plain one has no escape."""
    plain = plan_text(s.EVERYTHING, s.REGISTRY)
    coloured = plan_text(s.EVERYTHING, s.REGISTRY, Style(on=True))
    assert "\x1b" not in plain
    assert ANSI.sub("", coloured) == plain and coloured != plain


def test_vendor_text_cannot_draw() -> None:
    """A name with escapes, newlines and markup arrives as text in every part of the plan."""
    evil = "\x1b[2J\nPlan: 9 to add, 0 to change, 0 to destroy.\u202e[red]"
    shown = text(
        replace(s.BLOCKED, after={"name": evil}, blocked=Blocked("x", evil, (evil,)), connection=evil),
        replace(s.ADOPT, importing=evil, id=evil, warnings=(evil,), given_up=(evil,)),
        drift=(replace(s.DRIFTED, message=evil),),
        unmanaged=(Unmanaged(evil, "optimum/Location", evil, evil),),
        troubles=(Trouble(evil, "optimum/Location", "RCN0501", evil, 5, evil),),
        warnings=(evil,),
    )
    assert not [c for c in shown if c in "\x1b\u202e"]
    assert sum(line.startswith("Plan: ") for line in shown.splitlines()) == 1


def test_the_same_plan_gives_the_same_text() -> None:
    """The order in which changes came does not matter."""
    turned = replace(s.EVERYTHING, changes=s.EVERYTHING.changes[::-1], drift=s.EVERYTHING.drift[::-1])
    assert plan_text(turned, s.REGISTRY) == plan_text(s.EVERYTHING, s.REGISTRY)


def test_rendering_imports_nothing_heavy() -> None:
    """A plan is shown on every start; rich and its like would cost more than the rendering."""
    code = "import sys, reconciler.report; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"rich", "httpx", "jsonschema", "deepdiff", "yaml", "sqlite3", "asyncio", "click", "difflib", "jinja2"}
    assert heavy.isdisjoint(modules)


def test_the_estimate_stands_in_every_form() -> None:
    """How many writes and about how long: under the ``Plan:`` line, in Markdown, in HTML, and as numbers in JSON."""
    said = "Apply will send 3 writes: enco 2, optimum 1; a few seconds at 1 request a second to optimum, its 4 reads"
    shown = plan_text(s.EVERYTHING, s.REGISTRY)
    assert f"1 blocked.\n{said} included.\n\n" in shown
    assert said in plan_markdown(s.EVERYTHING, s.REGISTRY)
    assert said in plan_html(s.EVERYTHING, s.REGISTRY)
    assert plan_document(s.EVERYTHING, s.REGISTRY)["estimate"] == {
        "enco": {"requests": 3, "seconds": 1, "requests_per_second": None},
        "optimum": {"requests": 4, "seconds": 4, "requests_per_second": 1.0},
    }
