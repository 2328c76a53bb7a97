"""Every command in every situation, at every verbosity: nothing that it writes has a canary in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import click
import pytest

from reconciler.cli.main import COMMANDS, cli
from reconciler.sandbox.server import RunningSandbox
from reconciler.schema import load
from reconciler.schema.personal import is_personal
from tests.canary import echoes
from tests.canary.bench import OAUTH, Bench
from tests.canary.canaries import COMMENT, EMAIL, KINDS, NAME, SECRETS
from tests.canary.conftest import Before, fresh, reset
from tests.canary.echoes import WRITES, rules
from tests.canary.scanner import Scanner

HIDDEN = SECRETS["STATE_PASSWORD"]
QUICK = ("--retry-seconds", "0")
YORK = "optimum/Location/york"
LOSS = ("--allow-data-loss", "optimum/Location/leeds", "--allow-data-loss", "enco/Survey/waffles")
CONSENT = ("--auto-approve", "--max-deletes", "20")

# Every command as it is run here. A new command needs a line; a command with subcommands, one for each.
RUNS: dict[str, list[tuple[str, ...]]] = {
    "init": [("init", "--yes", "--ci", "begun")],
    "validate": [("validate",)],
    "fmt": [("fmt", "--diff"), ("fmt", "--check"), ("fmt",)],
    "import": [("import", *QUICK), ("import", "--kind", "Subscriber", "--dry-run", "--merge", *QUICK)],
    "plan": [("plan", "--out", "new.plan", *QUICK), ("plan", "--destroy", *QUICK)],
    "show": [("show", "saved.plan")],
    "apply": [
        ("apply", *CONSENT, "--allow-send", *QUICK),
        ("apply", "saved.plan", *QUICK),
        ("apply", *CONSENT, *QUICK),
    ],
    "destroy": [("destroy", *CONSENT, *LOSS, *QUICK)],
    "drift": [("drift", *QUICK), ("drift", "--accept", "optimum/Location/leeds", *QUICK)],
    "ci comment": [("ci", "comment", "saved.plan", "--pr", "7", *QUICK), ("ci", "comment", "saved.plan", "--dry-run")],
    "ci drift-issue": [("ci", "drift-issue", "drift.json", *QUICK), ("ci", "drift-issue", "drift.json", "--dry-run")],
    "state list": [("state", "list")],
    "state show": [("state", "show", "optimum/Location/leeds")],
    "state history": [("state", "history")],
    "state unlock": [("state", "unlock")],
    "state mv": [("state", "mv", "optimum/Location/leeds", "optimum/Location/leeds-2")],
    "state rm": [("state", "rm", "optimum/Account/acme", "--auto-approve")],
    "state pull": [("state", "pull")],
    "state push": [("state", "push", "pulled.json", "--force")],
    "state migrate": [
        ("state", "migrate", "sqlite:///.reconciler/other.db"),
        ("state", "migrate", f"postgresql://u:{HIDDEN}@127.0.0.1:9/x?connect_timeout=1"),
    ],
    "state rebuild": [("state", "rebuild", "--auto-approve", *QUICK)],
    "resolve": [("resolve", YORK, "--not-created", *QUICK), ("resolve", YORK, "--adopt", "{york}", *QUICK)],
    "graph": [("graph",), ("graph", "saved.plan", "--format", "svg")],
    "explain": [("explain", "RCN0401"), ("explain", "Subscriber.email")],
    "schema": [("schema", "optimum/Subscriber"), ("schema", "--out")],
    "completion": [("completion", "bash")],
    "doctor": [("doctor", *QUICK)],
    "status": [("status", *QUICK), ("status", YORK, "--days", "7", *QUICK)],
    "version": [("version",)],
    "sandbox": [],  # in test_processes.py: it runs until it is stopped
    "demo": [],  # there as well: it brings its own vendors
}
ASKING = ("plan", "import", "apply", "drift", "resolve", "state rebuild", "doctor", "status")
PLANNING = ("plan", "apply")
WRITING = ("apply", "destroy")
NO_JSON = ("explain",)

VERBOSITY = [
    (),
    ("-v",),
    ("-vv", "--color", "always"),
    ("--log-file", "run.log", "--json"),
    ("-v", "--log-file", "run.log"),
    ("-vv", "--json"),
]


@dataclass(frozen=True, slots=True)
class Situation:
    """What is the matter, and how it is brought about on a bench."""

    name: str
    arrange: Callable[[Bench], None]
    exit: int  # at least one of the commands ends with it, so that it is known to have come about
    commands: tuple[str, ...] = PLANNING
    env: tuple[tuple[str, str | None], ...] = ()


def nothing(bench: Bench) -> None:
    """All is well."""


def vendors(fault: Any, methods: tuple[str, ...] = ("GET",), vendor: str | None = None) -> Callable[[Bench], None]:
    """The vendors misbehave."""
    return lambda bench: bench.sandbox.faults.replace(rules(fault, methods, vendor))


def redirected(bench: Bench) -> None:
    """Followed, since it stays with the vendor: so the requests' addresses have what the vendor put into them."""
    bench.asked_too = False
    bench.sandbox.faults.replace(rules(echoes.around))


