"""Text from vendors and pull requests in every format: it acts on nothing, and can still be read."""

from __future__ import annotations

import csv
import io
import json
import re
import time
import unicodedata
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt

from reconciler.errors import YAML_SYNTAX, ReconcilerError
from reconciler.model import Action, Plan, Source
from reconciler.report.document import line
from reconciler.report.past import Past
from reconciler.report.problem import problem_text, problems_document
from reconciler.report.progress import event_document, progress_line
from reconciler.report.rendering import (
    APPLY_FORMS,
    DRIFT_FORMS,
    PLAN_FORMS,
    VALIDATE_FORMS,
    Applied,
    Subject,
    Validated,
    applied_as,
    drift_as,
    plan_as,
    validated_as,
)
from reconciler.report.style import Style
from reconciler.report.visible import visible
from tests.unit.report import hostile
from tests.unit.report import samples as s

TEXTS = {name: hostile.told(text) for name, text in hostile.TEXTS.items()}
every_text = pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in TEXTS.items()])
PAST = (Past(1_780_000_000, "\x1b<b>apply", 0, {"added": 1, "drifted": 2, "gone": 0}),)
COLOURED = Style(on=True)
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_LOG_COMMAND = re.compile(r"^\s*::", re.MULTILINE)
# What runs a command wherever it stands in a line of a log.
_ANYWHERE = re.compile(r"##[A-Za-z]*\[")


def subject(text: str, **more: Any) -> Subject:
    """Everything hostile at once."""
    return Subject(hostile.plan(text), s.REGISTRY, past=PAST, saved=text[:300], **more)


def applied(text: str, **more: Any) -> Applied:
    """An apply of it."""
    return Applied(hostile.plan(text), hostile.outcomes(text), 9, False, "reconciler apply", **more)


def validated(text: str, **more: Any) -> Validated:
    """Manifests whose errors quote it."""
    source = Source(f"manifests/{text[:300]}.yaml", 2, 3)  # no file has a longer name
    return Validated(
        [ReconcilerError(YAML_SYNTAX, text, hint=text, source=source, snippet=f"  a: {text}", span=4)], 0, 0, **more
    )


def printed(text: str) -> dict[str, str]:
    """Every output that holds the text, by its name."""
    forms = {f"plan {form}": plan_as(form, subject(text)) for form in PLAN_FORMS}
    forms |= {f"drift {form}": drift_as(form, subject(text)) for form in DRIFT_FORMS}
    forms |= {f"apply {form}": applied_as(form, applied(text)) for form in APPLY_FORMS}
    forms |= {f"validate {form}": validated_as(form, validated(text)) for form in VALIDATE_FORMS}
    forms["plan coloured"] = _ANSI.sub("", plan_as("text", subject(text, style=COLOURED)))
    forms["drift coloured"] = _ANSI.sub("", drift_as("text", subject(text, style=COLOURED)))
    forms["apply coloured"] = _ANSI.sub("", applied_as("text", applied(text, style=COLOURED)))
    forms["progress"] = progress_line(Event(text)) + "\n"
    forms["event"] = line(event_document(Event(text)))
    forms["problem"] = problem_text(validated(text).errors[0])
    forms["problem, its file first"] = problem_text(ReconcilerError(YAML_SYNTAX, "a", source=Source(text, 1, 1)))
    forms["problem as JSON"] = line(problems_document(validated(text).errors))
    return forms


@dataclass(frozen=True, slots=True)
class Event:
    """A step of an apply that quotes the text."""

    text: str
    kind: str = "failed"
    address: object = s.LEEDS
    action: str = Action.UPDATE.value
    step: str = "update"
    index: int = 1
    total: int = 2
    seconds: float = 0.1

    @property
    def id(self) -> str:
        """The vendor's id."""
        return self.text

    @property
    def message(self) -> str:
        """The vendor's message."""
        return self.text


