"""The questions of ``init``, as few as there are: each is asked where no option answers it and somebody is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from reconciler.cli.founding import Answers, fitting_name, usual_vendors, wants_company
from reconciler.document import did_you_mean, listed
from reconciler.model import NAME_PATTERN
from reconciler.model.pattern import PATTERN_WORDS
from reconciler.project.provider import providers
from reconciler.project.state import DEFAULT

T = TypeVar("T")
_NAME = re.compile(rf"{NAME_PATTERN}\Z")
_COMPANY = re.compile(r"[!-~]([ -~]{0,198}[!-~])?\Z")


def answers_of(given: Mapping[str, Any], folder: Path, *, sandbox: str | None, ask: bool) -> Answers:
    """The answers: what an option says, else what is asked for, else the default. Raises UsageError for an option
    that cannot be taken."""
    name = _answer(given["name"], "The project's name", fitting_name(folder.resolve().name), _name, ask)
    usual = ", ".join(usual_vendors())
    vendors = _answer(", ".join(given["vendors"]), f"Vendors ({', '.join(providers())})", usual, _vendors, ask)
    company = name
    if given["company"] or wants_company(vendors):
        company = _answer(given["company"], "Your company's name, for CustomerSure", name, _company, ask)
    state = _answer(given["state"], "Where the state is kept (a URL, or env:NAME)", DEFAULT, str.strip, ask)
    ci = given["ci"]
    if ci is None:
        ci = ask and click.confirm("Write workflows for GitHub", default=False, err=True)
    return Answers(name, vendors, company, state, sandbox, ci)


def _answer(option: str | None, question: str, default: str, read: Callable[[str], T], ask: bool) -> T:
    if option or not ask:
        return read(option or default)
    value: T = click.prompt(question, default=default, value_proc=read, err=True)
    return value


def _name(text: str) -> str:
    if not _NAME.match(text):
        raise click.UsageError(f"a project's name must {PATTERN_WORDS[f'^{NAME_PATTERN}$']}")
    return text


def _company(text: str) -> str:
    if not _COMPANY.match(text):
        raise click.UsageError("the company's name goes into a header: ASCII letters, at most 200")
    return text


def _vendors(text: str) -> tuple[str, ...]:
    names = list(dict.fromkeys(re.split(r"[,\s]+", text.strip().lower())))
    for name in names:
        if name not in providers():
            hint = did_you_mean(name, providers(), f"there are {listed(providers())}")
            raise click.UsageError(f"there is no vendor {name[:80]!r}: {hint}")
    return tuple(names)
