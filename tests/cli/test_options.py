"""Global options, their place and their environment variables, colour, usage errors, and the small commands."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from reconciler import __version__
from reconciler.cli.main import COMMANDS
from tests.cli.desk import Desk, plain

# --- where the project is ------------------------------------------------------------------------------------------


def test_the_project_file_is_found_upward(five: Desk) -> None:
    """From a subfolder, the project above it is meant."""
    below = five.folder / "manifests" / "deep" / "down"
    below.mkdir(parents=True)
    assert five.ok("plan", "--json", cwd=below).json["summary"]["create"] == 5


def test_the_search_ends_at_the_repositorys_root(five: Desk) -> None:
    """A repository inside the project's folder has nothing to do with it."""
    inner = five.folder / "vendor" / "repo"
    (inner / ".git").mkdir(parents=True)
    done = five.run("validate", cwd=inner)
    assert (done.code, "RCN0201" in done.err) == (3, True)


PLACES = [
    (("-C", "project"), {}, "-C before the command"),
    (("--project", "project/reconciler.yaml"), {}, "--project names the file"),
    (("--project", "project"), {}, "--project names its folder"),
    (("-C", "project", "--project", "reconciler.yaml"), {}, "--project is relative to -C"),
    ((), {"RECONCILER_DIR": "project"}, "the environment for -C"),
    ((), {"RECONCILER_PROJECT": "project/reconciler.yaml"}, "the environment for --project"),
]


@pytest.mark.parametrize(("options", "env", "reason"), PLACES, ids=[reason for *_, reason in PLACES])
def test_the_project_may_be_elsewhere(five: Desk, options: tuple[str, ...], env: dict[str, str], reason: str) -> None:
    """Options work before and after the command, and as RECONCILER_* variables."""
    above = five.folder.parent
    for line in dict.fromkeys(((*options, "validate", "--json"), ("validate", *options, "--json"))):
        assert five.ok(*line, cwd=above, env=env).json["resources"] == 5


UPWARDS = [
    (("-C", "../project"), "a folder beside this one"),
    (("-C", "../link/.."), "a link: what is above it is above the folder that it leads to"),
    (("--project", "../project/reconciler.yaml"), "a file in such a folder"),
]


@pytest.mark.parametrize(("options", "reason"), UPWARDS, ids=[reason for _, reason in UPWARDS])
def test_the_way_may_go_up(five: Desk, options: tuple[str, ...], reason: str) -> None:
    """A path with .. in it leads where the system says, whatever is on the way."""
    above = five.folder.parent
    (above / "here").mkdir()
    (above / "link").symlink_to(five.folder / "manifests")
    assert five.ok(*options, "validate", "--json", cwd=above / "here").json["resources"] == 5


def test_a_folder_that_is_passed_is_not_searched(five: Desk) -> None:
    """-C ../other is never the project that the command is typed in: no project is above the other folder."""
    (five.folder.parent / "other").mkdir()
    done = five.run("-C", "../other", "destroy", "--auto-approve")
    assert (done.code, "RCN0201" in done.err) == (3, True)


def test_the_option_after_the_command_wins(five: Desk) -> None:
    """Given twice, the later place counts, and both beat the environment."""
    above = five.folder.parent
    env = {"RECONCILER_DIR": "nowhere"}
    five.ok("-C", "nowhere", "validate", "-C", "project", cwd=above, env=env)
    five.ok("-C", "project", "validate", cwd=above, env=env)


def test_no_project(desk: Desk) -> None:
    """Without a project file, the way out is told."""
    done = desk.run("plan", cwd=desk.home)
    assert (done.code, "RCN0201" in done.err, "-C DIR" in done.err) == (3, True, True)
    done = desk.run("plan", "--project", "nowhere.yaml")
    assert (done.code, "nowhere.yaml" in done.err) == (3, True)


# --- environments --------------------------------------------------------------------------------------------------


def with_staging(desk: Desk) -> Desk:
    """The project with an environment that has a state and a token of its own."""
    desk.write(
        "reconciler.yaml",
        (desk.folder / "reconciler.yaml").read_text("utf-8")
        + "  environments:\n"
        + "    staging:\n"
        + "      state: sqlite:///.reconciler/staging.db\n"
        + "      connections: {optimum: {token: {env: OPTIMUM_STAGING_TOKEN}}}\n",
    )
    return desk


def test_an_environment_has_its_own_state_and_tokens(five: Desk) -> None:
    """--env staging uses what the environment says, and says its own name in plans."""
    with_staging(five)
    done = five.run("plan", "--env", "staging")
    assert (done.code, "OPTIMUM_STAGING_TOKEN" in done.err) == (3, True)
    env = {"OPTIMUM_STAGING_TOKEN": five.env["OPTIMUM_TOKEN"]}
    assert five.ok("--env", "staging", "plan", "--json", env=env).json["environment"] == "staging"
    assert five.ok("plan", "--json", env=env | {"RECONCILER_ENV": "staging"}).json["environment"] == "staging"
    five.ok("apply", "--env", "staging", "--auto-approve", env=env)
    assert (five.folder / ".reconciler/staging.db").is_file()
    assert not (five.folder / ".reconciler/state.db").exists()


