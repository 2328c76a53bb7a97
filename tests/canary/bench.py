"""A project whose every credential and every customer is a canary, and commands run on it, searched at once."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.cli.main import run
from reconciler.errors import PRECEDENCE
from reconciler.sandbox.exchange import Request
from reconciler.sandbox.server import RunningSandbox
from tests.canary.canaries import KINDS, SECRETS
from tests.canary.figures import FIGURES
from tests.canary.scanner import Scanner
from tests.cli.desk import FIVE_KINDS, ROOT

SEED: dict[str, Any] = {
    "enco": {
        "token": SECRETS["ENCO_TOKEN"],
        "client": {"id": SECRETS["ENCO_CLIENT"], "secret": SECRETS["ENCO_SECRET"]},
    },
    "customersure": {"token": SECRETS["CUSTOMERSURE_TOKEN"]},
    "optimum": {"token": SECRETS["OPTIMUM_TOKEN"]},
    "buenno": {"token": SECRETS["BUENNO_TOKEN"]},
    "b2s": {"token": SECRETS["B2S_TOKEN"]},
}
TOKEN = "token: {env: ENCO_TOKEN}"
OAUTH = "oauth: {clientId: {env: ENCO_CLIENT}, clientSecret: {file: hush.txt}, tokenUrl: %s/enco/token}"
PROJECT = """\
apiVersion: reconciler/v1
kind: Project
metadata: {{name: canary}}
spec:
  connections:
    enco: {{provider: enco, {enco}, baseUrl: {url}/enco/survey/1.0.0, settle: 0, timeout: 2}}
    customersure:
      provider: customersure
      company: Waffle House
      token: {{file: customersure.txt}}
      baseUrl: {url}/customersure
      settle: 0
      timeout: 2
    optimum: {{provider: optimum, token: {{env: OPTIMUM_TOKEN}}, baseUrl: {url}/optimum/api/v1, settle: 0, timeout: 2}}
    buenno: {{provider: buenno, token: {{env: BUENNO_TOKEN}}, baseUrl: {url}/buenno/api/v01, settle: 0, timeout: 2}}
    b2s: {{provider: b2s, token: {{env: B2S_TOKEN}}, baseUrl: {url}/b2s, settle: 0, timeout: 2}}
"""
INPUTS = ("reconciler.yaml", "manifests", "customersure.txt", "hush.txt", "inputs")  # what we put there is no finding
# A list that is searched by a person's address: the API knows no other place to say whom.
SEARCHED = re.compile(r"(/optimum/api/v1/subscribers\?limit=100&page=0)&(?:email|mobile_number)=[^&]*")
# What a cautious user may have around: none of it is ours to tell.
AROUND = {
    "GITHUB_TOKEN": SECRETS["GITHUB_TOKEN"],
    "GITHUB_API_URL": "http://127.0.0.1:9",
    "GITHUB_REPOSITORY": "acme/feedback",
    "RECONCILER_DIGEST_KEY": SECRETS["RECONCILER_DIGEST_KEY"],
    "HTTPS_PROXY": f"http://u:{SECRETS['PROXY_PASSWORD']}@127.0.0.1:9",
    "HTTP_PROXY": f"http://u:{SECRETS['PROXY_PASSWORD']}@127.0.0.1:9",
}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Everything that the user sees."""
        return self.out + self.err


