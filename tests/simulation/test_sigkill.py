"""Real processes, killed with SIGKILL at every point of fourteen operations; the next apply makes it whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any

import pytest
import yaml

from reconciler.model import Snapshot
from reconciler.sandbox.seed import CUSTOMERSURE_TOKEN, ENCO_TOKEN, OPTIMUM_TOKEN
from reconciler.sandbox.server import RunningSandbox, start
from reconciler.state import Holder, StateStore, open_store
from tests.simulation.figures import FIGURES
from tests.simulation.office import MEMORY
from tests.simulation.universe import Declare, manifest_text

SHARES = 4  # of the points, so that several workers can take them
MOST_POINTS = 400
PLACE = "place"  # the file in a project that holds the URL of its state, where that is a database
STRANGERS = (
    ("enco", "surveys"),
    ("customersure", "sites"),
    ("customersure", "feedback_requests"),
    ("optimum", "locations"),
    ("optimum", "accounts"),
)
BEFORE = (
    Declare("enco/Survey/a", 0, life=1),  # replaced
    Declare("enco/Survey/c", 5),  # gets two questions more
    Declare("customersure/Site/a", 0),  # changed
    Declare("optimum/Location/a", 1),  # deleted
    Declare("optimum/Location/b", 3),  # changed
    Declare("optimum/Account/a", 0),  # changed
    Declare("optimum/Account/b", 3),  # deleted
)
AFTER = (
    Declare("enco/Survey/a", 2, life=1),
    Declare("enco/Survey/b", 3),
    Declare("enco/Survey/c", 6),
    Declare("enco/Question/a", 2),
    Declare("customersure/Site/a", 3),
    Declare("customersure/Site/b", 1, after="enco/Survey/c"),
    Declare("optimum/Location/b", 0),
    Declare("optimum/Location/c", 2, after="customersure/Site/b"),
    Declare("optimum/Account/a", 1),
    Declare("optimum/Account/c", 4, after="optimum/Location/c"),
    Declare("customersure/FeedbackRequest/a", 3),
    Declare("enco/Send/a", 2),
)
OPERATIONS = 14
APPLY = "apply --auto-approve --allow-send"


class Driver:
    """The forking process."""

    def __init__(self, sandbox: RunningSandbox, project: Path) -> None:
        self.sandbox = sandbox
        tokens = {"ENCO_TOKEN": ENCO_TOKEN, "CUSTOMERSURE_TOKEN": CUSTOMERSURE_TOKEN, "OPTIMUM_TOKEN": OPTIMUM_TOKEN}
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith("RECONCILER_") and name != "CI"
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.simulation.mortal", str(project)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**kept, **tokens, "RECONCILER_DIGEST_KEY": "a key for people who are killed"},
            cwd=Path(__file__).parents[2],
        )

    def command(self, folder: Path, line: str, kill: int | None = None) -> dict[str, Any]:
        """Run a command line in a child of the driver."""
        assert self.process.stdin is not None and self.process.stdout is not None
        arguments = ["-C", str(folder), "--no-input", *line.split()]
        self.process.stdin.write(json.dumps({"arguments": arguments, "kill": kill}) + "\n")
        self.process.stdin.flush()
        ended: dict[str, Any] = json.loads(self.process.stdout.readline())
        FIGURES.processes += ended["signal"] == signal.SIGKILL
        return ended

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)


class Stage:
    """The project as it is before the plan, and what the plan leaves when nobody is killed."""

    def __init__(self, sandbox: RunningSandbox, folder: Path) -> None:
        self.folder, self.sandbox = folder, sandbox
        template = folder / "template"
        (template / "manifests").mkdir(parents=True)
        (template / "reconciler.yaml").write_text(yaml.safe_dump(_project(self.sandbox)), "utf-8")
        self._write(template, BEFORE)
        self.driver = driver = Driver(sandbox, template)
        ended = driver.command(template, APPLY)
        assert ended["code"] == 0, ended["text"]
        self._write(template, AFTER)
        self.seed = self.sandbox.store.dump()
        here = self.fresh("reference")
        planned = json.loads(driver.command(here, "plan --allow-send --json")["text"])["summary"]
        assert sum(planned[name] for name in ("create", "update", "replace", "delete", "send")) == OPERATIONS, planned
        ended = driver.command(here, APPLY, kill=MOST_POINTS)
        assert ended["code"] == 0, ended["text"]
        self.points = ended["points"]
        self.wanted = self.held()

    def fresh(self, name: str) -> Path:
        """A copy of the project and of the vendors, as they were before the plan."""
        folder = self.folder / name
        copytree(self.folder / "template", folder)
        self.sandbox.store.load(self.seed)
        self.sandbox.log.clear()
        return folder

    def held(self) -> dict[str, list[str]]:
        """What the vendors hold, without what only they know."""
        found = {}
        for vendor, collection in STRANGERS:
            items = self.sandbox.store.objects(vendor, collection)
            found[collection] = sorted(_told(item) for item in items if not item.get("_deleted"))
        return found

    def messages(self) -> list[str]:
        """Which surveys were sent to people, by their references."""
        return [item["referenceId"] for item in self.sandbox.store.objects("enco", "responses")]

    def ids(self) -> set[str]:
        """The ids of everything live."""
        return {
            str(item.get("site_code", item.get("id")))
            for vendor, collection in STRANGERS
            for item in self.sandbox.store.objects(vendor, collection)
            if not item.get("_deleted")
        }

    @staticmethod
    def _write(folder: Path, declared: tuple[Declare, ...]) -> None:
        text = manifest_text({item.address: item for item in declared}, {})
        (folder / "manifests" / "all.yaml").write_text(text, "utf-8")


def _project(sandbox: RunningSandbox) -> dict[str, Any]:
    urls = {"enco": sandbox.enco_url, "customersure": sandbox.customersure_url, "optimum": sandbox.optimum_url}
    connections = {
        name: {
            "provider": name,
            "baseUrl": url,
            "token": {"env": f"{name.upper()}_TOKEN"},
            "settle": 0.1,
            **({"company": "Acme Ltd"} if name == "customersure" else {}),
        }
        for name, url in urls.items()
    }
    return {
        "apiVersion": "reconciler/v1",
        "kind": "Project",
        "metadata": {"name": "mortal"},
        "spec": {"connections": connections},
    }


def _told(item: Mapping[str, Any]) -> str:
    hidden = ("id", "created", "created_at", "updated_at")
    fields = {name: value for name, value in item.items() if name not in hidden and name[:1] != "_"}
    if "data" in fields:
        fields["data"] = sorted((entry["key"], entry["value"]) for entry in fields["data"])
    if "questions" in fields:
        fields["questions"] = sorted((q["language"], q["body"]) for q in fields["questions"])
    return json.dumps(fields, sort_keys=True)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """One sandbox and one driver for all the points of a worker."""
    folder = Path(tempfile.mkdtemp(prefix="sigkill-", dir=MEMORY))
    with start(seed="empty", options={"send_interval": 0}) as sandbox:
        made = Stage(sandbox, folder)
        try:
            yield made
        finally:
            made.driver.close()
            rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("share", range(SHARES))
def test_killed_at_every_point_of_fourteen_operations(stage: Stage, share: int) -> None:
    """SIGKILL before each intent, after it, after the bytes left, after the answer, before each record, after it."""
    survived = [_survive(stage, point, again=None) for point in range(1 + share, stage.points + 1, SHARES)]
    assert sum(survived) >= len(survived) * 0.9  # the order of threads moves a point or two beyond the end
    FIGURES.points = max(FIGURES.points, stage.points)


def test_killed_again_while_recovering(stage: Stage) -> None:
    """The recovering apply is killed too, early and late, and the one after it makes it whole."""
    killed = [_survive(stage, point, again=1 + point % 9) for point in range(3, stage.points, 7)]
    assert any(killed)


def test_killed_with_the_state_in_postgresql(stage: Stage, new_schema: Callable[[], str]) -> None:
    """The same at some of the points with the state in a database, where the lock ends with the process's sessions."""
    survived = [_survive(stage, point, again=None, place=new_schema()) for point in range(4, stage.points, 16)]
    assert sum(survived) >= len(survived) - 1


