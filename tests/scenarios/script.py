"""The steps of a case: what is done to the world, which command runs, and what must come of it.

A case file has ``reason`` (one sentence), ``live`` (what the vendors hold, a seed of the sandbox), ``options`` and
``connections`` where they differ, and ``steps``. Within a step, in this order:

- ``env``, ``manifests`` (files of the case), ``live`` (insert, change, remove), ``options``, ``faults`` prepare;
- one of ``setup``, ``plan``, ``apply``, ``drift``, ``destroy``, ``run`` runs, with its options as text (or true);
- all the other keys say what must come of it; ``moved`` is the drift that a plan or a drift report tells.

``setup`` is an apply of the given files that has to go through. An ``apply`` or ``destroy`` that exits with 0 must
leave nothing to plan, unless ``settled: false``. ``changes`` name every address that is not a plain no-op, ``guards``
every guard; a count that is not named in ``summary`` must be zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.world import Ended, World

Step = Mapping[str, Any]

PREPARATIONS = ("env", "manifests", "live", "options", "faults", "edit")
COMMANDS = ("setup", "plan", "apply", "drift", "destroy", "run")
PLANNED = ("summary", "changes", "moved", "unmanaged", "guards", "calls")
EXPECTATIONS = ("exit", *PLANNED, "says", "silent", "text", "writes", "sends", "held", "state", "settled")


def perform(world: World, case: Path, step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do one step of the case in the folder ``case`` and check what came of it."""
    unknown = step.keys() - {*PREPARATIONS, *COMMANDS, *EXPECTATIONS}
    assert not unknown, f"a step does not know {unknown}"
    _prepare(world, case, step, monkeypatch)
    world.sandbox.log.clear()
    ended = _run(world, case, step)
    if ended is not None:
        _check_words(ended, step)
    _check_vendor(world, step)
    if "state" in step:
        listed = world.command("state list --json").document
        assert sorted(record["address"] for record in listed["resources"]) == sorted(step["state"])
    if ended is not None and ended.code == 0 and {"apply", "destroy", "setup"} & step.keys():
        _check_settled(world, step)


