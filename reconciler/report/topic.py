"""The page of a kind or of one of its fields, as ``explain`` shows it: all of it is the schema's word."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Final

from reconciler.model import JSON
from reconciler.report.columns import columns
from reconciler.report.keyword import field_notes, kind_notes, type_words
from reconciler.report.style import Style
from reconciler.schema.shipped import Shipped
from reconciler.schema.topic import SPEC, Topic, children

_PLAIN = Style()
_WIDTH: Final = 100


def topic_page(topic: Topic, example: str, style: Style = _PLAIN) -> str:
    """What it is, what its API allows, its fields and an example; ends with a newline."""
    notes = [text for _, text in _notes(topic)]
    parts = [_heading(topic, style), _paragraph(topic.description), _bullets(notes)]
    for holder in _sections(topic):
        parts.append(f"{style.bold(holder.name if holder is not topic else 'Fields')}\n{_fields(holder, style)}")
    parts.append("\n".join(_elsewhere(topic, style)))
    if example:
        parts.append(f"{style.bold('Example')}\n{textwrap.indent(example.rstrip(), '    ')}")
    if not topic.path:
        parts.append(f"More on a field: reconciler explain {topic.title}.FIELD")
    return "\n\n".join(part for part in parts if part) + "\n"


def topic_document(topic: Topic, example: str) -> dict[str, JSON]:
    """The same for programs."""
    header = topic.kind.header or ("", "")
    rules: list[JSON] = [{"keyword": keyword, "text": text} for keyword, text in _notes(topic)]
    fields: list[JSON] = [_row(child) for child in children(topic)]
    return {
        "format_version": "1.0",
        "kind": topic.kind.name,
        "apiVersion": header[0],
        "path": ".".join(topic.path) or None,
        "type": type_words(topic.schema, topic.kind.document),
        "required": topic.required if topic.path else None,
        "description": topic.description,
        "default": topic.schema.get("default"),
        "choices": topic.schema.get("enum"),
        "rules": rules,
        "fields": fields,
        "example": example or None,
    }


def kinds_text(kinds: Iterable[Shipped], style: Style = _PLAIN) -> str:
    """A line for each kind; ends with a newline."""
    rows = [(one.name, one.description.partition(". ")[0].rstrip(".")) for one in kinds]
    return "\n".join(columns(("Kind", "What it is"), rows, style)) + "\n"


def kinds_document(kinds: Iterable[Shipped]) -> list[JSON]:
    """Each kind with its header."""
    return [{"kind": one.name, "apiVersion": (one.header or ("",))[0], "description": one.description} for one in kinds]


def _notes(topic: Topic) -> list[tuple[str, str]]:
    return field_notes(topic) if topic.path else kind_notes(topic.schema)


def _sections(topic: Topic) -> list[Topic]:
    """What has fields to list: the field itself, or a kind's spec."""
    if topic.path:
        return [topic] if children(topic) and "x-ref" not in topic.schema else []
    return [child for child in children(topic) if child.name == SPEC]


def _elsewhere(topic: Topic, style: Style) -> list[str]:
    """A kind's other sections, alike in most kinds: a line with the names of their fields."""
    others = [] if topic.path else [child for child in children(topic) if child.name != SPEC and children(child)]
    return [f"{style.bold(one.name)}: {', '.join(child.name for child in children(one))}" for one in others]


def _heading(topic: Topic, style: Style) -> str:
    if not topic.path:
        return style.bold(topic.kind.title)
    what = "required" if topic.required else "set by the vendor" if topic.schema.get("readOnly") else "optional"
    return f"{style.bold(topic.title)}   {type_words(topic.schema, topic.kind.document)}, {what}"


def _fields(holder: Topic, style: Style) -> str:
    fields = children(holder)
    wide = max(len(field.name) for field in fields)
    lines = []
    for field in fields:
        word = "required" if field.required else "set by the vendor" if field.schema.get("readOnly") else ""
        what = ", ".join(filter(None, (type_words(field.schema, field.kind.document), word)))
        lines.append(f"  {style.bold(field.name)}{' ' * (wide - len(field.name))}   {what}")
        if field.description:
            lines.append(textwrap.fill(field.description, _WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6))
    return "\n".join(lines)


def _row(field: Topic) -> JSON:
    return {
        "name": field.name,
        "type": type_words(field.schema, field.kind.document),
        "required": field.required,
        "description": field.description,
    }


def _paragraph(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_on_hyphens=False)


def _bullets(notes: Iterable[str]) -> str:
    return "\n".join(
        textwrap.fill(note, _WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)
        for note in notes
    )
