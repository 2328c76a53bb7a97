"""--format and --report as a user types them: every form, files whole or not at all, nothing sent for a wrong line."""

from __future__ import annotations

import csv
import io
import json
import stat
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from reconciler.cli.options import APPLY_REPORTS, DRIFT_FORMS, PLAN_FORMS, VALIDATE_FORMS
from reconciler.report import rendering
from tests.cli.desk import Desk, location

BEGINNINGS = {
    "json": "{",
    "markdown": "## ",
    "html": "<!doctype html>",
    "csv": "\ufeff",
    "openmetrics": "# TYPE reconciler_",
    "junit": "<?xml",
    "sarif": "{",
}


def test_the_forms_on_the_command_line_are_those_that_can_be_made() -> None:
    """The options offer what there is a renderer for, and nothing else."""
    assert tuple(rendering.PLAN_FORMS) == PLAN_FORMS
    assert tuple(rendering.DRIFT_FORMS) == DRIFT_FORMS
    assert tuple(rendering.APPLY_FORMS) == APPLY_REPORTS
    assert tuple(rendering.VALIDATE_FORMS) == VALIDATE_FORMS


def test_a_plan_in_every_form_at_once(five: Desk) -> None:
    """One run writes them all, each beginning as its form does, and asks the vendors once."""
    reports = [f"--report={form}=out.{form}" for form in PLAN_FORMS]
    done = five.ok("plan", "--out", "my.plan", "--format", "markdown", *reports)
    asked = len(five.requests())
    assert done.out.startswith("## Plan for `desk`: 5 to add")
    for form in PLAN_FORMS:
        content = (five.folder / f"out.{form}").read_text("utf-8")
        assert content.startswith(BEGINNINGS.get(form, "Actions are indicated")), form
        shown = five.ok("show", "my.plan", "--format", form)
        assert shown.out.startswith(content[:40]), form
    assert (five.folder / "out.markdown").read_text("utf-8") == done.out
    assert len(five.requests()) == asked


def test_drift_in_every_form(applied: Desk) -> None:
    """The exit code is that of drift, whatever the form; JUnit fails the object that moved."""
    applied.sandbox.store.change(
        "optimum", "locations", applied.live("optimum", "locations")[0]["id"], {"name": "Moved"}
    )
    reports = [f"--report={form}=d.{form}" for form in DRIFT_FORMS]
    done = applied.run("drift", "--format", "junit", *reports)
    assert done.code == 2
    root = ET.fromstring(done.out)
    assert (root.get("tests"), root.get("failures")) == ("5", "1")
    rows = list(csv.DictReader(io.StringIO((applied.folder / "d.csv").read_text("utf-8-sig"))))
    assert [(row["state"], row["field"], row["observed"]) for row in rows] == [("changed", "name", "Moved")]
    page = (applied.folder / "d.html").read_text("utf-8")
    assert "Recorded runs" in page and "apply" in page
    for form in DRIFT_FORMS:
        assert (applied.folder / f"d.{form}").stat().st_size > 100, form


def test_an_apply_leaves_a_summary_and_the_history_knows_the_drift_it_found(applied: Desk) -> None:
    """The files have the end of the run; the next report charts how much drift the run had found."""
    applied.sandbox.store.change(
        "optimum", "locations", applied.live("optimum", "locations")[0]["id"], {"name": "Moved"}
    )
    reports = [f"--report={form}=a.{form}" for form in APPLY_REPORTS]
    applied.ok("apply", "--auto-approve", *reports)
    assert json.loads((applied.folder / "a.json").read_text())["summary"]["changed"] == 1
    assert (applied.folder / "a.markdown").read_text().startswith("## Apply complete for `desk`: 0 added, 1 changed")
    assert "Apply complete!" in (applied.folder / "a.text").read_text()
    run = applied.ok("state", "history", "--json").json["runs"][-1]
    assert (run["counts"]["drifted"], run["counts"]["gone"]) == (1, 0)
    assert "1 drifted" in applied.ok("drift", "--format", "html").out


