"""The vendors' documents have traps, numbered from 1 to 108 in our reading of them: a test names each."""

from __future__ import annotations

import re

from tests.architecture.source import ROOT

LETTERED = {"24b", "60b", "60c", "60d", "87b", "87c", "87d", "87e", "87f", "87g", "97b", "97c", "107b", "107c", "107d"}
TRAPS = {str(number) for number in range(1, 109)} | LETTERED
_NAMED = re.compile(r"\btraps?\s+((?:\d+[a-z]?)(?:(?:,\s*(?:and\s+)?|\s+and\s+|-|\s+to\s+)\d+[a-z]?)*)", re.IGNORECASE)


def test_every_trap_is_named_by_a_test() -> None:
    """No trap is forgotten, and no number is made up."""
    files = [
        path for path in (ROOT / "tests").rglob("*") if path.suffix in (".py", ".yaml") and path.name != "test_traps.py"
    ]
    assert {trap for path in files for trap in numbers(path.read_text("utf-8"))} == TRAPS


def numbers(text: str) -> set[str]:
    """The traps that a text names, also those inside a range."""
    found: set[str] = set()
    for match in _NAMED.finditer(text):
        found |= set(re.findall(r"\d+[a-z]?", match[1]))
        for first, last in re.findall(r"(\d+)\s*(?:-|to)\s*(\d+)", match[1]):
            found |= {str(number) for number in range(int(first), int(last))}
    return found
