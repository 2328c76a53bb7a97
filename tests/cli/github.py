"""A repository on GitHub as a server on loopback: what its documents say of comments, issues and labels, no more."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "ghs_hush-31f0c2d97b"
BOT = "github-actions[bot]"
SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
REPOSITORY = "acme/feedback"
_OUTPUT = re.compile(r"^([a-z][a-z-]*)(?:<<(\S+)\n(.*?)\n\2|=([^\n]*))\n", re.DOTALL | re.MULTILINE)


@dataclass
class FakeGitHub:
    """Pages of two; ``may_write`` as for a token of the repository, not for one of a fork."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    may_write: bool = True
    url: str = ""

    def answer(self, method: str, target: str, body: Any) -> tuple[int, Any, dict[str, str]]:
        """Status, JSON and headers for a request."""
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.log.append(f"{method} {parts.path}")
        if parts.path == "/graphql":
            return 200, {"data": {"viewer": {"login": BOT}}}, {}
        if method != "GET" and not self.may_write:
            return 403, {"message": "Resource not accessible by integration", "status": "403"}, {}
        for pattern, handler in self._routes().items():
            match = re.fullmatch(f"/repos/{REPOSITORY}{pattern}", parts.path)
            if match:
                return handler(method, [int(part) for part in match.groups() if part and part.isdigit()], query, body)
        return 404, {"message": "Not Found"}, {}

    def _routes(self) -> dict[str, Callable[..., tuple[int, Any, dict[str, str]]]]:
        return {
            r"/issues": self._issues,
            r"/issues/(\d+)": self._issue,
            r"/issues/(\d+)/comments": self._comments,
            r"/issues/comments/(\d+)": self._comment,
            r"/labels(?:/(\w+))?": self._labels,
        }

    def _comments(self, method: str, ids: list[int], query: dict[str, str], body: Any) -> Any:
        if method == "GET":
            own = [one for one in self.comments if one["on"] == ids[0]]
            return self._page(own, f"/repos/{REPOSITORY}/issues/{ids[0]}/comments", query)
        number = len(self.comments) + 1
        url = f"https://github.com/{REPOSITORY}/issues/{ids[0]}#issuecomment-{number}"
        made = {"id": number, "on": ids[0], "html_url": url, "user": {"login": BOT}, "body": body["body"]}
        self.comments.append(made)
        return 201, made, {}

    def _comment(self, method: str, ids: list[int], query: dict[str, str], body: Any) -> Any:
        found = next(one for one in self.comments if one["id"] == ids[0])
        found["body"] = body["body"]
        return 200, found, {}

    def _issues(self, method: str, ids: list[int], query: dict[str, str], body: Any) -> Any:
        if method == "GET":
            assert (query["state"], query["creator"]) == ("all", BOT)
            own = [one for one in self.issues if one["user"]["login"] == query["creator"]]
            return self._page(own, f"/repos/{REPOSITORY}/issues", query)
        number = len(self.issues) + 1
        url = f"https://github.com/{REPOSITORY}/issues/{number}"
        labels = [{"name": name} for name in body.pop("labels")]
        made = {"number": number, "html_url": url, "user": {"login": BOT}, "state": "open", "labels": labels, **body}
        self.issues.append(made)
        return 201, made, {}

    def _issue(self, method: str, ids: list[int], query: dict[str, str], body: Any) -> Any:
        self.issues[ids[0] - 1].update(body)
        return 200, self.issues[ids[0] - 1], {}

    def _labels(self, method: str, ids: list[int], query: dict[str, str], body: Any) -> Any:
        if method == "POST":
            self.labels.append(body["name"])
            return 201, body, {}
        return (200, {}, {}) if self.labels else (404, {"message": "Not Found"}, {})

    def _page(self, items: list[Any], path: str, query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        """Two at a time, whatever the page's size is asked to be."""
        page = int(query.pop("page", "1"))
        rest = "&".join(f"{name}={value.replace('[', '%5B').replace(']', '%5D')}" for name, value in query.items())
        more = {"Link": f'<{self.url}{path}?{rest}&page={page + 1}>; rel="next"'} if len(items) > 2 * page else {}
        return 200, items[2 * page - 2 : 2 * page], more


@contextmanager
def serving(github: FakeGitHub) -> Iterator[FakeGitHub]:
    """The repository behind a port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers["Authorization"] == f"Bearer {TOKEN}":
                status, body, headers = github.answer(self.command, self.path, json.loads(content or b"null"))
            else:
                status, body, headers = 401, {"message": f"Bad credentials {self.headers['Authorization']}"}, {}
            data = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Type": "application/json", "Content-Length": len(data)}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = _do  # noqa: N815 - the names that the server looks for

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    github.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield github
    finally:
        server.shutdown()
        server.server_close()


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a job as a runner sets it up: its variables, and the files that it gets back."""

    folder: Path
    url: str
    event: dict[str, Any]

    @property
    def env(self) -> dict[str, str]:
        """The variables; the files begin empty."""
        self.folder.mkdir(exist_ok=True)
        for name in ("summary", "output"):
            (self.folder / name).write_text("")
        (self.folder / "event.json").write_text(json.dumps(self.event))
        return {
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_API_URL": self.url,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_RUN_ID": "42",
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "GITHUB_OUTPUT": str(self.folder / "output"),
        }

    @property
    def summary(self) -> str:
        """What the step says on the run's page."""
        return (self.folder / "summary").read_text("utf-8")

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs, read as a runner reads them."""
        text = (self.folder / "output").read_text("utf-8")
        assert _OUTPUT.sub("", text) == ""
        return {name: value or short for name, _, value, short in _OUTPUT.findall(text)}


PULL: dict[str, Any] = {"pull_request": {"number": 7, "head": {"sha": SHA}}}
NIGHT: dict[str, Any] = {"schedule": "17 3 * * *"}