def test_a_wrong_manifest_as_sarif_and_markdown(five: Desk) -> None:
    """The report is written although the command fails, and a later clean run replaces it."""
    five.manifest(location("leeds").replace("address_line_1", "adress_line_1"), "more.yaml")
    done = five.run("validate", "--format", "sarif", "--report", "markdown=v.md", "--report", "sarif=v.sarif")
    assert done.code == 3 and "error[RCN" in done.err
    (run,) = done.json["runs"]
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "manifests/more.yaml"
    assert done.out == (five.folder / "v.sarif").read_text("utf-8")
    assert (five.folder / "v.md").read_text("utf-8").startswith("## ")
    (five.folder / "manifests/more.yaml").unlink()
    five.ok("validate", "--report", "sarif=v.sarif")
    assert json.loads((five.folder / "v.sarif").read_text())["runs"][0]["results"] == []


WRONG = [
    (["--report", "pdf=x"], "'pdf' is not one of text, json, markdown", "a format there is not"),
    (["--report", "html"], "'html' needs a file", "no file"),
    (["--report", "html=-"], "stdout is what --format is for", "stdout"),
    (["--report", "html=x", "--report", "json=x"], "are the same file", "one file twice"),
    (["--report", "html=x", "--report", "json=./manifests/../x"], "are the same file", "the same by another name"),
    (["--report", "json=x", "--out", "x"], "are the same file", "the saved plan"),
    (["--report", "html=x", "--log-file", "x"], "are the same file", "the log"),
    (["--report", "html=no/such/folder/x"], "No such file or directory", "a folder that is not there"),
    (["--report", "html=manifests"], "is there, and is no file", "a folder"),
    (["--report", "html=/dev/null"], "is there, and is no file", "a device, which would be replaced"),
    (["--format", "junit"], "'junit' is not one of", "a form of another command"),
]


@pytest.mark.parametrize(("options", "said", "reason"), WRONG)
def test_a_report_that_cannot_be_is_refused_before_anything_is_asked(
    five: Desk, options: list[str], said: str, reason: str
) -> None:
    """Exit code 3, one message, no request, no file."""
    before = sorted(path.name for path in five.folder.iterdir())
    done = five.run("plan", *options)
    assert (done.code, done.out) == (3, ""), reason
    assert said in done.err
    assert five.requests() == []
    left = sorted(path.name for path in five.folder.iterdir())
    assert [name for name in left if name not in before and name != "x"] == []


def test_reports_can_be_published_and_never_follow_a_link(five: Desk) -> None:
    """Mode 0644 less the umask; an older report is replaced whole, a link is replaced and not written through."""
    precious = five.write("precious", "mine")
    (five.folder / "p.html").symlink_to(precious)
    five.write("p.csv", "old").chmod(0o600)
    assert five.shell("umask 027; reconciler plan --report html=p.html --report csv=p.csv").code == 0
    assert precious.read_text() == "mine"
    for name in ("p.html", "p.csv"):
        file = five.folder / name
        assert not file.is_symlink() and stat.S_IMODE(file.stat().st_mode) == 0o640
    assert five.shell("umask 0; reconciler plan --report html=p.html").code == 0
    assert stat.S_IMODE((five.folder / "p.html").stat().st_mode) == 0o644


def test_a_command_that_fails_leaves_the_old_report_and_no_draft(five: Desk) -> None:
    """Whole or not at all: what was there stays, and nothing lies beside it."""
    old = five.write("p.html", "old")
    done = five.run("plan", "--report", "html=p.html", without=["OPTIMUM_TOKEN"])
    assert done.code != 0 and old.read_text() == "old"
    assert not [path for path in five.folder.iterdir() if path.name.endswith(".tmp")]


def test_a_file_that_a_pull_request_named_like_a_command_is_told_as_text(five: Desk) -> None:
    """A line of the log that begins with a file's name runs no workflow command."""
    five.manifest("foo: bar\n", "ok.yaml")
    Path(five.folder, "::set-env name=PATH::x.yaml").write_text("foo: bar\n", "utf-8")
    done = five.run("validate", "-f", "::set-env name=PATH::x.yaml")
    assert done.code == 3
    assert "\\u003a:set-env" in done.err
    assert not [line for line in done.err.splitlines() if line.lstrip().startswith("::")]