def _prepare(world: World, case: Path, step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in step.get("env", {}).items():
        monkeypatch.setenv(name, value)
    if "manifests" in step or "setup" in step:
        files = step.get("manifests", step.get("setup"))
        world.manifests(*(case / name for name in ([files] if isinstance(files, str) else files)))
    for change in step.get("live", ()):
        _tamper(world, change)
    world.sandbox.options.update(step.get("options", {}))
    if "faults" in step:
        world.sandbox.faults.replace(step["faults"])
    for name, (old, new) in step.get("edit", {}).items():
        file = world.folder / name
        text = file.read_text("utf-8")
        assert text.count(old) > 0, f"{name} does not hold {old!r}"
        file.write_text(text.replace(old, new), "utf-8")


def _tamper(world: World, change: Mapping[str, Any]) -> None:
    """Change what a vendor holds behind the project's back, as in the vendor's console."""
    store = world.sandbox.store
    if "insert" in change:
        store.insert(*change["insert"].split("/"), change["set"])
    elif "change" in change:
        store.change(*change["change"].split("/", 2), change["set"])
    else:
        assert store.remove(*change["remove"].split("/", 2)), f"nothing to remove: {change['remove']}"


def _run(world: World, case: Path, step: Step) -> Ended | None:
    given = [name for name in COMMANDS if name in step]
    if not given:
        return None
    (name,) = given
    options = step[name] if isinstance(step[name], str) and name != "setup" else ""
    if name == "run":
        return _exited(world.command(options), step, 0)
    if name == "plan":
        ended = _exited(world.command(f"plan --json --detailed-exitcode --retry-seconds 0 {options}"), step, 2)
        _check_plan(ended.document, step)
        _check_text(world, f"plan --retry-seconds 0 {options}", step)
        return ended
    if name == "drift":
        ended = _exited(world.command(f"drift --json --retry-seconds 0 {options}"), step, 2)
        _check_drift(ended.document, step.get("moved", {}))
        _check_text(world, f"drift --retry-seconds 0 {options}", step)
        return ended
    approved = "" if ".plan" in options else "--auto-approve"
    command = "destroy" if name == "destroy" else "apply"
    ended = _exited(world.command(f"{command} --json {approved} --retry-seconds 0 {options}"), step, 0)
    if "summary" in step:
        _check_counts(ended.document["summary"], step["summary"])
    return ended


def _exited(ended: Ended, step: Step, usual: int) -> Ended:
    assert ended.code == step.get("exit", usual), ended.text
    return ended


def _check_words(ended: Ended, step: Step) -> None:
    for fragment in step.get("says", ()):
        assert fragment in ended.text, ended.text
    for fragment in step.get("silent", ()):
        assert fragment not in ended.text, ended.text


def _check_text(world: World, command: str, step: Step) -> None:
    """What the same command says to people."""
    if "text" in step:
        ended = world.command(command)
        for fragment in step["text"]:
            assert fragment in ended.text, ended.text


# --- plans ----------------------------------------------------------------------------------------------------------


def _check_plan(document: Mapping[str, Any], step: Step) -> None:
    changes = {change["address"]: change for change in document["resource_changes"]}
    wanted = step.get("changes", {})
    shown = {address for address, change in changes.items() if _matters(change)}
    assert shown | set(wanted) == set(wanted), {address: _brief(changes[address]) for address in shown - set(wanted)}
    for address, expected in wanted.items():
        assert address in changes, f"{address} is not in the plan"
        found = _brief(changes[address])
        assert {name: found[name] for name in expected if name != "says"} == {
            name: value for name, value in expected.items() if name != "says"
        }, address
        for fragment in expected.get("says", ()):
            assert fragment in changes[address]["blocked"]["message"]
    if "summary" in step:
        _check_counts(document["summary"], step["summary"])
    if "moved" in step:
        _check_drift(document, step["moved"])
    if "unmanaged" in step:
        assert sorted(item["id"] for item in document["unmanaged"]) == sorted(step["unmanaged"])
    assert sorted(guard["code"] for guard in document["guards"]) == sorted(step.get("guards", []))
    if "calls" in step:
        assert document["calls"] == step["calls"]


def _matters(change: Mapping[str, Any]) -> bool:
    within = change["change"]
    return within["actions"] != ["no-op"] or within["importing"] is not None or change["blocked"] is not None


def _brief(change: Mapping[str, Any]) -> dict[str, Any]:
    """A change in the words of a case."""
    within = change["change"]
    return {
        "actions": within["actions"],
        "reason": change["action_reason"],
        "blocked": change["blocked"]["code"] if change["blocked"] else None,
        "importing": within["importing"]["id"] if within["importing"] else None,
        "id": change["id"],
        "fields": {field["path"]: field["cause"] for field in change["fields"]},
        "before": within["before"],
        "after": within["after"],
        "impact": change["impact"],
        "replace_paths": within["replace_paths"],
        "held": within.get("held", False),
    }


def _check_counts(found: Mapping[str, int], wanted: Mapping[str, int]) -> None:
    assert {name: count for name, count in found.items() if count} == dict(wanted)


def _check_drift(document: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    found = {item["address"]: item for item in document["resource_drift"]}
    assert found.keys() == wanted.keys()
    for address, expected in wanted.items():
        item = found[address]
        brief = {
            "actions": item["change"]["actions"],
            "repairable": item["repairable"],
            "fields": sorted(field["path"] for field in item["fields"]),
        }
        assert {name: brief[name] for name in expected} == dict(expected), address


# --- afterwards -----------------------------------------------------------------------------------------------------


def _check_vendor(world: World, step: Step) -> None:
    """What reached the vendors, and what they hold now."""
    if "writes" in step:
        wanted = step["writes"]
        assert world.writes() == wanted if isinstance(wanted, list) else len(world.writes()) == wanted, world.writes()
    if "sends" in step:
        assert world.bodies() == step["sends"]
    for place, wanted in step.get("held", {}).items():
        found = world.held(*place.split("/"))
        assert len(found) == len(wanted), found
        for item in wanted:
            assert [one for one in found if _contains(one, item)], f"{place} does not hold {item}: {found}"


def _contains(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(k in found and _contains(found[k], v) for k, v in wanted.items())
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(any(_contains(one, item) for one in found) for item in wanted)
    return bool(found == wanted)


def _check_settled(world: World, step: Step) -> None:
    """Nothing is left to do: the plan after an apply is empty, and asks for no write."""
    if step.get("settled") is False:
        return
    world.sandbox.log.clear()
    command = "plan --destroy --detailed-exitcode" if "destroy" in step else "plan --detailed-exitcode"
    ended = world.command(f"{command} {_selection(step)}")
    assert ended.code == 0, ended.text
    assert "No changes." in ended.out, ended.text
    assert world.writes() == []


def _selection(step: Step) -> str:
    """The options that select addresses, for the plan after an apply of a part."""
    words = str(step.get("apply", "")).split()
    picked = []
    for number, word in enumerate(words):
        if word in ("--target", "--exclude", "-f"):
            picked += words[number : number + 2]
        elif word == "--complete":
            picked.append(word)
    return " ".join(picked)
