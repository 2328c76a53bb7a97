"""The template filled in: escaping is on for all that is not this folder's own, and nothing else may run or load."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from reconciler.report.html.graph import Drawing
from reconciler.report.html.page import Page

if TYPE_CHECKING:
    from jinja2 import Template

_TEMPLATES = ("report.html.j2", "parts.html.j2", "graph.svg.j2")


def rendered(page: Page) -> str:
    """The page as one file, ending with a newline."""
    style, script = _own("style.css"), _own("behaviour.js")
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return _template(_TEMPLATES[0]).render(page=page, style=style, script=script, policy=policy) + "\n"


def picture(drawing: Drawing, title: str) -> str:
    """A graph as an SVG file of its own, ending with a newline."""
    return _template("graph.svg.j2").render(drawing=drawing, title=title).strip() + "\n"


@cache
def _template(name: str) -> Template:
    from jinja2 import DictLoader, Environment, StrictUndefined

    environment = Environment(
        loader=DictLoader({name: _own(name) for name in _TEMPLATES}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = lambda number: f"{number:,}"
    return environment.get_template(name)


def _own(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _digest(text: str) -> str:
    """The text as a content security policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