def _moved(folder: Path, place: str) -> None:
    """Take a project's state from its file into a database."""
    contents = _store(folder).contents()
    assert contents is not None
    rmtree(folder / ".reconciler")
    (folder / PLACE).write_text(place, "utf-8")
    text = (folder / "reconciler.yaml").read_text("utf-8")
    (folder / "reconciler.yaml").write_text(text.replace("spec:\n", f"spec:\n  state: {{file: {PLACE}}}\n"), "utf-8")
    with _store(folder).lock(Holder.here(), "state migrate") as session:
        session.replace(contents)
        session.end(0)


def _survive(stage: Stage, point: int, again: int | None, place: str = "") -> bool:
    """Kill at one point, apply again, and hold everything that is promised; False where the point was never reached."""
    folder = stage.fresh(f"{point}-{again}-{place[-8:]}")
    if place:
        _moved(folder, place)
    command, where = stage.driver.command, f"killed at point {point}"
    first = command(folder, APPLY, kill=point)
    where += f" ({first['last']})"
    if first["signal"] is None:
        assert first["code"] == 0, f"{where}: {first['text']}"
    if again is not None:
        command(folder, APPLY, kill=again)
    second = command(folder, APPLY)
    for intent in _state(folder).open_intents:
        assert second["code"] in (6, 9), f"{where}: {second['text']}"
        address = str(intent.address)
        assert f"reconciler resolve {address}" in second["text"], f"{where}: {second['text']}"
        sent = intent.address.type == "Send" and stage.messages()
        done = command(folder, f"resolve {address} {'--adopt sent' if sent else '--not-created'}")
        assert done["code"] == 0, f"{where}: {done['text']}"
        FIGURES.resolved += 1
        second = command(folder, APPLY)
    assert second["code"] == 0, f"{where}: {second['text']}"
    last = command(folder, "plan --detailed-exitcode")
    assert last["code"] == 0 and "No changes." in last["text"], f"{where}: {last['text']}"
    assert stage.held() == stage.wanted, f"{where}: {second['text']}"
    assert stage.messages() == ["r2"], f"{where}: a message is sent once, whatever happens"
    records = _state(folder).records
    assert {record.id for a, record in records.items() if a.type != "Question"} == stage.ids(), where
    rmtree(folder)
    return first["signal"] is not None


def _state(folder: Path) -> Snapshot:
    """What the state holds."""
    return _store(folder).snapshot()


def _store(folder: Path) -> StateStore:
    """Where the state is."""
    place = folder / PLACE
    url = place.read_text("utf-8") if place.exists() else "sqlite:///.reconciler/state.db"
    return open_store(url, "mortal", None, folder)