def oauth(bench: Bench) -> None:
    """Enco with client credentials; the tokens it gives are canaries as well."""
    bench.project(OAUTH)
    bench.given = lambda: tuple(bench.sandbox.app.world.access_tokens)


def token_endpoint(status: int, body: dict[str, Any]) -> Callable[[Bench], None]:
    """Enco with client credentials, and what the token endpoint answers."""

    def arrange(bench: Bench) -> None:
        bench.project(OAUTH)
        bench.sandbox.faults.replace([_tokens(status, body)])

    return arrange


def refused_later(bench: Bench) -> None:
    """An access token that the API refuses, and repeats."""
    bench.project(OAUTH)
    given = _tokens(200, {"access_token": SECRETS["ENCO_ACCESS"], "expires_in": 600})
    refusal = rules(echoes.answer(403, "enco with oauth"), vendor="enco")
    bench.sandbox.faults.replace([given, *refusal])


def _tokens(status: int, body: dict[str, Any]) -> dict[str, Any]:
    fault = {"status": status, "body": body}
    return {"match": {"vendor": "enco", "path": "token"}, "when": {"count": 1000}, "fault": fault}


def secret_file(content: bytes | None) -> Callable[[Bench], None]:
    """A token's file with something else in it, or none."""

    def arrange(bench: Bench) -> None:
        file = bench.folder / "customersure.txt"
        file.unlink()
        if content is not None:
            file.write_bytes(content)

    return arrange


def project_file(before: str, after: str) -> Callable[[Bench], None]:
    """A project file that is not as it should be."""

    def arrange(bench: Bench) -> None:
        file = bench.folder / "reconciler.yaml"
        text = file.read_text("utf-8")
        assert before in text
        file.write_text(text.replace(before, after), "utf-8")

    return arrange


def state_file(content: bytes) -> Callable[[Bench], None]:
    """A state that is none; what is in it was not written by us."""

    def arrange(bench: Bench) -> None:
        file = bench.folder / ".reconciler" / "state.db"
        file.write_bytes(content)
        bench.planted.append(file)

    return arrange


def raising(target: str) -> Callable[[Bench], None]:
    """An exception that nobody foresaw, with everything in its message, its arguments and its variables."""

    def arrange(bench: Bench) -> None:
        def broken(*given: object, **more: object) -> None:
            token, customer = SECRETS["OPTIMUM_TOKEN"], {"name": NAME, "email": EMAIL}
            try:
                raise KeyError(token, customer)
            except KeyError as error:
                raise ValueError(f"{token} {customer} {COMMENT}") from error

        bench.patch(target, broken)

    return arrange


def nowhere_to_log(bench: Bench) -> None:
    """A disk that is full, so that the failure's own log cannot be written."""

    def full(*given: object, **more: object) -> None:
        raise OSError(28, "No space left on device")

    raising("reconciler.cli.planning.build")(bench)
    bench.patch("tempfile.mkstemp", full)


def mistaken(bench: Bench) -> None:
    """A manifest with an error in a line that has somebody's address in it."""
    bench.declare(f"apiVersion: optimum/v1\nkind: Location\nmetadata: {{name: x, labels: {{a: {EMAIL}}}, z: 1}}\n")


LITERAL = SECRETS["LITERAL"]
TOKEN_LINE = "token: {env: OPTIMUM_TOKEN}"
URL_LINE = "timeout: 2}"
PROXY = f"http://u:{SECRETS['PROXY_PASSWORD']}@localhost:3128"
DATABASE = f"postgresql://u:{HIDDEN}@db.example/x"
STATE_COMMANDS = tuple(name for name in RUNS if name.startswith("state "))