def test_a_plan_file_belongs_to_its_environment(five: Desk) -> None:
    """Planned for staging, it cannot be applied to anything else."""
    with_staging(five)
    env = {"OPTIMUM_STAGING_TOKEN": five.env["OPTIMUM_TOKEN"]}
    five.ok("plan", "--env", "staging", "--out", "x.plan", env=env)
    assert five.run("apply", "x.plan", env=env).code == 7
    assert five.writes == []


def test_an_unknown_environment(five: Desk) -> None:
    """A misspelled environment is an error with a suggestion, and never the default one."""
    done = with_staging(five).run("plan", "--env", "stagin")
    assert (done.code, "RCN0211" in done.err, 'did you mean "staging"?' in done.err) == (3, True, True)
    assert five.requests() == []


# --- colour --------------------------------------------------------------------------------------------------------

COLOUR = [
    ((), {}, False, "a pipe gets none"),
    (("--color", "always"), {}, True, "asked for"),
    ((), {"FORCE_COLOR": "1"}, True, "FORCE_COLOR"),
    ((), {"RECONCILER_COLOR": "always"}, True, "RECONCILER_COLOR"),
    (("--color", "never"), {"FORCE_COLOR": "1"}, False, "the option beats FORCE_COLOR"),
    ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, "NO_COLOR beats FORCE_COLOR"),
    (("--color", "always"), {"NO_COLOR": "1"}, True, "the option beats NO_COLOR"),
    (("--color", "always", "--json"), {}, False, "JSON never has any"),
    ((), {"NO_COLOR": ""}, False, "an empty NO_COLOR says nothing"),
]


@pytest.mark.parametrize(("options", "env", "expected", "reason"), COLOUR, ids=[reason for *_, reason in COLOUR])
def test_colour(five: Desk, options: tuple[str, ...], env: dict[str, str], expected: bool, reason: str) -> None:
    """The option, then NO_COLOR, FORCE_COLOR, TERM=dumb, then whether it is a terminal."""
    assert ("\x1b[" in five.ok("validate", *options, env=env).out) is expected


TERMINALS = [
    ({}, True, "a terminal gets colour"),
    ({"TERM": "dumb"}, False, "a dumb one does not"),
    ({"NO_COLOR": "1"}, False, "nor with NO_COLOR"),
    ({"NO_COLOR": ""}, True, "an empty NO_COLOR does not count"),
]


@pytest.mark.parametrize(("env", "expected", "reason"), TERMINALS, ids=[reason for *_, reason in TERMINALS])
def test_colour_at_a_terminal(five: Desk, env: dict[str, str], expected: bool, reason: str) -> None:
    """At a terminal it is there, unless it does not belong there."""
    code, shown = five.terminal("validate", env=env)
    assert (code, "\x1b[" in shown) == (0, expected)
    assert "Success! 5 resources in 1 file" in plain(shown)


def test_errors_have_colour_too(desk: Desk) -> None:
    """Messages on stderr follow the same rules."""
    assert "\x1b[" in desk.run("plan", env={"FORCE_COLOR": "1"}).err
    assert "\x1b[" not in desk.run("plan").err


