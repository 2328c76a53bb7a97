"""Pure renderers: values in, text out. No I/O, no clock, nothing heavy to import.

The names below are the public face; each is loaded from its module when it is first asked for, so that a command that
only needs colours does not load every renderer.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reconciler.report.apply_report import apply_counts, apply_document, apply_text
    from reconciler.report.document import dumps, line
    from reconciler.report.drift_text import drift_sentence, drift_text
    from reconciler.report.listing import record_document, record_text, records_document, records_text
    from reconciler.report.page import error_index, error_page
    from reconciler.report.plan_text import plan_line, plan_text
    from reconciler.report.problem import problem_text, problems_document, problems_text
    from reconciler.report.progress import Event, event_document, progress_line
    from reconciler.report.shape import drift_document, drift_summary, plan_document
    from reconciler.report.style import Style
    from reconciler.report.visible import quoted, visible

_HOME = {
    "Event": "progress",
    "Style": "style",
    "apply_counts": "apply_report",
    "apply_document": "apply_report",
    "apply_text": "apply_report",
    "drift_document": "shape",
    "drift_sentence": "drift_text",
    "drift_summary": "shape",
    "drift_text": "drift_text",
    "dumps": "document",
    "error_index": "page",
    "error_page": "page",
    "event_document": "progress",
    "line": "document",
    "plan_document": "shape",
    "plan_line": "plan_text",
    "plan_text": "plan_text",
    "problem_text": "problem",
    "problems_document": "problem",
    "problems_text": "problem",
    "progress_line": "progress",
    "quoted": "visible",
    "record_document": "listing",
    "record_text": "listing",
    "records_document": "listing",
    "records_text": "listing",
    "visible": "visible",
}

__all__ = [
    "Event",
    "Style",
    "apply_counts",
    "apply_document",
    "apply_text",
    "drift_document",
    "drift_sentence",
    "drift_summary",
    "drift_text",
    "dumps",
    "error_index",
    "error_page",
    "event_document",
    "line",
    "plan_document",
    "plan_line",
    "plan_text",
    "problem_text",
    "problems_document",
    "problems_text",
    "progress_line",
    "quoted",
    "record_document",
    "record_text",
    "records_document",
    "records_text",
    "visible",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
