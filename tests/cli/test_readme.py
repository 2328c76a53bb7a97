"""README.md tells the truth: its commands run, its plan is the demo's, and its tables are the code's."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from reconciler import errors
from reconciler.cli.main import COMMANDS
from reconciler.sandbox.faults import KINDS
from reconciler.sandbox.server import start
from tests.cli import readme
from tests.cli.desk import FIVE_KINDS, ROOT, Desk, location

TEXT = readme.README.read_text("utf-8")

MEANINGS = {
    0: "done; nothing to do",
    1: "any other error",
    2: "there are changes (`plan --detailed-exitcode`), or drift (`drift`)",
    3: "the manifests, the project file or the command line are wrong",
    4: "a vendor refused the credentials",
    5: "a vendor stayed unavailable, unreadable or rate-limited after the retries",
    6: "a guard stopped everything, every operation was blocked, or nobody approved",
    7: "the saved plan no longer matches",
    8: "the state is locked by another run",
    9: "applied in part; run apply again to go on",
    130: "interrupted; what was under way was finished and recorded",
}
READS = (("one", "read"), ("list", "list"))
DELETES = {"removes": "removes", "deactivates": "makes inactive", "none": "–"}


def test_its_plan_is_the_demos() -> None:
    """The plan at the top is what the demo shows today; `python -m tests.cli.readme` writes it anew."""
    assert readme.plan_shown(TEXT) == readme.trimmed(readme.demo())


def test_its_import_is_what_it_shows() -> None:
    """The import that the README shows is today's."""
    assert readme.import_shown(TEXT) == readme.imported()


def test_its_first_steps_run(desk: Desk) -> None:
    """Every command of the first steps ends as its comment says (0 where it says nothing), against the sandbox."""
    script = readme.walk(TEXT)
    lines = [line for line in script.splitlines() if line.startswith("reconciler ")]
    assert len(lines) >= 10
    with start() as sandbox:
        numbered = re.sub(
            r"^(reconciler .*)$",
            r"\1" + "\n" + r'echo "<exit $?>"',
            script.replace("127.0.0.1:8765", sandbox.url[7:]).replace(
                "--sandbox", f"--sandbox --port {sandbox.url[17:]}"
            ),
            flags=re.M,
        )
        done = desk.shell(numbered)
        reviews = sandbox.store.objects("optimum", "reviews")
        patterns = {pattern(entry.request.method, entry.request.raw_path) for entry in sandbox.log.entries()}
    expected = [int(found[1]) if (found := re.search(r"\(exit (\d+)\)", line)) else 0 for line in lines]
    assert [int(code) for code in re.findall(r"<exit (\d+)>", done.out)] == expected, done
    outputs = re.split(r"<exit \d+>\n", done.out)
    told = {
        "doctor": "All is fine.",
        "import": "Imported 8 live objects into 8 files below manifests/.",
        "plan --out first.plan": "Plan: 0 to add, 0 to change, 0 to destroy, 8 to adopt.",
        "apply first.plan": "Apply complete! Resources: 0 added, 0 changed, 0 destroyed, 8 adopted.",
        "validate": "Success! 10 resources in 9 files",
        "plan --out leeds.plan": "Plan: 2 to add, 0 to change, 0 to destroy.",
        "apply leeds.plan": "Apply complete! Resources: 2 added, 0 changed, 0 destroyed.",
        "drift  ": '"Waffle House Ghent" -> "Waffle House Gent"',
        "plan --detailed": "# drift",
        "drift --accept": "manifests/optimum/locations/waffle-house-ghent.yaml",
        "apply --auto-approve --allow-data-loss": "0 added, 0 changed, 1 destroyed",
    }
    for start_of, words in told.items():
        first = next(number for number, line in enumerate(lines) if line.startswith(f"reconciler {start_of}"))
        assert words in outputs[first], (start_of, outputs[first])
    assert reviews
    assert patterns <= documented()


def pattern(method: str, path: str) -> str:
    """A request as the table of endpoints spells it."""
    path = re.sub(r"^/(enco/survey/1\.0\.0|enco(?=/userinfo|/token)|customersure|optimum/api/v1)", "", path)
    path = re.sub(r"^/sites/[^/]+", "/sites/{site_code}", path)
    return f"{method} " + re.sub(r"^/(surveys|locations|accounts)/[^/]+", r"/\1/{id}", path)


def documented() -> set[str]:
    """The requests of README's table."""
    return set(re.findall(r"`((?:GET|POST|PATCH|DELETE) /[^`]*)`", readme.section(TEXT, "What is sent to the vendors")))


