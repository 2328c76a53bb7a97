"""Which renderer makes which form of which report; each is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from reconciler.errors import ReconcilerError
from reconciler.model import Outcome, Plan
from reconciler.model.acceptance import Accepted
from reconciler.report.past import Past
from reconciler.report.style import Style
from reconciler.schema import Registry

if TYPE_CHECKING:
    from reconciler.report.overview import Overview

_PLAIN: Final = Style()


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report of a plan or of drift is made from.

    ``saved`` is the plan file as the user named it; ``past`` the recorded runs, oldest first, for the forms that show
    them; ``reveal`` shows personal data. ``accepted`` is what ``drift --accept`` wrote, None where it was not given;
    text, JSON and Markdown tell it. ``next_step`` (the command to run next) and ``style`` count for text alone.
    """

    plan: Plan
    registry: Registry
    reveal: bool = False
    saved: str | None = None
    past: tuple[Past, ...] = ()
    accepted: tuple[Accepted, ...] | None = None
    next_step: bool = True
    style: Style = _PLAIN


@dataclass(frozen=True, slots=True)
class Applied:
    """What a report of an apply is made from."""

    plan: Plan
    outcomes: tuple[Outcome, ...]
    exit_code: int
    interrupted: bool
    command: str
    style: Style = _PLAIN


@dataclass(frozen=True, slots=True)
class Validated:
    """What a report of a validation is made from: the problems, none where all is well."""

    errors: Sequence[ReconcilerError]
    resources: int
    files: int
    project: str = "reconciler.yaml"
    style: Style = _PLAIN


@dataclass(frozen=True, slots=True)
class Overviewed:
    """What a report of the status is made from."""

    overview: Overview
    style: Style = _PLAIN


def plan_as(form: str, subject: Subject) -> str:
    """A plan in one of ``PLAN_FORMS``; raises KeyError for another."""
    return PLAN_FORMS[form](subject)


def drift_as(form: str, subject: Subject) -> str:
    """A drift report in one of ``DRIFT_FORMS``; raises KeyError for another."""
    return DRIFT_FORMS[form](subject)


def applied_as(form: str, applied: Applied) -> str:
    """What an apply did in one of ``APPLY_FORMS``; raises KeyError for another."""
    return APPLY_FORMS[form](applied)


def validated_as(form: str, validated: Validated) -> str:
    """What a validation found in one of ``VALIDATE_FORMS``; raises KeyError for another."""
    return VALIDATE_FORMS[form](validated)


def status_as(form: str, subject: Overviewed) -> str:
    """The status in one of ``STATUS_FORMS``; raises KeyError for another."""
    return STATUS_FORMS[form](subject)


# --- a plan -------------------------------------------------------------------------------------------------------


def _plan_text(subject: Subject) -> str:
    from reconciler.report.plan_text import plan_text

    return plan_text(
        subject.plan,
        subject.registry,
        subject.style,
        saved=subject.saved,
        next_step=subject.next_step,
        reveal=subject.reveal,
    )


def _plan_json(subject: Subject) -> str:
    from reconciler.report.document import dumps
    from reconciler.report.shape import plan_document

    return dumps(plan_document(subject.plan, subject.registry, reveal=subject.reveal))


def _plan_markdown(subject: Subject) -> str:
    from reconciler.report.plan_markdown import plan_markdown

    return plan_markdown(subject.plan, subject.registry, saved=subject.saved, reveal=subject.reveal)


def _plan_html(subject: Subject) -> str:
    from reconciler.report.html.plan_page import plan_html

    return plan_html(subject.plan, subject.registry, saved=subject.saved, reveal=subject.reveal, past=subject.past)


def _plan_csv(subject: Subject) -> str:
    from reconciler.report.spreadsheet import plan_csv

    return plan_csv(subject.plan, subject.registry, reveal=subject.reveal)


def _plan_metrics(subject: Subject) -> str:
    from reconciler.report.openmetrics import plan_metrics

    return plan_metrics(subject.plan)


# --- drift --------------------------------------------------------------------------------------------------------


def _drift_text(subject: Subject) -> str:
    from reconciler.report.drift_text import drift_text

    return drift_text(
        subject.plan, subject.registry, subject.style, reveal=subject.reveal, accepted=subject.accepted or ()
    )


def _drift_json(subject: Subject) -> str:
    from reconciler.report.document import dumps
    from reconciler.report.shape import drift_document

    return dumps(drift_document(subject.plan, subject.registry, reveal=subject.reveal, accepted=subject.accepted))