@every_text
def test_nothing_unseen_and_no_command_of_a_log_in_any_format(text: str) -> None:
    """No control, format, bidi or half character; no flood of marks; no line that a CI service would obey."""
    for name, shown in printed(text).items():
        body = shown.removeprefix("\ufeff")
        assert body.endswith("\n"), name
        shown.encode("utf-8")
        unseen = [c for c in set(body) - {"\n"} if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
        assert not unseen, (name, unseen)
        assert not _LOG_COMMAND.search(body), name
        assert not _ANYWHERE.search(body), name
        if "JSON" not in name and "json" not in name and "event" not in name:
            assert not re.search("[\u0300-\u036f\u0483-\u0489]{5}", body), name


@every_text
def test_it_can_still_be_read_in_every_format(text: str) -> None:
    """The words around it are there, wherever the format shows text at all."""
    for name, shown in printed(text).items():
        assert "seen" in shown, name
        assert "too" in shown, name


@every_text
def test_json_gives_it_back(text: str) -> None:
    """JSON holds the very text, in documents and in streams."""
    document = json.loads(plan_as("json", subject(text)))
    update = next(c for c in document["resource_changes"] if c["address"] == str(s.LEEDS))
    assert update["change"]["after"]["name"] == update["fields"][1]["after"] == update["id"] == text
    assert json.loads(drift_as("json", subject(text)))["unmanaged"][0]["key"] == text
    assert json.loads(line(event_document(Event(text))))["message"] == text
    assert json.loads(applied_as("json", applied(text)))["outcomes"][1]["message"] == text
    assert json.loads(validated_as("json", validated(text)))["errors"][0]["message"] == text


@every_text
def test_a_spreadsheet_computes_nothing_and_gives_it_back(text: str) -> None:
    """No cell begins like a formula, and the escapes can be undone."""
    for shown in (plan_as("csv", subject(text)), drift_as("csv", subject(text))):
        rows = list(csv.reader(io.StringIO(shown.removeprefix("\ufeff"))))
        assert {len(row) for row in rows} == {len(rows[0])}
        assert not [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d"))]
    rows = list(csv.DictReader(io.StringIO(plan_as("csv", subject(text)).removeprefix("\ufeff"))))
    update = next(row for row in rows if row["address"] == str(s.LEEDS) and row["field"] == "name")
    assert _undone(update["after"]) == _undone(update["id"]) == text


def _undone(cell: str) -> str:
    """A cell as its text, as the module's own words say it."""
    cell = cell.removeprefix("'")
    short = {"\\\\": "\\", "\\n": "\n", "\\r": "\r", "\\t": "\t"}
    return re.sub(
        r"\\(?:\\|n|r|t|u[0-9a-f]{4}|U[0-9a-f]{8})",
        lambda one: short.get(one.group()) or chr(int(one.group()[2:], 16)),
        cell,
    )


@every_text
def test_junit_is_xml_that_says_it(text: str) -> None:
    """The document is well-formed, with the cases and attributes that it should have, and no others."""
    root = ET.fromstring(drift_as("junit", subject(text)))
    assert {element.tag for element in root.iter()} <= {
        "testsuites",
        "testsuite",
        "testcase",
        "failure",
        "error",
        "skipped",
    }
    cases = root.findall("testsuite/testcase")
    assert root.get("tests") == str(len(cases)) and len(cases) == 4
    failure = next(case.find("failure") for case in cases if case.get("name") == str(s.LEEDS))
    assert failure is not None and failure.text is not None
    assert visible(text.replace("\\", "\\\\").replace('"', '\\"')) in failure.text


@every_text
def test_openmetrics_stays_three_words_a_line(text: str) -> None:
    """Every line is a comment of ours or one sample with well-formed labels; the end is the end."""
    label = r'[a-z_]+="(?:[^"\\\n]|\\\\|\\"|\\n)*"'
    sample = re.compile(rf"reconciler_[a-z_]+\{{{label}(?:,{label})*\}} \d+")
    for shown in (plan_as("openmetrics", subject(text)), drift_as("openmetrics", subject(text))):
        *lines, last = shown.removesuffix("\n").split("\n")
        assert last == "# EOF"
        assert [
            one for one in lines if not sample.fullmatch(one) and not re.match("# (TYPE|HELP) reconciler_", one)
        ] == []


@every_text
def test_sarif_points_at_a_file_and_holds_no_link(text: str) -> None:
    """The place is a reference without scheme, the message has no ``[words](target)`` that a viewer would follow."""
    (result,) = json.loads(validated_as("sarif", validated(text)))["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"manifests/[A-Za-z0-9/%._~-]*\.yaml", uri)
    assert not re.search(r"(?<!\\)\[[^\]]*\]\(", result["message"]["text"])


# --- Markdown -----------------------------------------------------------------------------------------------------

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_OURS = re.compile(r"<details( open)?><summary><b>[A-Za-z ,]+</b> \([0-9, a-z]+\)</summary>\n|</details>\n?")


@every_text
def test_markdown_has_it_in_code_alone(text: str) -> None:
    """A parser of Markdown finds the text in code and nowhere else; no link, no image, no HTML but our own folds."""
    documents = [plan_as("markdown", subject(text)), drift_as("markdown", subject(text))]
    documents += [applied_as("markdown", applied(text)), validated_as("markdown", validated(text))]
    for document in documents:
        in_code = ""
        for token in PARSER.parse(document):
            for leaf in token.children or [token]:
                assert leaf.type not in {"link_open", "image", "html_inline", "em_open", "s_open", "code_block"}, leaf
                if leaf.type == "html_block":
                    assert _OURS.fullmatch(leaf.content), leaf.content
                elif leaf.type in {"code_inline", "fence"}:
                    in_code += leaf.content
                else:
                    assert "seen" not in leaf.content and "evil" not in leaf.content, leaf
        assert "seen" in in_code


@every_text
def test_markdown_shows_the_same_text_as_the_terminal(text: str) -> None:
    """What a reader of the pull request sees in a table is the text, spelled as everywhere."""
    tokens = [leaf for token in PARSER.parse(plan_as("markdown", subject(text))) for leaf in token.children or []]
    shown = [leaf.content for leaf in tokens if leaf.type == "code_inline"]
    assert visible(text)[:199] in {one[:199] for one in shown}


# --- HTML ---------------------------------------------------------------------------------------------------------

_TAGS = """
    html head meta title style body a header div svg path span nav button circle main section p h1 h2 ul li rect dl dt
    dd aside input kbd label select option output details summary b table thead tbody tr th td del ins code text line g
    footer script
"""
_ATTRIBUTES = """
    lang charset http-equiv content name class href viewbox width height d fill stroke stroke-width stroke-linecap
    stroke-linejoin aria-hidden aria-label aria-labelledby aria-live aria-pressed aria-expanded type id title cx cy r x
    y rx preserveaspectratio data-tally data-kind data-connection data-cause data-filter tabindex role placeholder
    autocomplete spellcheck value hidden open scope colspan dir transform x1 x2 y1 y2
"""


class Reader(HTMLParser):
    """The tags and attributes of a page, and its text without style and script."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self._own = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag opens."""
        self.tags.append(tag)
        self.attributes += attrs
        self._own += tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        """A tag closes."""
        self._own -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        """Text."""
        if not self._own:
            self.words.append(data)


def read(page: str) -> Reader:
    """A page taken apart."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


@every_text
def test_html_is_text_and_nothing_else(text: str) -> None:
    """The page has our tags and attributes alone, one script and one style, and says the text as it is spelled."""
    for page in (plan_as("html", subject(text)), drift_as("html", subject(text))):
        reader = read(page)
        assert set(reader.tags) <= set(_TAGS.split())
        assert {name for name, _ in reader.attributes} <= set(_ATTRIBUTES.split())
        assert (reader.tags.count("script"), reader.tags.count("style")) == (1, 1)
        assert not [v for n, v in reader.attributes if n == "href" and not re.fullmatch(r"#[a-z0-9]+", v or "")]
        words = "".join(reader.words)
        assert visible(text) in words or len(text) > 600


# --- size ---------------------------------------------------------------------------------------------------------


def test_a_name_of_a_megabyte_stays_small_and_quick() -> None:
    """Only JSON, which must give it back, is long; every other format cuts it and says how long it was."""
    text = hostile.told(hostile.LONG)
    begun = time.process_time()
    forms = printed(text)
    assert time.process_time() - begun < 10
    for name, shown in forms.items():
        if "json" in name.lower() or name == "event":
            continue
        assert len(shown) < (1_000_000 if "csv" in name else 200_000), (name, len(shown))
    assert json.loads(plan_as("json", subject(text)))["unmanaged"][0]["key"] == text


@pytest.mark.parametrize("form", sorted(PLAN_FORMS))
def test_plans_do_not_depend_on_the_order_they_were_made_in(form: str) -> None:
    """The same plan in another order gives the same bytes."""
    shuffled = Plan(
        **{name: getattr(s.EVERYTHING, name) for name in s.EVERYTHING.__dataclass_fields__}
        | {"changes": s.EVERYTHING.changes[::-1], "drift": s.EVERYTHING.drift[::-1]}
        | {"unmanaged": s.EVERYTHING.unmanaged[::-1], "calls": dict(reversed(s.EVERYTHING.calls.items()))}
    )
    assert plan_as(form, Subject(shuffled, s.REGISTRY)) == plan_as(form, Subject(s.EVERYTHING, s.REGISTRY))


@pytest.mark.parametrize("form", sorted(PLAN_FORMS))
def test_personal_data_are_masked_in_every_format(form: str) -> None:
    """Nobody's address or name is in a report, unless it was asked for."""
    registry, plan = s.personal_registry(), s.plan(s.PERSONAL)
    shown = plan_as(form, Subject(plan, registry))
    assert "jane@" not in shown and "jane.doe@" not in shown and "Harrogate" not in shown
    if form != "openmetrics":
        assert "jane.doe@example.com" in plan_as(form, Subject(plan, registry, reveal=True))
