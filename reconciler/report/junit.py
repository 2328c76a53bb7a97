"""A drift report as JUnit XML: a test an object of the state, which fails where the live object moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from reconciler.model import Address, Drift, Plan
from reconciler.report.fields import drifted_fields
from reconciler.report.remark import drift_headline, drift_remarks
from reconciler.report.value import spelled_pair
from reconciler.report.view import view_of
from reconciler.report.visible import sentence, visible
from reconciler.schema import Registry

_NAME = 500  # characters of an attribute
_LINE = 4_000  # of a line of text


@dataclass(frozen=True, slots=True)
class _Case:
    """One test: its suite, its name, and how it ended (passed, failure, error, skipped) with its words."""

    suite: str
    name: str
    ended: str = "passed"
    type: str = ""
    message: str = ""
    lines: tuple[str, ...] = ()


def drift_junit(plan: Plan, registry: Registry, *, reveal: bool = False) -> str:
    """The XML document. A suite is a connection and kind; an object under ignoreChanges alone counts as skipped."""
    view = view_of(plan, registry, reveal=reveal, whole=False)
    suites: dict[str, list[_Case]] = {}
    for case in sorted(_cases(view), key=lambda case: (case.suite, case.name)):
        suites.setdefault(case.suite, []).append(case)
    every = [case for cases in suites.values() for case in cases]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites {_counts(f'drift of {plan.project}', every)}>"]
    for name, cases in suites.items():
        lines.append(f"  <testsuite {_counts(name, cases)}>")
        lines += [line for case in cases for line in _written(case)]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _cases(plan: Plan) -> Iterator[_Case]:
    moved = {drift.address: drift for drift in plan.drift}
    for drift in plan.drift:
        yield _moved(drift)
    for change in plan.changes:
        if change.blocked is not None and change.blocked.code == "unreadable":
            yield _Case(_suite(change.connection, change.address), str(change.address), "error", "unreadable",
                        change.blocked.message)  # fmt: skip
        elif change.address not in moved and change.id is not None and not change.adopts:
            yield _Case(_suite(change.previous_connection or change.connection, change.address), str(change.address))
    for trouble in plan.troubles:
        kind = trouble.kind.partition("/")[2]
        suite = f"{trouble.connection}/{kind}" if kind else trouble.connection
        yield _Case(
            suite,
            "can be read",
            "error",
            trouble.code,
            trouble.message,
            (f"help: {trouble.hint}",) if trouble.hint else (),
        )


def _suite(connection: str, address: Address) -> str:
    return f"{connection}/{address.type}"


def _moved(drift: Drift) -> _Case:
    headline = drift_headline(drift)
    names = ", ".join(dict.fromkeys(change.path for change in drift.fields))
    lines = [f"# {remark.whole}" for remark in drift_remarks(drift)]
    for change in drifted_fields(drift):
        before, after = spelled_pair(change.before, change.after)
        lines.append(f"- {visible(change.path)}: {before} -> {after}")
    return _Case(
        _suite(drift.connection, drift.address),
        str(drift.address),
        "skipped" if drift.ignored else "failure",
        "ignored" if drift.ignored else "gone" if drift.after is None else "changed",
        f"{headline}: {names}" if names else headline,
        tuple(lines),
    )


def _counts(name: str, cases: list[_Case]) -> str:
    """The attributes of a suite."""
    ended = [case.ended for case in cases]
    numbers = {"tests": len(cases), "failures": ended.count("failure"), "errors": ended.count("error")}
    numbers["skipped"] = ended.count("skipped")
    return f"name={_shown(name)} " + " ".join(f'{word}="{number}"' for word, number in numbers.items())


def _written(case: _Case) -> Iterator[str]:
    head = f"    <testcase classname={_shown(case.suite)} name={_shown(case.name)}"
    if case.ended == "passed":
        yield f"{head}/>"
        return
    yield f"{head}>"
    words = f"message={_shown(case.message)}"
    if case.ended == "skipped":
        yield f"      <skipped {words}/>"
    else:
        yield f"      <{case.ended} type={_shown(case.type)} {words}>{_body(case.lines)}</{case.ended}>"
    yield "    </testcase>"


def _shown(text: str) -> str:
    """Text as the value of an attribute, its quotes included; what XML 1.0 cannot hold is spelled out."""
    return '"' + escape(sentence(text, _NAME), {'"': "&quot;"}) + '"'


def _body(lines: tuple[str, ...]) -> str:
    """The text of an element; each line begins with a word of ours."""
    return escape("\n".join(["", *(sentence(line, _LINE) for line in lines), "      "])) if lines else ""
