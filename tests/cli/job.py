"""A runner in small: the scripts of a job or a composite action, run one after the other as GitHub Actions runs them.

Actions of others (``uses``) and what installs the program are left out; ``reconciler`` is this clone.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cli.desk import LONGEST, Desk, Finished, checked
from tests.cli.github import TOKEN, Step

_EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")


@dataclass
class Job:
    """A job at a desk. ``inputs`` are those of an action; ``outputs`` and ``outcomes`` are told by a step's id."""

    desk: Desk
    runner: Step
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    said: str = ""

    def run(self, steps: list[dict[str, Any]]) -> int:
        """Run the steps; the first exit code that is not 0, after the steps that run all the same."""
        tools = self._tools()
        code = 0
        for step in steps:
            script, name = str(step.get("run", "")), str(step.get("id", ""))
            if not script or "pip install" in script or not self._wanted(str(step.get("if", "")), code):
                self.outcomes[name] = "skipped"
                continue
            env = self.runner.env | {name: self._filled(str(value)) for name, value in step.get("env", {}).items()}
            if "GITHUB_TOKEN" not in step.get("env", {}):
                env.pop("GITHUB_TOKEN")
            done = self._bash(script, env, tools)
            self.outputs[name] = self.runner.outputs
            self.outcomes[name] = "success" if done.code == 0 else "failure"
            self.summary += self.runner.summary
            self.said += done.out + done.err
            code = code or done.code
        return code

    def _bash(self, script: str, env: Mapping[str, str], tools: Path) -> Finished:
        path = f"{tools / 'bin'}{os.pathsep}{self.desk.env['PATH']}"
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
            cwd=self.desk.folder,
            env={**self.desk.env, **env, "PATH": path, "RUNNER_TEMP": str(tools.parent), "CI": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=LONGEST,
        )
        return checked(Finished(done.returncode, done.stdout, done.stderr))

    def _tools(self) -> Path:
        """Where the action installs the program."""
        folder = self.runner.folder / "reconciler"
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        program = folder / "bin" / "reconciler"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m reconciler "$@"\n')
        program.chmod(0o755)
        return folder

    def _wanted(self, condition: str, code: int) -> bool:
        """A step's condition; without a word about failures it holds only while all went well."""
        text = (_EXPRESSION.fullmatch(condition) or [condition, condition])[1]
        if code and not re.search(r"always\(\)|cancelled\(\)", text):
            return False
        text = re.sub(r"hashFiles\('([^']*)'\)", lambda found: repr(self._hash(found[1])), text)
        text = re.sub(r"inputs\.([\w-]+)", lambda found: repr(self.inputs[found[1]]), text)
        text = text.replace("!cancelled()", "True").replace("always()", "True")
        return bool(eval(text.replace("&&", " and ").replace("||", " or "))) if text else True

    def _hash(self, name: str) -> str:
        return "x" if (self.desk.folder / name).exists() else ""

    def _filled(self, text: str) -> str:
        return _EXPRESSION.sub(lambda found: self._value(found[1]), text)

    def _value(self, expression: str) -> str:
        if expression == "github.token":
            return TOKEN
        context, _, name = expression.partition(".")
        if context == "secrets":
            return self.desk.env.get(name, "")
        if context == "inputs":
            return self._filled(self.inputs[name])
        step, what, output = (*name.split("."), "")[:3]
        return self.outcomes.get(step, "") if what == "outcome" else self.outputs.get(step, {}).get(output, "")
