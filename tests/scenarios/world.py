"""One project in a folder against one sandbox, driven by the command line as a user would type it."""

from __future__ import annotations

import io
import json
import shlex
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import yaml

from reconciler.cli.main import run
from reconciler.sandbox.exchange import Request
from reconciler.sandbox.seed import B2S_TOKEN, BUENNO_TOKEN, CUSTOMERSURE_TOKEN, ENCO_TOKEN, OPTIMUM_TOKEN
from reconciler.sandbox.server import RunningSandbox

TOKENS = {
    "ENCO_TOKEN": ENCO_TOKEN,
    "CUSTOMERSURE_TOKEN": CUSTOMERSURE_TOKEN,
    "OPTIMUM_TOKEN": OPTIMUM_TOKEN,
    "BUENNO_TOKEN": BUENNO_TOKEN,
    "B2S_TOKEN": B2S_TOKEN,
}
DIGEST_KEY = {"RECONCILER_DIGEST_KEY": "a key for personal data in tests"}
VENDORS = ("enco", "customersure", "optimum", "buenno", "b2s")
READS = ("GET", "HEAD")


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Everything that the user sees."""
        return self.out + self.err

    @property
    def document(self) -> Any:
        """The last JSON document on stdout."""
        try:
            return json.loads(self.out)
        except ValueError:
            return json.loads(self.out.strip().splitlines()[-1])


class World:
    """A project's folder, its sandbox, and the requests since they were last looked at."""

    def __init__(self, folder: Path, sandbox: RunningSandbox, connections: Mapping[str, Any]) -> None:
        self.folder, self.sandbox = folder, sandbox
        (folder / "manifests").mkdir()
        (folder / "reconciler.yaml").write_text(yaml.safe_dump(_project(sandbox, connections)), "utf-8")

    def manifests(self, *files: Path) -> None:
        """Put these files, and no others, into the folder of manifests."""
        for old in (self.folder / "manifests").iterdir():
            old.unlink()
        for file in files:
            (self.folder / "manifests" / file.name).write_bytes(file.read_bytes())

    def command(self, line: str) -> Ended:
        """Run a command line in the project's folder."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run(["-C", str(self.folder), "--no-input", *shlex.split(line)])
        return Ended(code, out.getvalue(), err.getvalue())

    def writes(self) -> list[str]:
        """The writes that reached a vendor since the log was last cleared, as ``VERB vendor/rest-of-the-path``."""
        found = [entry.request for entry in self.sandbox.log.entries() if entry.request.method not in READS]
        return [f"{request.method} {_short(request.raw_path)}" for request in found]

    def bodies(self) -> list[Any]:
        """The bodies of those writes."""
        found = [entry.request for entry in self.sandbox.log.entries() if entry.request.method not in READS]
        return [_body(request) for request in found]

    def held(self, vendor: str, collection: str) -> list[dict[str, Any]]:
        """What a vendor holds, by its own books; what it made inactive is not among it."""
        return [item for item in self.sandbox.store.objects(vendor, collection) if not item.get("_deleted")]


def _body(request: Request) -> Any:
    """A body's JSON, or the pairs of a form."""
    if not request.body:
        return None
    form = request.content_type == "application/x-www-form-urlencoded"
    return dict(parse_qsl(request.body.decode())) if form else request.json


def _short(path: str) -> str:
    for prefix in ("/enco/survey/1.0.0/", "/optimum/api/v1/", "/customersure/", "/buenno/api/v01/", "/b2s/api/"):
        path = path.removeprefix(prefix)
    return path


def _project(sandbox: RunningSandbox, connections: Mapping[str, Any]) -> dict[str, Any]:
    """The project file: a connection a vendor, each at the sandbox and without the wait after a lost answer."""
    urls = {vendor: getattr(sandbox, f"{vendor}_url") for vendor in VENDORS}
    found: dict[str, Any] = {}
    for name, settings in {**{vendor: {} for vendor in VENDORS}, **connections}.items():
        vendor = settings.get("provider", name)
        found[name] = {
            "provider": vendor,
            "baseUrl": urls[vendor],
            "token": {"env": f"{vendor.upper()}_TOKEN"},
            "settle": 0,
            **({"company": "Acme Ltd"} if vendor == "customersure" else {}),
            **settings,
        }
    return {
        "apiVersion": "reconciler/v1",
        "kind": "Project",
        "metadata": {"name": "acme-feedback"},
        "spec": {"connections": found},
    }