@dataclass(slots=True)
class Bench:
    """A project's folder beside a home, and the vendors."""

    top: Path
    sandbox: RunningSandbox
    scanner: Scanner
    env: dict[str, str] = field(default_factory=dict)
    given: Callable[[], tuple[str, ...]] = tuple  # canaries that came up while a command ran
    planted: list[Path] = field(default_factory=list)  # more files that we put there
    asked_too: bool = True  # whether the requests' addresses are searched as well
    patch: Callable[[str, object], None] = setattr  # how something of the program is replaced for one command

    def __post_init__(self) -> None:
        for folder in (self.folder / "manifests", self.home / "tmp"):
            folder.mkdir(parents=True, exist_ok=True)
        self.env = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.home),
            "TMPDIR": str(self.home / "tmp"),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            **{
                name: SECRETS[name]
                for name in ("ENCO_TOKEN", "OPTIMUM_TOKEN", "BUENNO_TOKEN", "B2S_TOKEN", "ENCO_CLIENT")
            },
            **AROUND,
        }
        self.write("customersure.txt", SECRETS["CUSTOMERSURE_TOKEN"] + "\n")
        self.write("hush.txt", SECRETS["ENCO_SECRET"] + "\n")
        (self.home / ".netrc").write_text(f"machine 127.0.0.1 login u password {SECRETS['NETRC_PASSWORD']}\n")
        self.project()

    @property
    def folder(self) -> Path:
        """The project's folder."""
        return self.top / "project"

    @property
    def home(self) -> Path:
        """The user's home."""
        return self.top / "home"

    def project(self, enco: str = TOKEN) -> None:
        """Write the project file."""
        enco = enco % self.sandbox.url if "%s" in enco else enco
        self.write("reconciler.yaml", PROJECT.format(url=self.sandbox.url, enco=enco))

    def write(self, path: str, text: str) -> Path:
        """Write a file of the project."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    def declare(self, *more: str, text: str = FIVE_KINDS) -> None:
        """Write the manifests: five kinds, and one of each kind with personal data that can be declared."""
        texts = [text, *(kind.manifest for kind in KINDS if kind.manifest), *more]
        self.write("manifests/all.yaml", "\n---\n".join(texts))

    def people(self) -> None:
        """Fill the vendors with people."""
        location = next(iter(self.sandbox.store.objects("optimum", "locations")), {}).get("id")
        for kind in KINDS:
            for (vendor, collection), item in kind.live.items():
                about = {"location": location} if collection in ("reviews", "feedback") else {}
                self.sandbox.store.insert(vendor, collection, {**item, **about})

    def copy_of(self, other: Path) -> None:
        """Take over the project's folder of another bench."""
        shutil.copytree(other, self.folder, dirs_exist_ok=True)

    # --- commands -------------------------------------------------------------------------------------------------

    def here(self, *arguments: str, env: Mapping[str, str | None] | None = None) -> Ended:
        """Run a command in this process."""
        out, err = io.StringIO(), io.StringIO()
        before, cwd = dict(os.environ), Path.cwd()
        os.environ.clear()
        os.environ.update(self._environment(env))
        tempfile.tempdir = None
        try:
            os.chdir(self.folder)
            with redirect_stdout(out), redirect_stderr(err):
                code = run(["--no-input", *arguments])
        finally:
            os.chdir(cwd)
            os.environ.clear()
            os.environ.update(before)
            tempfile.tempdir = None
        FIGURES.commands += 1
        return self.searched(arguments, Ended(code, out.getvalue(), err.getvalue()))

    def process(
        self,
        *arguments: str,
        env: Mapping[str, str | None] | None = None,
        python: Sequence[str] = (),
        umask: int = -1,
        stdin: str = "",
    ) -> Ended:
        """Run a command in a process of its own; ``python`` are options of the interpreter."""
        done = subprocess.run(
            [sys.executable, *python, "-m", "reconciler", *arguments],
            cwd=self.folder,
            env=self._environment(env),
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            umask=umask,
        )
        FIGURES.commands += 1
        FIGURES.processes += 1
        return self.searched(arguments, Ended(done.returncode, done.stdout, done.stderr))

    def searched(self, arguments: Sequence[str], ended: Ended) -> Ended:
        """Hold what holds for every command: an exit code of the contract, no traceback, valid JSON, no canary."""
        told = f"{' '.join(arguments)}: exit {ended.code}\n{ended.out}\n{ended.err}"
        assert ended.code in PRECEDENCE, told
        assert "Traceback" not in ended.text, told
        if "--json" in arguments and ended.code != 3:
            assert valid(ended.out), told
        more = self.given()
        self.scanner.text(f"stdout of {' '.join(arguments)}", ended.out, more)
        self.scanner.text(f"stderr of {' '.join(arguments)}", ended.err, more)
        ours = [self.home / ".netrc", *(self.folder / name for name in INPUTS), *self.planted]
        self.scanner.files(self.top, more, except_for=ours)
        if self.asked_too:
            asked = [entry.request for entry in self.sandbox.log.entries()]
            self.scanner.text("addresses", "\n".join(SEARCHED.sub(r"\1", address(one)) for one in asked), more)
        return ended

    def _environment(self, env: Mapping[str, str | None] | None) -> dict[str, str]:
        merged: dict[str, str | None] = {**self.env, **(env or {})}
        return {name: value for name, value in merged.items() if value is not None}


def address(request: Request) -> str:
    """What a request asks for, as it stands in everybody's logs."""
    return f"{request.raw_path}?{request.raw_query}"


def valid(text: str) -> bool:
    """Whether a result is one JSON document, or one a line."""
    try:
        json.loads(text)
    except ValueError:
        try:
            return all(isinstance(json.loads(line), dict) for line in text.splitlines()) and bool(text)
        except ValueError:
            return False
    return True
