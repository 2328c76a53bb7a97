"""The examples of the catalogue, played: the files of a page are laid out, its commands run, its words compared."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reconciler.report.catalogue import Page

PROJECT = """\
apiVersion: reconciler/v1
kind: Project
metadata: {name: acme}
spec:
  connections:
    enco: {provider: enco, token: {env: ENCO_TOKEN}}
    customersure: {provider: customersure, company: Acme Ltd, token: {env: CUSTOMERSURE_TOKEN}}
    optimum: {provider: optimum, token: {env: OPTIMUM_TOKEN}}
"""
Run = Callable[[list[str]], tuple[int, str]]  # a command line's arguments -> exit code, and all it printed


@dataclass(frozen=True, slots=True)
class Scene:
    """One command of a page and what the page says that it prints."""

    command: str
    told: str


def living(page: Page) -> bool:
    """Whether a page's example can be played: a ``text`` alone is an output kept from elsewhere."""
    return any(example.words[0] == "console" for example in page.examples)


def lay_out(page: Page, folder: Path) -> None:
    """Write the files of a page, and beside them a project file with a connection to each vendor."""
    (folder / "manifests").mkdir()
    (folder / "reconciler.yaml").write_text(PROJECT, "utf-8")
    for example in page.examples:
        if example.words[0] in ("yaml", "csv"):
            path = folder / example.words[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(example.text, "utf-8")


def scenes(page: Page) -> list[Scene]:
    """The commands of a page in their order; one stands behind ``$`` and a space."""
    text = "".join(example.text for example in page.examples if example.words[0] == "console")
    parts = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)
    assert parts[0] == ""
    return [Scene(command, told) for command, told in zip(parts[1::2], parts[2::2], strict=True)]


def play(scene: Scene, run: Run, folder: Path) -> tuple[int, str]:
    """How a command ended and what it printed, without the folder it ran in; one that is not ours is the shell's."""
    words = shlex.split(scene.command)
    if words[0] == "reconciler":
        code, printed = run(words[1:])
        return code, printed.replace(f"{folder}/", "")
    done = subprocess.run(["sh", "-c", scene.command], cwd=folder, capture_output=True, text=True, timeout=10)
    return done.returncode, done.stdout + done.stderr
