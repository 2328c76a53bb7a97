"""Saved plans that were cut, edited, or made by somebody else: shown and held against the world, or refused with 7."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import note

from reconciler.errors import PLAN_UNREADABLE, ReconcilerError
from reconciler.model import Impact, Trouble, digest
from reconciler.plan import Consents, approve, build, guard, with_impact
from reconciler.plan.planfile import dump, load
from reconciler.report.shape import plan_document
from tests.fuzz import projects
from tests.fuzz.conftest import Command, Network
from tests.fuzz.figures import FIGURES
from tests.fuzz.measure import cases, tried
from tests.fuzz.odd import changed, edited
from tests.fuzz.tape import Tape
from tests.unit.plan.world import REGISTRY
from tests.unit.plan.worlds import made

GROUP = "plan files"


def saved(seed: int) -> str:
    """A plan of a small random world, with everything that a plan may hold."""
    world = made(seed)
    world.troubles = [Trouble("optimum", "optimum/Account", "RCN0501", "no answer", 5, "later")] if seed % 2 else []
    inputs = world.inputs(warnings=("careful",))
    plan = build(inputs)
    plan = with_impact(plan, REGISTRY, {c.address: Impact({"reviews": 3}, ("campaigns",)) for c in plan.changes})
    plan = guard(plan, inputs.snapshot, REGISTRY, Consents(max_deletes=0))
    return dump(plan, approve(plan), plan_document(plan, REGISTRY))


PLANS = [saved(seed) for seed in range(12)]


def signed(body: dict[str, Any]) -> str:
    """The text of a plan file with a checksum of its own, and an approval where its plan can have one."""
    body = {key: value for key, value in body.items() if key != "checksum"}
    return json.dumps({**body, "checksum": digest(body)}, sort_keys=True, ensure_ascii=False, indent=1) + "\n"


def approved(text: str) -> str:
    """The same file with the approval of its plan, as somebody would forge it."""
    from reconciler.plan.planfile import _decode  # what a forger has as well

    body = json.loads(text)
    try:
        plan = _decode(type(load(PLANS[0])[0]), body["plan"])
        return dump(plan, approve(plan), body["document"])
    except (ReconcilerError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project without manifests or state."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield projects.made(tmp_path_factory.mktemp("plans"), monkeypatch)


@cases(0.55)
def test_a_file_with_bytes_changed(folder: Path, tape: Tape) -> None:
    """Any edit that says something else makes it unusable: there is no plan that was almost approved."""
    from reconciler.cli.planstore import read

    path, good = folder / "edited.plan", tape.pick(PLANS).encode()
    data = edited(tape, good, most=3)
    path.write_bytes(data)
    verdict = tried(GROUP, lambda: read(path))
    assert verdict.codes == {PLAN_UNREADABLE} or _says_the_same(data, good)


def _says_the_same(data: bytes, good: bytes) -> bool:
    """Whether only blanks between the values differ."""
    try:
        return bool(json.loads(data) == json.loads(good))
    except ValueError:
        return False


@cases(0.2)
def test_a_forged_plan_is_shown_or_refused(folder: Path, command: Command, network: Network, tape: Tape) -> None:
    """With its checksum made anew: what is no plan is refused, and what is one can be shown, in every form."""
    body = json.loads(tape.pick(PLANS))
    forms = ("text", "json")
    part = tape.pick(("plan", "plan", "plan", "approval", "document"))
    shown(folder, command, network, signed({**body, part: changed(tape, body[part])}), tape.pick(forms))


@cases(0.15)
def test_a_forged_plan_with_its_approval(folder: Path, command: Command, network: Network, tape: Tape) -> None:
    """The same, approved by the forger as well."""
    body = json.loads(tape.pick(PLANS))
    text = approved(signed({**body, "plan": changed(tape, body["plan"], most=2)}))
    shown(folder, command, network, text, tape.pick(("text", "json")))


def shown(folder: Path, command: Command, network: Network, text: str, form: str) -> None:
    """Show it: exit 0 or 7, and nothing is sent."""
    note(text)
    (folder / "forged.plan").write_bytes(text.encode("utf-8", "surrogatepass"))
    before = len(network.sent)
    code, told = run(folder, command, "show", "forged.plan", "--format", form)
    assert code in (0, 7), told
    assert len(network.sent) == before


@cases(0.1)
def test_a_forged_plan_is_not_applied(folder: Path, command: Command, network: Network, tape: Tape) -> None:
    """Refused before anything is sent, or held against a world that has to be read first; never a write."""
    body = json.loads(tape.pick(PLANS))
    text = approved(signed({**body, "plan": changed(tape, {**body["plan"], "selection": DESTROY, "project": "acme"})}))
    note(text)
    (folder / "forged.plan").write_bytes(text.encode("utf-8", "surrogatepass"))
    before = len(network.sent)
    code, told = run(folder, command, "apply", "forged.plan", "--retry-seconds", "0", "--no-input")
    assert code in (3, 5, 6, 7), told
    sent = network.sent[before:]
    if code == 7 and PLAN_UNREADABLE in told:
        FIGURES.of(GROUP).requests += len(sent)
        assert not sent
    assert all(line.startswith("GET") or line.endswith("/token") for line in sent)


DESTROY = {"files": [], "targets": [], "excludes": [], "complete": False, "destroy": True}


def run(folder: Path, command: Command, *arguments: str) -> tuple[int, str]:
    """A command as a case: one that is refused counts as such."""
    found = tried(GROUP, lambda: command(folder, *arguments)).value
    assert found is not None
    if found[0]:
        tally = FIGURES.of(GROUP)
        tally.refused += 1
        tally.codes.update({line[6:13] for line in found[1].splitlines() if line.startswith("error[")})
    return found
