"""How shells ask for completions, and the scripts that make them ask: click's protocol, with what bash cuts mended."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from click.shell_completion import BashComplete, ShellComplete, add_completion_class, get_completion_class

if TYPE_CHECKING:
    import click

PROGRAM, VARIABLE = "reconciler", "_RECONCILER_COMPLETE"


class Bash(BashComplete):
    """bash hands ``--target=x`` over as three words; here they are one option and the beginning of its value."""

    name = "bash"

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one that is completed, and what there is of that one."""
        words, incomplete = super().get_completion_args()
        if words[-1:] == ["="]:
            words.pop()
        return [word for word in words if word != "="], incomplete


def script(shell: str) -> str:
    """The script of a shell, ending with a newline. Nothing is run for it."""
    from reconciler.cli.main import cli

    made = get_completion_class(shell)
    assert made is not None
    # click's own for bash starts one to ask for its version.
    return ShellComplete.source(made(cli, {}, PROGRAM, VARIABLE)).strip() + "\n"


def answers(command: click.Command) -> int | None:
    """Answer the shell that asks by the environment; None where none does. Whatever goes wrong, nothing is said."""
    instruction = os.environ.get(VARIABLE)
    if not instruction:
        return None
    from click.shell_completion import shell_complete

    add_completion_class(Bash)
    try:
        return shell_complete(command, {}, PROGRAM, VARIABLE, instruction)
    except (Exception, KeyboardInterrupt):  # what is said here lands in the middle of somebody's line
        return 1
