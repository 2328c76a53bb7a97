"""The same in processes of their own: interpreters set to tell much, libraries that log, failures nobody foresaw."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path

import pytest

from tests.canary import echoes
from tests.canary.bench import OAUTH, SEED, Bench, Ended
from tests.canary.canaries import EMAIL, NAME, SECRETS
from tests.canary.echoes import rules
from tests.canary.figures import FIGURES
from tests.canary.test_commands import CONSENT, LOSS, QUICK

LOUD = {
    "PYTHONWARNINGS": "always",
    "PYTHONFAULTHANDLER": "1",
    "PYTHONASYNCIODEBUG": "1",
    "HTTPX_LOG_LEVEL": "trace",
}
# Everything that any library logs goes to stderr, before a line of ours has run.
LOGGING = "import logging\nlogging.basicConfig(level=1, format='%(name)s %(message)s %(args)s')\n"
BROKEN = """\
import os

def broken(*given, **more):
    token, customer = os.environ["OPTIMUM_TOKEN"], {customer!r}
    try:
        raise KeyError(token, customer)
    except KeyError as error:
        raise RuntimeError(f"{{token}} {{customer}}") from error

import {module}
{module}.{name} = broken
"""


def customised(bench: Bench, text: str) -> dict[str, str]:
    """What Python runs before the program: the environment for it."""
    bench.write("inputs/sitecustomize.py", text)
    return {**LOUD, "PYTHONPATH": f"{bench.folder / 'inputs'}:{bench.env['PYTHONPATH']}"}


def broken(bench: Bench, target: str) -> dict[str, str]:
    """An exception that nobody foresaw, in that function."""
    module, _, name = target.partition(":")
    return customised(bench, BROKEN.format(module=module, name=name, customer={"name": NAME, "email": EMAIL}))


LINES = [
    ("validate", "-vv"),
    ("plan", "--out", "new.plan", "-v", "--log-file", "run.log", *QUICK),
    ("show", "saved.plan", "--json"),
    ("drift", "-vv", "--json", *QUICK),
    ("apply", *CONSENT, "-v", "--log-file", "run.log", *QUICK),
    ("destroy", *CONSENT, *LOSS, "--json", "-v", *QUICK),
    ("state", "history"),
    ("version", "--json"),
]


@pytest.mark.parametrize("line", LINES, ids=[line[0] for line in LINES])
def test_a_loud_interpreter_and_loud_libraries_tell_nothing(bench: Bench, line: tuple[str, ...]) -> None:
    """Development mode, all warnings, and every record of every library on stderr."""
    ended = bench.process(*line, python=("-X", "dev"), env=customised(bench, LOGGING))
    assert ended.code == 0, ended.text
    assert "reconciler" not in ended.err or "unexpected" not in ended.err, ended.err


@pytest.mark.parametrize("vendor", [None, "enco"], ids=["tokens", "client credentials"])
def test_libraries_that_log_refusals(bench: Bench, vendor: str | None) -> None:
    """Also where the vendors repeat everything, in headers as well."""
    if vendor:
        bench.project(OAUTH)
    else:
        bench.sandbox.faults.replace(rules(partial(echoes.answer, 403)))
    env = customised(bench, LOGGING)
    bench.given = lambda: tuple(bench.sandbox.app.world.access_tokens)
    ended = bench.process("plan", "-vv", *QUICK, python=("-X", "dev"), env=env)
    assert ended.code == (0 if vendor else 4), ended.text
    assert "httpx" not in ended.err and "httpcore" not in ended.err, ended.err


def test_the_logging_would_have_told(bench: Bench) -> None:
    """What the two tests above keep out would be there: the library does log addresses."""
    env = customised(bench, LOGGING)
    url = f"{bench.sandbox.optimum_url}/locations"
    script = f"import httpx; httpx.Client(trust_env=False, verify=False).get({url!r})"
    done = subprocess.run(
        [sys.executable, "-c", script], env={**bench.env, **env}, capture_output=True, encoding="utf-8", timeout=30
    )
    assert "httpx HTTP Request" in done.stderr
    assert "httpcore.http11" in done.stderr


# --- failures that nobody foresaw ----------------------------------------------------------------------------------

CRASHES = [
    ("reconciler.cli.planning:build", ("plan", "--target", "optimum/*", *QUICK), "while planning"),
    ("reconciler.cli.planning:build", ("plan", "--json", "-vv", *QUICK), "while planning, for a program"),
    ("reconciler.cli.planning:build", ("apply", "--json", *CONSENT, *QUICK), "while planning, in a stream"),
    ("reconciler.providers:connect", ("drift", "-v", *QUICK), "while connecting"),
    ("reconciler.sandbox.server:serve_forever", ("sandbox", "--port", "0"), "in the sandbox"),
]


@pytest.mark.parametrize(("target", "line", "reason"), CRASHES, ids=[reason for *_, reason in CRASHES])
def test_a_failure_nobody_foresaw(bench: Bench, target: str, line: tuple[str, ...], reason: str) -> None:
    """Exit 1, RCN0001, no traceback, the log named, and in it places, versions and the command, without any value."""
    ended = bench.process(*line, env=broken(bench, target))
    log = logged(bench, ended)
    assert "RuntimeError" in ended.err
    assert "report it" in ended.err
    if "--json" in line:
        document = json.loads(ended.out.splitlines()[-1] if line[0] == "apply" else ended.out)
        assert [error["code"] for error in document["errors"]] == ["RCN0001"]
    text = log.read_text("utf-8")
    assert f"command: reconciler {line[0]}" in text
    assert "optimum/*" not in text
    assert "sitecustomize" in text and "KeyError" in text
    assert re.search(r"^reconciler \d", text)
    assert re.search(r"httpx \d", text)
    assert log.stat().st_mode & 0o777 == 0o600


def logged(bench: Bench, ended: Ended) -> Path:
    """The one debug log, which the message names."""
    (log,) = (bench.home / "tmp").glob("reconciler-*.log")
    assert ended.code == 1, ended.text
    assert "error[RCN0001]" in ended.err
    assert str(log) in ended.err
    return log


def test_a_debug_log_without_a_place(bench: Bench) -> None:
    """A folder that cannot be written hides nothing: the error is told, and how to see the places."""
    env = broken(bench, "reconciler.cli.planning:build")
    closed = "import tempfile\ndef full(*a, **k):\n    raise OSError(28, 'full')\ntempfile.mkstemp = full\n"
    bench.write("inputs/sitecustomize.py", closed + (bench.folder / "inputs/sitecustomize.py").read_text())
    ended = bench.process("plan", *QUICK, env=env)
    assert (ended.code, "error[RCN0001]" in ended.err, "-vv" in ended.err) == (1, True, True)
    ended = bench.process("plan", "-vv", *QUICK, env=env)
    assert "sitecustomize:" in ended.err


def test_a_failure_of_a_worker(bench: Bench) -> None:
    """One write breaks on the way: that address fails, the others go through, the log is named."""
    env = broken(bench, "reconciler.apply.writes:Update.check")
    ended = bench.process("apply", *CONSENT, *QUICK, env=env)
    (log,) = (bench.home / "tmp").glob("reconciler-*.log")
    assert (ended.code, "RCN0001" in ended.text, str(log) in ended.text) == (9, True, True), ended.text
    assert "command: a write of apply" in log.read_text("utf-8")


def test_a_failure_of_a_thread_and_of_a_finaliser(bench: Bench) -> None:
    """What Python would print with its values is told by its type and place."""
    text = """\
    import atexit, os, threading
    token = os.environ["OPTIMUM_TOKEN"]

    class Thing:
        def __del__(self):
            raise ValueError(token)

    def run():
        raise RuntimeError(token)

    def later():
        import gc
        thing = Thing()
        del thing
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()

    import reconciler.cli.main as program
    real = program.run
    program.run = lambda arguments: (later(), real(arguments))[1]
    """
    ended = bench.process("version", env=customised(bench, textwrap.dedent(text)))
    assert ended.code == 0
    assert "warning: ValueError in sitecustomize:" in ended.err
    assert "error[RCN0001]: unexpected RuntimeError in sitecustomize:" in ended.err


# --- the two commands that bring vendors of their own --------------------------------------------------------------


def test_the_sandbox(bench: Bench) -> None:
    """With a seed of one's own, asked with right and wrong tokens: it says nothing of them, broken faults included."""
    seed = bench.write("inputs/seed.json", json.dumps(SEED))
    line = [sys.executable, "-X", "dev", "-m", "reconciler", "sandbox", "--port", "0", "--seed", str(seed), "-vv"]
    env = {**bench.env, **customised(bench, LOGGING)}
    process = subprocess.Popen(
        line, cwd=bench.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    url = said.split()[-1]
    for path in ("/optimum/api/v1/locations", "/customersure/sites", "/enco/survey/1.0.0/surveys", f"/{EMAIL}"):
        for token in (SECRETS["LITERAL"], SECRETS["OPTIMUM_TOKEN"].encode("latin-1").decode("latin-1")):
            request = urllib.request.Request(f"{url}{path}", headers={"Authorization": f"Bearer {token}"})
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(request, timeout=5)
    process.terminate()
    out, err = process.communicate(timeout=10)
    FIGURES.commands += 1
    FIGURES.processes += 1
    ended = bench.searched(("sandbox",), Ended(process.returncode, said + out, err))
    assert ended.code == 0


def test_the_demo(bench: Bench) -> None:
    """It reads nothing of the user's, tokens in the environment included."""
    ended = bench.process("demo", "-vv", env=LOUD)
    assert ended.code == 0, ended.text