def test_its_endpoints_are_those_that_are_used(desk: Desk) -> None:
    """A run over all five kinds, with updates, a rename and the end of it all, sends nothing that the table lacks."""
    desk.manifest(FIVE_KINDS)
    desk.ok("apply", "--auto-approve")
    desk.edit("manifests/all.yaml", "site_code: leeds-1", "site_code: leeds-2")
    desk.edit("manifests/all.yaml", "max_locations: 3", "max_locations: 4")
    desk.edit("manifests/all.yaml", "LS1 8EQ", "LS1 8ER")
    desk.ok("apply", "--auto-approve")
    desk.ok("destroy", "--auto-approve")
    seen = {pattern(entry.request.method, entry.request.raw_path) for entry in desk.sandbox.log.entries()}
    assert len(seen) >= 15
    assert seen <= documented()


def test_its_exit_codes() -> None:
    """The table holds every code of the contract with its meaning, and the order in which they win."""
    text = readme.section(TEXT, "Exit codes")
    assert {int(code): meaning for code, meaning in readme.rows(text)} == MEANINGS
    assert set(MEANINGS) == set(errors.PRECEDENCE)
    assert ", ".join(map(str, errors.PRECEDENCE)) in text
    assert {page.exit_code for page in errors.CATALOGUE.values()} <= set(MEANINGS)


def test_its_kinds() -> None:
    """Each kind is there with the operations that its schema says it has."""
    told = {row[0].strip("`"): row for row in readme.rows(readme.section(TEXT, "Kinds"))}
    schemas = [json.loads(file.read_text("utf-8")) for file in (ROOT / "schemas").glob("*/*.json")]
    expected = {f"{kind(document, 'apiVersion')} {kind(document, 'kind')}": document for document in schemas}
    assert set(told) == set(expected)
    for name, document in expected.items():
        _, create, read, update, delete, *_ = told[name]
        operations = document["x-operations"]
        assert (create == "yes") is ("create" in operations), name
        assert read == (", ".join(text for text, name in READS if name in operations) or "–"), name
        assert (update != "–") is ("update" in operations), name
        assert delete.startswith(DELETES[document["x-delete"]]), name


def kind(document: Any, field: str) -> str:
    """What a kind's schema says that apiVersion or kind is."""
    return str(document["properties"][field]["const"])


def test_its_commands() -> None:
    """Every command is in the table, and no other."""
    told = {row[0].strip("`").split()[0] for row in readme.rows(readme.section(TEXT, "Commands"))}
    assert told == set(COMMANDS)


def test_its_environment_variables() -> None:
    """The variables of the table are those that the code reads."""
    told = set(re.findall(r"`(RECONCILER_\w+)`", readme.section(TEXT, "Environment variables")))
    sources = [path.read_text("utf-8") for path in (ROOT / "reconciler").rglob("*.py")]
    assert told == {name for source in sources for name in re.findall(r"\"(RECONCILER_[A-Z_]+)\"", source)} - {
        "RECONCILER_"
    }


def test_its_faults() -> None:
    """The faults that the sandbox knows are named."""
    named = readme.section(TEXT, "The sandbox").split("The faults are")[1].split(".\n")[0]
    assert set(re.findall(r"`(\w+)`", named)) == set(KINDS)


def test_its_error_is_a_real_one(desk: Desk) -> None:
    """The example of an error is what validate says of such a file."""
    text = location("leeds").replace("spec:\n", "spec:\n  nmae: Acme Leeds\n")
    desk.manifest(text, "stores.yaml")
    shown = readme.section(TEXT, "Errors").split("<!-- error -->\n```text\n")[1].split("```")[0]
    assert desk.run("validate").err == shown


SCRIPTS = sorted(set(re.findall(r"python3 ((?:examples|tests)/\w+\.py)", TEXT)))


@pytest.mark.parametrize(
    "script", [*SCRIPTS, ".github/CONTRIBUTING.md", ".github/SECURITY.md", ".ci/run", "schemas/plan.json"]
)
def test_what_it_points_at_is_there(script: str) -> None:
    """No link and no command leads nowhere."""
    assert (ROOT / script).is_file()
    assert script in TEXT
    assert len(SCRIPTS) == 2


def test_a_plan_file_travels(desk: Desk, tmp_path: Path) -> None:
    """As in its CI: planned in one checkout and applied in another, with a state beside both."""
    desk.manifest(FIVE_KINDS)
    env = {"RECONCILER_STATE": f"sqlite:///{tmp_path / 'kept.db'}"}
    assert desk.run("plan", "--detailed-exitcode", "--out", "reviewed.plan", env=env).code == 2
    other = tmp_path / "checkout"
    for file in desk.folder.rglob("*.*"):
        if file.is_file():
            (other / file.relative_to(desk.folder)).parent.mkdir(parents=True, exist_ok=True)
            (other / file.relative_to(desk.folder)).write_bytes(file.read_bytes())
    ci = env | {"CI": "true"}
    assert desk.run("apply", "reviewed.plan", cwd=other, env=ci).code == 6
    desk.ok("apply", "reviewed.plan", "--allow-ephemeral-state", cwd=other, env=ci)
    assert desk.run("plan", "--detailed-exitcode", env=ci).code == 0
