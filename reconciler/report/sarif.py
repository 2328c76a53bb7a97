"""The problems that ``validate`` found as SARIF 2.1.0, for code scanning and editors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from reconciler import __version__
from reconciler.errors import CATALOGUE, ReconcilerError
from reconciler.model import JSON
from reconciler.report.visible import shortened, visible

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LONGEST = 4_000  # characters of a message
_LINK = re.compile(r"\[(?=[^\]]*\]\()")


def problems_sarif(errors: Sequence[ReconcilerError], project: str = "reconciler.yaml") -> dict[str, JSON]:
    """The log: one run, a result a problem, a rule a code. A problem without a place is one of ``project``."""
    codes = sorted({error.code for error in errors})
    driver: dict[str, JSON] = {"name": "reconciler", "version": __version__, "rules": [_rule(code) for code in codes]}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(error, codes.index(error.code), project) for error in errors],
            }
        ],
    }


def _rule(code: str) -> dict[str, JSON]:
    entry = CATALOGUE[code]
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", entry.title)),
        "shortDescription": {"text": entry.title},
        "help": {"text": entry.way_out},
        "defaultConfiguration": {"level": "error"},
    }


def _result(error: ReconcilerError, index: int, project: str) -> dict[str, JSON]:
    hint = f"\nhelp: {error.hint}" if error.hint else ""
    return {
        "ruleId": error.code,
        "ruleIndex": index,
        "level": "error",
        "message": {"text": _text(error.message) + _text(hint, keep="\n")},
        "locations": [{"physicalLocation": _place(error, project)}],
    }


def _place(error: ReconcilerError, project: str) -> dict[str, JSON]:
    source = error.source
    if source is None:
        return {"artifactLocation": {"uri": _uri(project)}}
    region: dict[str, JSON] = {"startLine": max(source.line, 1)}
    if source.column > 0:
        region |= {"startColumn": source.column, "endColumn": source.column + max(error.span, 1)}
    return {"artifactLocation": {"uri": _uri(source.file)}, "region": region}


def _uri(file: str) -> str:
    """A path as a relative reference, or as a file URL where it is absolute."""
    path = quote(file.encode("utf-8", "surrogatepass"), safe="/")
    return f"file://{path}" if file.startswith("/") else path


def _text(text: str, keep: str = "") -> str:
    """A message without links of its own: SARIF's plain text turns ``[words](target)`` into one."""
    lines: Iterable[str] = text.split(keep) if keep else [text]
    return keep.join(_LINK.sub(r"\\[", shortened(visible(line), _LONGEST)) for line in lines)
