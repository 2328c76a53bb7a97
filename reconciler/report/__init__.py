"""Pure renderers: values in, text out. No I/O, no clock, nothing heavy to import."""

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
