"""A user's desk: a project in a temporary folder, an environment of its own, and the command line in a subprocess."""

from __future__ import annotations

import atexit
import base64
import json
import os
import pty
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from reconciler.errors import PRECEDENCE
from reconciler.sandbox.server import RunningSandbox
from tests.cli.nursery import Nursery

ROOT = Path(__file__).resolve().parents[2]
TOKENS = {
    "ENCO_TOKEN": "enco-hush-5b1fd7a09c",
    "CUSTOMERSURE_TOKEN": "customersure-hush-c41e77d2",
    "OPTIMUM_TOKEN": "optimum-hush-90ab3e65f8",
}
LONGEST = 60  # seconds; a command that takes longer hangs

# How Python is started, as far as its surroundings say.
PYTHON = {"LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error::ResourceWarning"}

CONNECTIONS = """\
apiVersion: reconciler/v1
kind: Project
metadata:
  name: desk
spec:
  connections:
    enco:
      provider: enco
      token: {{env: ENCO_TOKEN}}
      baseUrl: {url}/enco/survey/1.0.0
      settle: 0.3
    customersure:
      provider: customersure
      company: Waffle House
      token: {{env: CUSTOMERSURE_TOKEN}}
      baseUrl: {url}/customersure
      settle: 0.3
    optimum:
      provider: optimum
      token: {{env: OPTIMUM_TOKEN}}
      baseUrl: {url}/optimum/api/v1
      settle: 0.3
"""

FIVE_KINDS = """\
apiVersion: enco/v1
kind: Survey
metadata: {name: waffles}
spec:
  name: waffles
  interactionType: general
  questions: [{language: en-GB, body: How likely are you to recommend our waffles?}]
---
apiVersion: enco/v1
kind: Question
metadata: {name: waffles-nl}
spec: {survey: waffles, language: nl-BE, body: Hoe waarschijnlijk raadt u onze wafels aan?}
---
apiVersion: customersure/v1
kind: Site
metadata: {name: leeds}
spec: {site_code: leeds-1, name: Acme Leeds, city: Leeds, region: Yorkshire, country_code: GB}
---
apiVersion: optimum/v1
kind: Location
metadata: {name: leeds, dependsOn: [customersure/Site/leeds]}
spec: {name: Acme Leeds, address_line_1: 1 The Headrow, postal_code: LS1 8EQ, country_code: GB}
---
apiVersion: optimum/v1
kind: Account
metadata: {name: acme}
spec: {name: Acme, active: true, verb: visit, max_locations: 3}
"""


def location(name: str, **spec: str) -> str:
    """A Location as a manifest."""
    fields = {"name": f"Store {name}", "address_line_1": "1 High Street", "country_code": "GB"} | spec
    lines = "".join(f"  {key}: {json.dumps(value)}\n" for key, value in fields.items())
    return f"apiVersion: optimum/v1\nkind: Location\nmetadata: {{name: {name}}}\nspec:\n{lines}"


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout as one JSON document."""
        return json.loads(self.out)

    @property
    def events(self) -> list[dict[str, Any]]:
        """stdout as a JSON document a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@cache
def nursery() -> Nursery:
    """The one process of this test run from which commands are forked."""
    made = Nursery({"PATH": os.environ.get("PATH", ""), **PYTHON})
    atexit.register(made.close)
    return made


