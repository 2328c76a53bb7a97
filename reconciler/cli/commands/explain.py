"""``reconciler explain KIND[.FIELD]`` and ``reconciler explain ERRORCODE``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.completing import TOPICS
from reconciler.cli.options import format_options

if TYPE_CHECKING:
    from reconciler.report.catalogue import Page
    from reconciler.schema.topic import Topic


@command("explain", short_help="explain a kind, a field or an error code")
@click.argument("words", nargs=-1, metavar="[KIND[.FIELD] | ERRORCODE]", shell_complete=TOPICS)
@format_options("text", "json")
@click.pass_obj
def explain(setting: Setting, /, words: tuple[str, ...], **_: object) -> int:
    """Say what a kind or a field is, what the vendor's API allows, and how it is written; or what an error code means.

    A kind is written Location, optimum/Location or optimum/v1 Location, a field Location.postal_code or
    Survey.questions.body. Without a topic, list the kinds and the codes.
    """
    from reconciler.cli.explaining import code_of, topic_of

    topic = " ".join(words)
    if not topic.strip():
        return _index(setting)
    code = code_of(topic)
    return _kind(setting, topic_of(topic)) if code is None else _error(setting, code)


def _index(setting: Setting) -> int:
    from reconciler.cli.explaining import kinds
    from reconciler.report.document import dumps
    from reconciler.report.page import error_index, error_index_document
    from reconciler.report.topic import kinds_document, kinds_text

    terminal = setting.terminal
    if setting.as_json:
        terminal.show(dumps({"kinds": kinds_document(kinds()), **error_index_document()}))
    else:
        terminal.show(kinds_text(kinds(), terminal.style) + "\n" + error_index(terminal.style))
    return 0


def _kind(setting: Setting, topic: Topic) -> int:
    from reconciler.cli.explaining import example_of
    from reconciler.report.document import dumps
    from reconciler.report.topic import topic_document, topic_page

    terminal, example = setting.terminal, example_of(topic)
    text = dumps(topic_document(topic, example)) if setting.as_json else topic_page(topic, example, terminal.style)
    terminal.show(text)
    return 0


def _error(setting: Setting, code: str) -> int:
    from reconciler.report.document import dumps
    from reconciler.report.page import error_document, error_page

    terminal, page = setting.terminal, _page(code)
    terminal.show(dumps(error_document(page)) if setting.as_json else error_page(page, terminal.style))
    return 0


def _page(code: str) -> Page:
    from importlib.resources import files

    from reconciler.report.catalogue import pages_of

    return pages_of(files("reconciler").joinpath("errors.md").read_text("utf-8"))[code]
