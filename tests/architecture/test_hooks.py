"""The hooks for pre-commit name commands that are there, and hand them what they take."""

from __future__ import annotations

import click
import yaml

from reconciler.cli.main import COMMANDS, cli
from tests.architecture.source import ROOT

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


def test_each_hook_runs_a_command() -> None:
    """An entry is a command of this version; one that is handed files takes them, any other is not handed any."""
    assert {hook["id"] for hook in HOOKS} == {"reconciler-validate", "reconciler-fmt"}
    for hook in HOOKS:
        program, name = hook["entry"].split()
        assert (program, hook["id"]) == ("reconciler", f"reconciler-{name}")
        assert name in COMMANDS
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        takes_files = any(isinstance(param, click.Argument) and param.nargs == -1 for param in command.params)
        assert hook.get("pass_filenames", True) is takes_files
        assert hook["language"] == "python" and hook["description"].endswith(".")
