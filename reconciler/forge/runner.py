"""What a runner of GitHub Actions says of its run by variables and files, and the files in which it takes answers."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import GITHUB_PLACE_UNKNOWN, OUTPUT_FAILED, ReconcilerError
from reconciler.model import JSON, parsed

API_URL = "https://api.github.com"
SUMMARY_LIMIT = 1024 * 1024  # bytes of a step's summary
_LARGEST_EVENT = 32 * 1024 * 1024  # bytes; GitHub sends 25 MB at most
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_SERVER = re.compile(r"https?://[\w.:-]+", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40,64}")


@dataclass(frozen=True, slots=True)
class Event:
    """What started the run: the number of its pull request and the commit at that one's head, where it has one."""

    number: int | None = None
    commit: str | None = None


@dataclass(frozen=True, slots=True)
class Runner:
    """The variables of a run. They come from the machine, not from the repository."""

    environ: Mapping[str, str]

    @property
    def api_url(self) -> str:
        """The REST API's base URL; on a server of one's own ``https://HOST/api/v3``."""
        return self.environ.get("GITHUB_API_URL", "").strip().rstrip("/") or API_URL

    def repository(self, given: str | None) -> str:
        """``OWNER/NAME``, as given or of this run. Raises RCN0370."""
        name = given or self.environ.get("GITHUB_REPOSITORY", "")
        if _REPOSITORY.fullmatch(name) is None or {".", ".."} & set(name.split("/")):
            told = "GITHUB_REPOSITORY is not set" if not name else "the repository is not spelled OWNER/NAME"
            raise ReconcilerError(GITHUB_PLACE_UNKNOWN, told)
        return name

    def event(self) -> Event | None:
        """What started this run; None where no runner tells of any. Raises RCN0370 for a file that is no event."""
        path = self.environ.get("GITHUB_EVENT_PATH", "")
        if not path:
            return None
        content = _event(Path(path))
        pull = content.get("pull_request")
        if not isinstance(pull, dict):
            issue = content.get("issue")
            pull = issue if isinstance(issue, dict) and issue.get("pull_request") else {}
        head = pull.get("head")
        commit = str(head.get("sha")) if isinstance(head, dict) else ""
        number = pull.get("number")
        known = isinstance(number, int) and not isinstance(number, bool) and number > 0
        return Event(number if known else None, commit if _COMMIT.fullmatch(commit) else None)

    def run_url(self) -> str | None:
        """Where this run is seen; None outside of one."""
        server, run = self.environ.get("GITHUB_SERVER_URL", ""), self.environ.get("GITHUB_RUN_ID", "")
        repository = self.environ.get("GITHUB_REPOSITORY", "")
        if _SERVER.fullmatch(server) and _REPOSITORY.fullmatch(repository) and run.isascii() and run.isdigit():
            return f"{server}/{repository}/actions/runs/{run}"
        return None

    def summarise(self, texts: Iterable[str]) -> bool:
        """Append the first of these texts for which there is room to the step's summary; whether one was. True outside
        of a run, which has none. Raises RCN0304 where the file cannot be written."""
        path = self.environ.get("GITHUB_STEP_SUMMARY", "")
        if not path:
            return True
        room = SUMMARY_LIMIT - _size(Path(path))
        for text in texts:
            content = (text.rstrip("\n") + "\n\n").encode("utf-8", "backslashreplace")
            if len(content) <= room:
                _append(Path(path), content)
                return True
        return False

    def output(self, values: Mapping[str, str]) -> None:
        """Set outputs of the step. Raises RCN0304 where the file cannot be written."""
        path = self.environ.get("GITHUB_OUTPUT", "")
        if path and values:
            _append(Path(path), "".join(_set(name, value) for name, value in values.items()).encode())


def _set(name: str, value: str) -> str:
    """A value between two lines that it cannot hold, since nobody knows them beforehand."""
    border = f"end-{secrets.token_hex(16)}"
    return f"{name}<<{border}\n{value}\n{border}\n"


def _event(path: Path) -> Mapping[str, JSON]:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_EVENT + 1)
        event = parsed(content, most=1_000_000) if len(content) <= _LARGEST_EVENT else None
    except (OSError, ValueError):
        event = None
    if not isinstance(event, dict):
        raise ReconcilerError(GITHUB_PLACE_UNKNOWN, "the file that GITHUB_EVENT_PATH names is no event of GitHub")
    return event


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _append(path: Path, content: bytes) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644), "wb") as file:
            file.write(content)
    except OSError as error:
        raise ReconcilerError(OUTPUT_FAILED, f"{path}: {error.strerror}") from error
