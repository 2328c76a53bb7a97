"""A failure that nobody foresaw: told in one line, its places in the code kept in a log without any value.

Neither may hold a token or a customer: no message of an exception is told (it may quote what it stumbled on), no
source line, no argument, no variable.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from reconciler import __version__

if TYPE_CHECKING:
    import threading

    from reconciler.errors import ReconcilerError

_LIBRARIES = ("click", "httpx", "jsonschema", "pyyaml", "deepdiff", "starlette", "uvicorn")
_MOST_CAUSES = 20
_REPORT = "report it with that log: it holds places in the code and no values, so that it can be sent as it is"


def unexpected(error: BaseException, command: str = "reconciler") -> ReconcilerError:
    """The error to tell, its log written. ``command`` says what ran, without any value that was given to it."""
    from reconciler.errors import INTERNAL, ReconcilerError

    told = f"unexpected {type(error).__name__} in {place(error)}"
    log = write_log(error, command)
    if log is None:
        return ReconcilerError(INTERNAL, f"{told}; no debug log could be written; run again with -vv to see the places")
    return ReconcilerError(INTERNAL, f"{told}; the debug log is {log}", hint=_REPORT)


def write_log(error: BaseException, command: str = "reconciler") -> Path | None:
    """Write the log, for its owner alone; None where there is no place for it."""
    lines = [f"reconciler {__version__}", *_surroundings(), f"command: {command}", "", *stack(error)]
    try:
        handle, name = tempfile.mkstemp(prefix="reconciler-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write("\n".join(lines) + "\n")
        return Path(name)
    except OSError:
        return None


def stack(error: BaseException) -> list[str]:
    """The types of an exception and of what caused it, each with its places, innermost last."""
    lines = []
    for cause in _causes(error):
        lines += [type(cause).__name__, *(f"  {spot}" for spot in _spots(cause.__traceback__))]
    return lines


def place(error: BaseException) -> str:
    """Where it was raised."""
    return next(reversed(list(_spots(error.__traceback__))), "an unknown place")


def in_thread(hook: threading.ExceptHookArgs) -> None:
    """What Python does with an exception that ends a thread, instead of printing it with its values."""
    if hook.exc_value is not None:
        from reconciler.cli.terminal import Terminal
        from reconciler.report.problem import problem_text

        name = hook.thread.name if hook.thread else "a thread"
        Terminal.plain().say(problem_text(unexpected(hook.exc_value, f"the thread {name}")))


def unraisable(hook: sys.UnraisableHookArgs) -> None:
    """What Python does with an exception that it can give to nobody, such as one while an object goes away."""
    from reconciler.cli.terminal import Terminal

    where = place(hook.exc_value) if hook.exc_value is not None else "an unknown place"
    Terminal.plain().say(f"warning: {hook.exc_type.__name__} in {where}, ignored")


def _causes(error: BaseException) -> Iterator[BaseException]:
    waiting, seen = [error], 0
    while waiting and seen < _MOST_CAUSES:
        one = waiting.pop(0)
        seen += 1
        yield one
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
        before = one.__cause__ or one.__context__
        if before is not None:
            waiting.append(before)


def _spots(trace: TracebackType | None) -> Iterator[str]:
    """``module:line function``, outermost first."""
    while trace is not None:
        code = trace.tb_frame.f_code
        module = trace.tb_frame.f_globals.get("__name__") or Path(code.co_filename).name
        yield f"{module}:{trace.tb_lineno} {code.co_qualname}"
        trace = trace.tb_next


def _surroundings() -> Iterator[str]:
    import platform

    yield f"Python {platform.python_version()} ({platform.python_implementation()}) on {platform.platform()}"
    yield ", ".join(f"{name} {version}" for name, version in versions())


def versions() -> Iterator[tuple[str, str]]:
    """The libraries that this tool stands on, each with its version."""
    from importlib.metadata import PackageNotFoundError, version

    for name in _LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            yield name, "missing"