@dataclass(slots=True)
class Desk:
    """A folder with a project, and the sandbox it talks to."""

    folder: Path
    sandbox: RunningSandbox
    home: Path
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "manifests").mkdir(parents=True)
        (self.home / "tmp").mkdir(parents=True)
        self.env = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.home),
            "TMPDIR": str(self.home / "tmp"),
            **PYTHON,
            **TOKENS,
        }
        self.write("reconciler.yaml", CONNECTIONS.format(url=self.sandbox.url))

    # --- files ----------------------------------------------------------------------------------------------------

    def write(self, path: str, text: str) -> Path:
        """Write a file of the project."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def manifest(self, text: str, name: str = "all.yaml") -> Path:
        """Write a manifest file."""
        return self.write(f"manifests/{name}", textwrap.dedent(text))

    def edit(self, path: str, before: str, after: str) -> None:
        """Replace text of a file; the text must be there."""
        file = self.folder / path
        text = file.read_text("utf-8")
        assert before in text, f"{path} does not hold {before!r}"
        file.write_text(text.replace(before, after), "utf-8")

    # --- commands -------------------------------------------------------------------------------------------------

    def run(
        self,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdin: str | None = None,
        without: Sequence[str] = (),
    ) -> Finished:
        """Run a command to its end: in a process that was forked ready, or where its Python is to be started in a way
        of its own, in one from the start."""
        environment = self._environment(env, without)
        if all(environment.get(name) == value for name, value in PYTHON.items()) and not any(
            name.startswith("PYTHON") and name not in PYTHON for name in environment
        ):
            born = nursery().run(arguments, cwd=cwd or self.folder, env=environment, given=stdin, longest=LONGEST)
            if born is not None:
                return checked(Finished(*born))
        done = subprocess.run(
            self._line(arguments),
            cwd=cwd or self.folder,
            env=environment,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            encoding="utf-8",
            timeout=LONGEST,
        )
        return checked(Finished(done.returncode, done.stdout, done.stderr))

    def ok(self, *arguments: str, **more: Any) -> Finished:
        """Run a command that must end with 0."""
        done = self.run(*arguments, **more)
        assert done.code == 0, f"{arguments} ended with {done.code}\n{done.out}\n{done.err}"
        return done

    def start(self, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        return subprocess.Popen(
            self._line(arguments),
            cwd=self.folder,
            env=self._environment(env, ()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def shell(self, script: str) -> Finished:
        """Run a line of bash in which ``reconciler`` is the command."""
        function = f'reconciler() {{ "{sys.executable}" -m reconciler "$@"; }}\n'
        done = subprocess.run(
            ["bash", "-c", function + script],
            cwd=self.folder,
            env=self._environment(None, ()),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=LONGEST,
        )
        return checked(Finished(done.returncode, done.stdout, done.stderr))

    def answer(self, text: str, *arguments: str, env: Mapping[str, str] | None = None) -> Finished:
        """Run a command at whose terminal ``text`` is typed; stdout and stderr are told apart all the same."""
        ours, theirs = pty.openpty()
        try:
            process = subprocess.Popen(
                self._line(arguments),
                cwd=self.folder,
                env=self._environment(env, ()),
                stdin=theirs,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                start_new_session=True,
            )
            os.write(ours, text.encode())
            out, err = process.communicate(timeout=LONGEST)
        finally:
            os.close(theirs)
            os.close(ours)
        return checked(Finished(process.returncode, out, err))

    def interrupt_at(self, prompt: str, *arguments: str) -> Finished:
        """Run a command at a terminal and press Ctrl-C once it has asked."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            self._line(arguments),
            cwd=self.folder,
            env=self._environment(None, ()),
            stdin=theirs,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stderr is not None
        shown = b""
        while prompt.encode() not in shown and (part := process.stderr.read1(4096)):
            shown += part
        for _ in range(10):  # a signal between the question and the read for its answer is noticed with the next one
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(2)
                break
        shown += process.communicate(timeout=LONGEST)[1]
        os.close(theirs)
        os.close(ours)
        return checked(Finished(process.returncode, "", shown.decode()))

    def terminal(self, *arguments: str, env: Mapping[str, str] | None = None, typed: str = "") -> tuple[int, str]:
        """Run a command with all three streams on one terminal; its exit code and what the terminal shows."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            self._line(arguments),
            cwd=self.folder,
            env={"TERM": "xterm-256color"} | self._environment(env, ()),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        os.write(ours, typed.encode())
        shown = _drained(ours)
        code = process.wait(LONGEST)
        os.close(ours)
        checked(Finished(code, shown, ""))
        return code, shown

    def _line(self, arguments: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "reconciler", *arguments]

    def _environment(self, env: Mapping[str, str] | None, without: Sequence[str]) -> dict[str, str]:
        return {name: value for name, value in (self.env | dict(env or {})).items() if name not in without}

    # --- the vendors ----------------------------------------------------------------------------------------------

    def requests(self, method: str | None = None) -> list[str]:
        """What the vendors were asked: method and path, oldest first."""
        entries = self.sandbox.log.entries(method=method)
        return [f"{entry.request.method} {entry.request.raw_path}" for entry in entries]

    @property
    def writes(self) -> list[str]:
        """The requests that are no reads."""
        return [request for request in self.requests() if not request.startswith("GET ")]

    def live(self, vendor: str, collection: str) -> list[dict[str, Any]]:
        """What a vendor holds, without what was made inactive."""
        return [item for item in self.sandbox.store.objects(vendor, collection) if not item.get("_deleted")]

    def fault(self, fault: object, *, vendor: str, times: int = 1000, **match: Any) -> None:
        """Let the next requests that match fail."""
        self.sandbox.faults.add({"match": {"vendor": vendor, **match}, "when": {"count": times}, "fault": fault})


def _drained(handle: int) -> str:
    """Everything that a terminal shows until its program is gone."""
    parts = []
    while True:
        try:
            part = os.read(handle, 65536)
        except OSError:  # how Linux says that the other side is closed
            break
        if not part:
            break
        parts.append(part)
    return b"".join(parts).decode("utf-8")


def checked(done: Finished) -> Finished:
    """Hold what holds for every command: an exit code of the contract, no traceback, no token."""
    shown = f"exit {done.code}\n--- stdout\n{done.out}\n--- stderr\n{done.err}"
    assert done.code in PRECEDENCE, shown
    assert "Traceback" not in done.out + done.err, shown
    assert "error[RCN0001]" not in done.out + done.err, shown
    assert "ResourceWarning" not in done.err and "DeprecationWarning" not in done.err, shown
    assert not leaks((done.out + done.err).encode()), shown
    return done


def leaks(content: bytes) -> list[str]:
    """The tokens that stand in some content, plain, reversed or in base64 however they fall on its groups."""
    found = []
    for name, token in TOKENS.items():
        needles = [token.encode(), token[::-1].encode(), *_encoded(token)]
        if any(needle in content for needle in needles):
            found.append(name)
    return found


def _encoded(token: str) -> list[bytes]:
    needles = []
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + token.encode()).rstrip(b"=")
        needles.append(encoded[[0, 2, 3][shift] : -1])
    return needles


def plain(text: str) -> str:
    """Text without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
