"""The demo's story: a waffle company's pull request, its apply, an edit in a web console, the repair.

Every command it shows is run as a user would run it, over HTTP, against the sandbox on a free port.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli.command import Setting
from reconciler.cli.main import run
from reconciler.errors import INTERNAL, ReconcilerError

if TYPE_CHECKING:
    from reconciler.sandbox.server import RunningSandbox

PORT_IN_EXAMPLE = "127.0.0.1:8765"
WORDING = ("recommend our waffles to", "recommend our famous waffles to")
# What was managed before the pull request: the first manifest of surveys.yaml and two of stores.yaml, and the account.
BEFORE = {"surveys.yaml": (0,), "stores.yaml": (0, 2), "account.yaml": (0,)}


def demonstrate(setting: Setting) -> int:
    """Tell the story; 0 when every step ended as it should."""
    from reconciler.sandbox.server import start

    with tempfile.TemporaryDirectory(prefix="reconciler-demo-") as folder, start() as sandbox:
        return _Story(setting, sandbox, Path(folder) / "waffles").tell()


class _Story:
    """The steps in their order."""

    def __init__(self, setting: Setting, sandbox: RunningSandbox, folder: Path) -> None:
        self.setting, self.sandbox, self.folder = setting, sandbox, folder
        self.terminal = setting.terminal

    def tell(self) -> int:
        with _tokens():
            self._last_month()
            self._pull_request()
            self._merge()
            self._console()
            self._repair()
        self._say(
            "That was all of it, over HTTP, with a journal on disk. To go on by yourself:\n"
            "  reconciler sandbox        and in another terminal, in examples/waffles:\n"
            "  reconciler plan"
        )
        return 0

    def _last_month(self) -> None:
        self._say(
            f"A sandbox of the vendors' APIs answers at {self.sandbox.url}.\n"
            "A small waffle company manages four things with git since last month: a survey, a site, a location and\n"
            "its client account. Other things were typed into the vendors' web consoles."
        )
        source = _example()
        shutil.copytree(source, self.folder, ignore=shutil.ignore_patterns(".reconciler"))
        project = self.folder / "reconciler.yaml"
        host = self.sandbox.url.removeprefix("http://")
        project.write_text(project.read_text("utf-8").replace(PORT_IN_EXAMPLE, host), "utf-8")
        self._older_manifests(source)
        self._quietly("apply", "--auto-approve", "--allow-ephemeral-state")
        shutil.copytree(source / "manifests", self.folder / "manifests", dirs_exist_ok=True)

    def _older_manifests(self, source: Path) -> None:
        for name, kept in BEFORE.items():
            documents = (source / "manifests" / name).read_text("utf-8").split("\n---\n")
            text = "\n---\n".join(documents[index] for index in kept).replace(
                "sms_allowance: 250", "sms_allowance: 100"
            )
            (self.folder / "manifests" / name).write_text(text + "\n", "utf-8")

    def _pull_request(self) -> None:
        self._say(
            "1. A pull request: a store in Antwerp, a survey on delivery with a Dutch question, more SMS for the\n"
            "   account, the location in Bruges taken over from the console, and a question worded anew."
        )
        self._reword(*WORDING)
        self._command("plan")

    def _merge(self) -> None:
        self._say(
            "2. The vendor cannot reword a question: its author takes that back. The plan is saved, and reviewed."
        )
        self._reword(*reversed(WORDING))
        self._quietly("plan", "--out", "reviewed.plan")
        self._command("apply", "reviewed.plan")
        self._say("3. Nothing is left to do.")
        self._command("plan")

    def _console(self) -> None:
        self._say("4. Somebody edits a location in the web console, and nobody tells anybody.")
        self._tamper("optimum/locations/xd3S6", {"name": "Waffle House Gent", "postal_code": None})
        self._command("drift", expected=2)

    def _repair(self) -> None:
        self._say("5. Git is what was agreed on: apply puts it back.")
        self._command("apply", "--auto-approve")
        self._command("drift")

    # --- means ----------------------------------------------------------------------------------------------------

    def _say(self, text: str) -> None:
        style = self.terminal.style
        self.terminal.show("\n" + "\n".join(style.bold(line) for line in text.splitlines()) + "\n\n")

    def _command(self, *arguments: str, expected: int = 0) -> None:
        self.terminal.show(self.terminal.style.cyan(f"$ reconciler {' '.join(arguments)}") + "\n\n")
        self._expect(run([*self._globals(), *arguments]), expected, arguments)

    def _quietly(self, *arguments: str) -> None:
        out, err = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run([*self._globals(), *arguments])
        if code:
            self.terminal.say(out.getvalue() + err.getvalue())
        self._expect(code, 0, arguments)

    def _globals(self) -> list[str]:
        return ["-C", str(self.folder), "--color", "always" if self.terminal.style.on else "never"]

    def _expect(self, code: int, expected: int, arguments: tuple[str, ...]) -> None:
        if code != expected:
            command = " ".join(arguments)
            raise ReconcilerError(INTERNAL, f"the demo's step 'reconciler {command}' ended with {code}")

    def _reword(self, before: str, after: str) -> None:
        path = self.folder / "manifests" / "surveys.yaml"
        path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")

    def _tamper(self, where: str, values: dict[str, object]) -> None:
        request = urllib.request.Request(  # noqa: S310 (our own server on loopback)
            f"{self.sandbox.url}/_sandbox/objects/{where}",
            data=json.dumps(values).encode(),
            method="PATCH",
            headers={"Content-Type": "application/json"},
        )
        # Never by a proxy that the environment names: it is this machine.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request):
            pass


def _example() -> Path:
    """The example project: inside the installed package, else beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "examples" / "waffles"
    return inside if inside.is_dir() else package.parent / "examples" / "waffles"


@contextmanager
def _tokens() -> Iterator[None]:
    """The sandbox's tokens in the environment, and nothing else of reconciler's in it."""
    from reconciler.sandbox.seed import B2S_TOKEN, BUENNO_TOKEN, CUSTOMERSURE_TOKEN, ENCO_TOKEN, OPTIMUM_TOKEN

    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("RECONCILER_")]:
        del os.environ[name]
    os.environ |= {"ENCO_TOKEN": ENCO_TOKEN, "CUSTOMERSURE_TOKEN": CUSTOMERSURE_TOKEN, "OPTIMUM_TOKEN": OPTIMUM_TOKEN}
    os.environ |= {"BUENNO_TOKEN": BUENNO_TOKEN, "B2S_TOKEN": B2S_TOKEN}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
