"""Completion on the command line: which suggestions belong to which argument. Nothing is ever told to be wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from reconciler.cli.suggestions import Suggestion

Completer = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]
# A shell puts what is suggested into the line unquoted, and would run a name like $(id) of a file that nobody checked.
_SUGGESTED = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]*")
_HELP = 80  # characters of a suggestion's description that a shell shows


def _from(*sources: str, below: bool = False) -> Completer:
    """Suggestions of these sources of ``cli.suggestions``, sorted; one that fails has none. With ``below`` a word with
    a dot goes on with the fields of what is before it."""

    def complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        found: dict[str, str] = {}
        for source in sources:
            try:
                found |= _suggested(source, ctx)
            except Exception:  # noqa: S112 - a shell shows whatever is said here in the middle of somebody's line
                continue
        if below and "." in incomplete:
            found |= _fields(incomplete)
        wanted = incomplete.lower()
        names = sorted(name for name in found if name.lower().startswith(wanted) and _SUGGESTED.fullmatch(name))
        return [CompletionItem(name, help=" ".join(found[name].split())[:_HELP]) for name in names]

    return complete


def _of_the_shell(sort: str) -> Completer:
    """Files or folders, which a shell knows best."""

    def complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type=sort)]

    return complete


def _suggested(source: str, ctx: click.Context) -> dict[str, str]:
    from reconciler.cli import suggestions
    from reconciler.cli.options import merged_globals

    pairs: list[Suggestion] = [*getattr(suggestions, source)(merged_globals(ctx))]
    return dict(pairs)


def _fields(incomplete: str) -> dict[str, str]:
    from reconciler.cli.suggestions import fields

    try:
        return dict(fields(incomplete))
    except Exception:
        return {}


ADDRESSES = _from("recorded", "declared")
RECORDED = _from("recorded")
UNSETTLED = _from("unsettled")
ENVIRONMENTS = _from("environments")
CONNECTIONS = _from("connections")
KINDS = _from("kinds")
PROVIDERS = _from("providers")
SCHEMAS = _from("schemas")
TOPICS = _from("explained", "codes", below=True)
FILES = _of_the_shell("file")
FOLDERS = _of_the_shell("dir")