UNFIT_TOKENS = [
    ("a line break", f"{LITERAL}\nX-Evil: 1", 3),
    ("a carriage return", f"{LITERAL}\r", 3),
    ("letters that are not latin", f"{LITERAL}日本", 4),
    ("a space before it", f" {LITERAL}", 4),
    ("a space behind it", f"{LITERAL} ", 4),
    ("bytes that are no text", f"{LITERAL}\udcff", 3),
    ("a colon", f"{LITERAL}:x", 4),
]
STATES = [
    ("on a server that is not there", f"postgresql://u:{HIDDEN}@127.0.0.1:9/x?connect_timeout=1", 1),
    ("of another scheme", f"mysql://u:{HIDDEN}@db.example/x", 3),
    ("without a scheme", f"u:{HIDDEN}@db.example/x", 3),
    ("of SQLite at a host", f"sqlite://u:{HIDDEN}@db.example/x", 3),
    ("whose URL is none", f"postgresql://u:{HIDDEN}@[::1/x", 3),
    ("whose port is none", f"postgresql://u:{HIDDEN}@127.0.0.1:port/x", 3),
    ("with an option that is none", f"postgresql://u@127.0.0.1:9/x?password={HIDDEN}&nonsense={HIDDEN}", 3),
]

SITUATIONS = [
    Situation("all is well", nothing, 0, tuple(RUNS)),
    *(
        Situation(f"reads are answered with {status}", vendors(partial(echoes.answer, status)), exit, commands)
        for status, exit, commands in (
            (400, 5, PLANNING),
            (401, 4, ("drift",)),
            (403, 4, ASKING),
            (404, 5, ("plan", "resolve")),
            (422, 5, PLANNING),
            (429, 5, ("drift",)),
            (500, 5, ASKING),
            (503, 5, ("state rebuild",)),
        )
    ),
    *(
        Situation(f"writes are answered with {status}", vendors(partial(echoes.answer, status), WRITES), 9, WRITING)
        for status in (403, 404, 409, 422, 500)
    ),
    Situation("writes are answered with 401", vendors(partial(echoes.answer, 401), WRITES), 4, WRITING),
    Situation("an error in plain text", vendors(partial(echoes.plain, 403)), 4, ASKING),
    Situation("an error in plain text to a write", vendors(partial(echoes.plain, 422), WRITES), 9, WRITING),
    Situation("an error inside a success", vendors(echoes.inside), 5),
    Situation("an error inside a success to a write", vendors(echoes.inside, WRITES), 9, WRITING),
    Situation("a web page", vendors(echoes.page), 5),
    Situation("a web page to a write", vendors(echoes.page, WRITES), 9, WRITING),
    Situation("broken JSON", vendors(echoes.broken), 5),
    Situation("another shape", vendors(echoes.odd), 5),
    Situation("another shape to a write", vendors(echoes.odd, WRITES), 9, WRITING),
    Situation("a redirect to somebody else", vendors(echoes.elsewhere), 5),
    Situation("a redirect of a write to somebody else", vendors(echoes.elsewhere, WRITES), 5, WRITING),
    Situation("a redirect in circles", redirected, 5),
    Situation("no answer in time", vendors({"hang": True}, ("GET",), "optimum"), 5, ("drift",)),
    Situation("a connection that breaks", vendors({"drop_before": True}), 5),
    Situation("a write whose answer is lost", vendors({"drop_after": True}, WRITES), 9, WRITING),
    Situation("an answer cut in half", vendors({"cut": True}), 5),
    Situation("client credentials", oauth, 0, ("plan", "apply", "destroy")),
    Situation("client credentials that the API refuses", refused_later, 4, ("plan", "apply")),
    *(
        Situation(f"the token endpoint answers with {status}", token_endpoint(status, echoes.CLIENTS), exit, ("plan",))
        for status, exit in ((200, 5), (400, 4), (401, 4), (503, 5))
    ),
    Situation("an access token for no header", token_endpoint(200, {"access_token": f"{LITERAL}\r\n"}), 4, ("plan",)),
    Situation("no token", nothing, 3, ("plan",), (("OPTIMUM_TOKEN", None),)),
    Situation("a wrong token", nothing, 4, ASKING, (("OPTIMUM_TOKEN", LITERAL),)),
    *(
        Situation(f"a token with {what}", nothing, exit, ("plan",), (("OPTIMUM_TOKEN", value),))
        for what, value, exit in UNFIT_TOKENS
    ),
    Situation("a token's file that is not there", secret_file(None), 3, ("plan",)),
    Situation("a token's file with NUL", secret_file(f"{LITERAL}\0x".encode()), 3, ("plan",)),
    Situation("a token's file of another encoding", secret_file(f"{LITERAL}é".encode("utf-16")), 3, ("plan",)),
    Situation("a token's file with two lines", secret_file(f"{LITERAL}\n{LITERAL}\n".encode()), 3, ("plan",)),
    Situation("a token's file with quotes", secret_file(f'"{LITERAL}"'.encode()), 4, ("plan",)),
    Situation(
        "a literal token", project_file(TOKEN_LINE, f"token: {LITERAL}"), 3, ("validate", "fmt", "plan", "state list")
    ),
    Situation(
        "a literal token under another name", project_file(TOKEN_LINE, f"tokn: {LITERAL}"), 3, ("validate", "fmt")
    ),
    Situation("a literal token in broken YAML", project_file(TOKEN_LINE, f"token: [{LITERAL}"), 3, ("validate", "fmt")),
    Situation("a proxy with its password", project_file(URL_LINE, f"timeout: 2, proxy: '{PROXY}'}}"), 3, ("plan",)),
    Situation("a state's password in the file", project_file("spec:\n", f"spec:\n  state: {DATABASE}\n"), 3, ("plan",)),
    *(
        Situation(f"a state {what}", nothing, exit, ("plan", "state list"), (("RECONCILER_STATE", url),))
        for what, url, exit in STATES
    ),
    Situation(
        "a state that is none",
        state_file(f"{LITERAL} {EMAIL}".encode()),
        1,
        ("plan", "apply", "drift", *STATE_COMMANDS),
    ),
    Situation("a mistake beside somebody's address", mistaken, 3, ("validate", "fmt", "plan")),
    Situation("a broken listing", raising("reconciler.providers.optimum.provider.Optimum.list"), 1, ASKING),
    Situation("a broken write", raising("reconciler.providers.optimum.provider.Optimum._write"), 9, ("apply",)),
    Situation("a broken check", raising("reconciler.apply.readings.Readings.found"), 9, ("apply",)),
    Situation("a broken plan", raising("reconciler.cli.planning.build"), 1, ("plan", "apply", "drift")),
    Situation("a broken command", raising("reconciler.cli.workspace.Workspace.__init__"), 1, tuple(RUNS)),
    Situation("a broken terminal", raising("reconciler.cli.terminal.Terminal.of"), 1, ("version", "plan")),
    Situation(
        "a broken state",
        raising("reconciler.state.sqlite.SqliteStore.snapshot"),
        1,
        ("plan", "apply", "resolve", "state list"),
    ),
    Situation("a log that cannot be opened", nothing, 3, ("drift",), (("RECONCILER_LOG_FILE", "no/such/run.log"),)),
    Situation("a debug log that cannot be written", nowhere_to_log, 1, ("plan",)),
]