def test_output_survives_a_narrow_encoding(five: Desk) -> None:
    """What an ASCII terminal cannot show is spelled out, and is no failure."""
    five.edit("manifests/all.yaml", "name: Acme Leeds, address", "name: Ácme Leeds, address")
    done = five.ok("plan", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert "\\xc1cme Leeds" in done.out


# --- usage ---------------------------------------------------------------------------------------------------------

USAGE = [
    ((), "no command"),
    (("plann",), "an unknown command"),
    (("plan", "--jsn"), "an unknown option"),
    (("plan", "--format", "yaml"), "an unknown format"),
    (("plan", "extra"), "an argument too many"),
    (("plan", "--out"), "an option without its value"),
    (("plan", "--retry-seconds", "-1"), "a number out of range"),
    (("plan", "--max-deletes", "many"), "no number"),
    (("apply", "--parallelism", "0"), "no hands"),
    (("apply", "--allow-data-loss", "leeds"), "no address"),
    (("apply", "--allow-recreate", "optimum/Location/*"), "a glob where an address is due"),
    (("show",), "no plan file"),
    (("state",), "a group without a command"),
    (("state", "show"), "no address at all"),
    (("state", "lst"), "an unknown command of a group"),
    (("--color", "sometimes", "plan"), "an unknown colour"),
    (("explain", "RCN9999"), "an unknown error code"),
]


@pytest.mark.parametrize(("arguments", "reason"), USAGE, ids=[reason for _, reason in USAGE])
def test_usage_errors_exit_with_three(five: Desk, arguments: tuple[str, ...], reason: str) -> None:
    """2 is kept for changes and drift, so a wrong command line is 3; nothing is asked of a vendor."""
    assert five.run(*arguments).code == 3
    assert five.requests() == []


@pytest.mark.parametrize(
    "arguments", [("plann", "--json"), ("resolve", "x", "--json"), ("plan", "--json", "--max-deletes", "many")]
)
def test_a_wrong_command_line_for_programs(desk: Desk, arguments: tuple[str, ...]) -> None:
    """With --json the error stands on stdout as well, in the shape of every other."""
    done = desk.run(*arguments)
    (error,) = done.json["errors"]
    assert (done.code, error["code"].startswith("RCN03")) == (3, True)
    assert done.err.startswith(f"error[{error['code']}]: {error['message']}\n")


def test_a_mistyped_command_gets_a_suggestion(desk: Desk) -> None:
    """The message has a code and a way out like every other."""
    done = desk.run("plann")
    assert done.out == ""
    assert done.err.startswith("error[RCN0301]: ")
    assert 'Did you mean "plan"?' in done.err
    assert "help: " in done.err


TRADE = [
    (("plan", "-out=my.plan"), "No such option '-out'. Did you mean \"--out\"?", "plan", "one dash"),
    (("apply", "-auto-approve"), "No such option '-auto-approve'. Did you mean \"--auto-approve\"?", "apply", "a flag"),
    (("plan", "-x"), "No such option '-x'.", "plan", "nothing is near"),
    (("plan", "--out"), "Option '--out' requires an argument.", "plan", "its own help, not the group's"),
    (("completion",), "Missing argument 'SHELL'. Choose from: bash, zsh, fish", "completion", "one line"),
    (
        ("force-unlock", "1"),
        "No such command 'force-unlock'. Did you mean \"state unlock\"?",
        "",
        "another tool's word",
    ),
    (("help",), "No such command 'help'. Did you mean \"--help\"?", "", "a command elsewhere"),
]


@pytest.mark.parametrize(("arguments", "message", "command"), [pytest.param(*case[:3], id=case[3]) for case in TRADE])
def test_words_of_other_tools_are_understood(
    desk: Desk, arguments: tuple[str, ...], message: str, command: str
) -> None:
    """Whoever knows another tool of the trade by heart is told how it is spelled here, and whose help says more."""
    done = desk.run(*arguments, cwd=desk.home)
    path = f"reconciler {command}".strip()
    assert (done.code, done.out, done.err) == (3, "", f"error[RCN0301]: {message}\nhelp: see {path} --help\n")


@pytest.mark.parametrize("arguments", [("-C", "prodd", "plan"), ("plan", "-C", "prodd"), ("init", "-C", "prodd")])
def test_a_folder_that_is_not_there(five: Desk, arguments: tuple[str, ...]) -> None:
    """A misspelled -C is an error: the project of a folder above it is not the one that was meant."""
    done = five.run(*arguments)
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("error[RCN0301]: -C 'prodd': there is no such folder\n")
    assert five.requests() == []
    assert not (five.folder / "prodd").exists()


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help(desk: Desk, command: str) -> None:
    """-h works everywhere, on stdout, with 0, and outside of a project."""
    done = desk.run(command, "-h", cwd=desk.home)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: reconciler {command} ")


# --- small commands ------------------------------------------------------------------------------------------------


def test_version(desk: Desk) -> None:
    """The version of the tool and of its Python, as text and as JSON."""
    python = ".".join(map(str, sys.version_info[:3]))
    assert desk.ok("version", cwd=desk.home).out == f"reconciler {__version__} (Python {python})\n"
    assert desk.ok("--version", cwd=desk.home).out == desk.ok("version", cwd=desk.home).out
    assert desk.ok("version", "--json").json == {"version": __version__, "python": python}


def test_a_reader_that_leaves(five: Desk) -> None:
    """`plan | head -1` ends quietly, and the pipe's status is the plan's own."""
    for command in ("plan", "plan --json", "explain", "--help"):
        done = five.shell(f"set -o pipefail; reconciler {command} | head -1")
        assert (done.code, done.err) == (0, ""), command
    done = five.shell("set -o pipefail; reconciler plan --detailed-exitcode | head -1")
    assert done.code == 2


CLOSED = [
    ("reconciler plan >&-", 0, "stdout closed"),
    ("reconciler validate 2>&-", 0, "stderr closed"),
    ("reconciler validate <&-", 0, "stdin closed"),
    ("reconciler apply <&-", 6, "stdin closed, so nobody can say yes"),
    ("reconciler nonsense 2>&-", 3, "an error that nobody can read"),
    ("reconciler nonsense 2>/dev/full", 3, "an error for a full disk"),
    ("reconciler validate >/dev/full", 3, "a result for a full disk"),
]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize(("script", "code", "reason"), CLOSED, ids=[reason for *_, reason in CLOSED])
def test_closed_streams(five: Desk, script: str, code: int, reason: str) -> None:
    """Streams that are closed or full make no traceback."""
    assert five.shell(script).code == code