def _drift_markdown(subject: Subject) -> str:
    from reconciler.report.drift_markdown import drift_markdown

    return drift_markdown(subject.plan, subject.registry, reveal=subject.reveal, accepted=subject.accepted or ())


def _drift_html(subject: Subject) -> str:
    from reconciler.report.html.drift_page import drift_html

    return drift_html(subject.plan, subject.registry, reveal=subject.reveal, past=subject.past)


def _drift_csv(subject: Subject) -> str:
    from reconciler.report.spreadsheet import drift_csv

    return drift_csv(subject.plan, subject.registry, reveal=subject.reveal)


def _drift_junit(subject: Subject) -> str:
    from reconciler.report.junit import drift_junit

    return drift_junit(subject.plan, subject.registry, reveal=subject.reveal)


def _drift_metrics(subject: Subject) -> str:
    from reconciler.report.openmetrics import drift_metrics

    return drift_metrics(subject.plan)


# --- an apply, a validation ---------------------------------------------------------------------------------------


def _apply_text(applied: Applied) -> str:
    from reconciler.report.apply_report import apply_text

    command, interrupted = applied.command, applied.interrupted
    return apply_text(applied.plan, applied.outcomes, applied.style, command=command, interrupted=interrupted)


def _apply_json(applied: Applied) -> str:
    from reconciler.report.apply_report import apply_document
    from reconciler.report.document import dumps

    code, interrupted = applied.exit_code, applied.interrupted
    return dumps(apply_document(applied.plan, applied.outcomes, exit_code=code, interrupted=interrupted))


def _apply_markdown(applied: Applied) -> str:
    from reconciler.report.apply_markdown import apply_markdown

    command, interrupted = applied.command, applied.interrupted
    return apply_markdown(applied.plan, applied.outcomes, command=command, interrupted=interrupted)


def _validate_text(validated: Validated) -> str:
    from reconciler.report.validation import validation_text

    return validation_text(validated.errors, validated.resources, validated.files, validated.style)


def _validate_json(validated: Validated) -> str:
    from reconciler.report.document import dumps
    from reconciler.report.validation import validation_document

    return dumps(validation_document(validated.errors, validated.resources, validated.files))


def _validate_markdown(validated: Validated) -> str:
    from reconciler.report.validation import validation_markdown

    return validation_markdown(validated.errors, validated.resources, validated.files)


def _validate_sarif(validated: Validated) -> str:
    from reconciler.report.document import dumps
    from reconciler.report.sarif import problems_sarif

    return dumps(problems_sarif(validated.errors, validated.project))


def _status_text(subject: Overviewed) -> str:
    from reconciler.report.overview_text import overview_text

    return overview_text(subject.overview, subject.style)


def _status_json(subject: Overviewed) -> str:
    from reconciler.report.document import dumps
    from reconciler.report.overview import overview_document

    return dumps(overview_document(subject.overview))


def _status_markdown(subject: Overviewed) -> str:
    from reconciler.report.overview_markdown import overview_markdown

    return overview_markdown(subject.overview)


def _status_html(subject: Overviewed) -> str:
    from reconciler.report.html.overview_page import overview_html

    return overview_html(subject.overview)


def _status_csv(subject: Overviewed) -> str:
    from reconciler.report.spreadsheet import status_csv

    return status_csv(subject.overview)


PLAN_FORMS: Final[Mapping[str, Callable[[Subject], str]]] = MappingProxyType(
    {
        "text": _plan_text,
        "json": _plan_json,
        "markdown": _plan_markdown,
        "html": _plan_html,
        "csv": _plan_csv,
        "openmetrics": _plan_metrics,
    }
)
DRIFT_FORMS: Final[Mapping[str, Callable[[Subject], str]]] = MappingProxyType(
    {
        "text": _drift_text,
        "json": _drift_json,
        "markdown": _drift_markdown,
        "html": _drift_html,
        "junit": _drift_junit,
        "csv": _drift_csv,
        "openmetrics": _drift_metrics,
    }
)
APPLY_FORMS: Final[Mapping[str, Callable[[Applied], str]]] = MappingProxyType(
    {"text": _apply_text, "json": _apply_json, "markdown": _apply_markdown}
)
VALIDATE_FORMS: Final[Mapping[str, Callable[[Validated], str]]] = MappingProxyType(
    {"text": _validate_text, "json": _validate_json, "markdown": _validate_markdown, "sarif": _validate_sarif}
)
STATUS_FORMS: Final[Mapping[str, Callable[[Overviewed], str]]] = MappingProxyType(
    {
        "text": _status_text,
        "json": _status_json,
        "markdown": _status_markdown,
        "html": _status_html,
        "csv": _status_csv,
    }
)