def test_every_command_has_a_run() -> None:
    """A new command, or a new one under it, needs a line in the table."""
    found: set[str] = set()
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        below = sorted(command.commands) if isinstance(command, click.Group) else []
        found |= {f"{name} {other}" for other in below} if below else {name}
    assert found - set(RUNS) == set(), "give them a line in RUNS"
    assert set(RUNS) - found == set(), "they are gone"


def reports(name: str) -> list[str]:
    """A report of every format that a command writes."""
    command = cli.get_command(click.Context(cli), name.partition(" ")[0])
    assert command is not None
    types = [param.type for param in command.params if "--report" in param.opts]
    return [part for kind in types for form in kind.formats for part in ("--report", f"{form}=report.{form}")]


def test_every_kind_with_personal_data_has_a_row() -> None:
    """A kind whose schema has x-personal is a row of KINDS, by its name."""
    personal = {name for name, rtype in load().types.items() if any(is_personal(f) for f in rtype.fields.values())}
    assert personal - {kind.name for kind in KINDS} == set(), "give them a row in canaries.py"


@pytest.mark.parametrize("situation", SITUATIONS, ids=[situation.name for situation in SITUATIONS])
def test_no_canary(
    situation: Situation,
    server: RunningSandbox,
    before: Before,
    scanner: Scanner,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever ends a command, all that it wrote is searched."""
    verbosity = cycle(VERBOSITY[SITUATIONS.index(situation) % len(VERBOSITY) :] + VERBOSITY)
    ends = []
    for name in situation.commands:
        for line in RUNS[name] * (2 if name in ("plan", "apply") else 1):
            reset(server, before, unsettled=name == "resolve")
            how = next(verbosity)
            if "--json" in how and name in NO_JSON:
                how = ("-v",)
            with monkeypatch.context() as patches:
                bench = fresh(tmp_path / str(len(ends)), server, before, scanner, unsettled=name == "resolve")
                bench.patch = patches.setattr
                situation.arrange(bench)
                line = tuple(part.format(york=before.york) for part in line)
                ended = bench.here(*line, *how, *reports(name), env=dict(situation.env))
            ends.append(ended.code)
    assert situation.exit in ends, ends
