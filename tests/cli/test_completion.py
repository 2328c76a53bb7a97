"""``completion``: the shells' scripts, and what they are answered."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reconciler.cli.main import COMMANDS
from tests.cli.desk import LONGEST, Desk, location

QUESTION = "_RECONCILER_COMPLETE"
LEEDS, SITE = "optimum/Location/leeds", "customersure/Site/leeds"


def asked(desk: Desk, *words: str, cwd: Path | None = None) -> list[str]:
    """What a shell is answered for a line that ends in the last word, by click's protocol for bash."""
    line = " ".join(["reconciler", *words])
    env = {QUESTION: "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words))}
    done = desk.run(env=env, cwd=cwd)
    assert (done.code, done.err) == (0, ""), done
    return [row.partition(",")[2] for row in done.out.splitlines() if row]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A folder with the command in it, for a shell's PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "reconciler"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m reconciler "$@"\n', "utf-8")
    command.chmod(0o755)
    return folder


def in_shell(desk: Desk, path: Path, shell: str, script: str) -> str:
    """What a real shell prints, with the command on its PATH."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run(
        [shell, "-c", script],
        cwd=desk.folder,
        env={**desk.env, "PATH": f"{path}{os.pathsep}{os.environ['PATH']}", "XDG_DATA_HOME": str(path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=LONGEST,
    )
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


COMPLETED = [
    ("a command", ("pl",), ["plan"]),
    ("a command's own command", ("state", "mi"), ["migrate"]),
    ("an address of the manifests", ("plan", "--target", "opt"), ["optimum/Account/acme", LEEDS]),
    ("an address to leave out", ("drift", "--exclude", "cust"), [SITE]),
    ("letter case does not count", ("plan", "--target", "OPTIMUM/L"), [LEEDS]),
    ("nothing is recorded yet", ("apply", "--allow-data-loss", ""), []),
    ("a connection", ("doctor", "--connection", ""), ["customersure", "enco", "optimum"]),
    ("no environment in this project", ("plan", "--env", ""), []),
    ("a kind, by itself", ("explain", "Loc"), ["Location"]),
    ("a kind with its vendor", ("explain", "optimum/L"), ["optimum/Location"]),
    ("a field", ("explain", "Location.po"), ["Location.postal_code"]),
    ("a field of a section", ("explain", "Location.lifecycle.on"), ["Location.lifecycle.onRemove"]),
    ("an error code", ("explain", "RCN031"), ["RCN0310"]),
    ("a schema", ("schema", "man"), ["manifest"]),
    ("a vendor", ("init", "--provider", "e"), ["enco"]),
    ("a choice of an option", ("plan", "--color", "n"), ["never"]),
    ("an option", ("plan", "--detailed"), ["--detailed-exitcode"]),
]


@pytest.mark.parametrize(("reason", "words", "expected"), COMPLETED, ids=[reason for reason, *_ in COMPLETED])
def test_answers(five: Desk, reason: str, words: tuple[str, ...], expected: list[str]) -> None:
    """What the manifests, the project file and the schemas have at that place."""
    assert asked(five, *words) == expected


def test_what_is_recorded(applied: Desk) -> None:
    """Commands on the state are answered from it, those on addresses from both; the state is only read."""
    file = applied.folder / ".reconciler" / "state.db"
    before = file.read_bytes()
    applied.manifest(location("york"))
    assert asked(applied, "state", "show", "optimum/") == ["optimum/Account/acme", LEEDS]
    assert asked(applied, "plan", "--target", "optimum/L") == [LEEDS, "optimum/Location/york"]
    assert asked(applied, "apply", "--allow-recreate", "optimum/L") == [LEEDS]
    assert asked(applied, "resolve", "") == []
    assert asked(applied, "-C", str(applied.folder), "state", "rm", "cust", cwd=applied.home) == [SITE]
    assert file.read_bytes() == before
    assert applied.requests() == []


def test_environments(desk: Desk) -> None:
    """The environments of the project file."""
    desk.edit("reconciler.yaml", "spec:\n", "spec:\n  environments:\n    staging: {}\n    production: {}\n")
    assert asked(desk, "plan", "--env", "") == ["production", "staging"]
    assert asked(desk, "--env", "st") == ["staging"]


def test_no_suggestion_is_a_command(desk: Desk) -> None:
    """A shell puts the only suggestion into somebody's line as it is, and runs that line at the next key: names that
    no project may have are suggested to nobody, though the file is read unchecked."""
    odd = ["$(touch pwned)", "`id`", "a;id", "two\\nwords", "a b", "-rf"]
    names = "".join(f'    "{name}": {{provider: enco, token: {{env: ENCO_TOKEN}}}}\n' for name in odd)
    desk.edit("reconciler.yaml", "  connections:\n", f"  connections:\n{names}")
    environments = "".join(f'    "{name}": {{}}\n' for name in [*odd, "staging"])
    desk.edit("reconciler.yaml", "spec:\n", f"spec:\n  environments:\n{environments}")
    assert asked(desk, "import", "--connection", "") == ["customersure", "enco", "optimum"]
    assert asked(desk, "--env", "") == ["staging"]


BROKEN = [
    ("no project", "reconciler.yaml", None),
    ("a project file that is no YAML", "reconciler.yaml", "{[:\n\x00"),
    ("a project file of another sort", "reconciler.yaml", "- a\n"),
    ("a manifest that is no YAML", "manifests/all.yaml", "{[:\n"),
    ("a state that is none", ".reconciler/state.db", "nonsense"),
    ("a state on a server", "reconciler.yaml", "POSTGRESQL"),
]


@pytest.mark.parametrize(("reason", "file", "content"), BROKEN, ids=[reason for reason, *_ in BROKEN])
def test_nothing_is_told_to_be_wrong(five: Desk, reason: str, file: str, content: str | None) -> None:
    """Whatever is the matter, there are fewer answers and no words, and nobody waits for a server."""
    if content is None:
        (five.folder / file).unlink()
    elif content == "POSTGRESQL":
        five.edit(file, "spec:\n", "spec:\n  state: postgresql://127.0.0.1:9/x\n")
    else:
        five.write(file, content)
    began = time.monotonic()
    asked(five, "state", "show", "")
    found = asked(five, "plan", "--target", "opt")
    assert time.monotonic() - began < 5
    assert found in ([], ["optimum/Account/acme", LEEDS])
    assert (found == []) is (file != ".reconciler/state.db" and content != "POSTGRESQL")


@pytest.mark.parametrize("question", ["nonsense", "bash_nonsense", "csh_complete", "csh_source"])
def test_an_unknown_question(desk: Desk, question: str) -> None:
    """A shell that nobody knows gets no words."""
    done = desk.run(env={QUESTION: question})
    assert (done.out, done.err) == ("", "")


def test_an_empty_question_is_none(desk: Desk) -> None:
    """A variable that is set to nothing lets the command run."""
    assert desk.ok("version", env={QUESTION: ""}).out.startswith("reconciler ")


def test_a_thousand_manifests(desk: Desk) -> None:
    """The addresses of a large project come as quickly as a person types on."""
    for number in range(1000):
        desk.manifest(location(f"store-{number}"), f"{number}.yaml")
    times = []
    for _ in range(3):
        began = time.perf_counter()
        assert len(asked(desk, "plan", "--target", "optimum/Location/store-99")) == 11
        times.append(time.perf_counter() - began)
    assert min(times) < 1.5, times


def test_bash(five: Desk, path: Path) -> None:
    """In a real bash, with the value apart from its option and behind an equals sign."""
    script = """
    eval "$(reconciler completion bash)"
    answers() {
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
        _reconciler_completion reconciler; echo "${COMPREPLY[*]}"
    }
    complete -p reconciler
    answers reconciler plan --target optimum/L
    answers reconciler plan --target = optimum/L
    answers reconciler plan --target =
    answers reconciler grap
    """
    lines = in_shell(five, path, "bash", script).splitlines()
    assert "-F _reconciler_completion reconciler" in lines[0]
    assert lines[1:3] == [LEEDS, LEEDS]
    assert LEEDS in lines[3].split()
    assert lines[4] == "graph"


def test_zsh(five: Desk, path: Path) -> None:
    """In a real zsh the script is taken, and its question is answered with descriptions."""
    script = """
    autoload -Uz compinit; compinit -u -D
    eval "$(reconciler completion zsh)"
    print -r -- $_comps[reconciler]
    COMP_WORDS="reconciler plan --target optimum/L" COMP_CWORD=3 _RECONCILER_COMPLETE=zsh_complete reconciler
    """
    assert in_shell(five, path, "zsh", script).splitlines() == ["_reconciler_completion", "plain", LEEDS, "declared"]


def test_fish(five: Desk, path: Path) -> None:
    """In a real fish, as the tab key has it."""
    script = """
    reconciler completion fish | source
    complete -C 'reconciler plan --target optimum/L'
    complete -C 'reconciler grap'
    """
    lines = in_shell(five, path, "fish", script).splitlines()
    assert lines == [f"{LEEDS}\tdeclared", f"graph\t{COMMANDS['graph']}"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts(desk: Desk, shell: str) -> None:
    """Each script says how it is taken on; --json has both apart."""
    told = desk.ok("completion", shell, "--json", cwd=desk.home).json
    assert told["script"] == desk.ok("completion", shell, cwd=desk.home).out
    assert f"reconciler completion {shell}" in told["how"]
    assert f"# {told['how']}" in told["script"].splitlines()[:2]
    assert f"{QUESTION}={shell}_complete" in told["script"]


def test_another_shell(desk: Desk) -> None:
    """A shell that is not known is a slip of the command line."""
    assert "RCN0301" in desk.run("completion", "csh").err
