"""The parts of README.md that are made or run: ``python -m tests.cli.readme`` writes the shown output anew."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler.sandbox.server import start
from tests.cli.desk import ROOT

README = ROOT / "README.md"
SHOWN = ("customersure/Site/antwerp", "optimum/Account/waffle-house", "optimum/Location/bruges", "enco/Survey/waffles")
ALWAYS = ("Actions are indicated", "reconciler will perform", "Blocked, and left alone", "3 live objects", "Plan: ")
TOKENS = {f"{vendor}_TOKEN": f"sandbox-{vendor.lower()}-token" for vendor in ("ENCO", "CUSTOMERSURE", "OPTIMUM")}
_IMPORT = re.compile(r"(<!-- import: made by .*? -->\n```text\n)(.*?)(```\n<!-- import: end -->)", re.S)
_PLAN = re.compile(r"(<!-- plan: made by .*? -->\n```text\n)(.*?)(```\n<!-- plan: end -->)", re.S)


def demo() -> str:
    """What the demo shows, without its progress."""
    done = subprocess.run(
        [sys.executable, "-m", "reconciler", "demo", "--color", "never"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    return done.stdout


def trimmed(shown: str) -> str:
    """The demo's first plan with a few of its changes; ``...`` stands for those left out."""
    plan = shown.split("$ reconciler plan\n\n", 1)[1].split("\n\n────", 1)[0]
    parts: list[str] = []
    for part in plan.split("\n\n"):
        if part.startswith(ALWAYS) or part.startswith(tuple(f"  # {address} " for address in SHOWN)):
            parts.append(part)
        elif parts[-1] != "  ...":
            parts.append("  ...")
    return "\n\n".join(parts) + "\n"


def with_plan(text: str, plan: str) -> str:
    """The README with this plan in its place."""
    return _PLAN.sub(lambda found: found[1] + plan + found[3], text)


def plan_shown(text: str) -> str:
    """The plan that the README shows."""
    found = _PLAN.search(text)
    assert found is not None
    return found[2]


def imported() -> str:
    """What the first import of the walk shows."""
    with TemporaryDirectory() as folder, start() as sandbox:
        port = sandbox.url.rpartition(":")[2]
        init = ["init", "--yes", "--sandbox", "--port", port]
        for command in (init, ["import"]):
            done = subprocess.run(
                [sys.executable, "-m", "reconciler", *command, "--color", "never"],
                cwd=folder,
                env={**os.environ, **TOKENS, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                timeout=60,
                check=True,
            )
            Path(folder, "manifests/first.yaml").unlink(missing_ok=True)
    return done.stdout


def with_import(text: str, shown: str) -> str:
    """The README with this import in its place."""
    return _IMPORT.sub(lambda found: found[1] + shown + found[3], text)


def import_shown(text: str) -> str:
    """The import that the README shows."""
    found = _IMPORT.search(text)
    assert found is not None
    return found[2]


def walk(text: str) -> str:
    """The blocks of the first steps, as one script."""
    return "\n".join(re.findall(r"<!-- walk -->\n```sh\n(.*?)```", text, re.S))


def section(text: str, title: str) -> str:
    """The text under a heading."""
    return text.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of every table row, headings and rules left out."""
    lines = [line for line in text.splitlines() if line.startswith("|") and not line.startswith("|---")]
    cells = [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for row, line in zip(cells, lines, strict=True) if not _heading(text, line)]


def _heading(text: str, line: str) -> bool:
    return f"{line}\n|---" in text


def main(path: Path = README) -> None:
    """Write the shown output into the README."""
    text = with_plan(path.read_text("utf-8"), trimmed(demo()))
    path.write_text(with_import(text, imported()), "utf-8")


if __name__ == "__main__":
    main()
