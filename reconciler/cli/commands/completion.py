"""``reconciler completion SHELL``."""

from __future__ import annotations

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.options import format_options

# The shells and how each takes the script on; the script itself says it again.
SHELLS = {
    "bash": 'in ~/.bashrc: eval "$(reconciler completion bash)"   (needs bash 4.4 or newer)',
    "zsh": 'in ~/.zshrc, after compinit: eval "$(reconciler completion zsh)"',
    "fish": "once: reconciler completion fish > ~/.config/fish/completions/reconciler.fish",
}


@command("completion", short_help="print the completion script of a shell")
@click.argument("shell", type=click.Choice(list(SHELLS)), metavar="SHELL")
@format_options("text", "json")
@click.pass_obj
def completion(setting: Setting, /, shell: str, **_: object) -> int:
    """Print the script that lets SHELL (bash, zsh or fish) complete commands, options, addresses, kinds and codes.

    Addresses come from the manifests and a SQLite state; no vendor and no server is asked for them.
    """
    from reconciler.cli.shell import script

    text = f"# {SHELLS[shell]}\n{script(shell)}" if shell != "zsh" else _below_first_line(script(shell), SHELLS[shell])
    if setting.as_json:
        from reconciler.report.document import dumps

        setting.terminal.show(dumps({"format_version": "1.0", "shell": shell, "how": SHELLS[shell], "script": text}))
    else:
        setting.terminal.show(text)
    return 0


def _below_first_line(text: str, comment: str) -> str:
    """zsh wants its #compdef in the first line."""
    first, _, rest = text.partition("\n")
    return f"{first}\n# {comment}\n{rest}"
